"""What `trust json` prints goes to an IAM that judges (daypass-sandbox): the token that was meant gets credentials, and
none that differs from it in one thing alone does."""

import json
import urllib.error
import urllib.request

import pytest

from support.certificates import Authority
from support.https import ConnectProxy, HTTPSServer
from support.sandbox import ACCOUNT, CLIENT

GITHUB, GITLAB = "https://token.actions.githubusercontent.com", "https://gitlab.com"
CIRCLECI = "https://oidc.circleci.com/org/o-1"
BITBUCKET = "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
EKS = "https://oidc.eks.eu-central-1.amazonaws.com/id/ABC"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ci/deploy"
FRONT_DESK = "arn:aws:iam::111122223333:role/front-desk"
MAIN = "repo:octo/app:ref:refs/heads/main"
AWS_AUDIENCE = "sts.amazonaws.com"
# The token that is meant, and what else it says of itself; then subjects that are near, and must stay outside.
PLACES = {
    "github branch": (
        ["--github", "octo/app", "--branch", "main"], {"iss": GITHUB, "sub": MAIN},
        ["repo:octo/app:ref:refs/heads/mainly", "repo:octo/app:ref:refs/tags/main", "repo:octo/app:pull_request",
         "repo:octo/application:ref:refs/heads/main", "repo:Octo/app:ref:refs/heads/main",
         "repo:octo@1/app@2:ref:refs/heads/main"]),
    "github immutable": (
        ["--github", "octo@1/app@2", "--branch", "main"],
        {"iss": GITHUB, "sub": "repo:octo@1/app@2:ref:refs/heads/main"},
        [MAIN, "repo:octo@1/app@3:ref:refs/heads/main", "repo:octo@12/app@2:ref:refs/heads/main"]),
    "github environment and branch": (
        ["--github", "octo/app", "--branch", "main", "--environment", "prod"],
        {"iss": GITHUB, "sub": "repo:octo/app:environment:prod", "ref": "refs/heads/main"},
        ["repo:octo/app:environment:production", MAIN]),
    "gitlab": (
        ["--gitlab", "group/sub/app", "--branch", "main"],
        {"iss": GITLAB, "sub": "project_path:group/sub/app:ref_type:branch:ref:main"},
        ["project_path:group/sub/app:ref_type:tag:ref:main", "project_path:group/sub/app:ref_type:branch:ref:main2",
         "project_path:group/app:ref_type:branch:ref:main"]),
    "gitlab of one's own": (
        ["--gitlab", "group/app", "--tag", "v1", "--issuer", "https://gitlab.example.com"],
        {"iss": "https://gitlab.example.com", "sub": "project_path:group/app:ref_type:tag:ref:v1"},
        ["project_path:group/app:ref_type:tag:ref:v10"]),
    "circleci": (
        ["--circleci", "o-1/p-2"], {"iss": CIRCLECI, "aud": "o-1", "sub": "org/o-1/project/p-2/user/u-3"},
        ["org/o-1/project/p-22/user/u-3", "org/o-1/project/p-2/vcs-origin/x"]),
    "buildkite": (
        ["--buildkite", "acme/deploy", "--branch", "main"],
        {"iss": "https://agent.buildkite.com",
         "sub": "organization:acme:pipeline:deploy:ref:refs/heads/main:commit:9f3:step:build"},
        ["organization:acme:pipeline:deploy:ref:refs/heads/mainly:commit:9f3:step:build",
         "organization:acme2:pipeline:deploy:ref:refs/heads/main:commit:9f3:step:build"]),
    "bitbucket": (
        ["--bitbucket", "acme/1-2", "--audience", "ari:cloud:bitbucket::workspace/w"],
        {"iss": BITBUCKET, "aud": "ari:cloud:bitbucket::workspace/w", "sub": "{1-2}:{9}"}, ["{1-3}:{9}", "{1-2}"]),
    "hcp terraform": (
        ["--hcp-terraform", "acme/p/w", "--audience", "aws.workload.identity"],
        {"iss": "https://app.terraform.io", "aud": "aws.workload.identity",
         "sub": "organization:acme:project:p:workspace:w:run_phase:apply"},
        ["organization:acme:project:p:workspace:w2:run_phase:apply"]),
    "kubernetes": (
        ["--kubernetes", "apps/web", "--issuer", EKS], {"iss": EKS, "sub": "system:serviceaccount:apps:web"},
        ["system:serviceaccount:apps:web2", "system:serviceaccount:default:web"]),
    "several patterns": (
        ["--issuer", GITHUB, "--sub", MAIN, "--sub", "repo:octo/app:ref:refs/tags/v*"],
        {"iss": GITHUB, "sub": "repo:octo/app:ref:refs/tags/v1.2"},
        ["repo:octo/app:ref:refs/heads/main2", "repo:octo/app:ref:refs/tags/w1", "repo:octo/app:ref:refs/heads/v1"]),
    "the other of several patterns": (
        ["--issuer", GITHUB, "--sub", MAIN, "--sub", "repo:octo/app:ref:refs/tags/v?"], {"iss": GITHUB, "sub": MAIN},
        ["repo:octo/app:ref:refs/tags/v10"]),
}


@pytest.fixture
def job(daypass, sandbox):
    """A job whose token says what the test wants; `buy` is its exchange for credentials of the role."""

    def buy(claims: dict, code: int = 0, verb=("credentials",), **settings):
        path = daypass.directory / "token"
        path.write_text(sandbox.mint(**({"aud": AWS_AUDIENCE} | claims)))
        daypass.configure(default={
            "token_file": path, "role_arn": ROLE, "sts_endpoint": sandbox.sts, "region": "us-east-1",
            "audience": ({"aud": AWS_AUDIENCE} | claims)["aud"]} | settings)
        return daypass.run(*verb).expect(code)

    return buy


def trust_json(daypass, *arguments) -> dict:
    """As somebody prints it who has no profile here."""
    nothing = daypass.directory / "nothing.toml"
    nothing.write_text("")
    return daypass.run("trust", "json", *arguments, "--config", nothing).expect().json()


def grant(daypass, sandbox, *arguments, also: tuple = ()) -> dict:
    """What was printed, after it was created as it is; `also`: client ids that the provider has for other roles."""
    printed = trust_json(daypass, *arguments, "--role-arn", ROLE)
    order = json.loads(json.dumps(printed))
    order["CreateOpenIDConnectProvider"]["ClientIDList"] += also
    assert sandbox.control("iam", **order) == {"Arn": ROLE}
    return printed


def other_issuer(sandbox, audience: str, url="https://login.other.example"):
    """A provider that the account has too, and that the role does not trust."""
    sandbox.control("iam", CreateOpenIDConnectProvider={"Url": url, "ClientIDList": [audience]})
    return url


def denied(result):
    assert "AccessDenied" in result.stderr and not result.out, result.stderr


@pytest.mark.parametrize("place", PLACES)
def test_the_job_that_is_meant_is_let_in_and_its_neighbours_are_not(daypass, sandbox, job, place):
    arguments, claims, strangers = PLACES[place]
    grant(daypass, sandbox, *arguments, also=("other",))
    keys = job(claims).json()
    assert keys["AccessKeyId"].startswith("ASIA")
    assert "assumed-role/deploy/" in job(claims, verb=("whoami",)).stdout

    for subject in strangers:
        denied(job(claims | {"sub": subject}, code=77))
    denied(job(claims | {"aud": "other"}, code=77))
    denied(job(claims | {"iss": other_issuer(sandbox, claims.get("aud", AWS_AUDIENCE))}, code=77))
    if "ref" in claims:
        denied(job(claims | {"ref": "refs/heads/dev"}, code=77))
        denied(job({name: value for name, value in claims.items() if name != "ref"}, code=77))


@pytest.mark.parametrize("claim, value", [
    ("sub", "repo:evil/app:ref:refs/heads/main"), ("aud", "other"), ("iss", "https://login.other.example")])
def test_it_is_the_printed_policy_that_keeps_them_out(daypass, sandbox, job, claim, value):
    """Each of its conditions does its part: without it, whom it is for gets in."""
    printed = grant(daypass, sandbox, "--github", "octo/app", "--branch", "main", also=("other",))
    stranger = {"iss": GITHUB, "sub": MAIN} | {claim: value}
    other_issuer(sandbox, AWS_AUDIENCE)
    denied(job(stranger, code=77))
    policy = json.loads(printed["CreateRole"]["AssumeRolePolicyDocument"])
    [statement] = policy["Statement"]
    if claim == "iss":
        statement["Principal"] = {"Federated": "*"}
        statement["Condition"] = {}
    else:
        del statement["Condition"]["StringEquals"][f"{GITHUB[8:]}:{claim}"]
    sandbox.control("iam", CreateRole=printed["CreateRole"] | {"AssumeRolePolicyDocument": json.dumps(policy)})
    job(stranger)


def test_an_audience_that_the_provider_does_not_list_is_no_token_at_all(daypass, sandbox, job):
    grant(daypass, sandbox, "--github", "octo/app", "--branch", "main")
    assert "InvalidIdentityToken" in job({"iss": GITHUB, "sub": MAIN, "aud": "other"}, code=77).stderr
    job({"iss": GITHUB, "sub": MAIN})


def test_an_issuer_without_a_provider_is_no_token_at_all(daypass, sandbox, job):
    grant(daypass, sandbox, "--github", "octo/app", "--branch", "main")
    assert "InvalidIdentityToken" in job({"iss": GITLAB, "sub": MAIN}, code=77).stderr


def test_a_token_for_several_audiences(daypass, sandbox, job):
    grant(daypass, sandbox, "--github", "octo/app", "--branch", "main", also=("other",))
    job({"iss": GITHUB, "sub": MAIN, "aud": ["other", AWS_AUDIENCE]}, audience=AWS_AUDIENCE)
    denied(job({"iss": GITHUB, "sub": MAIN, "aud": ["other", "third"]}, code=77, audience="other"))


@pytest.mark.parametrize("subject", [
    "repo:octo/app:ref:refs/heads/a*b?c", "repo:octo/app:ref:refs/heads/${aws:username}",
    "repo:octo/app:environment:Zürich", 'repo:octo/app:ref:refs/heads/"quoted"'])
def test_what_a_token_says_is_meant_as_it_is(daypass, sandbox, job, subject):
    claims = {"iss": GITHUB, "sub": subject}
    printed = job(claims, verb=("trust", "json", "--from-token")).json()
    sandbox.control("iam", **printed)
    job(claims)
    other = subject.replace("a*b?c", "aXXbYc").replace("${aws:username}", "mona").replace("ü", "u").replace('"', "'")
    assert other != subject
    denied(job(claims | {"sub": other}, code=77))


def test_the_longest_session_is_the_one_that_was_asked_for(daypass, sandbox, job):
    place, claims = ["--github", "octo/app", "--branch", "main"], {"iss": GITHUB, "sub": MAIN}
    grant(daypass, sandbox, *place, "--max-session", "12h")
    job(claims, duration="12h")
    grant(daypass, sandbox, *place, "--max-session", "2h")
    job(claims, duration="2h")
    assert "MaxSessionDuration" in job(claims, code=78, duration="3h").stderr
    grant(daypass, sandbox, *place)
    assert "MaxSessionDuration" in job(claims, code=78, duration="2h").stderr


CARRIED = {
    "https://aws.amazon.com/tags": {"principal_tags": {"team": ["a"]}, "transitive_tag_keys": ["team"]},
    "https://aws.amazon.com/tags/principal_tags/team": ["a"],
    "https://aws.amazon.com/source_identity": "mona",
}


@pytest.mark.parametrize("claim", CARRIED)
def test_a_token_that_carries_tags_or_a_source_identity_is_let_in(daypass, sandbox, job, claim):
    claims = {"iss": GITHUB, "sub": MAIN}
    bare = job(claims, verb=("trust", "json", "--from-token")).json()
    carrying = job(claims | {claim: CARRIED[claim]}, verb=("trust", "json", "--from-token")).json()
    sandbox.control("iam", **bare)
    job(claims)
    denied(job(claims | {claim: CARRIED[claim]}, code=77))
    sandbox.control("iam", **carrying)
    job(claims | {claim: CARRIED[claim]})
    denied(job(claims | {claim: CARRIED[claim], "sub": "repo:octo/app:pull_request"}, code=77))


def test_users_of_the_trusted_account_may_assume_it_too(daypass, sandbox, job):
    """Somebody who has a role in that account chains to this one; a role of a third account does not get in."""
    place, claims = ["--github", "octo/app", "--branch", "main"], {"iss": GITHUB, "sub": MAIN}
    visitor = {"iss": GITHUB, "sub": "repo:octo/visitor:ref:refs/heads/main"}
    grant(daypass, sandbox, *place, "--trusted-account", "111122223333")
    for account in ("111122223333", "444455556666"):
        role = FRONT_DESK.replace("111122223333", account)
        desk = trust_json(daypass, "--issuer", GITHUB, "--sub", visitor["sub"], "--role-arn", role)
        assert sandbox.control("iam", account=account, **desk) == {"Arn": role}
        code = 0 if account == "111122223333" else 77
        result = job(visitor, code=code, role_arn=role, then=[{"role_arn": ROLE}])
        if code:
            denied(result)
    job(claims)
    denied(job(visitor, code=77))
    # The second statement is for AssumeRole alone: no token comes in by it.
    grant(daypass, sandbox, *place)
    denied(job(visitor, code=77, role_arn=FRONT_DESK, then=[{"role_arn": ROLE}]))


# A person's login


@pytest.fixture
def provider(make_sandbox, daypass, tmp_path):
    """The sandbox under a name that IAM takes: https, without a port."""
    started = []

    def start(url: str):
        host = url.split("/")[2]
        path = url[len(f"https://{host}"):]
        sandbox = make_sandbox("--public-url", f"https://{host}", "--issuer-path", path)

        def forward(method, _, target, body):
            request = urllib.request.Request(sandbox.url + target, data=body or None, method=method)
            request.add_header("Content-Type", "application/x-www-form-urlencoded")
            try:
                with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
                    return answer.status, {"Content-Type": answer.headers["Content-Type"]}, answer.read()
            except urllib.error.HTTPError as error:
                return error.code, {"Content-Type": error.headers["Content-Type"]}, error.read()

        authority = Authority(tmp_path / "authority", "authority of the login")
        server = HTTPSServer({None: authority.issue("login", (host,))}, forward)
        proxy = ConnectProxy(server.port)
        started.extend([proxy, server])
        daypass.env |= {"HTTPS_PROXY": proxy.url, "DAYPASS_CA_FILE": str(authority.ca_file)}
        assert sandbox.issuer == url
        return sandbox

    yield start
    for each in started:
        each.stop()


@pytest.mark.parametrize("issuer", ["https://login.example.com", "https://acme.example.com/realms/main/"])
def test_a_person_who_logs_in_by_device(daypass, provider, issuer):
    sandbox = provider(issuer)
    daypass.configure(default=sandbox.profile(role_arn=None))
    sandbox.log_in(daypass, user="alice")
    printed = daypass.run("trust", "json", "--from-token", "--role-arn", ROLE).expect().json()
    by_hand = daypass.run("trust", "json", "--sub", "alice", "--role-arn", ROLE).expect().json()
    assert printed == by_hand
    assert printed["CreateOpenIDConnectProvider"] == {"Url": issuer, "ClientIDList": [CLIENT]}

    # Until it is created there is no such role.
    daypass.configure(default=sandbox.profile(role_arn=ROLE))
    denied(daypass.run("credentials").expect(77))
    sandbox.control("iam", **printed)
    assert daypass.run("credentials").expect().json()["AccessKeyId"].startswith("ASIA")

    daypass.run("logout").expect()
    sandbox.log_in(daypass, user="bob", code=77)
    denied(daypass.run("credentials").expect(77))


def test_a_person_of_another_client(daypass, provider):
    sandbox = provider("https://login.example.com")
    secret = daypass.directory / "secret"
    secret.write_text("sandbox-confidential-secret")
    secret.chmod(0o600)
    daypass.configure(default=sandbox.profile(role_arn=ROLE))
    printed = daypass.run("trust", "json", "--sub", "alice").expect().json()
    order = json.loads(json.dumps(printed))
    order["CreateOpenIDConnectProvider"]["ClientIDList"].append("daypass-confidential")
    sandbox.control("iam", **order)
    sandbox.log_in(daypass, user="alice")
    daypass.run("credentials").expect()
    daypass.configure(default=sandbox.profile(
        role_arn=ROLE, client_id="daypass-confidential", client_secret_file=secret))
    sandbox.log_in(daypass, user="alice", code=77)
    denied(daypass.run("credentials").expect(77))
