"""How daypass behaves in a CI job: whom it asks and how often, what it keeps out of the job's log, what it says at the
start, and that nobody is prompted there."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from support import glewlwyd as glewlwyd_server
from support import seaweedfs as weed
from support.platform import Platform
from support.sandbox import CI_ROLE

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@pytest.fixture
def github():
    """Variables of a GitHub job whose service hands out these tokens, one a request."""
    started = []

    def start(*tokens) -> tuple[Platform, dict]:
        platform = Platform([{"request": {"method": "GET"}, "reply": {"body": {"value": each}}} for each in tokens])
        started.append(platform)
        return platform, {
            "GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_URL": f"{platform.url}/id?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "CANARY-job"}

    yield start
    for each in started:
        each.stop()


def role(sandbox) -> dict:
    return {"DAYPASS_ROLE_ARN": CI_ROLE, "DAYPASS_STS_ENDPOINT": sandbox.sts}


# Keys of issuers that only sign

@pytest.fixture
def only_signs(sandbox):
    """An issuer as CI systems are: metadata of two members."""
    sandbox.set(discovery_omit=[
        "token_endpoint", "authorization_endpoint", "device_authorization_endpoint", "revocation_endpoint"])
    return sandbox


def test_the_signature_of_an_issuer_without_endpoints_is_checked(daypass, only_signs, github):
    _, job = github(only_signs.mint())
    text = daypass.run("whoami", "--verify", env=job).expect(0).stdout
    assert "signature checked now" in text


def test_verify_token_accepts_what_that_issuer_signed_and_nothing_else(daypass, only_signs, github):
    good = only_signs.mint()
    head, claims, signature = good.split(".")
    forged = daypass.watch.secret(f"{head}.{claims}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}")
    settings = {"DAYPASS_VERIFY_TOKEN": "true", "DAYPASS_ISSUER": only_signs.issuer, **role(only_signs)}
    _, job = github(good)
    daypass.run("credentials", env=job | settings).expect(0)
    only_signs.reset_counters()
    _, job = github(forged)
    job["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "CANARY-other-job"
    daypass.run("credentials", env=job | settings).expect(65)
    assert only_signs.count("sts") == 0


def test_an_issuer_that_names_no_keys_is_an_error(daypass, sandbox, github):
    sandbox.set(discovery_omit=["jwks_uri"])
    _, job = github(sandbox.mint())
    assert "jwks_uri" in daypass.run("whoami", "--verify", env=job).expect(65).stderr


# One token for one purpose

def test_whoami_mints_one_token_for_claims_and_credentials(daypass, sandbox, github):
    platform, job = github(sandbox.mint())
    text = daypass.run("whoami", env=job | role(sandbox)).expect(0).stdout
    assert "repo:example/app" in text and "assumed-role/ci/" in text
    assert len(platform.requests) == 1 and sandbox.count("sts") == 2, "an exchange and GetCallerIdentity"


def test_what_whoami_bought_is_there_for_the_next(daypass, sandbox, github):
    platform, job = github(sandbox.mint())
    daypass.run("whoami", env=job | role(sandbox)).expect(0)
    daypass.run("credentials", env=job | role(sandbox)).expect(0)
    assert len(platform.requests) == 1, "the key is the same before and after the token is there"


# Nobody is prompted

@pytest.mark.parametrize("marker", ["CI", "GITHUB_ACTIONS", "GITLAB_CI"])
@pytest.mark.parametrize("verb", [["token"], ["credentials"], ["credential-process"], ["exec", "--", "true"]])
def test_nothing_prompts_by_itself(person, sandbox, verb, marker):
    terminal = person.terminal(*verb, env={marker: "true"})
    assert terminal.wait() == 4
    assert b"daypass login" in terminal.output()
    assert sandbox.count("device_authorization") == 0


def test_an_explicit_login_runs_in_a_ci_too(person, sandbox):
    sandbox.log_in(person, env={"CI": "true", "GITHUB_ACTIONS": "true"})
    person.run("credentials", env={"CI": "true", "GITHUB_ACTIONS": "true"}).expect(0)


# What cannot be renewed is said

GITLAB = {"GITLAB_CI": "true"}


def announced(text: str) -> str:
    found = [line for line in text.splitlines() if "cannot be renewed" in line]
    assert len(found) == 1, text
    return found[0]


def test_exec_says_when_credentials_will_end_and_what_keeps_them_longer(daypass, sandbox):
    job = GITLAB | {"STS_AMAZONAWS_COM_ID_TOKEN": sandbox.mint()}
    line = announced(daypass.run("exec", "--", "true", env=job | role(sandbox)).expect(0).stderr)
    assert "gitlab" in line and "`duration`" in line and re.search(r"credentials end at .*\d\d:\d\d", line)


def test_exec_has_nothing_to_say_of_a_source_that_mints(daypass, sandbox, github):
    _, job = github(sandbox.mint())
    assert "renewed" not in daypass.run("exec", "--", "true", env=job | role(sandbox)).expect(0).stderr


def test_serve_says_it_too(daypass, sandbox, serve):
    service = serve(env=GITLAB | {"STS_AMAZONAWS_COM_ID_TOKEN": sandbox.mint()} | role(sandbox))
    service.running.until(lambda: b"cannot be renewed" in service.running.err, what="the announcement")
    assert "`duration`" in announced(service.running.err.decode())


# What the log must not show

def exported(text: str) -> dict:
    return dict(re.findall(r"^export (\w+)=(.*)$", text, re.M))


def run_quietly(daypass, *args, env, **streams):
    """Beside the watch over all that is printed: masks are secrets that are printed so that they are not."""
    return subprocess.run(
        daypass.argv(*args), env=daypass.environment(env), text=True, timeout=60, cwd=daypass.directory,
        start_new_session=True, **streams)


def test_github_is_told_to_mask_the_keys_that_a_shell_takes_in(daypass, sandbox, github):
    _, job = github(sandbox.mint())
    done = run_quietly(daypass, "credentials", "--format", "env", env=job | role(sandbox), capture_output=True)
    keys = exported(done.stdout)
    assert done.stderr.splitlines() == [f"::add-mask::{keys[name]}" for name in KEYS]
    assert "add-mask" not in done.stdout, "standard output is the shell's"


@pytest.mark.parametrize("form", ["process", "github"])
def test_there_is_nothing_to_mask_where_no_shell_takes_keys_in(daypass, sandbox, github, form, tmp_path):
    _, job = github(sandbox.mint())
    (tmp_path / "env").touch()
    env = job | role(sandbox) | {"GITHUB_ENV": str(tmp_path / "env")}
    assert daypass.run("credentials", "--format", form, env=env).expect(0).stderr == ""


def test_masks_go_into_no_file(daypass, sandbox, github, tmp_path):
    _, job = github(sandbox.mint())
    with open(tmp_path / "log", "w+") as log:
        run_quietly(
            daypass, "credentials", "--format", "env", env=job | role(sandbox), stdout=subprocess.PIPE, stderr=log)
        assert (tmp_path / "log").read_text() == ""


def test_the_buildkite_agent_is_told_to_redact_the_keys(daypass, sandbox, tmp_path):
    agent = tmp_path / "bin/buildkite-agent"
    agent.parent.mkdir()
    agent.write_text(f'#!/bin/sh\nif [ "$1" = oidc ]; then printf %s {sandbox.mint()}; exit; fi\n'
                     f'echo "$*" >>{tmp_path}/words; cat >>{tmp_path}/redacted; echo >>{tmp_path}/redacted\n')
    agent.chmod(agent.stat().st_mode | stat.S_IXUSR)
    env = role(sandbox) | {"BUILDKITE": "true", "PATH": f"{agent.parent}:/usr/bin:/bin"}
    result = daypass.run("credentials", "--format", "env", env=env).expect(0)
    keys = exported(result.stdout)
    assert (tmp_path / "redacted").read_text().split() == [keys[name] for name in KEYS]
    assert (tmp_path / "words").read_text() == "redactor add\n" * 3, "a secret is no argument"


def test_without_its_agent_buildkites_log_is_said_to_be_open(daypass, sandbox):
    env = role(sandbox) | {"BUILDKITE": "true", "DAYPASS_TOKEN_ENV": "T", "T": sandbox.mint(), "PATH": "/usr/bin:/bin"}
    error = daypass.run("credentials", "--format", "env", env=env).expect(0).stderr
    assert "not kept clear" in error and len(error.splitlines()) == 1


def test_gitlab_keeps_dotenv_reports_and_that_is_said(daypass, sandbox):
    env = role(sandbox) | GITLAB | {"STS_AMAZONAWS_COM_ID_TOKEN": sandbox.mint()}
    assert "artifacts" in daypass.run("credentials", "--format", "dotenv", env=env).expect(0).stderr
    assert daypass.run("credentials", "--format", "env", env=env).expect(0).stderr == ""


@pytest.mark.parametrize("value", ["eu\nAWS_ROLE_ARN=x", "eu\nDAYPASS\nPATH=/evil", "eu<<EOF"])
def test_no_value_breaks_out_of_githubs_file(daypass, sandbox, github, tmp_path, value):
    """Whatever a workflow was made to put into a setting: it sets nothing else for later steps."""
    _, job = github(sandbox.mint())
    file = tmp_path / "github-env"
    file.touch()
    env = job | role(sandbox) | {"GITHUB_ENV": str(file), "DAYPASS_REGION": value}
    result = daypass.run("credentials", "--format", "github", env=env)
    names = set()
    lines = iter(file.read_text().splitlines())
    for line in lines:
        name, mark = line.split("<<", 1)
        assert len(mark) > 40, "nobody can guess it"
        names.add(name)
        for each in lines:
            if each == mark:
                break
    assert names <= {*KEYS, "AWS_CREDENTIAL_EXPIRATION", "AWS_REGION", "AWS_DEFAULT_REGION"}
    assert result.code in (0, 78) and (names == set()) == (result.code != 0)


# To an object store that nobody here wrote, by way of every generic source

@pytest.fixture
def trusted_token(daypass, glewlwyd, seaweedfs) -> str:
    """An ID token of an issuer that the store trusts."""
    daypass.configure(default={"issuer": glewlwyd.issuer, "client_id": glewlwyd_server.CLIENT, "scopes": ["openid"]})
    running = daypass.start("login", "--json")
    glewlwyd.approve(running.event("device_code")["user_code"], None)
    running.finish().expect(0)
    return daypass.watch.secret(daypass.run("token").expect(0).stdout)


@pytest.mark.parametrize("source", ["file", "env", "command", "url", "github-actions"])
@pytest.mark.xdist_group("real servers")
def test_exec_to_a_real_store(daypass, seaweedfs, trusted_token, github, tmp_path, source):
    file = tmp_path / "token"
    file.touch(mode=0o600)
    file.write_text(trusted_token)
    platform, job = github(trusted_token, trusted_token)
    settings = {
        "file": {"token_file": file}, "env": {"token_env": "JOB_TOKEN"}, "command": {"token_command": ["cat", file]},
        "url": {"token_url": f"{platform.url}/token", "token_pointer": "/value"}, "github-actions": {}}[source]
    daypass.configure(default=settings | {
        "source": source, "audience": glewlwyd_server.CLIENT, "role_arn": weed.ROLE, "sts_endpoint": seaweedfs.url,
        "region": weed.REGION})
    env = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "AWS_ENDPOINT_URL": seaweedfs.url,
        "JOB_TOKEN": trusted_token, **(job if source == "github-actions" else {})}
    result = daypass.run("exec", "--", "aws", "s3api", "list-buckets", "--output", "json", env=env).expect(0)
    assert "ready" in [each["Name"] for each in json.loads(result.stdout)["Buckets"]]
    result = daypass.run("exec", "--", "aws", "sts", "get-caller-identity", "--output", "json", env=env)
    assert "assumed-role/developer/" in json.loads(result.expect(0).stdout)["Arn"]
