"""The two windows before credentials end: in the first one caller renews and nobody waits, in the second all wait."""

import os
import signal
import time
from datetime import datetime

import pytest

from support.crowd import Crowd, codes, crowd
from support.processes import wait_for

VERB = "credential-process"


class Aging:
    """Credentials whose windows are short enough to be waited for: R is half of their life, M a quarter."""

    def __init__(self, person, sandbox, life: int):
        sandbox.set(credentials_lifetime=life)
        self.old = person.run(VERB).expect(0)
        self.key = self.old.json()["AccessKeyId"]
        self.end = datetime.fromisoformat(self.old.json()["Expiration"]).timestamp()
        sandbox.set(credentials_lifetime=3600)
        sandbox.reset_counters()

    def until_left(self, seconds: float):
        """Waits until this much is left. daypass counts whole seconds, of which the last has begun."""
        time.sleep(max(0, self.end - seconds - time.time()))
        return self


@pytest.fixture
def session(daypass, sandbox):
    daypass.configure(default=sandbox.profile())
    sandbox.log_in(daypass, "--session-name", "login")
    return daypass


def hanging_holder(session, sandbox):
    sandbox.set(latency_ms={"sts": 60_000})
    first = session.start(VERB)
    wait_for(lambda: sandbox.count("sts") == 1, 20, "the holder's request")
    os.kill(first.popen.pid, signal.SIGSTOP)
    return first


def test_in_the_first_window_one_renews_and_nobody_waits(session, sandbox):
    aging = Aging(session, sandbox, life=60).until_left(29)
    sandbox.set(latency_ms={"sts": 60_000})
    callers = Crowd(session, *[(VERB,)] * 10)
    wait_for(lambda: callers.ended() == 9, 30, "nine that do not wait for the one")
    assert sandbox.count("sts") == 1
    callers.kill()
    results = callers.finish()
    assert codes(results) == {0: 9, 137: 1}
    assert {(result.out, result.err) for result in results if result.code == 0} == {(aging.old.out, b"")}
    # Whoever comes next renews.
    sandbox.set(latency_ms=0)
    assert session.run(VERB).expect(0).json()["AccessKeyId"] != aging.key
    assert sandbox.count("sts") == 2


@pytest.mark.slow
def test_in_the_first_window_nobody_waits_for_a_holder_that_hangs(session, sandbox):
    aging = Aging(session, sandbox, life=60).until_left(29)
    first = hanging_holder(session, sandbox)
    results = crowd(session, *[(VERB,)] * 5)
    assert codes(results) == {0: 5} and {(result.out, result.err) for result in results} == {(aging.old.out, b"")}
    assert sandbox.count("sts") == 1
    first.stop()


def test_in_the_second_window_all_wait_for_the_one_that_renews(session, sandbox):
    aging = Aging(session, sandbox, life=24).until_left(4.5)
    sandbox.set(latency_ms={"sts": 1000})
    results = crowd(session, *[(VERB,)] * 10)
    assert codes(results) == {0: 10} and sandbox.count("sts") == 1
    (key,) = {result.json()["AccessKeyId"] for result in results}
    assert key != aging.key


@pytest.mark.slow
@pytest.mark.parametrize("timeout, wait", [("2s", 2), (None, 20)])
def test_in_the_second_window_a_holder_that_hangs_costs_the_wait_and_no_more(session, sandbox, timeout, wait):
    aging = Aging(session, sandbox, life=160).until_left(39)
    first = hanging_holder(session, sandbox)
    result = session.run(VERB, *(("--timeout", timeout) if timeout else ())).expect(0)
    assert result.out == aging.old.out and wait - 1 < result.seconds < wait + 15
    assert result.stderr.count("warning") == 1 and "going on with the credentials there are" in result.stderr
    first.stop()


def test_in_the_second_window_a_failing_sts_costs_one_warning(session, sandbox):
    aging = Aging(session, sandbox, life=60).until_left(14)
    sandbox.fault("sts", "status", status=503, retry_after=300)
    results = crowd(session, *[(VERB,)] * 5)
    assert codes(results) == {0: 5} and {result.out for result in results} == {aging.old.out}
    assert sandbox.count("sts") == 1, "one caller's try: the server wants no second one now"
    assert all(result.stderr.count("\n") <= 1 for result in results)
    warned = [result.stderr for result in results if result.err]
    assert warned and all("going on with the credentials there are" in text for text in warned)
    # What failed is remembered: until it is due, nobody asks, and expired ones are never handed out.
    aging.until_left(-0.1)
    expired = session.run(VERB).expect(69)
    assert expired.out == b"" and "tried a moment ago" in expired.stderr
    assert sandbox.count("sts") == 1
