"""`exec` as process 1 of a PID namespace, as in a container."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from support.need import need
from test_exec_supervision import (
    COUNTING, ONCE, QUEUED, SIGNALS, STATE, appears, as_given_by_an_odd_parent, binary_clean, in_a_shell)

FIRST = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")
NOBODY = 65534

ORPHANS = """
import os, sys, time
for _ in range(int(sys.argv[1])):
    if os.fork() == 0:
        if os.fork() == 0:
            os._exit(0)
        os._exit(0)
    os.wait()

def zombies():
    found = 0
    for name in os.listdir("/proc"):
        try:
            found += name.isdigit() and open(f"/proc/{name}/stat").read().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            pass
    return found

end = time.monotonic() + 60
while zombies() and time.monotonic() < end:
    time.sleep(0.05)
print("left", zombies())
"""


@pytest.fixture
def first(logged_in):
    need(None if os.geteuid() == 0 and shutil.which("unshare") else "needs root and unshare")
    logged_in.prefix = FIRST
    return logged_in


def test_it_is_process_1(first):
    assert first.run("exec", "--", "sh", "-c", "echo $PPID").expect(0).stdout == "1\n"


@pytest.mark.parametrize("code", [0, 1, 77, 126, 127, 128, 143, 255])
def test_exit_codes_are_equal(first, code):
    assert first.run("exec", "--", "sh", "-c", f"exit {code}").code == code


@pytest.mark.slow
def test_all_exit_codes_are_equal(first):
    assert [first.run("exec", "--", "sh", "-c", f"exit {code}").code for code in range(256)] == list(range(256))


def test_each_signal_reaches_the_command_once(first):
    result = first.run("exec", "--", sys.executable, "-c", ONCE, 1, *SIGNALS, *QUEUED).expect(0)
    assert result.stdout.startswith("True"), result.stdout


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_orphans_are_reaped(first, count):
    result = first.run("exec", "--", sys.executable, "-c", ORPHANS, count, timeout=300).expect(0)
    assert result.stdout == "left 0\n"


def test_a_command_of_an_ordinary_user_writes_to_the_log(first, sandbox):
    """Images send log files to /proc/1/fd/1; that takes a process 1 that shows its descriptors to its own user."""
    directory = Path(tempfile.mkdtemp(prefix="daypass-pid1-"))
    try:
        (directory / "token").write_text(sandbox.mint(aud="sts.amazonaws.com"))
        log = directory / "log"
        log.touch()
        for path in (directory, directory / "token", log):
            os.chown(path, NOBODY, NOBODY)
        first.prefix = (*FIRST, "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        with open(log, "wb") as out:
            done = subprocess.run(
                first.argv(
                    "exec", "--source", "file", "--token-file", directory / "token", "--sts-endpoint", sandbox.sts,
                    "--role-arn", "arn:aws:iam::123456789012:role/ci", "--", "sh", "-c", "echo heard >> /proc/1/fd/1"),
                env={"PATH": os.environ["PATH"], "HOME": str(directory), "DAYPASS_STORE": "file"}, stdout=out,
                stderr=subprocess.PIPE, timeout=120, cwd="/")
        assert done.returncode == 0, done.stderr
        assert log.read_text() == "heard\n"
    finally:
        shutil.rmtree(directory)


# What an ordinary wrapper is held to, as process 1 too


@pytest.mark.parametrize("mode", [[], ["--env"]], ids=["endpoint", "env"])
def test_mask_dispositions_and_limits_are_what_daypass_was_given(first, mode):
    command = [sys.executable, "-c", STATE]
    direct = subprocess.run(
        [*FIRST, *command], capture_output=True, text=True, preexec_fn=as_given_by_an_odd_parent, env=first.env)
    below = first.run("exec", *mode, "--", *command, preexec_fn=as_given_by_an_odd_parent).expect(0)
    assert "SigBlk" in direct.stdout and below.stdout == direct.stdout


def test_binary_data_passes_unchanged(first):
    binary_clean(first, 64)


@pytest.mark.slow
def test_a_gibibyte_passes_unchanged(first):
    binary_clean(first, 1024)


def test_a_shell_below_it_has_job_control(first, tmp_path):
    """As `docker run -it` has it: a terminal, process 1, and an interactive shell that it runs."""
    script = tmp_path / "job.sh"
    script.write_text(COUNTING)
    terminal = first.terminal("exec", "--", "bash", "--norc", "--noprofile", "-i", env={"PS1": "prompt> "})
    terminal.wait_for("prompt> ")
    terminal.press(f"bash {script}\n".encode())
    appears(terminal, b"ready", 1)
    for turn in (1, 2):
        terminal.press(b"\x1a")
        appears(terminal, b"Stopped", turn)
        terminal.press(b"fg\nagain\n")
        appears(terminal, b"got-again", turn)
    terminal.press(b"\x04")
    appears(terminal, b"over", 1)
    terminal.press(b"sh -c 'echo slee\"\"ping; exec sleep 1000'\n")
    appears(terminal, b"sleeping", 1)
    terminal.press(b"\x03")
    appears(terminal, b"^C", 1)
    terminal.press(b"echo code=$?\n")
    appears(terminal, b"code=130", 1)
    terminal.press(b"exit 7\n")
    assert terminal.wait() == 7


def test_the_window_size_is_right_alone_and_in_a_pipeline(first):
    terminal = first.terminal("exec", "--", "sh", "-c", "stty size; test -t 0 && test -t 1 && echo terminal")
    appears(terminal, b"24 80", 1)
    appears(terminal, b"terminal", 1)
    assert terminal.wait() == 0
    terminal = in_a_shell(first, f'{" ".join(FIRST)} "$DP" exec -- stty size | sed s/^/size=/')
    appears(terminal, b"size=24 80", 1)
