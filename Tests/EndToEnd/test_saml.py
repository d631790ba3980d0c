"""AssumeRoleWithSAML, from a response in a file, a variable or standard input. The sandbox is provider and STS at once
and knows its responses again byte for byte; moto answers in AWS's own shape."""

import base64
import json
import shlex
import sys
import time
import tomllib
from datetime import datetime

import pytest

from support.pages import DOCS, Page
from support.sandbox import ACCOUNT, DEMO_ROLE

ROLE = f"arn:aws:iam::{ACCOUNT}:role/saml"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/sandbox"
ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/saml/alice@example.com"


@pytest.fixture
def respond(sandbox, daypass):
    """A response of the sandbox's provider; a secret, as long as it is good."""

    def respond(**order) -> str:
        return daypass.watch.secret(sandbox.control("saml-response", **order)["response"])

    return respond


@pytest.fixture
def file(daypass):
    return daypass.directory / "response"


@pytest.fixture
def saml(daypass, sandbox, file):
    """daypass with a role and a provider; the response is in a file unless it is said to be elsewhere."""

    def configure(**settings):
        profile = {"role_arn": ROLE, "principal_arn": PROVIDER, "sts_endpoint": sandbox.sts,
                   "saml_response_file": str(file)} | settings
        daypass.configure(default={key: value for key, value in profile.items() if value is not None})
        return daypass

    return configure


def arn_of(daypass, **options) -> str:
    """Who the credentials are, by `whoami`, which prints no secret."""
    text = daypass.run("whoami", **options).expect(0).stdout
    return next(line.split()[1] for line in text.splitlines() if line.strip().startswith("arn "))


def test_from_a_file(saml, sandbox, file, respond):
    file.write_text(respond())
    daypass = saml()
    credentials = daypass.run("credential-process").expect(0).json()
    left = datetime.fromisoformat(credentials["Expiration"]).timestamp() - time.time()
    assert 3500 < left <= 3600
    (request,) = sandbox.requests("sts")
    assert request["kind"] == "sts.AssumeRoleWithSAML" and not request.get("signed")
    assert arn_of(daypass) == ARN


def test_a_response_that_is_wrapped_as_mail_does(saml, file, respond):
    encoded = respond()
    file.write_text("\r\n".join(encoded[i:i + 76] for i in range(0, len(encoded), 76)) + "\n")
    saml().run("credential-process").expect(0)


def test_from_a_variable_named_by_a_setting(saml, respond):
    daypass = saml(saml_response_file=None, saml_response_env="MY_RESPONSE")
    daypass.run("credential-process", env={"MY_RESPONSE": respond()}).expect(0)
    assert "MY_RESPONSE" in daypass.run("credential-process").expect(78).stderr
    assert "MY_RESPONSE" in daypass.run("credential-process", env={"MY_RESPONSE": " "}).expect(78).stderr


def test_from_standard_input(saml, respond):
    daypass = saml(saml_response_file=None)
    response = respond().encode()
    for args in (("--saml-response-file", "-"), ("--saml-response-file=-",)):
        daypass.run("credential-process", *args, input=response).expect(0)
    assert ARN in daypass.run("whoami", "--saml-response-file", "-", input=response).expect(0).stdout
    empty = daypass.run("credential-process", "--saml-response-file", "-").expect(78)
    assert "standard input" in empty.stderr
    for verb, *command in (("exec", "--", "true"), ("serve",)):
        result = daypass.run(verb, "--saml-response-file", "-", *command, input=response).expect(78)
        assert "standard input" in result.stderr


def test_every_way_to_name_the_settings(saml, file, respond):
    file.write_text(respond())
    daypass = saml(saml_response_file=None, principal_arn=None)
    daypass.run("credential-process", "--saml-response-file", file, "--principal-arn", PROVIDER).expect(0)
    daypass.run("credential-process", env={
        "DAYPASS_SAML_RESPONSE_FILE": file, "DAYPASS_PRINCIPAL_ARN": PROVIDER}).expect(0)
    daypass.run("credential-process", "--principal-arn", PROVIDER, env={
        "DAYPASS_SAML_RESPONSE_ENV": "X", "X": file.read_text()}).expect(0)
    assert "principal_arn" in daypass.run("credential-process", "--saml-response-file", file).expect(78).stderr
    assert "saml_response_file" in daypass.run("credential-process", "--source", "saml").expect(78).stderr


@pytest.mark.parametrize("content, code, words", [
    (None, 78, "no such file"), ("", 78, "empty"), ("\n \n", 78, "empty"), ("not base64!", 65, "base64"),
    ("YWJj", 65, "XML"), ("<Response/>", 65, "base64"), (base64.b64encode(b"<Assertion/>").decode(), 65, "Assertion"),
    ("A" * 100_004, 65, "100000"), ("A" * 300_000, 65, "larger"),
    ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", 65, "base64")])
def test_what_is_no_response_is_said_without_asking_anybody(saml, sandbox, file, content, code, words):
    if content is not None:
        file.write_text(content)
    result = saml().run("credential-process").expect(code)
    assert result.out == b"" and words in result.stderr and str(file) in result.stderr
    assert sandbox.count() == 0


def test_an_expired_response_is_said_without_asking_anybody(saml, sandbox, file, respond):
    for order in ({"lifetime": -1}, {"session_lifetime": 0}):
        file.write_text(respond(**order))
        result = saml().run("credential-process").expect(65)
        assert "expired" in result.stderr and result.out == b"" and sandbox.count("sts") == 0


def test_what_the_sts_says_decides_the_exit_code(saml, sandbox, file, respond):
    file.write_text(respond())
    daypass = saml()
    sandbox.control("clock", offset=310)
    late = daypass.run("credential-process").expect(65)
    assert "5 minutes" in late.stderr and "get a new response" in late.stderr
    sandbox.control("clock", offset=0)
    for code, expected in (("IDPRejectedClaim", 77), ("AccessDenied", 77), ("InvalidIdentityToken", 77),
                           ("MalformedPolicyDocument", 78)):
        file.write_text(respond())
        sandbox.set(sts_error={"code": code, "status": 403, "count": 1})
        result = daypass.run("credential-process").expect(expected)
        assert code in result.stderr
    # One that somebody else wrote.
    forged = base64.b64encode(base64.b64decode(respond()).replace(b">alice<", b">admin<")).decode()
    file.write_text(forged)
    assert "InvalidIdentityToken" in daypass.run("credential-process").expect(77).stderr


def test_the_response_must_be_for_this_role_and_provider(saml, file, respond):
    file.write_text(respond(role=DEMO_ROLE))
    result = saml().run("credential-process").expect(77)
    assert DEMO_ROLE in result.stderr and "principal_arn" in result.stderr
    other = "arn:aws:iam::999999999999:saml-provider/sandbox"
    assert "accounts" in saml(principal_arn=other).run("credential-process").expect(78).stderr


def test_the_session_ends_with_the_providers(saml, file, respond):
    file.write_text(respond(session_lifetime=1000))
    credentials = saml(duration="12h").run("credential-process").expect(0).json()
    left = datetime.fromisoformat(credentials["Expiration"]).timestamp() - time.time()
    assert 900 < left <= 1000


def test_only_its_owner_finds_what_it_bought(saml, sandbox, file, respond):
    response = respond(lifetime=2)
    file.write_text(response)
    daypass = saml()
    first = daypass.run("credential-process").expect(0).json()
    time.sleep(3)
    # It has run out, and still proves who asks.
    sandbox.reset_counters()
    assert daypass.run("credential-process").expect(0).json() == first and sandbox.count("sts") == 0
    file.write_text(respond(subject="bob"))
    other = daypass.run("credential-process").expect(0).json()
    assert other["AccessKeyId"] != first["AccessKeyId"] and sandbox.count("sts") == 1
    principal = daypass.run(
        "credential-process", "--principal-arn", PROVIDER + "2").expect(77)
    assert principal.out == b""
    file.unlink()
    assert daypass.run("credential-process").expect(78).out == b""


def test_it_comes_first_where_nothing_says_otherwise_and_not_beside_a_token(saml, sandbox, file, respond):
    file.write_text(respond())
    daypass = saml(issuer=sandbox.issuer, client_id="daypass-demo")
    daypass.run("credential-process").expect(0)
    findings = {each["name"]: each for each in daypass.run("source", "--json").expect(0).json()["sources"]}
    assert findings["saml"]["would_be_used"] and findings["saml"]["usable"]
    both = daypass.run("credential-process", "--token-file", file).expect(78)
    assert "token_file" in both.stderr and "saml_response_file" in both.stderr
    assert "no session" in daypass.run("credential-process", "--source", "login").expect(4).stderr


def test_there_is_no_id_token_in_it(saml, file, respond):
    file.write_text(respond())
    daypass = saml()
    for args in (("token",), ("trust", "json", "--from-token")):
        result = daypass.run(*args).expect(78)
        assert result.out == b"" and "no ID token" in result.stderr
    daypass.run("whoami", "--verify").expect(78)


def test_status_and_whoami(saml, file, respond):
    file.write_text(respond())
    daypass = saml()
    daypass.run("credential-process").expect(0)
    (status,) = daypass.run("status", "--json").expect(0).json()["profiles"]
    assert status["source"] == "saml" and status["subject"] == "alice" and status["role_arn"] == ROLE
    assert status["issuer"] == "https://idp.sandbox.example/saml"
    assert status["identity_expires_at"] and status["credentials_expires_at"]
    shown = daypass.run("whoami").expect(0).stdout
    assert "UNVERIFIED" in shown and "alice" in shown and ARN in shown


def test_expectations(saml, file, respond):
    file.write_text(respond())
    for settings, code in (({"expect_subject": "alice"}, 0), ({"expect_subject": "bob"}, 77),
                           ({"expect_role": "saml"}, 0), ({"expect_account": "999999999999"}, 77)):
        saml(**settings).run("credential-process").expect(code)


def test_settings_that_have_no_effect_are_refused(saml, file, respond):
    file.write_text(respond())
    assert "session_name" in saml(session_name="me").run("credential-process").expect(78).stderr


def test_exec_says_when_credentials_end_and_keeps_the_response_from_the_command(saml, respond):
    daypass = saml(saml_response_file=None, saml_response_env="MY_RESPONSE")
    script = "import os; print(os.environ.get('MY_RESPONSE', 'gone'))"
    result = daypass.run(
        "exec", "--scrub-ci", "--", sys.executable, "-c", script, env={"MY_RESPONSE": respond()}).expect(0)
    assert "the SAML response cannot be renewed" in result.stderr and result.stdout.strip() == "gone"


def test_exec_takes_up_a_new_response(saml, sandbox, file, respond):
    """The file is read again for each exchange."""
    sandbox.set(credentials_lifetime=20)
    file.write_text(respond(lifetime=2))
    script = (
        "import boto3, time\n"
        "c = boto3.session.Session().get_credentials()\n"
        "seen = {c.get_frozen_credentials().access_key}\n"
        "end = time.monotonic() + 60\n"
        "while len(seen) < 2 and time.monotonic() < end:\n"
        "    time.sleep(0.5)\n"
        "    seen.add(boto3.session.Session().get_credentials().access_key)\n"
        "print(len(seen))")
    running = saml().start("exec", "--", sys.executable, "-c", script)
    time.sleep(3)
    file.write_text(respond())
    assert running.finish(120).expect(0).stdout.strip() == "2"


def test_a_chain_may_follow(saml, sandbox, file, respond):
    file.write_text(respond())
    daypass = saml(then=[{"role_arn": f"arn:aws:iam::{ACCOUNT}:role/next"}])
    assert arn_of(daypass) == f"arn:aws:sts::{ACCOUNT}:assumed-role/next/alice@example.com"
    assert [entry["kind"] for entry in sandbox.requests("sts")][:2] == ["sts.AssumeRoleWithSAML", "sts.AssumeRole"]


def test_in_aws_own_shape(saml, moto, file, respond):
    file.write_text(respond())
    daypass = saml(sts_endpoint=moto.url, region="eu-central-1", expect_role="saml", expect_account=ACCOUNT)
    credentials = daypass.run("credential-process").expect(0).json()
    assert credentials["Version"] == 1 and credentials["SessionToken"]
    assert arn_of(daypass) == ARN
    # And on to a further role, signed with what moto gave.
    chained = saml(
        sts_endpoint=moto.url, region="eu-central-1", then=[{"role_arn": f"arn:aws:iam::{ACCOUNT}:role/next"}])
    assert arn_of(chained) == f"arn:aws:sts::{ACCOUNT}:assumed-role/next/alice@example.com"


def test_nothing_of_it_is_logged(saml, file, respond):
    file.write_text(respond())
    result = saml().run("whoami", "--log-level", "trace").expect(0)
    assert file.read_text()[:40] not in result.stderr + result.stdout
    assert json.dumps(result.stderr)


# The guide

GUIDE = Page(DOCS / "providers/saml.md")
[POLICY] = GUIDE.of("json")
[PROFILE] = [tomllib.loads(text)["profile"]["default"] for text in GUIDE.of("toml")]


@pytest.fixture
def guided(saml, sandbox, respond):
    """The role of the guide as its policy makes it, and daypass with its profile, but the file is the test's."""
    name, longest = "developer", 43200
    [commands] = [text for text in GUIDE.of("sh") if "create-role" in text]
    assert f"--role-name {name} --max-session-duration {longest}" in commands

    def start(condition=None):
        policy = json.loads(POLICY)
        policy["Statement"][0]["Condition"]["StringEquals"] |= condition or {}
        role = sandbox.control("iam", CreateRole={
            "RoleName": name, "MaxSessionDuration": longest, "AssumeRolePolicyDocument": json.dumps(policy)})
        assert role == {"Arn": PROFILE["role_arn"]}
        return saml(**{key: value for key, value in PROFILE.items() if key != "saml_response_file"})

    return start


def test_the_guides_policy_and_profile_buy_credentials(guided, file, respond):
    file.write_text(respond(role=PROFILE["role_arn"], provider=PROFILE["principal_arn"]))
    credentials = guided().run("credential-process").expect(0).json()
    left = datetime.fromisoformat(credentials["Expiration"]).timestamp() - time.time()
    assert 8 * 3600 - 100 < left <= 8 * 3600


def test_the_guides_policy_keeps_out_another_provider_and_what_is_not_for_aws(guided, file, respond):
    other = PROFILE["principal_arn"] + "2"
    file.write_text(respond(role=PROFILE["role_arn"], provider=other))
    daypass = guided()
    assert "AccessDenied" in daypass.run("credential-process", "--principal-arn", other).expect(77).stderr
    file.write_text(respond(role=PROFILE["role_arn"], provider=PROFILE["principal_arn"], recipient="https://other"))
    assert "AccessDenied" in daypass.run("credential-process").expect(77).stderr


def test_the_guide_tells_how_to_let_in_some_people_alone(guided, file, respond):
    assert "`SAML:sub`" in GUIDE.text and '`"SAML:sub_type": "persistent"`' in GUIDE.text
    daypass = guided({"SAML:sub": "anna", "SAML:sub_type": "persistent"})
    for subject, code in (("anna", 0), ("bert", 77)):
        file.write_text(respond(role=PROFILE["role_arn"], provider=PROFILE["principal_arn"], subject=subject))
        daypass.run("credential-process").expect(code)


def test_the_guides_command_lines_buy_credentials(guided, saml, sandbox, respond, tmp_path):
    guided()
    daypass = saml(**dict.fromkeys(["role_arn", "principal_arn", "saml_response_file"]))
    response = respond(role=PROFILE["role_arn"], provider=PROFILE["principal_arn"])
    [piped] = [words for words in GUIDE.commands(tmp_path / "shell") if words[0] == "credentials"]
    shown = daypass.run(*piped, input=response.encode()).expect(0).stdout
    assert "export AWS_SESSION_TOKEN=" in shown
    [job] = [text for text in GUIDE.of("sh") if "--scrub-ci" in text]
    assignment, _, *words = shlex.split(job)
    named = dict([assignment.split("=")]) | {
        f"DAYPASS_{key.upper()}": PROFILE[key] for key in ("principal_arn", "role_arn", "duration")}
    command = words[:words.index("--") + 1] + ["env"]
    result = daypass.run(*command, env=named | {"SAML_RESPONSE": response}).expect(0)
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI=" in result.stdout and "SAML_RESPONSE=" not in result.stdout
