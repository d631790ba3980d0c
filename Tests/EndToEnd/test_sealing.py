"""What lies on the disk is worth nothing without its key, wherever the key lives."""

import base64
import os

import pytest

from support.crowd import crowd
from support.need import need
from support.sealing import Sealed, why_no_keyring

STORES = ["file", "keyring", "credential"]


@pytest.fixture(params=STORES)
def sealed(request, daypass, sandbox):
    if request.param == "keyring":
        need(why_no_keyring())
    sealed = Sealed(daypass, sandbox, request.param)
    yield sealed
    if request.param == "keyring":
        sealed.remove_key()


def forms(secret: bytes):
    """As a search through a disk finds it: as it is, in hexadecimal, and in base64 at any offset."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):
            # Without the characters that its neighbours have a part in.
            text = encode(b"\0" * before + secret)
            yield text[(0, 2, 3)[before] : len(text) // 4 * 4 - 4]


def test_base64_is_found_at_any_offset():
    for before in range(5):
        text = base64.b64encode(b"x" * before + b"correct horse battery" + b"y" * 7)
        assert any(form in text for form in forms(b"correct horse battery"))


def test_no_secret_is_readable_in_the_state_directory(sealed, sandbox):
    sandbox.set(rotate_refresh=True)
    daypass = sealed.daypass
    daypass.run("credential-process").expect(0)
    daypass.run("token", "--min-ttl", "2h").expect(0)  # a refresh: another refresh token, another ID token
    daypass.run("credential-process", "--profile", "other").expect(0)
    sandbox.fault("sts", "status", status=503)
    daypass.run("credential-process", "--session-name", "a-failure-is-recorded").expect(69)
    secrets = [secret.encode() for secret in sandbox.secrets()]
    assert len(secrets) >= 10, "tokens, keys and codes of two logins' worth"
    assert sum(secret.startswith(b"sandbox-rt-") for secret in secrets) >= 2
    assert sum(secret.startswith(b"eyJ") for secret in secrets) >= 2
    # The parts of a token alone are worth something too.
    secrets += [part for secret in secrets if secret.startswith(b"eyJ") for part in secret.split(b".")[1:]]
    sealed.remove_key()
    assert len(sealed.data()) >= 3
    for path in daypass.state.iterdir():
        data = path.read_bytes()
        for secret in secrets:
            assert not any(form in data for form in forms(secret)), path.name
        assert b"alice" not in data and b"ASIA" not in data, f"{path.name}: nor whose it is"


VERBS = [
    ("token",), ("credential-process",), ("credentials", "--format", "env"), ("whoami",), ("whoami", "--verify"),
    ("exec", "--", "env"), ("exec", "--env", "--", "env"), ("credential-process", "--profile", "other"),
    ("credentials", "--min-ttl", "10m"),
]


def test_without_its_key_a_session_is_locked_and_left_alone(sealed, sandbox):
    daypass = sealed.daypass
    daypass.run("credential-process", "--profile", "other").expect(0)
    sealed.remove_key()
    before = sealed.content()
    sandbox.reset_counters()
    for verb in VERBS:
        result = daypass.run(*verb).expect(4)
        assert result.out == b"", verb
        assert "locked" in result.stderr and "daypass login" in result.stderr, verb
        assert sealed.content() == before, f"{verb}: every file is as it was, byte for byte"
    profiles = {profile["name"]: profile for profile in daypass.run("status", "--json").expect(0).json()["profiles"]}
    assert profiles["default"]["state"] == profiles["other"]["state"] == "locked"
    assert profiles["default"]["subject"] is None
    assert "locked" in daypass.run("status").expect(0).stdout
    assert sealed.content() == before
    assert sandbox.count() == 0, "no verb asks anybody"


def test_many_callers_of_a_locked_session_change_nothing(sealed, sandbox):
    sealed.remove_key()
    before = sealed.content()
    results = crowd(sealed.daypass, *[("credential-process",), ("token",)] * 20)
    assert {(result.code, result.out) for result in results} == {(4, b"")}
    assert sealed.content() == before


def test_login_replaces_a_locked_session(sealed, sandbox):
    daypass = sealed.daypass
    (old,) = sealed.keys("session")
    sealed.remove_key()
    if sealed.store == "credential":  # what the service manager gives from now on
        (sealed.credentials / "daypass.key").write_bytes(os.urandom(32))
    sandbox.log_in(daypass, user="bob")
    assert old not in sealed.keys("session")
    daypass.run("token").expect(0)
    assert daypass.run("credential-process").expect(0).json()["AccessKeyId"]
    assert "bob" in daypass.run("status").expect(0).stdout


def test_logout_removes_a_locked_session(sealed, sandbox):
    daypass = sealed.daypass
    sealed.remove_key()
    result = daypass.run("logout").expect(0)
    assert "not revoked" in result.stdout + result.stderr and "locked" in result.stdout + result.stderr
    assert not [path for path in sealed.data() if path.name.startswith("session-")]
    assert not [path for path in sealed.data() if path.name.startswith("credentials-")]
    daypass.run("token").expect(4)


def test_another_key_in_its_place_does_not_open_it(daypass, sandbox):
    sealed = Sealed(daypass, sandbox, "file")
    (daypass.state / "key").write_bytes(os.urandom(32))
    before = sealed.content()
    assert "not the one that sealed it" in daypass.run("token").expect(4).stderr
    assert sealed.content() == before


def test_the_key_comes_back(daypass, sandbox):
    """Locked, not lost: a service manager that gives the key again, or a backup put back."""
    sealed = Sealed(daypass, sandbox, "file")
    key = (daypass.state / "key").read_bytes()
    first = daypass.run("credential-process").expect(0).out
    sealed.remove_key()
    daypass.run("credential-process").expect(4)
    (daypass.state / "key").write_bytes(key)
    (daypass.state / "key").chmod(0o600)
    assert daypass.run("credential-process").expect(0).out == first


def test_a_locked_session_costs_jobs_nothing(daypass, sandbox):
    """A job with a token of its own goes on beside a locked session, which stays as it is."""
    sealed = Sealed(daypass, sandbox, "file")
    token = daypass.directory / "job.token"
    token.write_text(sandbox.mint(sub="repo:example/app"))
    sealed.remove_key()
    (session,) = daypass.state.glob("session-*[0-9a-f]")
    before = session.read_bytes()
    job = ("credential-process", "--token-file", token, "--role-arn", sandbox.profile()["role_arn"])
    assert daypass.run(*job).expect(0).out == daypass.run(*job).expect(0).out
    assert session.read_bytes() == before
    assert "locked" in daypass.run("token").expect(4).stderr
