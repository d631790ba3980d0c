"""One exchange for everybody: many processes at once want what only one of them has to fetch."""

import re
import time
from datetime import datetime, timedelta, timezone

import pytest

from support.crowd import codes, crowd
from support.processes import wait_for
from support.sandbox import ALICE_ONLY_ROLE

# Longer than any test: what is renewed once stays.
LONG = 3600


def expire(person, sandbox, *args):
    """Leaves a person whose ID token and credentials have both expired, with a session that can renew them."""
    expiration = short_lived(person, sandbox, *args)
    sandbox.set(id_token_lifetime=1)
    # More than any token has: the refresh token is redeemed, for one that lives a second.
    person.run("token", "--min-ttl", "2h").expect(0)
    end = max(datetime.fromisoformat(expiration).timestamp(), time.time() + 1)
    wait_for(lambda: time.time() > end, 20, "the end of the credentials")
    sandbox.set(credentials_lifetime=LONG, id_token_lifetime=LONG)
    sandbox.reset_counters()


def short_lived(person, sandbox, *args) -> str:
    """Buys credentials that live no longer than it takes to get them on this machine; returns their end."""
    for lifetime in (1, 4, 16, 60):
        sandbox.set(credentials_lifetime=lifetime)
        result = person.run("credential-process", *args)
        if result.code == 0:
            return result.json()["Expiration"]
        assert "the credentials expired at" in result.stderr, result.stderr
        # Or nobody would try again soon.
        for path in person.state.glob("credentials-*.failed"):
            path.unlink()
    raise AssertionError("this machine is too slow")


def bought(results) -> set[bytes]:
    """What they got, byte for byte."""
    assert codes(results) == {0: len(results)}, [result.stderr for result in results if result.code][:3]
    return {result.out for result in results}


def was_reused(sandbox) -> bool:
    """Whether a refresh token came twice, which the sandbox answers by revoking the session."""
    return any(session["revoked"] for session in sandbox.state()["sessions"]) or any(
        entry.get("outcome") == "invalid_grant" for entry in sandbox.requests("token.refresh_token"))


def test_200_callers_of_expired_credentials_make_one_exchange(person, sandbox):
    sandbox.set(rotate_refresh=True)
    sandbox.log_in(person)
    old = person.run("credential-process").expect(0).json()["AccessKeyId"]
    expire(person, sandbox, "--session-name", "other")
    results = crowd(person, *[("credential-process", "--session-name", "other")] * 200)
    assert len(bought(results)) == 1 and results[0].json()["AccessKeyId"] != old
    assert results[0].json()["SecretAccessKey"] in sandbox.secrets(), "what the server gave"
    assert (sandbox.count("token.refresh_token"), sandbox.count("sts")) == (1, 1)
    assert not [result.stderr for result in results if result.err], "nobody has anything to complain of"
    assert not was_reused(sandbox)


def test_the_sandbox_notices_a_refresh_token_used_twice(person, sandbox):
    """What the tests below rely on: two boxes with a copy of one session."""
    sandbox.set(rotate_refresh=True)
    sandbox.log_in(person)
    (session,) = person.state.glob("session-*[0-9a-f]")
    copy = session.read_bytes()
    person.run("token", "--min-ttl", "2h").expect(0)
    assert not was_reused(sandbox)
    session.write_bytes(copy)
    person.run("token", "--min-ttl", "2h").expect(4)
    assert was_reused(sandbox)


def rounds(person, sandbox, number: int, callers: int):
    sandbox.set(rotate_refresh=True)
    sandbox.log_in(person)
    for index in range(number):
        name = ("--session-name", f"round-{index}")
        expire(person, sandbox, *name)
        buy = ("credential-process", *name)
        calls = [buy, ("token",), (*buy, "--role-arn", ALICE_ONLY_ROLE)]
        results = crowd(person, *calls * callers)
        assert [len(bought(results[kind::3])) for kind in range(3)] == [1, 1, 1], f"round {index}"
        assert sandbox.count("token.refresh_token") == 1, f"round {index}"
        assert sandbox.count("sts") == 2, f"round {index}: one for each role"
        assert not was_reused(sandbox), f"round {index}"


def test_a_rotating_refresh_token_is_redeemed_by_one_process(person, sandbox):
    rounds(person, sandbox, 3, callers=4)


@pytest.mark.slow
def test_a_rotating_refresh_token_is_redeemed_by_one_process_100_times(person, sandbox):
    rounds(person, sandbox, 100, callers=4)


def test_tokens_that_never_live_as_long_as_wanted_are_shared_too(daypass, sandbox):
    """A provider whose ID tokens live a minute or less: whoever waited for a new one takes it; none is better."""
    sandbox.set(rotate_refresh=True, id_token_lifetime=50)
    daypass.configure(default=sandbox.profile(role_arn=None))
    sandbox.log_in(daypass)
    sandbox.set(latency_ms={"token": 1000})
    results = crowd(daypass, *[("token",)] * 10)
    assert len(bought(results)) == 1
    assert sandbox.count("token.refresh_token") == 1


# The STS is down


def due(message: str) -> datetime:
    """The time named in a message for the next try."""
    return datetime.fromisoformat(re.search(r"the next try is due at (\S+Z)\)", message).group(1))


def assert_one_tried(results, code=69):
    assert codes(results) == {code: len(results)}, results[0].stderr
    tried = [result for result in results if "tried a moment ago" not in result.stderr]
    assert len(tried) == 1, "one tries; the others are told what it found out"
    assert all(result.err.count(b"\n") <= 2 for result in results)
    (end,) = {due(result.stderr) for result in results if result not in tried}
    return end


@pytest.mark.parametrize("callers", [200])
def test_an_sts_that_answers_503_is_asked_by_one_caller(daypass, sandbox, callers):
    daypass.configure(default=sandbox.profile(role_arn=None), buyer=sandbox.profile())
    sandbox.log_in(daypass)
    sandbox.fault("sts", "status", status=503)
    before = datetime.now(timezone.utc)
    results = crowd(daypass, *[("credential-process", "--profile", "buyer")] * callers)
    assert sandbox.count("sts") == 3, "one caller's tries"
    end = assert_one_tried(results)
    assert timedelta(seconds=29) <= end - before
    assert end - datetime.now(timezone.utc) <= timedelta(seconds=61)
    # It is well again, but nobody finds out before the time that was recorded.
    sandbox.clear_faults()
    sandbox.reset_counters()
    for _ in range(5):
        daypass.run("credential-process", "--profile", "buyer").expect(69)
    assert sandbox.count() == 0


def test_an_sts_that_refuses_connections_is_tried_by_one_caller(daypass, sandbox):
    daypass.configure(default=sandbox.profile(role_arn=None), buyer=sandbox.profile(sts_endpoint="http://127.0.0.1:1"))
    sandbox.log_in(daypass)
    results = crowd(daypass, *[("credential-process", "--profile", "buyer", "--log-level", "info")] * 50)
    assert codes(results) == {69: 50}
    retries = [line for result in results for line in result.stderr.splitlines() if line.endswith("trying again")]
    assert len(retries) == 2, "one caller's tries"


def test_the_server_says_when_to_come_back(daypass, sandbox):
    daypass.configure(default=sandbox.profile(role_arn=None), buyer=sandbox.profile())
    sandbox.log_in(daypass)
    sandbox.fault("sts", "status", status=503, retry_after=300)
    before = datetime.now(timezone.utc)
    results = crowd(daypass, *[("credential-process", "--profile", "buyer")] * 10)
    assert sandbox.count("sts") == 1, "no second try before the time that was asked for"
    assert assert_one_tried(results) - before >= timedelta(seconds=299)


def test_a_provider_that_is_down_is_asked_by_one_caller(expired, sandbox):
    sandbox.fault("token", "status", status=503)
    sandbox.reset_counters()
    results = crowd(expired, *[("token",)] * 20)
    assert sandbox.count("token") == 3, "one caller's tries"
    assert_one_tried(results)
    sandbox.clear_faults()
    sandbox.reset_counters()
    expired.run("token").expect(69)
    assert sandbox.count() == 0


def test_a_session_that_was_ended_is_found_out_by_one_caller(person, sandbox):
    sandbox.log_in(person)
    name = ("--session-name", "other")
    expire(person, sandbox, *name)
    sandbox.control("revoke-sessions")
    results = crowd(person, *[("credential-process", *name), ("token",)] * 10)
    assert codes(results) == {4: 20}
    assert all("daypass login" in result.stderr for result in results)
    assert sandbox.count("token") == 1 and sandbox.count("sts") == 0


@pytest.mark.slow
def test_the_next_try_is_made_when_it_is_due(daypass, sandbox):
    daypass.configure(default=sandbox.profile(role_arn=None), buyer=sandbox.profile())
    sandbox.log_in(daypass)
    sandbox.fault("sts", "status", status=503)
    results = crowd(daypass, *[("credential-process", "--profile", "buyer")] * 5)
    end = assert_one_tried(results)
    sandbox.clear_faults()
    sandbox.reset_counters()
    while (result := daypass.run("credential-process", "--profile", "buyer")).code:
        assert datetime.now(timezone.utc) < end + timedelta(seconds=20)
        time.sleep(0.5)
    assert datetime.now(timezone.utc) >= end and sandbox.count("sts") == 1
    assert result.json()["AccessKeyId"]
