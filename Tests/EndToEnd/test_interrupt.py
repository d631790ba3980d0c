"""Ctrl-C at any moment: the terminal as it was, no file left, 130, at once."""

import os
import time

import pytest

from support.processes import wait_for
from support.sandbox import ALICE_ONLY_ROLE

# Seconds: far less than any timeout that daypass could have waited for, far more than a busy machine needs.
AT_ONCE = 5


def files(daypass) -> set:
    return {path for path in daypass.directory.rglob("*") if path.is_file() and "sandbox" not in str(path)}


def interrupt(terminal, before, daypass, code=130):
    started = time.monotonic()
    terminal.press(b"\x03")
    assert terminal.wait(20) == code
    assert time.monotonic() - started < AT_ONCE
    assert terminal.settings() == terminal.settings_before
    assert not terminal.cursor_is_hidden()
    left = files(daypass) - before
    assert not left, f"left behind: {left}"


MOMENTS = ["discovery", "device_authorization", "token.device_code", "jwks", "sts"]


@pytest.mark.parametrize("endpoint", MOMENTS)
def test_while_a_server_does_not_answer(person, sandbox, endpoint):
    before = files(person)
    sandbox.set(auto_approve="alice")
    sandbox.fault(endpoint, "hang")
    terminal = person.terminal("login")
    wait_for(lambda: sandbox.count(endpoint), 60, f"a request to {endpoint}")
    if endpoint == "sts":
        # The session is stored before it is used: losing it here would cost another login.
        terminal.press(b"\x03")
        assert terminal.wait(20) == 130
        person.run("token").expect(0)
        return
    interrupt(terminal, before, person)
    person.run("token").expect(4)


def test_while_it_waits_for_the_person(person, sandbox):
    before = files(person)
    terminal = person.terminal("login", columns=100, lines=50)
    terminal.wait_for(sandbox.pending_code())
    time.sleep(0.5)
    interrupt(terminal, before, person)


def test_while_the_qr_code_is_drawn(person, sandbox):
    before = files(person)
    terminal = person.terminal("login", columns=100, lines=50)
    terminal.wait_for(lambda it: "▀" in it.output().decode(errors="ignore"), what="the first of the QR code")
    interrupt(terminal, before, person)
    assert terminal.output().rfind(b"\x1b[0m") >= max(terminal.output().rfind(b"\x1b[3"), 0) or \
        b"\x1b[m" in terminal.output(), "no colour is left switched on"


def test_while_credentials_are_bought(logged_in, sandbox):
    before = files(logged_in)
    sandbox.fault("sts", "hang")
    terminal = logged_in.terminal("credentials", "--role-arn", ALICE_ONLY_ROLE)
    wait_for(lambda: sandbox.count("sts"), 60, "a request to the STS")
    started = time.monotonic()
    terminal.press(b"\x03")
    assert terminal.wait(20) == 130 and time.monotonic() - started < AT_ONCE
    assert not [path for path in files(logged_in) - before if "lock" not in path.name]


def test_before_the_child_of_exec_starts(logged_in, sandbox, tmp_path):
    sandbox.fault("sts", "hang")
    terminal = logged_in.terminal("exec", "--role-arn", ALICE_ONLY_ROLE, "--", "touch", tmp_path / "started")
    wait_for(lambda: sandbox.count("sts"), 60, "a request to the STS")
    terminal.press(b"\x03")
    assert terminal.wait(20) == 130
    assert not (tmp_path / "started").exists()


def test_a_child_of_exec_gets_it_once_and_decides(logged_in):
    script = "trap 'echo caught' INT; echo ready; sleep 1; sleep 1; exit 5"
    terminal = logged_in.terminal("exec", "--", "sh", "-c", script)
    terminal.wait_for("ready")
    time.sleep(0.2)
    terminal.press(b"\x03")
    assert terminal.wait(20) == 5
    assert terminal.output().count(b"caught") == 1
    assert terminal.settings() == terminal.settings_before


def test_nothing_is_left_running(person, sandbox):
    terminal = person.terminal("login")
    terminal.wait_for(sandbox.pending_code())
    terminal.press(b"\x03")
    assert terminal.wait(20) == 130
    with pytest.raises(ProcessLookupError):
        os.killpg(terminal.process.pid, 0)
