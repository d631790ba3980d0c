"""kill -9 at every system call: the old or the new file is on disk, whole, and the next run clears up.

A sample of the calls; `ci/test --all` takes each one."""

import time

import pytest

from support import strace
from support.lanes import spread


def expired_session(rotates: bool = False, leeway: bool = False):
    """A session whose ID token has just expired, and no credentials yet: the next call refreshes, then buys."""

    def prepare(lane):
        lane.sandbox.set(id_token_lifetime=1, auto_approve="alice")
        lane.daypass.configure(default=lane.sandbox.profile(role_arn=None))
        lane.daypass.run("login", "--json").expect(0)
        time.sleep(2)
        lane.sandbox.set(id_token_lifetime=3600, rotate_refresh=rotates, reuse_leeway=leeway)
        lane.daypass.configure(default=lane.sandbox.profile())

    return prepare


def living_session(lane):
    """A session with credentials, both good for an hour."""
    lane.sandbox.set(auto_approve="alice")
    lane.daypass.configure(default=lane.sandbox.profile())
    lane.daypass.run("login", "--json").expect(0)


def is_critical(call: strace.Call) -> bool:
    return call.name in ("renameat", "sendto", "fallocate", "unlinkat")


def position(calls: list, found, after: int = 0) -> int:
    return next(index for index, call in enumerate(calls) if index >= after and found(call))


def redeems(call: strace.Call) -> bool:
    return call.name == "sendto" and "POST /token" in call.text


def stores(call: strace.Call) -> bool:
    return call.name == "renameat" and '"session-' in call.text


def in_peril(made: list) -> bool:
    """The refresh token had been sent, and what came for it was not yet stored."""
    sent = [index for index, call in enumerate(made) if redeems(call)]
    return bool(sent) and not any(map(stores, made[sent[0]:]))


def killed_and_whole(lane, call, *args):
    """Kills a run, and shows that the session it leaves can be read as it is. Returns what `kill_at` does."""
    made = strace.kill_at(lane.daypass, call, *args)
    if made is not None:
        status = lane.daypass.run("status", "--json").expect(0)
        assert status.json()["profiles"][0]["state"] == "ok" and status.err == b"", status.err
    return made


def mostly(reached: list[bool]):
    # Where the kernel hands a reply over in other pieces, a run has a call more or less of one name.
    assert reached.count(True) >= 0.95 * len(reached), f"{reached.count(False)} of {len(reached)} calls never came"


@pytest.mark.parametrize("provider", ["keeps its refresh tokens", "rotates them", "rotates them with leeway"])
def test_a_refresh_and_an_exchange(make_lanes, everything, provider):
    rotates, leeway = provider != "keeps its refresh tokens", provider.endswith("leeway")
    lanes = make_lanes(expired_session(rotates, leeway))
    calls = strace.record(lanes.first.daypass, "credential-process")
    locked = position(calls, lambda call: call.name == "openat" and ".lock" in call.text)
    sent = position(calls, redeems)
    stored = position(calls, stores, after=sent)
    released = position(calls, lambda call: call.name == "exit_group")
    assert locked < sent < stored < released
    # With leeway only the calls in peril matter; elsewhere it is as without.
    cases = calls[sent + 1 : stored + 1] if leeway else calls[locked : released + 1]
    if not everything:
        cases = spread(cases, 8 if leeway else 12, is_critical)

    def attempt(lane, call):
        made = killed_and_whole(lane, call, "credential-process")
        if made is None:
            return False
        following = lane.daypass.run("credential-process")
        assert not lane.unfinished()
        if following.code == 4:
            assert rotates and not leeway and in_peril(made), following.stderr
            assert "an earlier refresh brought no answer that could be used" in following.stderr
            assert lane.sandbox.count("token.refresh_token") == 2, "the old one is tried once more"
            # The provider has said its last word: nobody asks it again.
            lane.daypass.run("credential-process").expect(4)
            assert lane.sandbox.count("token.refresh_token") == 2
            return True
        following.expect(0)
        assert following.err == b"" and following.json()["AccessKeyId"].startswith("ASIA")
        return True

    mostly(lanes.try_each(cases, attempt))


def test_a_login_over_an_earlier_session(make_lanes, everything):
    lanes = make_lanes(living_session, 8)
    calls = strace.record(lanes.first.daypass, "login", "--json")
    begun = position(calls, lambda call: call.name == "openat" and "session-" in call.text)
    cases = calls[begun:]
    if not everything:
        cases = spread(cases, 12, is_critical)

    def attempt(lane, call):
        if killed_and_whole(lane, call, "login", "--json") is None:
            return False
        lane.sandbox.reset_counters()
        token = lane.daypass.run("token").expect(0)
        assert token.err == b"" and lane.sandbox.count() == 0, "it needs nothing from anybody"
        lane.daypass.run("credential-process").expect(0)
        # What was written of a session must not outlive it.
        lane.daypass.run("logout").expect(0)
        left = [path.name for path in lane.daypass.state.iterdir() if not path.name.endswith(".lock")]
        assert left == ["key"]
        return True

    mostly(lanes.try_each(cases, attempt))


def test_the_first_login(make_lanes, everything):
    """The key is made with the session: one without the other would be a session that nobody can open."""

    def prepare(lane):
        lane.sandbox.set(auto_approve="alice")
        lane.daypass.configure(default=lane.sandbox.profile())
        lane.daypass.state.mkdir(parents=True, mode=0o700)

    lanes = make_lanes(prepare, 8)
    calls = strace.record(lanes.first.daypass, "login", "--json")
    begun = position(calls, lambda call: call.name == "openat" and "session-" in call.text)
    cases = calls[begun:]
    if not everything:
        cases = spread(cases, 10, is_critical)

    def attempt(lane, call):
        if strace.kill_at(lane.daypass, call, "login", "--json") is None:
            return False
        token = lane.daypass.run("token")
        assert token.code in (0, 4), token.stderr
        assert "damaged" not in token.stderr and "locked" not in token.stderr
        lane.daypass.run("login", "--json").expect(0)
        assert not lane.unfinished()
        assert lane.daypass.run("token").expect(0).err == b""
        return True

    mostly(lanes.try_each(cases, attempt))


def test_a_logout(make_lanes, everything):
    lanes = make_lanes(living_session)
    calls = strace.record(lanes.first.daypass, "logout")
    begun = position(calls, lambda call: call.name == "openat" and "session-" in call.text)
    cases = calls[begun:]
    if not everything:
        cases = spread(cases, 10, is_critical)

    def attempt(lane, call):
        if strace.kill_at(lane.daypass, call, "logout") is None:
            return False
        token = lane.daypass.run("token")
        assert token.code in (0, 4) and "warning" not in token.stderr, token.stderr
        following = lane.daypass.run("logout").expect(0)
        assert "damaged" not in following.stderr
        left = [path.name for path in lane.daypass.state.iterdir() if not path.name.endswith(".lock")]
        assert left == ["key"]
        assert all(session["revoked"] for session in lane.sandbox.state()["sessions"])
        return True

    mostly(lanes.try_each(cases, attempt))
