"""Whoever holds a lock and dies is followed at once; whoever holds it and hangs is not waited for beyond a deadline."""

import os
import re
import signal
import time

import pytest

from support.processes import wait_for

BUY = ("credential-process", "--profile", "buyer")
REFRESH = ("token", "--min-ttl", "2h")


@pytest.fixture
def session(daypass, sandbox):
    """A session, and a profile that has bought nothing with it yet."""
    daypass.configure(default=sandbox.profile(role_arn=None), buyer=sandbox.profile())
    sandbox.log_in(daypass)
    sandbox.reset_counters()
    return daypass


def holder(daypass, sandbox, *args, of: str, answer_after: int = 60):
    """A process that holds a lock, because its answer does not come."""
    sandbox.set(latency_ms={of: answer_after * 1000})
    running = daypass.start(*args)
    wait_for(lambda: sandbox.count(of) == 1, 20, "the holder's request")
    sandbox.set(latency_ms=0)
    return running


def waits(process) -> bool:
    """Whether it looks at the lock over and over: it sleeps between, and does nothing else that sleeps so often."""
    def naps():
        with open(f"/proc/{process.popen.pid}/status") as status:
            return sum(int(line.split()[1]) for line in status if line.startswith("voluntary_ctxt_switches"))

    first = naps()
    wait_for(lambda: naps() > first + 10, 20, "a process that waits")
    return process.popen.poll() is None


@pytest.mark.parametrize("args, kind", [(BUY, "sts"), (REFRESH, "token")], ids=["cache", "session"])
def test_a_holder_that_is_killed_is_followed_at_once(session, sandbox, args, kind):
    first = holder(session, sandbox, *args, of=kind)
    second = session.start(*args)
    assert waits(second) and sandbox.count(kind) == 1
    killed = time.monotonic()
    first.signal(signal.SIGKILL)
    second.finish().expect(0)
    assert sandbox.count(kind) == 2, "the second asks for itself"
    # A look every 80 ms; the holder's answer would have come after a minute.
    assert sandbox.requests(kind)[1]["at"] - killed < 20
    session.run(*args).expect(0)


def test_a_killed_holder_leaves_a_session_that_goes_on(session, sandbox):
    """The provider redeemed nothing: it rotates, the holder died before its answer, and the token is tried again."""
    sandbox.set(rotate_refresh=True)
    sandbox.fault("token", "hang", requests=1)
    running = session.start(*REFRESH)
    wait_for(lambda: sandbox.count("token") == 1, 20, "the request")
    running.signal(signal.SIGKILL)
    running.popen.wait(10)
    session.run(*REFRESH).expect(0)
    assert sandbox.count("token") == 2


@pytest.mark.parametrize("args, kind", [(BUY, "sts"), (REFRESH, "token")], ids=["cache", "session"])
def test_a_holder_that_hangs_is_waited_for_until_the_deadline(session, sandbox, args, kind):
    sandbox.set(id_token_lifetime=2)
    if kind == "token":
        session.run(*args).expect(0)  # one that is about to end: nothing to fall back to
        sandbox.reset_counters()
    first = holder(session, sandbox, *args, of=kind)
    os.kill(first.popen.pid, signal.SIGSTOP)
    time.sleep(2)  # the ID token's life
    waiting = session.run(*args, "--timeout", "2s").expect(75)
    assert 2 <= waiting.seconds < 20, "its own deadline, not the holder's"
    assert ".lock" in waiting.stderr and "daypass: " in waiting.stderr
    assert sandbox.count(kind) == 1, "nobody asks beside a holder"
    # Nothing is lost: whoever hung goes on.
    os.kill(first.popen.pid, signal.SIGCONT)
    first.stop()
    session.run(*args).expect(0)


@pytest.mark.slow
@pytest.mark.parametrize("args, kind", [(BUY, "sts"), (REFRESH, "token")], ids=["cache", "session"])
def test_nobody_waits_longer_than_25_seconds(session, sandbox, args, kind):
    sandbox.set(id_token_lifetime=2)
    if kind == "token":
        session.run(*args).expect(0)
        sandbox.reset_counters()
    first = holder(session, sandbox, *args, of=kind)
    os.kill(first.popen.pid, signal.SIGSTOP)
    result = session.run(*args).expect(75)
    assert 24 < result.seconds < 35
    first.stop()


def test_a_token_that_is_still_valid_is_handed_out_while_a_holder_hangs(session, sandbox):
    first = holder(session, sandbox, *REFRESH, of="token")
    os.kill(first.popen.pid, signal.SIGSTOP)
    result = session.run(*REFRESH, "--timeout", "2s").expect(0)
    assert result.out.startswith(b"eyJ") and "going on with the ID token there is" in result.stderr
    # Nor is it waited for where what there is suffices.
    assert session.run("token").expect(0).out == result.out
    first.stop()


def test_a_lock_is_not_inherited_by_the_command_of_exec(session, sandbox):
    """The command goes on for a long time; a lock that it held would stop everybody else."""
    running = session.start("exec", "--profile", "buyer", "--", "sh", "-c", "echo ready; exec sleep 60")
    running.until(lambda: b"ready" in running.out, what="the command")
    sandbox.reset_counters()
    session.run(*BUY, "--session-name", "another", "--timeout", "5s").expect(0)
    session.run(*REFRESH, "--timeout", "5s").expect(0)
    with open("/proc/locks") as locks:
        held = {int(inode) for inode in re.findall(r" FLOCK .* [0-9a-f]+:[0-9a-f]+:(\d+) ", locks.read())}
    assert not held & {path.stat().st_ino for path in session.state.glob("*.lock")}
    running.stop()
