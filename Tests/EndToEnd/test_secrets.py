"""No secret where it is not asked for. Every other test checks its outputs too; here are the places to look at."""

import base64
import os
import stat
import subprocess
from pathlib import Path

import pytest

from support.sandbox import ALICE_ONLY_ROLE
from support.secrets import Watch


FORMS = [bytes, bytes.hex, base64.b64encode, base64.urlsafe_b64encode]


@pytest.mark.parametrize("form", FORMS, ids=["raw", "hex", "base64", "base64url"])
def test_the_watch_itself_sees_a_secret_in_any_form(form):
    watch = Watch()
    watch.secret(b"correct horse battery")
    shown = form(b"correct horse battery")
    watch.output("a log", b"level=debug value=" + (shown.encode() if isinstance(shown, str) else shown))
    assert len(watch.leaks()) == 1
    watch = Watch()
    watch.output("a log", b"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJl")
    assert len(watch.leaks()) == 1


@pytest.mark.parametrize("level", ["trace", "debug", "info"])
def test_logs_hold_none_at_any_level(person, sandbox, level):
    result = sandbox.log_in(person, "--log-level", level)
    assert result.err or level == "info", "something is logged"
    for verb in (["credentials", "--role-arn", ALICE_ONLY_ROLE], ["whoami"], ["logout"]):
        person.run(*verb, "--log-level", level).expect(0)


def test_trace_shows_each_request(person, sandbox):
    log = sandbox.log_in(person, "--log-level", "trace").stderr
    for path in ("/.well-known/openid-configuration", "/device_authorization", "/token", "/sts"):
        assert path in log


def test_errors_of_a_server_that_echoes_a_secret(person, sandbox):
    sandbox.log_in(person)
    for mode in ("html", "empty"):
        sandbox.fault("sts", mode, status=400, requests=3)
        person.run("credentials", "--role-arn", ALICE_ONLY_ROLE, timeout=90)


def test_no_request_carries_a_secret_in_its_url(person, sandbox):
    sandbox.log_in(person)
    person.run("whoami").expect(0)
    person.run("logout").expect(0)
    assert not [entry for entry in sandbox.requests() if entry.get("secrets_in_url")]


def test_the_token_is_exchanged_without_any_signature(logged_in, sandbox):
    logged_in.run("credentials", "--role-arn", ALICE_ONLY_ROLE,
                  env={"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "x"}).expect(0)
    assert [entry.get("signed", False) for entry in sandbox.requests("sts.AssumeRoleWithWebIdentity")] == [False]


def test_argument_lists_and_environments_hold_none(logged_in, sandbox):
    """Watched from outside for the whole of a login and of a running exec."""
    running = logged_in.start("exec", "--", "sh", "-c", "echo ready; exec sleep 30")
    running.until(lambda: b"ready" in running.out, what="the child")
    process = Path(f"/proc/{running.popen.pid}")
    logged_in.watch.output("the argument list of exec", (process / "cmdline").read_bytes())
    children = subprocess.run(
        ["ps", "--ppid", str(running.popen.pid), "-o", "pid="], capture_output=True, text=True).stdout.split()
    assert children
    for child in children:
        logged_in.watch.output("the argument list of the child", Path(f"/proc/{child}/cmdline").read_bytes())
        environment = Path(f"/proc/{child}/environ").read_bytes()
        assert b"AWS_SECRET_ACCESS_KEY" not in environment and b"AWS_SESSION_TOKEN" not in environment
        logged_in.watch.output("the environment of the child", environment)
    running.stop()


def test_state_is_private_and_sealed(logged_in):
    assert stat.S_IMODE(logged_in.state.stat().st_mode) == 0o700
    files = [path for path in logged_in.state.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_state_is_private_under_any_umask(person, sandbox, umask):
    running = person.start("login", "--json", preexec_fn=lambda: os.umask(umask))
    sandbox.approve(running.event("device_code")["user_code"])
    running.finish().expect(0)
    test_state_is_private_and_sealed(person)
    person.run("token").expect(0)


def test_a_state_file_open_to_others_is_not_believed(logged_in):
    for path in logged_in.state.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
    before = {path: path.read_bytes() for path in logged_in.state.rglob("*") if path.is_file()}
    result = logged_in.run("token").expect(4)
    assert "0600" in result.stderr or "permission" in result.stderr or "others" in result.stderr, result.stderr
    assert all(path.read_bytes() == content for path, content in before.items() if "lock" not in path.name)


def test_a_corrupt_state_file_is_as_if_absent(logged_in):
    for path in logged_in.state.rglob("*"):
        if path.is_file() and "key" not in path.name and "lock" not in path.name:
            path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    assert logged_in.run("token").expect(4).stderr


def test_no_core_is_dumped_and_nobody_may_attach(person, sandbox):
    running = person.start("login", "--json")
    running.event("pending")
    limits = Path(f"/proc/{running.popen.pid}/limits").read_text()
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    # A process that is not dumpable has its /proc entries owned by root.
    owner = os.stat(f"/proc/{running.popen.pid}/environ").st_uid
    assert core.split()[4] == "0" or owner == 0
    running.stop()


def test_the_child_of_exec_has_no_open_file_of_the_state(logged_in):
    listing = logged_in.run("exec", "--", "sh", "-c", "ls -l /proc/self/fd").expect(0).stdout
    assert str(logged_in.state) not in listing


def test_a_fresh_login_replaces_the_credentials_of_the_old_one(person, sandbox):
    sandbox.log_in(person)
    first = person.run("credential-process").expect(0).json()
    sandbox.log_in(person, user="bob")
    second = person.run("credential-process").expect(0).json()
    assert first["AccessKeyId"] != second["AccessKeyId"], "another person's credentials are never handed out"


def test_a_device_code_is_never_shown(person, sandbox):
    result = sandbox.log_in(person, "--log-level", "trace")
    assert "device_code=" not in result.stderr.replace("device_code=<redacted>", "").replace("device_code=…", "")
