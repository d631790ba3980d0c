"""`exec` as process 1 of a PID namespace, as in a container."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from support.need import need
from test_exec_supervision import ONCE, QUEUED, SIGNALS

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
