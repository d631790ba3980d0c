"""Role chaining: further roles, each assumed with the credentials of the one before, signed by SigV4. The sandbox
verifies the signatures and holds each step against its role's trust; moto answers in AWS's own shape."""

import json
import os
import re
import sys
import time
from datetime import datetime
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from support.sandbox import ACCOUNT, DEMO_ROLE

ROLES = f"arn:aws:iam::{ACCOUNT}:role/"
NEXT, LAST, PICKY = ROLES + "next", ROLES + "path/last", ROLES + "picky"


def statement(principal: str, *actions: str, **conditions) -> dict:
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": list(actions),
            "Condition": conditions}


def cast() -> dict:
    """`next` trusts `demo` alone, `last` trusts `next` alone, `picky` wants to be asked in one way only."""
    demo = {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringLike": {"oidc:sub": "*"}}}
    picky = {"StringEquals": {
        "sts:ExternalId": "ext:/1", "aws:RequestTag/team": "core é=1", "sts:SourceIdentity": "anna",
        "sts:RoleSessionName": "mine", "sts:TransitiveTagKeys": "team"}}
    actions = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
    return {"roles": [
        {"arn": DEMO_ROLE, "trust": {"Statement": [demo]}, "max_duration": 43200},
        {"arn": NEXT, "max_duration": 43200, "trust": {"Statement": [statement(DEMO_ROLE, "sts:AssumeRole")]}},
        {"arn": LAST, "trust": {"Statement": [statement(NEXT, "sts:AssumeRole")]}},
        {"arn": PICKY, "trust": {"Statement": [statement(DEMO_ROLE, *actions, **picky)]}}]}


PICKY_STEP = {
    "role_arn": PICKY, "session_name": "mine", "external_id": "ext:/1", "duration": "15m",
    "tags": {"team": "core é=1", "cost center": "7"}, "transitive_tag_keys": ["team"], "source_identity": "anna"}


@pytest.fixture
def sandbox(make_sandbox, tmp_path):
    file = tmp_path / "cast.json"
    file.write_text(json.dumps(cast()))
    return make_sandbox("--config", file)


def steps(*roles) -> list[dict]:
    return [{"role_arn": role} if isinstance(role, str) else role for role in roles]


@pytest.fixture
def job(daypass, sandbox):
    """daypass with a job's token; whatever comes after `demo` is in `then`."""
    token = daypass.directory / "token"

    def configure(*roles, **settings):
        token.write_text(sandbox.mint(sub="repo:example/app", aud="sts.amazonaws.com"))
        daypass.configure(default={
            "token_file": str(token), "role_arn": DEMO_ROLE, "sts_endpoint": sandbox.sts,
            "then": steps(*roles)} | settings)
        return daypass

    return configure


def seconds_left(credentials: dict) -> float:
    return datetime.fromisoformat(credentials["Expiration"]).timestamp() - time.time()


def caller(sts_url: str, credentials: dict) -> str:
    client = boto3.client(
        "sts", endpoint_url=sts_url, region_name="us-east-1", config=Config(retries={"total_max_attempts": 1}),
        aws_access_key_id=credentials["AccessKeyId"], aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"])
    return client.get_caller_identity()["Arn"]


def actions(sandbox) -> list[str]:
    return [entry["kind"].split(".")[1] for entry in sandbox.requests("sts")]


def test_two_further_roles_one_after_the_other(job, sandbox):
    daypass = job(NEXT, LAST, session_name="me", duration="12h")
    credentials = daypass.run("credential-process").expect(0).json()
    assert caller(sandbox.sts, credentials) == f"arn:aws:sts::{ACCOUNT}:assumed-role/last/me"
    assert 3500 < seconds_left(credentials) <= 3600, "an hour, whatever the first role grants"
    requests = sandbox.requests("sts")[:3]
    assert [entry["kind"] for entry in requests] == [
        "sts.AssumeRoleWithWebIdentity", "sts.AssumeRole", "sts.AssumeRole"]
    assert [entry.get("signed", False) for entry in requests] == [False, True, True]
    # And from the cache.
    sandbox.reset_counters()
    assert daypass.run("credential-process").expect(0).json() == credentials
    assert sandbox.count() == 0


def test_everything_a_step_can_say_arrives(job, sandbox):
    credentials = job(PICKY_STEP).run("credential-process").expect(0).json()
    assert caller(sandbox.sts, credentials) == f"arn:aws:sts::{ACCOUNT}:assumed-role/picky/mine"
    assert 800 < seconds_left(credentials) <= 900


@pytest.mark.parametrize("change, reason", [
    ({"external_id": "other"}, "external_id"), ({"external_id": None}, "external_id"),
    ({"source_identity": "otto"}, "sts:SetSourceIdentity"), ({"tags": {"team": "other"}}, "sts:TagSession"),
    ({"session_name": "other"}, "trust policy")])
def test_a_step_that_the_role_does_not_trust_is_refused_by_name(job, sandbox, change, reason):
    step = {key: value for key, value in (PICKY_STEP | change).items() if value is not None}
    result = job(step).run("credential-process").expect(77)
    assert result.out == b"" and "then no. 1" in result.stderr and PICKY in result.stderr and reason in result.stderr


def test_a_refused_step_and_what_to_try_fit_the_smallest_terminal(job):
    """All that a role's trust can want; a person's paths are shorter than those of tests."""
    daypass = job(PICKY_STEP | {"external_id": "other"})
    home = Path(f"/tmp/{os.getpid()}")
    home.symlink_to(daypass.home)
    try:
        terminal = daypass.terminal("doctor", env={"HOME": home}, columns=80, lines=24)
        assert terminal.wait() == 1
        said = daypass.run("credential-process", env={"HOME": home}).expect(77).stderr
    finally:
        home.unlink()
    text = re.sub(r"\x1b\[[0-9;]*m", "", terminal.output().decode()).splitlines()
    assert len(text) <= 23 and max(map(len, text)) <= 80, "\n".join(text)
    message, hint = said.split("; ", 1)
    assert message.startswith("daypass: then no. 1 (") and message.count(PICKY) == 1 and len(said) < 7 * 80
    assert hint.startswith(f"the role's trust policy must allow sts:AssumeRole to {DEMO_ROLE}, sts:TagSession,")


def test_the_second_step_is_called_the_second(job, sandbox):
    result = job(NEXT, PICKY).run("credential-process").expect(77)
    assert "then no. 2" in result.stderr and f"sts:AssumeRole to {NEXT}" in result.stderr
    assert actions(sandbox) == ["AssumeRoleWithWebIdentity", "AssumeRole", "AssumeRole"]


def test_a_duration_beyond_an_hour_is_said_before_anything_is_sent(job, sandbox):
    result = job({"role_arn": NEXT, "duration": "2h"}).run("credential-process").expect(78)
    assert "then.duration" in result.stderr and "1h" in result.stderr and "config.toml:" in result.stderr
    assert sandbox.count("sts") == 0


@pytest.mark.parametrize("expected, code", [
    ({"expect_role": "last"}, 0), ({"expect_role": LAST, "expect_account": ACCOUNT}, 0), ({"expect_role": "demo"}, 77),
    ({"expect_account": "999999999999"}, 77)])
def test_what_is_expected_is_expected_of_the_last_role(job, sandbox, expected, code):
    result = job(NEXT, LAST, **expected).run("credential-process").expect(code)
    if code:
        assert result.out == b"" and sandbox.count("sts") == 0


def test_a_reply_for_another_account_is_never_handed_out(job, sandbox):
    daypass = job(NEXT, LAST)
    daypass.run("credential-process").expect(0)
    sandbox.set(sts="other_account")
    # Another key than what is cached; the first role's credentials are.
    result = daypass.run("credential-process", env={"DAYPASS_EXPECT_ACCOUNT": ACCOUNT}).expect(65)
    assert result.out == b"" and "then no. 1" in result.stderr and "999999999999" in result.stderr


def test_a_step_whose_answer_fails_is_tried_again(job, sandbox):
    sandbox.fault("sts.AssumeRole", "status", status=503, requests=1)
    job(NEXT).run("credential-process").expect(0)
    assert actions(sandbox) == ["AssumeRoleWithWebIdentity", "AssumeRole", "AssumeRole"]


def test_a_step_that_cannot_be_reached_is_said_as_that(job, sandbox):
    sandbox.fault("sts.AssumeRole", "status", status=503)
    result = job(NEXT).run("credential-process").expect(69)
    assert "then no. 1" in result.stderr and actions(sandbox).count("AssumeRole") == 3


def test_the_first_role_is_bought_once_for_all_chains(job, sandbox):
    daypass = job(NEXT, duration="12h")
    token = (daypass.directory / "token").read_text()
    daypass.run("credential-process").expect(0)
    job(NEXT, LAST, duration="12h")
    (daypass.directory / "token").write_text(token)
    daypass.run("credential-process").expect(0)
    assert actions(sandbox) == ["AssumeRoleWithWebIdentity", "AssumeRole", "AssumeRole", "AssumeRole"]


def test_exec_and_whoami_and_status_show_the_last_role(job, sandbox):
    daypass = job(NEXT, LAST, session_name="me")
    result = daypass.run(
        "exec", "--", sys.executable, "-c",
        "import boto3, sys; print(boto3.client('sts', endpoint_url=sys.argv[1], region_name='us-east-1')"
        ".get_caller_identity()['Arn'])", sandbox.sts, timeout=120).expect(0)
    assert result.stdout.strip() == f"arn:aws:sts::{ACCOUNT}:assumed-role/last/me"
    assert "assumed-role/last/me" in daypass.run("whoami").expect(0).stdout
    (status,) = daypass.run("status", "--json").expect(0).json()["profiles"]
    assert status["role_arn"] == LAST and status["credentials_expires_at"]


def test_serve_renews_a_chain(job, sandbox, serve):
    job({"role_arn": NEXT, "duration": "15m"}, session_name="me")
    sandbox.set(credentials_lifetime=20)
    service = serve()
    first = service.until(200).json()
    assert caller(sandbox.sts, {
        "AccessKeyId": first["AccessKeyId"], "SecretAccessKey": first["SecretAccessKey"],
        "SessionToken": first["Token"]}) == f"arn:aws:sts::{ACCOUNT}:assumed-role/next/me"
    deadline = time.monotonic() + 60
    while service.until(200).json()["AccessKeyId"] == first["AccessKeyId"]:
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_a_login_goes_all_the_way(daypass, sandbox):
    daypass.configure(default=sandbox.profile(then=steps(NEXT)))
    result = sandbox.log_in(daypass)
    last = json.loads(result.stdout.splitlines()[-1])
    assert last["event"] == "credentials" and last["arn"].startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/next/")
    sandbox.reset_counters()
    daypass.run("credential-process").expect(0)
    assert sandbox.count() == 0
    daypass.run("logout").expect(0)
    assert not [path for path in daypass.state.iterdir() if path.name.startswith("credentials-")]


def test_a_login_whose_chain_fails_keeps_its_session(daypass, sandbox):
    daypass.configure(default=sandbox.profile(then=steps(LAST)))
    sandbox.log_in(daypass, code=77)
    daypass.run("token").expect(0)


def test_in_aws_own_shape(daypass, sandbox, moto):
    """moto keeps the roles that it gave credentials of, and knows them again by their access key."""
    token = daypass.directory / "token"
    token.write_text(sandbox.mint(sub="repo:example/app", aud="sts.amazonaws.com"))
    daypass.configure(default={
        "token_file": str(token), "role_arn": DEMO_ROLE, "sts_endpoint": moto.url, "region": "eu-central-1",
        "session_name": "me", "then": steps(NEXT, PICKY_STEP), "expect_role": "picky"})
    credentials = daypass.run("credential-process").expect(0).json()
    assert caller(moto.url, credentials).endswith("assumed-role/picky/mine")
    assert 800 < seconds_left(credentials) <= 900


def test_what_is_logged_of_a_step_holds_nothing_secret(job, sandbox):
    """The fixture looks for every secret of the sandbox in all that is printed."""
    result = job(NEXT, LAST).run("whoami", "--log-level", "trace").expect(0)
    assert result.stderr.count("/sts") >= 4
    assert "AWS grants a chained role 1 h at most" in result.stderr
