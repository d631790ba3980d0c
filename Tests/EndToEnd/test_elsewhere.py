"""One login, then everywhere else that the same person's programs run: other sessions, cron, another user namespace."""

import os
import subprocess

import pytest

from support.need import need
from support.program import Daypass
from support.sealing import Sealed, why_no_keyring


def why_not(*command) -> str | None:
    """Why the system does not do what a test needs; None when it does."""
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return f"{command[0]} is not installed"
    return f"{' '.join(command)}: {done.stderr.strip()}" if done.returncode else None


@pytest.fixture(params=["keyring", "auto", "file"])
def login(request, daypass, sandbox):
    if request.param != "file":
        need(why_no_keyring())
    sealed = Sealed(daypass, sandbox, request.param)
    sealed.store = sealed.keys()[0].split(":")[0]
    # Where auto finds a keyring that lasts, it is that.
    assert sealed.store == ("file" if request.param == "file" else "keyring")
    sandbox.reset_counters()
    yield sealed
    if sealed.store == "keyring":
        sealed.remove_key()


def below(daypass, *prefix) -> Daypass:
    """The same world, seen from below another program."""
    other = Daypass(daypass.path, daypass.directory, daypass.watch, prefix)
    other.env = daypass.env
    return other


def test_from_a_fresh_session_keyring(login, sandbox):
    need(why_not("keyctl", "session", "-", "true"))
    first = login.daypass.run("credential-process").expect(0)
    result = below(login.daypass, "keyctl", "session", "-").run("credential-process").expect(0)
    assert result.out == first.out and sandbox.count() == 0


def test_from_a_session_without_a_link_to_the_user_keyring(login, sandbox):
    """As after `su` or under a service manager: the key is found by permission, not by possession."""
    need(why_not("keyctl", "session", "-", "true"))
    script = 'keyctl unlink @u @s >/dev/null 2>&1; exec "$@"'
    first = login.daypass.run("credential-process").expect(0)
    other = below(login.daypass, "keyctl", "session", "-", "sh", "-c", script, "sh")
    assert other.run("credential-process").expect(0).out == first.out
    # What is bought there opens everywhere.
    bought = other.run("credential-process", "--profile", "other").expect(0).out
    assert login.daypass.run("credential-process", "--profile", "other").expect(0).out == bought
    assert sandbox.count("sts") == 1 and sandbox.count() == 1


def test_from_an_empty_environment_that_names_the_state(login, sandbox):
    daypass = login.daypass
    first = daypass.run("credential-process").expect(0)
    places = [f"DAYPASS_HOME={daypass.state}", f"DAYPASS_CONFIG={daypass.config}"]
    result = below(daypass, "env", "-i", *places).run("credential-process").expect(0)
    assert result.out == first.out and sandbox.count() == 0


def test_from_an_empty_environment(login, sandbox):
    """HOME is unset: the passwd entry says where configuration and state are."""
    daypass = login.daypass
    need("a passwd entry of one's own needs root" if os.geteuid() else why_not("unshare", "-m", "true"))
    first = daypass.run("credential-process").expect(0)
    passwd = daypass.directory / "passwd"
    passwd.write_text(f"root:x:0:0:root:{daypass.home}:/bin/sh\n")
    script = 'mount --bind "$0" /etc/passwd && exec env -i "$@"'
    other = below(daypass, "unshare", "-m", "sh", "-c", script, passwd)
    assert other.run("credential-process").expect(0).out == first.out and sandbox.count() == 0
    bought = other.run("credential-process", "--profile", "other").expect(0)
    assert daypass.run("credential-process", "--profile", "other").expect(0).out == bought.out


def test_from_another_user_namespace(login, sandbox):
    """The keyring stays behind, and the file does not: what is sealed with it is locked and left as it is."""
    need(why_not("unshare", "-U", "-r", "true"))
    daypass = login.daypass
    first = daypass.run("credential-process").expect(0)
    before = login.content()
    other = below(daypass, "unshare", "-U", "-r")
    if login.store == "file":
        assert other.run("credential-process").expect(0).out == first.out
    else:
        for verb in ("credential-process", "token", "whoami"):
            result = other.run(verb).expect(4)
            assert result.out == b"" and "user namespace" in result.stderr and "daypass login" in result.stderr
        (state,) = {profile["state"] for profile in other.run("status", "--json").json()["profiles"]
                    if profile["name"] != "second"}
        assert state == "locked"
    assert login.content() == before and sandbox.count() == 0
    # At home nothing has changed.
    assert daypass.run("credential-process").expect(0).out == first.out


def test_a_login_in_another_user_namespace_is_kept_in_a_file(daypass, sandbox):
    """Its keyring would go with it."""
    need(why_not("unshare", "-U", "-r", "true"))
    daypass.env["DAYPASS_STORE"] = "auto"
    daypass.configure(default=sandbox.profile())
    other = below(daypass, "unshare", "-U", "-r")
    sandbox.log_in(other)
    bought = other.run("credential-process").expect(0).out
    assert daypass.run("credential-process").expect(0).out == bought
    daypass.env["DAYPASS_STORE"] = "keyring"
    assert 'store = "file"' in other.run("login").expect(78).stderr
