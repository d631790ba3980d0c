"""`doctor` where all is well, where little is to be had, and on its command line."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from datetime import datetime
from pathlib import Path

import pytest

from support import mounts
from support.checkup import CHECKS, Checkup
from support.need import need
from support.platform import Platform
from support.processes import free_port, wait_for
from support.sandbox import DEMO_ROLE


# Gaps that need not be faults

@pytest.mark.parametrize("lacking, line", [
    ({"token_endpoint_auth_methods_supported": ["client_secret_basic"]}, 'lists no "none" in'),
    ({"grant_types_supported": ["authorization_code"]}, "do not list the device grant"),
], ids=["no none", "no device grant"])
def test_a_gap_of_discovery_is_a_warning(scene, lacking, line):
    scene.logged_in()
    scene.sandbox.set(discovery_set=lacking)
    if "grant_types_supported" not in lacking:
        (scene.daypass.state / "key").unlink()
    found = Checkup(scene.daypass, code=0 if "grant_types_supported" in lacking else 1)
    assert found.statuses["discovery"] == "warning" and line in found.line("discovery")


def test_a_client_that_has_a_session_needs_no_secret(scene):
    scene.logged_in()
    scene.sandbox.set(discovery_set={"token_endpoint_auth_methods_supported": ["client_secret_basic"]})
    assert Checkup(scene.daypass, code=0).statuses["discovery"] == "ok"


def test_what_is_set_and_has_no_effect_is_a_warning(logged_in):
    found = Checkup(logged_in, code=0, env={"DAYPASS_ROLL_ARN": "x"})
    assert found.statuses["config"] == "warning" and "did you mean DAYPASS_ROLE_ARN?" in found.line("config")
    assert "DAYPASS_ROLL_ARN" not in found.result.stderr


def test_two_cis_at_once_are_a_warning(scene):
    scene.daypass.configure(default={"role_arn": DEMO_ROLE, "sts_endpoint": scene.sandbox.sts})
    env = {"SPACELIFT_OIDC_TOKEN": scene.sandbox.mint(), "ENV0_OIDC_TOKEN": scene.sandbox.mint()}
    found = Checkup(scene.daypass, code=0, env=env)
    assert found.line("identity") == "this is spacelift and env0 at once, and spacelift is used"


# Where all is well

def tree(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_nothing_is_found_and_nothing_disturbed_where_all_is_well(logged_in, sandbox):
    sandbox.set(rotate_refresh=True)
    first = logged_in.run("credential-process").expect(0).out
    assert sandbox.count() == 0
    before = tree(logged_in.state)
    found = Checkup(logged_in, code=0)
    assert found.faults == [] and set(found.statuses.values()) == {"ok", "skipped"}
    assert found.statuses["token"] == "skipped"
    # Both forms asked once for each thing, and redeemed nothing.
    kinds = [request["kind"] for request in sandbox.requests()]
    assert kinds == 2 * [
        "discovery", "sts.none", "jwks", "device_authorization", "sts.AssumeRoleWithWebIdentity"]
    assert tree(logged_in.state) == before
    sandbox.reset_counters()
    assert logged_in.run("credential-process").expect(0).out == first and sandbox.count() == 0
    assert logged_in.run("token", "--min-ttl", "2h").expect(0).out and sandbox.count("token.refresh_token") == 1


def test_the_code_it_asks_for_is_shown_to_nobody(logged_in, sandbox):
    found = Checkup(logged_in, code=0)
    assert "approve nothing" in found.line("device")
    for code in sandbox.state()["pending"]:
        assert code not in found.result.stdout + found.result.stderr
    assert found.result.err == b"" and logged_in.run("status").expect(0).stdout.count("Login") == 0


def test_a_failed_exchange_holds_nobody_back(logged_in, sandbox):
    before = tree(logged_in.state)
    sandbox.set(sts_error={"code": "ServiceUnavailable", "status": 503})
    assert Checkup(logged_in, code=1).faults == ["exchange"]
    assert tree(logged_in.state) == before
    sandbox.set(sts_error=None)
    logged_in.run("credential-process", "--duration", "20m").expect(0)


def failed(state) -> list:
    return [path for path in state.iterdir() if path.name.endswith(".failed")]


def test_credentials_that_are_not_renewed_now_are_a_warning(scene):
    """There are some left, so nothing fails; the failure is over, and nobody tries again yet."""
    scene.sandbox.set(credentials_lifetime=30)
    scene.logged_in()
    daypass = scene.daypass
    time.sleep(16)
    scene.sandbox.set(sts_error={"code": "Throttling", "status": 400}, credentials_lifetime=3600)
    daypass.run("credential-process").expect(0)
    scene.sandbox.set(sts_error=None)
    [record] = failed(daypass.state)
    before = record.read_bytes()
    found = Checkup(daypass, code=0)
    assert found.faults == [] and found.statuses["exchange"] == "warning"
    said = r"works now, but failed \d+ s ago, and nobody tries again until (\S+): the STS answered Throttling"
    until = re.match(said, found.line("exchange"))[1]
    assert datetime.fromisoformat(until).timestamp() == json.loads(before)["until"]
    assert "callers get the credentials there are" in found.checks["exchange"]["hint"]
    assert record.read_bytes() == before


def test_a_failure_that_holds_nobody_back_is_not_mentioned(scene):
    """A person who mends a role tries again at once."""
    scene.logged_in(role_arn=None)
    scene.person()
    scene.sandbox.set(sts_error={"code": "AccessDenied", "status": 403})
    scene.daypass.run("credential-process").expect(77)
    scene.sandbox.set(sts_error=None)
    assert failed(scene.daypass.state)
    assert Checkup(scene.daypass, code=0).statuses["exchange"] == "ok"
    scene.daypass.run("credential-process").expect(0)


def test_a_first_role_that_failed_holds_a_chain_back(scene):
    next_role = DEMO_ROLE.replace("demo", "next")
    scene.logged_in(role_arn=None)
    scene.person()
    scene.sandbox.set(sts_error={"code": "ServiceUnavailable", "status": 503})
    scene.daypass.run("credential-process").expect(69)
    scene.sandbox.set(sts_error=None)
    scene.person(then=[{"role_arn": next_role}])
    found = Checkup(scene.daypass, code=1)
    assert found.faults == ["exchange"] and "nobody tries again until" in found.line("exchange")
    assert "tried a moment ago" in scene.daypass.run("credential-process").expect(69).stderr


def test_of_a_saml_response_neither_issuer_nor_keys_are_asked_for(scene):
    account = DEMO_ROLE.split(":")[4]
    file = scene.tmp_path / "response"
    file.write_text(scene.daypass.watch.secret(scene.sandbox.control("saml-response")["response"]))
    scene.daypass.configure(default={
        "role_arn": f"arn:aws:iam::{account}:role/saml",
        "principal_arn": f"arn:aws:iam::{account}:saml-provider/sandbox", "sts_endpoint": scene.sandbox.sts,
        "saml_response_file": str(file)})
    scene.sandbox.reset_counters()
    found = Checkup(scene.daypass, code=0)
    assert found.line("issuer") == found.line("keys") == "a SAML response; only the STS verifies it"
    assert found.statuses["exchange"] == "ok" and found.line("token").startswith("sub alice, iss https://idp.sandbox")
    assert [request["kind"] for request in scene.sandbox.requests()] == 2 * ["sts.none", "sts.AssumeRoleWithSAML"]


def test_an_expired_token_is_renewed_as_ever(expired, sandbox):
    sandbox.set(id_token_lifetime=3600)
    sandbox.reset_counters()
    assert Checkup(expired, code=0).statuses["session"] == "ok"
    assert sandbox.count("token.refresh_token") == 1


def test_a_job_of_a_ci(daypass, sandbox):
    platform = Platform([{"request": {"method": "GET"}, "reply": {"body": {"value": sandbox.mint()}}}] * 2)
    try:
        env = {
            "GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_URL": f"{platform.url}/token?x=1",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": daypass.watch.secret("CANARY-request"), "AWS_ROLE_ARN": DEMO_ROLE,
            "AWS_ENDPOINT_URL_STS": sandbox.sts}
        found = Checkup(daypass, code=0, env=env)
        platform.check()
    finally:
        platform.stop()
    assert "github-actions, because" in found.line("identity")
    claims = f"sub repo:example/app:ref:refs/heads/main, iss {sandbox.issuer}, aud sts.amazonaws.com, until 2"
    assert found.line("token").startswith(claims)
    assert found.line("keys") == "the token's signature is good"
    assert [name for name, status in found.statuses.items() if status == "skipped"] == [
        "discovery", "device", "session"]


def test_keys_that_only_the_sts_need_reach_are_a_warning(scene):
    scene.job(scene.sandbox.mint(iss=f"http://127.0.0.1:{free_port()}"))
    # The sandbox takes no other issuer's tokens; a real STS reaches what this machine does not.
    found = Checkup(scene.daypass, code=1)
    assert found.faults == ["exchange"] and found.statuses["issuer"] == "warning"
    issuer = found.checks["token"]["message"].split("iss ")[1].split(",")[0]
    found = Checkup(scene.daypass, "--verify-token", "--issuer", issuer, code=1)
    assert found.faults == ["issuer", "exchange"]


def test_without_a_role_nothing_is_bought(scene):
    scene.logged_in(role_arn=None)
    found = Checkup(scene.daypass, code=0, env={"AWS_ROLE_ARN": DEMO_ROLE})
    assert found.statuses["sts"] == found.statuses["exchange"] == "skipped"
    assert "AWS_ROLE_ARN does not count" in found.line("exchange") and scene.sandbox.count("sts") == 0


def test_a_login_with_a_browser_needs_no_device_endpoint(scene):
    scene.logged_in()
    scene.sandbox.reset_counters()
    scene.sandbox.set(discovery_omit=["device_authorization_endpoint"])
    found = Checkup(scene.daypass, "--method", "browser", code=0)
    assert found.statuses["device"] == "skipped" and scene.sandbox.count("device_authorization") == 0


# Where little is to be had

def test_in_a_read_only_state_directory(logged_in, sandbox):
    need(mounts.why_unavailable())
    with mounts.tmpfs(logged_in.state, "size=256k"):
        mounts.make_read_only(logged_in.state)
        found = Checkup(logged_in, code=1)
        assert found.faults == ["store"] and "read-only file system" in found.line("store")
        # A job needs no state.
        logged_in.configure(default={"token_env": "TOKEN", "role_arn": DEMO_ROLE, "sts_endpoint": sandbox.sts})
        found = Checkup(logged_in, code=0, env={"TOKEN": sandbox.mint()})
        assert found.statuses["store"] == "warning" and found.statuses["exchange"] == "ok"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be a user whom nobody knows")
def test_without_a_home(daypass, sandbox):
    daypass.prefix = ("setpriv", "--reuid=54321", "--regid=54321", "--clear-groups")
    if subprocess.run([*daypass.prefix, "test", "-x", daypass.path], check=False).returncode != 0:
        need("the program lies where other users cannot reach it")
    where = {name: None for name in ("HOME", "XDG_RUNTIME_DIR", "TMPDIR", "DAYPASS_STORE")}
    env = where | {
        "DAYPASS_TOKEN_ENV": "TOKEN", "TOKEN": sandbox.mint(), "DAYPASS_ROLE_ARN": DEMO_ROLE,
        "DAYPASS_STS_ENDPOINT": sandbox.sts}
    found = Checkup(daypass, code=0, env=env, cwd="/")
    assert found.statuses["store"] == "warning" and "there is no state directory" in found.line("store")
    person = where | {"DAYPASS_ISSUER": sandbox.issuer, "DAYPASS_CLIENT_ID": "daypass-demo"}
    found = Checkup(daypass, code=1, env=person, cwd="/")
    assert found.faults[0] == "store" and "there is no state directory" in found.line("store")


def test_offline_it_ends_in_time(logged_in, sandbox):
    """Every host hangs, and no time is configured: the whole stays below a minute."""
    sandbox.fault("*", "hang")
    result = logged_in.run("doctor", timeout=60).expect(1)
    assert re.search(r"fault +issuer +127\.0\.0\.1 did not answer", result.stdout), result.stdout
    assert re.search(r"skipped +exchange +the STS does not answer", result.stdout), result.stdout


# The command line

def test_an_unknown_flag_is_a_usage_error(person):
    person.run("doctor", "--jsno").expect(64)
    person.run("doctor", "--duration", "soon").expect(64)


def test_it_ends_at_once_when_it_is_interrupted(logged_in, sandbox):
    sandbox.fault("discovery", "hang")
    running = logged_in.start("doctor")
    wait_for(lambda: sandbox.count("discovery"), 20, "the first request")
    running.signal(signal.SIGINT)
    result = running.finish(10).expect(130)
    assert result.out and not re.search(rb"^fault", result.out, re.MULTILINE)


@pytest.mark.parametrize("env, colours", [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_it_fits_the_smallest_terminal(logged_in, env, colours):
    with tempfile.TemporaryDirectory(dir="/tmp") as short:
        # A person's paths are shorter than those of tests.
        (Path(short) / "me").symlink_to(logged_in.home)
        terminal = logged_in.terminal("doctor", env=env | {"HOME": f"{short}/me"}, columns=80, lines=24)
        assert terminal.wait() == 0
    output = terminal.output().decode()
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    lines = plain.replace("\r\n", "\n").splitlines()
    assert len(lines) <= 23 and max(map(len, lines)) <= 80, plain
    assert ("\x1b[" in output) == colours
    # Nothing but what both dark and light themes show.
    assert set(re.findall(r"\x1b\[([0-9;]*)m", output)) <= {"0", "1", "31", "32"}


def test_it_needs_no_terminal_to_be_complete(person):
    """Where nobody looks, one line a check, however long."""
    result = person.run("doctor").expect(1)
    lines = result.stdout.split("\n\n")[0].splitlines()
    assert [line.split()[1] for line in lines if not line.startswith(" ")] == CHECKS
