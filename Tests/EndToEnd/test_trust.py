"""The IAM side: what `trust` writes is valid and lets in whom it says; `trust check` sees what is wrong with others."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import boto3
import hcl2
import pytest
import yaml

from support.need import need

GITHUB = "https://token.actions.githubusercontent.com"
ROLE = "arn:aws:iam::123456789012:role/ci/deploy"
SUBJECT = "repo:octo/app:ref:refs/heads/main"
GRANTS = {
    "github":
        ["--github", "octo/app", "--branch", "main", "--environment", "prod", "--trusted-account", "111122223333"],
    "patterns": ["--issuer", GITHUB, "--sub", SUBJECT, "--sub", "repo:octo/b:ref:refs/tags/v*", "--max-session", "12h"],
    "buildkite": ["--buildkite", "acme/deploy", "--branch", "main", "--role-arn", ROLE],
    "kubernetes": ["--kubernetes", "apps/web", "--issuer", "https://oidc.eks.eu-central-1.amazonaws.com/id/ABC"],
    "person": ["--issuer", "https://acme.eu.auth0.com/", "--client-id", "abc", "--sub", "auth0|1"],
    "google": ["--issuer", "https://accounts.google.com", "--client-id", "abc", "--sub", "1234"],
    "odd": ["--issuer", GITHUB, "--sub", 'repo:octo/app:ref:refs/heads/${x}%{y}"\\é'],
}


@pytest.fixture
def job(daypass, sandbox):
    """A job with a token; `job(claims)` gives it another one."""

    def issue(**claims):
        token = sandbox.mint(**({"iss": GITHUB, "sub": SUBJECT} | claims))
        (daypass.directory / "token").write_text(token)
        return daypass

    issue()
    daypass.configure(default={"token_file": daypass.directory / "token", "role_arn": ROLE})
    return issue


def write(daypass, form: str, name: str) -> tuple[str, Path]:
    text = daypass.run("trust", form, *GRANTS[name]).expect().stdout
    path = daypass.directory / f"{name}.{'tf' if form == 'terraform' else 'yaml'}"
    path.write_text(text)
    return text, path


@pytest.mark.parametrize("name", GRANTS)
def test_terraform_is_valid_and_formatted(daypass, name):
    text, path = write(daypass, "terraform", name)
    document = hcl2.loads(text)
    assert ('aws_iam_openid_connect_provider' in str(document["resource"])) == (name != "google")
    assert "aws_iam_role" in str(document["resource"])
    assert '"StringEquals"' in text and ':aud"' in text and ':sub"' in text
    assert daypass.run("trust", "terraform", *GRANTS[name]).expect().stdout == text
    if shutil.which("terraform"):
        subprocess.run(["terraform", "fmt", "-check", "-diff", path], check=True, stdout=subprocess.PIPE)


@pytest.mark.parametrize("name", GRANTS)
def test_cloudformation_is_valid(daypass, name):
    _, path = write(daypass, "cloudformation", name)
    lint = subprocess.run(
        [Path(sys.executable).parent / "cfn-lint", "--non-zero-exit-code", "informational", path],
        capture_output=True, text=True)
    assert lint.returncode == 0, lint.stdout + lint.stderr


# U+0600 joins with what follows it into one character of a person's; U+2028 ends a line of YAML.
ODD = ["\u0600${path.cwd}", "\u0600%{ if 1 == 1 }x\u0600%{ else }y\u0600%{ endif }", '${file("/etc/passwd")}', "$${x}",
       "$$${x}", "%%{x}", "\\${x}", '"\\', "a\u2028b\x85c", "\ufeffx\u200b", "Zürich 日本 \U0001f600"]


def written(daypass, form: str, *arguments) -> str:
    return daypass.run("trust", form, *arguments, "--role-arn", ROLE).expect().stdout


def conditions(policy: dict) -> dict:
    return {
        key: value if isinstance(value, list) else [value]
        for key, value in policy["Statement"][0]["Condition"]["StringEquals"].items()}


@pytest.mark.parametrize("flag", ["--sub", "--audience"])
def test_every_form_says_the_same_whatever_stands_in_it(daypass, tmp_path, flag):
    need(None if shutil.which("terraform") else "terraform is not installed")
    wanted, values = [], []
    for odd in ODD:
        arguments = ["--issuer", GITHUB, "--sub", SUBJECT, flag, f"repo:octo/app:{odd}"]
        request = json.loads(written(daypass, "json", *arguments))
        said = conditions(json.loads(request["CreateRole"]["AssumeRolePolicyDocument"]))
        template = yaml.safe_load(written(daypass, "cloudformation", *arguments).replace("!GetAtt ", ""))
        assert conditions(template["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]) == said
        lists = re.findall(r" values *= (.*)$", written(daypass, "terraform", *arguments), flags=re.M)
        assert len(lists) == len(said)
        wanted += said.values()
        values += lists
    # What Terraform itself reads, for which it needs no provider.
    (tmp_path / "main.tf").write_text(
        "".join(f'output "v{at}" {{\n  value = {value}\n}}\n' for at, value in enumerate(values)))

    def terraform(*words) -> str:
        return subprocess.run(["terraform", *words], cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    terraform("init")
    terraform("apply", "-auto-approve")
    outputs = json.loads(terraform("output", "-json"))
    assert [outputs[f"v{at}"]["value"] for at in range(len(values))] == wanted


@pytest.mark.parametrize("form, odd", [
    ("cloudformation", "\u0600{{resolve:ssm:secret}}"), ("terraform", "\u0600&{aws:username}"),
    ("terraform", "e\u0301")])
@pytest.mark.parametrize("flag", ["--sub", "--audience"])
def test_what_a_form_would_change_is_refused(daypass, form, odd, flag):
    refused = daypass.run(
        "trust", form, "--issuer", GITHUB, "--sub", SUBJECT, flag, f"repo:octo/app:ref:{odd}").expect(64)
    assert "trust json" in refused.stderr and not refused.out


@pytest.mark.slow
def test_a_security_scanner_finds_nothing(daypass):
    checkov = shutil.which("checkov")
    need(None if checkov else "checkov is not installed (PyPI: checkov, in an environment of its own)")
    for name in GRANTS:
        write(daypass, "terraform", name)
        write(daypass, "cloudformation", name)
    scan = subprocess.run(
        [checkov, "-d", daypass.directory, "--framework", "terraform", "cloudformation", "--compact", "--skip-download",
         "-o", "json"],
        capture_output=True, text=True)
    reports = json.loads(scan.stdout)
    failed = [
        (check["check_id"], check["file_path"], check["check_name"])
        for report in (reports if isinstance(reports, list) else [reports])
        for check in report["results"]["failed_checks"]]
    assert not failed, failed
    assert sum(report["summary"]["passed"] for report in reports) > 0


def test_what_iam_is_given_is_what_the_next_exchange_uses(job, daypass, moto):
    job()
    requests = daypass.run("trust", "json", "--from-token").expect().json()
    iam = boto3.client(
        "iam", endpoint_url=moto.url, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    provider = iam.create_open_id_connect_provider(**requests["CreateOpenIDConnectProvider"])
    created = iam.create_role(**requests["CreateRole"])["Role"]
    assert created["Arn"] == ROLE
    policy = created["AssumeRolePolicyDocument"]
    assert policy["Statement"][0]["Principal"]["Federated"] == provider["OpenIDConnectProviderArn"]
    assert policy["Statement"][0]["Condition"] == {
        "StringEquals": {f"{GITHUB[8:]}:aud": "sts.amazonaws.com", f"{GITHUB[8:]}:sub": SUBJECT}}

    answer = iam.get_role(RoleName="deploy")
    report = daypass.run("trust", "check", "-", "--json", input=json.dumps(answer, default=str).encode())
    assert report.expect().json()["verdict"] == "allowed"
    assert report.json()["findings"] == []

    caller = daypass.run("whoami", "--sts-endpoint", moto.url).expect().stdout
    assert "assumed-role/deploy/" in caller


@pytest.mark.parametrize("place", [
    ["--github", "octo/app", "--branch", "main"], ["--gitlab", "octo/app", "--branch", "main"],
    ["--buildkite", "octo/app", "--branch", "main"], ["--circleci", "o-1/p-2"], ["--hcp-terraform", "o/p/w"],
    ["--bitbucket", "acme/1-2", "--audience", "ari:cloud:bitbucket::workspace/w"],
    ["--kubernetes", "apps/web", "--issuer", "https://oidc.eks.eu-central-1.amazonaws.com/id/ABC"]])
def test_a_role_for_a_ci_does_not_trust_the_provider_of_a_persons_profile(daypass, place):
    bare = daypass.run("trust", "json", *place, "--role-arn", ROLE).expect().json()
    daypass.configure(default={
        "issuer": "https://login.example.com/realms/main", "client_id": "daypass", "role_arn": ROLE,
        "audience": "https://api.example.com"})
    assert daypass.run("trust", "json", *place).expect().json() == bare
    assert "example.com" not in json.dumps(bare)
    if place[0] in ("--bitbucket", "--kubernetes"):
        refused = daypass.run("trust", "json", *place[:2]).expect(64)
        assert place[2] in refused.stderr


def test_a_token_for_several_audiences_is_trusted_for_the_one_that_is_awss(job, daypass):
    def audience(*flags) -> list[str]:
        return daypass.run("trust", "json", "--from-token", *flags).expect().json()[
            "CreateOpenIDConnectProvider"]["ClientIDList"]

    job(aud=["https://kubernetes.default.svc", "sts.amazonaws.com"])
    assert audience() == ["sts.amazonaws.com"]
    job(aud=["https://kubernetes.default.svc", "other"])
    assert "several audiences" in daypass.run("trust", "json", "--from-token").expect(64).stderr
    assert audience("--audience", "other") == ["other"]


def test_a_pull_requests_job_is_said_to_be_anybodys(job, daypass):
    job(sub="repo:octo/app:pull_request")
    assert "every pull request" in daypass.run("trust", "json", "--from-token").expect().stderr


def test_the_longest_session_of_a_profile_that_asks_for_the_longest(job, daypass):
    requests = daypass.run("trust", "json", "--from-token", "--duration", "max").expect().json()
    assert requests["CreateRole"]["MaxSessionDuration"] == 43_200


def test_tags_and_source_identity_of_the_token_are_allowed(job, daypass):
    job(**{"https://aws.amazon.com/tags": {"principal_tags": {"team": ["a"]}},
           "https://aws.amazon.com/source_identity": "mona"})
    requests = daypass.run("trust", "json", "--from-token").expect().json()
    policy = json.loads(requests["CreateRole"]["AssumeRolePolicyDocument"])
    assert policy["Statement"][0]["Action"] == [
        "sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"]
    daypass.run("trust", "check", "-", input=json.dumps(requests).encode()).expect()
    policy["Statement"][0]["Action"] = "sts:AssumeRoleWithWebIdentity"
    refused = daypass.run("trust", "check", "-", input=json.dumps(policy).encode()).expect(1)
    assert "needs-tag-session" in refused.stdout and "needs-source-identity" in refused.stdout


@pytest.mark.parametrize("arguments, reason", [
    (["--issuer", GITHUB], "everybody who has an account"),
    (["--issuer", GITHUB, "--sub", "repo:octo*"], "also fits others"),
    (["--issuer", GITHUB, "--sub", "*"], "strangers"),
    (["--github", "octo/app"], "every branch"),
    (["--github", "octo/app", "--branch", "*"], "wildcards"),
    (["--github", "octo/app", "--branch", "main", "--sub", "x"], "2 ways"),
    (["--github", "octo/app", "--branch", "refs/heads/main"], "the name alone"),
    (["--issuer", GITHUB, "--sub", ""], "empty"),
    (["--issuer", "https://acme.eu.auth0.com/", "--client-id", "abc", "--sub", "github|*"], "logs in that way"),
    (["--branch", "main"], "of which CI"),
    (["--sub", "x"], "no issuer"),
    (["--bitbucket", "acme/1"], "workspace"),
    (["--github", "octo/app", "--branch", "main", "--max-session", "13h"], "1h to 12h"),
    (["--github", "octo/app", "--branch", "main", "--trusted-account", "1"], "12 digits"),
])
def test_what_would_let_strangers_in_is_refused(daypass, arguments, reason):
    for form in ("terraform", "cloudformation", "json"):
        refused = daypass.run("trust", form, *arguments).expect(64)
        assert reason in refused.stderr and not refused.out


def test_a_json_without_an_account_says_how_to_name_one(daypass):
    refused = daypass.run("trust", "json", "--github", "octo/app", "--branch", "main").expect(64)
    assert "--role-arn" in refused.stderr


@pytest.mark.parametrize("role, audience", [
    ("arn:aws:iam::123456789012:role/x", "sts.amazonaws.com"),
    ("arn:aws-cn:iam::123456789012:role/x", "sts.amazonaws.com.cn")])
def test_partitions_have_their_own_audience(daypass, role, audience):
    answer = daypass.run("trust", "json", "--github", "o/r", "--branch", "m", "--role-arn", role).expect().json()
    assert answer["CreateOpenIDConnectProvider"]["ClientIDList"] == [audience]
    policy = json.loads(answer["CreateRole"]["AssumeRolePolicyDocument"])
    federated = policy["Statement"][0]["Principal"]["Federated"]
    assert federated.startswith(role.split(":iam")[0] + ":iam::123456789012:oidc-")


def policy(**condition) -> bytes:
    principal = {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{GITHUB[8:]}"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {test.replace("__", ":"): {f"{GITHUB[8:]}:{claim}": value for claim, value in claims.items()}
                      for test, claims in condition.items()}}]}).encode()


AUDIENCE = {"aud": "sts.amazonaws.com"}


@pytest.mark.parametrize("condition, code, codes", [
    ({"StringEquals": AUDIENCE | {"sub": SUBJECT}}, 0, []),
    ({"StringEquals": AUDIENCE, "StringLike": {"sub": "repo:octo/app:*"}}, 0, ["broad-subject"]),
    ({"StringEquals": AUDIENCE}, 1, ["no-subject"]),
    ({"StringEquals": AUDIENCE, "StringLike": {"sub": "repo:octo*"}}, 1, ["open-end"]),
    ({"StringEquals": AUDIENCE, "StringLike": {"sub": "*"}}, 1, ["every-subject"]),
    ({"StringEquals": AUDIENCE, "ForAllValues__StringLike": {"sub": SUBJECT}}, 1, ["for-all-values", "no-subject"]),
    ({"StringEquals": AUDIENCE | {"sub": "repo:octo/app:*"}}, 1, ["literal-wildcard"]),
    ({"StringEquals": AUDIENCE | {"sub": SUBJECT.replace("main", "dev")}}, 1, []),
])
def test_check_names_what_is_wrong(job, daypass, condition, code, codes):
    answer = daypass.run("trust", "check", "-", "--json", input=policy(**condition)).expect(code).json()
    assert sorted(finding["code"] for finding in answer["findings"]) == codes
    spoken = daypass.run("trust", "check", "-", input=policy(**condition)).expect(code).stdout
    assert all(each in spoken for each in codes)
    assert ("would let this token in" in spoken) == (answer["verdict"] == "allowed")


def test_check_says_which_condition_fails(job, daypass):
    path = daypass.directory / "policy.json"
    path.write_bytes(policy(StringEquals=AUDIENCE | {"sub": SUBJECT}))
    job(sub="repo:octo@1/app@2:ref:refs/heads/main")
    spoken = daypass.run("trust", "check", path).expect(1).stdout
    assert f'"{SUBJECT}"' in spoken and "repo:octo@1/app@2" in spoken and "ids of owner and repository" in spoken


def test_the_judgement_fits_into_a_window_of_80_by_24(job, daypass):
    path = daypass.directory / "policy.json"
    path.write_bytes(policy(StringEquals=AUDIENCE, StringLike={"sub": "repo:octo*"}, StringEqualsIfExists={
        "repository": "octo/other"}))
    piped = daypass.run("trust", "check", path).expect(1).stdout
    terminal = daypass.terminal("trust", "check", str(path), columns=80, lines=24)
    terminal.wait_for("leave IfExists out")
    terminal.process.wait(20)
    printed = terminal.output().decode().replace("\r\n", "\n")
    lines = printed.splitlines()
    assert len(lines) < 24 and all(len(line) <= 80 for line in lines), printed
    assert printed.split() == piped.split() and len(piped.splitlines()) < len(lines), "a pipe gets whole lines"
    assert printed.startswith("AWS would let this token in.\n")


@pytest.mark.parametrize("described, changed, code", [
    (["--github", "octo/app", "--branch", "main"], {}, 0),
    (["--github", "https://github.com/octo/app.git", "--branch", "main"], {}, 0),
    (["--github", "octo/app", "--branch", "main"], {"repository": "octo/app", "ref": "refs/heads/main"}, 0),
    (["--github", "octo@1/app@2", "--branch", "main"],
     {"sub": "repo:octo@1/app@2:ref:refs/heads/main", "repository_id": "2", "repository": "octo/app"}, 0),
    (["--github", "octo/app", "--branch", "dev"], {}, 1),
    (["--sub", SUBJECT, "--issuer", GITHUB], {}, 0),
    (["--sub", SUBJECT, "--issuer", GITHUB, "--audience", "other"], {}, 1),
    (["--sub", SUBJECT], {}, 64),
    (["--sub", SUBJECT, "--github", "octo/app", "--branch", "main"], {}, 64),
    (["--branch", "main"], {}, 64),
    (["--kubernetes", "apps/web"], {}, 64),
])
def test_check_takes_a_token_that_is_only_described(daypass, described, changed, code):
    """A job's token is not where the policy can be read. What the default profile says is about somebody else."""
    if "--sub" not in described:
        daypass.configure(default={"issuer": "https://login.example.com", "client_id": "x", "audience": "a-person"})
    told = daypass.run("trust", "check", "-", *described, input=policy(
        StringEquals=AUDIENCE | {"sub": SUBJECT} | changed)).expect(code)
    assert ("no other: iss, sub, aud" in told.stderr) == (code != 64)


def test_what_trust_writes_for_a_job_lets_in_the_job_of_that_description(daypass):
    for name in ["github", "buildkite", "kubernetes", "patterns"]:
        written = daypass.run("trust", "json", *GRANTS[name], "--role-arn", ROLE).expect().out
        described = GRANTS["github"][:6] if name == "github" else GRANTS[name][:4]
        daypass.run("trust", "check", "-", *described, input=written).expect(0)


def test_a_policy_that_is_not_there_is_called_one(job, daypass):
    assert "the policy: there is no file /nowhere" in daypass.run("trust", "check", "/nowhere").expect(64).stderr


def test_an_issuer_without_its_scheme_is_said_to_lack_it(daypass):
    refused = daypass.run("trust", "thumbprint", "login.example.com/realms/main").expect(64)
    assert "write https://login.example.com/realms/main" in refused.stderr


def test_check_knows_whose_policy_get_role_printed(job, daypass):
    document = json.loads(policy(StringEquals=AUDIENCE | {"sub": SUBJECT}))
    for account, code in (("123456789012", 0), ("999999999999", 1)):
        answer = {"Role": {"Arn": f"arn:aws:iam::{account}:role/ci", "AssumeRolePolicyDocument": document}}
        daypass.run("trust", "check", "-", input=json.dumps(answer).encode()).expect(code)


@pytest.mark.parametrize("arguments, input, code", [
    (["/nowhere"], b"", 64), (["-"], b"", 64), (["-"], b"{", 65), (["-"], b"{}", 65), (["-"], b"[" * 100_000, 65),
    (["-"], policy(StringLike={"sub": ["*" + "a" * 900 + "b"] * 200}), 65)])
def test_check_of_what_is_no_policy(job, daypass, arguments, input, code):
    daypass.run("trust", "check", *arguments, input=input).expect(code)
