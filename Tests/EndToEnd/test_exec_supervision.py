"""`exec` stands aside: signals, stops, descriptors and limits are the command's as if nobody stood between."""

import hashlib
import os
import signal
import subprocess
import sys
import threading

import pytest

# All that can be caught, but SIGCHLD, which is about our own child.
SIGNALS = [n for n in range(1, 32) if n not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD,
                                                signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)]

# The kernel keeps each of these that is sent, and only one of a kind of the others: here a second one would show.
QUEUED = [signal.SIGRTMIN + 3, signal.SIGRTMAX - 1]

# Sends each to its supervisor and counts what comes back.
ONCE = """
import os, signal, sys, time
seen = []
numbers = [int(n) for n in sys.argv[2:]]
for number in numbers:
    signal.signal(number, lambda n, frame: seen.append(n))
for number in numbers:
    os.kill(int(sys.argv[1]) or os.getppid(), number)
    end = time.monotonic() + 30
    while number not in seen and time.monotonic() < end:
        time.sleep(0.001)
time.sleep(0.3)
print(seen == numbers, seen)
"""

STATE = "import os; " \
    "print(*[l for l in open('/proc/self/status') if l.startswith(('SigBlk', 'SigIgn', 'SigCgt'))]); " \
    "print(open('/proc/self/limits').read(), oct(os.umask(0)), open('/proc/self/coredump_filter').read())"


def test_each_signal_reaches_the_command_once(logged_in):
    assert len(SIGNALS) == 25
    result = logged_in.run("exec", "--", sys.executable, "-c", ONCE, 0, *SIGNALS, *QUEUED).expect(0)
    assert result.stdout.startswith("True"), result.stdout


def as_given_by_an_odd_parent():
    signal.pthread_sigmask(signal.SIG_SETMASK, {signal.SIGUSR1, signal.SIGRTMIN + 3})
    for number in range(1, 65):
        if number not in (9, 19, 32, 33):
            signal.signal(number, signal.SIG_IGN if number in (signal.SIGUSR2, signal.SIGQUIT, 40) else signal.SIG_DFL)
    os.umask(0o027)


@pytest.mark.parametrize("mode", [[], ["--env"]], ids=["endpoint", "env"])
def test_mask_dispositions_and_limits_are_what_daypass_was_given(logged_in, mode):
    command = [sys.executable, "-c", STATE]
    direct = subprocess.run(
        command, capture_output=True, text=True, preexec_fn=as_given_by_an_odd_parent, env=logged_in.env)
    below = logged_in.run("exec", *mode, "--", *command, preexec_fn=as_given_by_an_odd_parent).expect(0)
    assert "SigBlk" in direct.stdout and below.stdout == direct.stdout


@pytest.mark.parametrize("mode", [[], ["--env"]], ids=["endpoint", "env"])
def test_descriptors_that_were_given_pass_through_and_none_of_ours(logged_in, mode):
    reader, writer = os.pipe()
    script = "import os; print(*sorted(int(n) for n in os.listdir('/proc/self/fd')))"
    result = logged_in.run("exec", *mode, "--", sys.executable, "-c", script, pass_fds=(writer,)).expect(0)
    os.close(reader)
    os.close(writer)
    # The last is the one with which the directory is read.
    assert sorted(set(map(int, result.stdout.split())) - {0, 1, 2, writer}) == [3 if writer != 3 else 4]


def test_daypass_keeps_no_copy_of_what_it_handed_on(logged_in):
    reader, writer = os.pipe()
    script = f"exec >/dev/null 2>/dev/null {writer}>&-; exec sleep 1000"
    running = logged_in.start("exec", "--", "bash", "-c", script, pass_fds=(writer,))
    os.close(writer)
    # Whoever reads sees the end although the command, and daypass with it, goes on.
    ended = threading.Event()
    threading.Thread(target=lambda: (os.read(reader, 1), ended.set()), daemon=True).start()
    assert ended.wait(60), "the pipe that was given is still open"
    for thread in running._threads:
        thread.join(60)
        assert not thread.is_alive(), "standard output or error is still open"
    assert running.popen.poll() is None
    running.signal(signal.SIGTERM)
    assert running.finish().code == 143


def binary_clean(logged_in, megabytes: int):
    block = os.urandom(1 << 20)
    popen = subprocess.Popen(
        logged_in.argv("exec", "--", "cat"), env=logged_in.environment(), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, start_new_session=True)
    sent, got = hashlib.sha256(), hashlib.sha256()

    def send():
        for _ in range(megabytes):
            popen.stdin.write(block)
            sent.update(block)
        popen.stdin.close()

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    while data := popen.stdout.read(1 << 20):
        got.update(data)
    sender.join(60)
    assert popen.wait(60) == 0 and got.digest() == sent.digest()


def test_binary_data_passes_unchanged(logged_in):
    binary_clean(logged_in, 64)


@pytest.mark.slow
def test_a_gibibyte_passes_unchanged(logged_in):
    binary_clean(logged_in, 1024)


# A shell, its jobs and the terminal

COUNTING = "trap 'echo continued' CONT; echo ready; while read -r word; do echo \"got-$word\"; done; echo over"


def in_a_shell(daypass, line: str):
    """A terminal with an interactive shell that was given the line."""
    daypass_path, prefix = daypass.path, daypass.prefix
    daypass.path, daypass.prefix = "bash", ()
    try:
        terminal = daypass.terminal("--norc", "--noprofile", "-i", env={"PS1": "prompt> ", "DP": str(daypass_path)})
    finally:
        daypass.path, daypass.prefix = daypass_path, prefix
    terminal.wait_for("prompt> ")
    terminal.press(line.encode() + b"\n")
    return terminal


def appears(terminal, text: bytes, times: int):
    terminal.wait_for(lambda t: t.output().count(text) >= times, 60, f"{text!r} ({times})")


@pytest.mark.parametrize("rest", ["", " | cat"], ids=["alone", "in-a-pipeline"])
def test_a_shell_stops_and_continues_it(logged_in, tmp_path, rest):
    script = tmp_path / "job.sh"
    script.write_text(COUNTING)
    terminal = in_a_shell(logged_in, f'"$DP" exec -- bash {script}{rest}')
    appears(terminal, b"ready", 1)
    terminal.press(b"one\n")
    appears(terminal, b"got-one", 1)
    for turn in (1, 2):
        terminal.press(b"\x1a")
        appears(terminal, b"Stopped", turn)
        terminal.press(b"fg\n")
        terminal.press(b"again\n")
        appears(terminal, b"got-again", turn)
    assert terminal.output().count(b"continued") == 2, terminal.text()
    terminal.press(b"\x04")
    appears(terminal, b"over", 1)
    terminal.press(b"echo code=$?\n")
    appears(terminal, b"code=0", 1)


def test_a_command_that_stops_itself_gives_the_terminal_back(logged_in, tmp_path):
    script = tmp_path / "job.sh"
    script.write_text("kill -TSTP $$; echo went-on; exit 7")
    terminal = in_a_shell(logged_in, f'"$DP" exec -- bash {script}')
    appears(terminal, b"Stopped", 1)
    terminal.press(b"fg\n")
    appears(terminal, b"went-on", 1)
    terminal.press(b"echo code=$?\n")
    appears(terminal, b"code=7", 1)


def test_a_command_that_ignores_the_key_goes_on(logged_in, tmp_path):
    script = tmp_path / "job.sh"
    script.write_text("trap '' TSTP; echo ready; while read -r word; do echo \"got-$word\"; done")
    terminal = in_a_shell(logged_in, f'"$DP" exec -- bash {script}')
    appears(terminal, b"ready", 1)
    terminal.press(b"\x1aone\n")
    appears(terminal, b"got-one", 1)
    assert b"Stopped" not in terminal.output()


def test_the_window_size_is_right_in_a_pipeline(logged_in):
    terminal = in_a_shell(logged_in, '"$DP" exec -- stty size | sed s/^/size=/')
    appears(terminal, b"size=24 80", 1)
