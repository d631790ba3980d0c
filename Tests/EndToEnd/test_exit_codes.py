"""Every exit code of the contract, provoked from outside; `Daypass.run` refuses any other code in every test."""

import fcntl
import os
import signal
import subprocess
import time

import pytest

from support.processes import free_port
from support.sandbox import ALICE_ONLY_ROLE, DEMO_ROLE


def said(result, *words):
    for word in words:
        assert word in result.stderr, f"{word!r} is not in {result.stderr!r}"
    return result


# 0: done


def test_0_status_and_logout_without_a_session(person):
    person.run("status").expect(0)
    person.run("logout").expect(0)


def test_0_help_and_version(daypass):
    for arguments in (["--help"], ["login", "--help"], ["--version"]):
        assert daypass.run(*arguments).expect(0).out


def test_0_a_refused_revocation_is_a_warning(logged_in, sandbox):
    sandbox.fault("revoke", "status", status=503)
    assert logged_in.run("logout").expect(0).stderr
    logged_in.run("token").expect(4)


# 4: a person must log in


@pytest.mark.parametrize("arguments", [
    ["token"], ["credentials"], ["credential-process"], ["whoami"], ["exec", "--", "true"],
    ["exec", "--env", "--", "true"]])
def test_4_no_session(person, sandbox, arguments):
    result = said(person.run(*arguments).expect(4), "daypass login")
    assert result.out == b"" and sandbox.count("device_authorization") == 0 and result.seconds < 2


def test_4_the_refresh_is_refused(expired, sandbox):
    sandbox.set(refresh_error={"error": "invalid_grant"})
    said(expired.run("token").expect(4), "daypass login")


def test_4_expired_without_a_refresh_token(daypass, sandbox):
    sandbox.set(id_token_lifetime=1, token_omit=["refresh_token"])
    daypass.configure(default=sandbox.profile(role_arn=None))
    sandbox.log_in(daypass)
    time.sleep(2)
    said(daypass.run("token").expect(4), "daypass login")


def test_4_a_session_whose_key_is_gone_is_locked_and_left_alone(logged_in):
    files = {path: path.read_bytes() for path in logged_in.state.rglob("*") if path.is_file()}
    keys = [path for path in files if path.name.endswith("key") or "key" in path.name]
    assert keys, f"no key file among {[path.name for path in files]}"
    for path in keys:
        path.unlink()
    logged_in.run("token").expect(4)
    for path, content in files.items():
        assert path in keys or path.read_bytes() == content


# 64: usage


@pytest.mark.parametrize("arguments, near", [
    (["logni"], "logni"), (["login", "--isuer", "https://x.example"], "--issuer"),
    (["credentials", "--format", "yaml"], "format"), (["token", "unexpected"], "unexpected"),
    (["token", "--min-ttl", "soon"], "min-ttl"), (["login", "--method", "telepathy"], "method"),
    (["login", "--qr", "big"], "qr"), ([], "")])
def test_64_usage(daypass, arguments, near):
    if not arguments:
        assert daypass.run().code in (0, 64)
        return
    said(daypass.run(*arguments).expect(64), near)


# 65: malformed, or fails verification


def test_65_a_token_file_that_holds_no_token(daypass, tmp_path):
    (tmp_path / "token").write_text("hello")
    daypass.configure(default={"token_file": str(tmp_path / "token"), "role_arn": DEMO_ROLE})
    said(daypass.run("token").expect(65), "token")


def test_65_an_expired_token_file(daypass, sandbox, tmp_path):
    (tmp_path / "token").write_text(sandbox.mint(exp=1_600_000_000, iat=1_599_990_000, nbf=1_599_990_000))
    daypass.configure(default={"token_file": str(tmp_path / "token")})
    said(daypass.run("token").expect(65), "expired")


def test_65_a_discovery_document_of_another_issuer(person, sandbox):
    sandbox.set(discovery_set={"issuer": "https://other.example.com"})
    said(person.run("login").expect(65), "issuer")


def test_65_an_sts_reply_that_lies(logged_in, sandbox):
    for lie in ("expiration_past", "no_session_token", "truncated", "html", "doctype", "duplicate_field"):
        sandbox.set(sts=lie)
        result = logged_in.run("credentials", "--role-arn", ALICE_ONLY_ROLE).expect(65)
        assert result.out == b"", lie


# 69: unreachable


def test_69_nobody_listens(daypass, sandbox):
    daypass.configure(default=sandbox.profile(issuer=f"http://127.0.0.1:{free_port()}"))
    said(daypass.run("login").expect(69), "127.0.0.1")


def test_69_the_name_does_not_resolve(daypass, sandbox):
    daypass.configure(default=sandbox.profile(issuer="https://no-such-host.invalid"))
    said(daypass.run("login").expect(69), "no-such-host.invalid")


def test_69_the_sts_stays_unavailable(logged_in, sandbox):
    sandbox.fault("sts", "status", status=503)
    result = logged_in.run("credentials", "--role-arn", ALICE_ONLY_ROLE, timeout=90).expect(69)
    assert result.out == b"" and 2 <= sandbox.count("sts") <= 6 and result.seconds < 30


def test_69_throttled(logged_in, sandbox):
    sandbox.set(sts_error={"code": "Throttling", "status": 400, "message": "Rate exceeded"})
    logged_in.run("credentials", "--role-arn", ALICE_ONLY_ROLE, timeout=90).expect(69)


# 74: nothing could be delivered


@pytest.mark.parametrize("arguments", [
    ["token"], ["credentials"], ["credential-process"], ["status"], ["status", "--json"]])
def test_74_standard_output_is_full(logged_in, arguments):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            logged_in.argv(*arguments), env=logged_in.env, stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 74 and done.stderr.strip()


def test_74_standard_output_is_closed(logged_in):
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" token >&-', logged_in.path], env=logged_in.env, capture_output=True, timeout=60)
    assert done.returncode == 74


# 75: expired, or busy


def test_75_the_code_expires(person, sandbox):
    sandbox.set(expires_in=2)
    said(person.run("login").expect(75), "daypass login")


@pytest.mark.slow
def test_75_the_lock_is_not_free_in_time(expired):
    (session,) = expired.state.glob("session-*")
    with open(f"{session}.lock", "wb") as lock:
        os.chmod(lock.fileno(), 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = expired.run("token", timeout=60).expect(75)
        assert 20 < result.seconds < 40 and ".lock" in result.stderr
    expired.run("token").expect(0)


# 77: refused


def test_77_by_the_person(person, sandbox):
    running = person.start("login", "--json")
    running.event("device_code")
    sandbox.deny()
    running.finish().expect(77)


def test_77_by_the_provider(daypass, sandbox):
    daypass.configure(default=sandbox.profile(client_id="nobody-knows-me"))
    said(daypass.run("login").expect(77), "invalid_client", "client_id")


# A refusal is final; only for a token that is not believed a new one is fetched, once.
@pytest.mark.parametrize("code, attempts", [("AccessDenied", 1), ("IDPRejectedClaim", 1), ("InvalidIdentityToken", 2)])
def test_77_by_the_sts(logged_in, sandbox, code, attempts):
    sandbox.set(sts_error={"code": code, "status": 403, "message": "Not authorized"})
    said(logged_in.run("credentials", "--role-arn", ALICE_ONLY_ROLE).expect(77), code)
    assert sandbox.count("sts") <= attempts


@pytest.mark.parametrize("setting, value", [
    ("expect_account", "999999999999"), ("expect_role", "administrator"), ("expect_subject", "mallory")])
def test_77_by_an_expectation(daypass, sandbox, setting, value):
    daypass.configure(default=sandbox.profile(**{setting: value}))
    sandbox.set(auto_approve="alice")
    said(daypass.run("login").expect(77), setting)
    assert daypass.run("credential-process").code in (4, 77)


# 78: configuration


def test_78_a_profile_that_is_not_configured(person):
    said(person.run("token", "--profile", "nope").expect(78), "nope")
    said(person.run("token", env={"DAYPASS_PROFILE": "nope"}).expect(78), "nope")


def test_78_nothing_is_configured(daypass):
    daypass.run("token").expect(78)
    daypass.run("login").expect(78)


def test_78_a_missing_token_file(daypass, tmp_path):
    daypass.configure(default={"token_file": str(tmp_path / "absent")})
    said(daypass.run("token").expect(78), "token_file")


def test_78_an_empty_token_variable(daypass):
    daypass.configure(default={"token_env": "MY_TOKEN"})
    said(daypass.run("token", env={"MY_TOKEN": ""}).expect(78), "MY_TOKEN")


@pytest.mark.parametrize("code", [
    "ValidationError", "MalformedPolicyDocument", "PackedPolicyTooLarge", "RegionDisabledException"])
def test_78_parameters_that_the_sts_does_not_take(logged_in, sandbox, code):
    sandbox.set(sts_error={"code": code, "status": 400, "message": "not so"})
    logged_in.run("credentials", "--role-arn", ALICE_ONLY_ROLE).expect(78)
    assert sandbox.count("sts") == 1


def test_78_a_state_directory_that_is_open_to_others(logged_in):
    logged_in.state.chmod(0o777)
    said(logged_in.run("token").expect(78), str(logged_in.state))


def test_78_a_state_directory_that_is_a_symlink(person, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    person.state.parent.mkdir(parents=True, exist_ok=True)
    person.state.symlink_to(tmp_path / "elsewhere")
    said(person.run("login").expect(78), str(person.state))


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to be root to have somebody else's home")
def test_78_root_with_somebody_elses_home(person):
    os.chown(person.home, 4711, 4711)
    person.run("token").expect(78)


def test_78_a_role_is_needed_to_buy_credentials(daypass, sandbox):
    daypass.configure(default=sandbox.profile(role_arn=None))
    sandbox.log_in(daypass)
    said(daypass.run("credentials").expect(78), "role_arn")


# 130 and 143: a signal


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_130_and_143(person, sandbox, number, code):
    running = person.start("login", "--json")
    running.event("pending")
    running.signal(number)
    running.finish(5).expect(code)
    assert running.events()[-1]["event"] == "error" and running.events()[-1]["code"] == "interrupted"
