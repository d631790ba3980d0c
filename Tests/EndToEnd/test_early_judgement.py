"""What can be judged from the settings alone is said before anybody is asked: no request, no code on a phone."""

import base64
import re

import pytest

from support.checkup import Checkup
from support.sandbox import ACCOUNT, DEMO_ROLE

NEXT = f"arn:aws:iam::{ACCOUNT}:role/next"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/sandbox"
VERBS = (["login"], ["login", "--json"], ["credential-process"], ["credentials"], ["exec", "--", "true"])

# Of a role and its chain: the settings, and what is said.
ROLES = {
    "a step without a role": (
        {"then": [{"session_name": "me"}]}, r"profile\.default\.then \(\S+:\d+\) needs role_arn"),
    "a tag of AWS's own": (
        {"then": [{"role_arn": NEXT, "tags": {"aws:team": "x"}}]},
        r'then no\. 1 \(\S+:\d+\): tags has the key "aws:team", which the STS does not take'),
    "a tag that differs in case alone": (
        {"then": [{"role_arn": NEXT, "tags": {"team": "x", "Team": "y"}}]},
        r'then no\. 1 \(\S+:\d+\): the tag "Team" is there twice: case does not count'),
    "a tag that is a number": (
        {"then": [{"role_arn": NEXT, "tags": {"team": 1}}]},
        r"profile\.default\.then\.tags\.team \(\S+:\d+\) must be a string, in quotes, not 1"),
    "a tag that is too long": (
        {"then": [{"role_arn": NEXT, "tags": {"team": "x" * 257}}]},
        r'then no\. 1 \(\S+:\d+\): the value of the tag "team" is none that the STS takes'),
    "a key that stays and is of AWS's own": (
        {"then": [{"role_arn": NEXT, "transitive_tag_keys": ["aws:x"]}]},
        r'transitive_tag_keys has the key "aws:x"'),
    "a step that lasts too long": (
        {"then": [{"role_arn": NEXT, "duration": "2h"}]},
        r"profile\.default\.then\.duration \(\S+:\d+\) must be 15m to 1h"),
    "a second step in another partition": (
        {"then": [{"role_arn": NEXT}, {"role_arn": NEXT.replace("arn:aws:", "arn:aws-cn:")}], "sts_endpoint": None},
        r"then no\. 2 \(\S+:\d+\): role_arn is in partition aws-cn, but the role before it in aws"),
    "a policy of a step that is not there": (
        {"then": [{"role_arn": NEXT, "session_policy_file": "/nowhere/policy.json"}]},
        r"then no\. 1 \(\S+:\d+\): session_policy_file \(\S+:\d+\): /nowhere/policy\.json: there is no such file"),
    "a policy that is not there": (
        {"session_policy_file": "/nowhere/policy.json"},
        r"session_policy_file \(\S+:\d+\): /nowhere/policy\.json: there is no such file"),
    "a policy that is none": (
        {"session_policy_file": "{directory}/policy.json"}, r"session_policy_file is not a policy"),
    "a region of another partition": (
        {"role_arn": "arn:aws-cn:iam::123456789012:role/demo", "region": "eu-central-1", "sts_endpoint": None},
        r"region eu-central-1 is in partition aws, but role_arn is in aws-cn \(from \S+:\d+\)"),
}

# Of a SAML response, which no login brings.
SAML = {
    "no provider": ({"principal_arn": None}, r"principal_arn is not set for profile default"),
    "a provider of another account": (
        {"principal_arn": PROVIDER.replace(ACCOUNT, "999999999999")}, r"are of different accounts \(from \S+:\d+\)"),
    "a name for the session": ({"session_name": "me"}, r"session_name \(\S+:\d+\) has no effect"),
    "a signature that nobody here checks": (
        {"verify_token": True, "issuer": "https://idp.example"}, r"is verified by the STS alone"),
    "a further role with a bad tag": (
        {"then": [{"role_arn": NEXT, "tags": {"aws:x": "1"}}]}, r'tags has the key "aws:x"'),
}


def one_line(text: str, pattern: str) -> str:
    """The only line that says it."""
    [line] = [line for line in text.splitlines() if re.search(pattern, line)]
    return line


@pytest.mark.parametrize("settings, said", ROLES.values(), ids=ROLES)
def test_a_role_that_cannot_be_asked_for_is_said_before_anybody_approves(daypass, sandbox, settings, said):
    (daypass.directory / "policy.json").write_text("[]")
    settings = {
        key: value.format(directory=daypass.directory) if isinstance(value, str) else value
        for key, value in settings.items()}
    daypass.configure(default=sandbox.profile(**settings))
    for verb in VERBS:
        result = daypass.run(*verb).expect(78)
        if verb == ["login", "--json"]:
            event = result.json()
            assert (event["event"], event["code"]) == ("error", "configuration") and re.search(said, event["message"])
        else:
            assert one_line(result.stderr, said) and result.out == b""
    assert sandbox.count() == 0
    found = Checkup(daypass, code=1)
    assert found.faults == ["config"] and re.search(said, found.line("config")), found.result.stdout
    assert set(found.statuses.values()) == {"fault", "skipped"} and sandbox.count() == 0


@pytest.mark.parametrize("settings", [{"expect_account": "999999999999"}, {"expect_role": "other"}])
def test_a_role_that_is_not_expected_is_refused_before_anybody_approves(daypass, sandbox, settings):
    daypass.configure(default=sandbox.profile(**settings))
    for verb in VERBS:
        result = daypass.run(*verb).expect(77)
        assert "expect_" in result.stderr + result.stdout
    assert Checkup(daypass, code=1).faults == ["config"] and sandbox.count() == 0


@pytest.mark.parametrize("settings, said", SAML.values(), ids=SAML)
def test_a_response_that_cannot_be_used_is_said_before_anybody_is_asked(daypass, sandbox, settings, said):
    file = daypass.directory / "response"
    file.write_text(daypass.watch.secret(sandbox.control("saml-response")["response"]))
    sandbox.reset_counters()
    profile = {
        "role_arn": DEMO_ROLE, "principal_arn": PROVIDER, "sts_endpoint": sandbox.sts, "saml_response_file": str(file)}
    daypass.configure(default={key: value for key, value in (profile | settings).items() if value is not None})
    for verb in (["credential-process"], ["credentials"], ["exec", "--", "true"]):
        one_line(daypass.run(*verb).expect(78).stderr, said)
    found = Checkup(daypass, code=1)
    assert found.faults == ["config"] and re.search(said, found.line("config")), found.result.stdout
    assert sandbox.count() == 0


def test_serve_asks_nobody_for_a_role_that_cannot_be_asked_for(daypass, sandbox, serve):
    daypass.configure(default=sandbox.profile(
        then=[{"role_arn": NEXT, "tags": {"aws:team": "x"}}], token_file="{}/token".format(daypass.directory)))
    (daypass.directory / "token").write_text(sandbox.mint(aud="sts.amazonaws.com"))
    sandbox.reset_counters()
    service = serve()
    service.running.until(lambda: b'tags has the key "aws:team"' in service.running.err, 20, "the reason")
    assert service.get().status == 503 and sandbox.count() == 0


def test_a_login_without_a_role_is_nobodys_business(daypass, sandbox):
    """Nothing is bought then, and the flags of a later call may name one."""
    daypass.configure(default=sandbox.profile(role_arn=None, then=[{"role_arn": NEXT}]))
    sandbox.log_in(daypass)
    found = Checkup(daypass, code=1)
    assert found.faults == ["config"] and "role_arn is not set" in found.line("config")


# A response, or a token, where the path of its file should be

def pasted() -> dict:
    xml = '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">CANARY-response</samlp:Response>'
    encoded = base64.b64encode(xml.encode()).decode()
    declared = base64.b64encode(('<?xml version="1.0"?>' + xml).encode()).decode()
    plain = base64.b64encode(xml.replace("samlp:Response", "Response").encode()).decode()
    return {
        "base64": encoded, "base64 with a declaration": declared, "base64 without a prefix": plain, "xml": xml,
        "after a blank": " " + encoded, "percent-encoded": declared.replace("=", "%3D") + "%3D",
        "percent-encoded xml": "%3Csamlp%3AResponse%3ECANARY-response", "a form": "SAMLResponse=" + encoded,
        "a token": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl", "very long": "A" * 5000,
        "wrapped": "\n".join([encoded, encoded])}


@pytest.mark.parametrize("key", ["saml_response_file", "token_file"])
@pytest.mark.parametrize("value", pasted().values(), ids=pasted())
def test_what_was_meant_to_be_in_the_file_is_never_shown(daypass, key, value):
    daypass.watch.secret(value.strip())
    daypass.watch.secret(value.strip()[:24])
    said = rf"{key} \(\S+\) must be the path of a file with (the SAML response|the token), not \1 itself"
    for verb in ("credential-process", "doctor", "status"):
        result = daypass.run(verb, f"--{key.replace('_', '-')}", value).expect(64)
        assert re.search(said, result.stderr) and value[:24] not in result.stderr + result.stdout
    for verb, code in (("credential-process", 78), ("doctor", 1)):
        result = daypass.run(verb, env={f"DAYPASS_{key.upper()}": value}).expect(code)
        assert re.search(said, result.stderr + result.stdout) and value[:24] not in result.stderr + result.stdout
    if "\n" not in value:
        daypass.configure(default={key: value})
        result = daypass.run("credential-process").expect(78)
        assert re.search(said, result.stderr) and value[:24] not in result.stderr


@pytest.mark.parametrize("name", ["response", "./PD94", "Pictures/response.txt"])
def test_a_path_stays_a_path(daypass, name):
    result = daypass.run("credential-process", "--saml-response-file", name, "--principal-arn", PROVIDER,
                         "--role-arn", DEMO_ROLE).expect(78)
    assert f"{name}: there is no such file" in result.stderr


# The hour of a chained role

CAP = re.compile(
    r"AWS grants a chained role 1 h at most: duration \((\S+:\d+|--duration)\) lengthens the first role's session only")


@pytest.fixture
def long_chain(make_sandbox, daypass, tmp_path):
    """A person whose role goes on to another, and who wants as much of it as can be had."""
    def configure(duration="max", **settings):
        sandbox = make_sandbox()
        daypass.configure(work=sandbox.profile(duration=duration, then=[{"role_arn": NEXT}], **settings))
        daypass.env["DAYPASS_PROFILE"] = "work"
        return sandbox
    return configure


def test_a_login_says_the_hour_up_front_and_once(daypass, long_chain):
    sandbox = long_chain()
    running = daypass.start("login", "--json")
    code = running.event("device_code")["user_code"]
    running.until(lambda: CAP.search(running.err.decode()), 20, "a warning before anybody approves")
    sandbox.approve(code)
    assert len(CAP.findall(running.finish().expect(0).stderr)) == 1
    # What a program calls says it neither from the cache nor when it buys.
    bought = ["credential-process", "--region", "eu-west-1"]
    for verb in (["credential-process"], ["credentials"], ["exec", "--", "true"], bought):
        assert not CAP.search(daypass.run(*verb).expect(0).stderr)


def test_doctor_and_configure_say_the_hour(daypass, long_chain):
    sandbox = long_chain()
    assert len(CAP.findall(daypass.run("configure").expect(0).stderr)) == 1
    assert not CAP.search(daypass.run("configure", "--remove").expect(0).stderr)
    sandbox.log_in(daypass)
    found = Checkup(daypass, code=0)
    assert CAP.search(found.line("config")) and found.statuses["config"] == found.statuses["exchange"] == "ok"


def test_whoever_asks_for_no_more_hears_nothing_of_it(daypass, long_chain):
    sandbox = long_chain("1h")
    assert not CAP.search(sandbox.log_in(daypass).stderr + daypass.run("configure").expect(0).stderr)
    assert not CAP.search(Checkup(daypass, code=0).line("config"))
