"""Each system call of a run failing in turn: an exit code of the contract, nothing half written, no session lost.

A sample of the calls; `ci/test --all` takes each one."""

import resource

import pytest

from support import strace
from support.lanes import spread
from test_kill import expired_session, living_session, position

# What each may fail with on a machine that is out of something.
ERRORS = {
    "openat": ["EMFILE", "ENOSPC", "EIO"], "fcntl": ["EMFILE"], "socket": ["EMFILE"], "pipe2": ["EMFILE"],
    "socketpair": ["EMFILE"], "write": ["ENOSPC", "EIO"], "fallocate": ["ENOSPC"], "ftruncate": ["EIO"],
    "fsync": ["EIO"], "renameat": ["ENOSPC", "EIO"], "unlinkat": ["EROFS", "EIO"], "read": ["EIO"],
    "flock": ["ENOLCK"], "fchmod": ["EROFS"], "getdents64": ["EIO"], "newfstatat": ["EIO"], "fstat": ["EIO"],
    "mkdir": ["ENOSPC"], "getrandom": ["EIO"],
}


def cases(calls: list, everything: bool, count: int) -> list:
    begun = position(calls, lambda call: call.name == "openat" and "config.toml" in call.text)
    found = [
        (call, error, onward) for call in calls[begun:] for error in ERRORS.get(call.name, [])
        for onward in (False, True)]
    return found if everything else spread(
        found, count, lambda case: case[0].name == "renameat" and not case[2])


@pytest.mark.parametrize("provider", ["keeps its refresh tokens", "rotates them"])
def test_a_refresh_and_an_exchange(make_lanes, everything, provider):
    rotates = provider == "rotates them"
    lanes = make_lanes(expired_session(rotates))
    calls = strace.record(lanes.first.daypass, "credential-process")

    def attempt(lane, case):
        call, error, onward = case
        result = strace.fail_at(lane.daypass, call, error, "credential-process", onward=onward)
        if result.code == 0:
            assert result.json()["AccessKeyId"].startswith("ASIA") or call.name == "write"
            assert result.stderr.count("warning") <= 1, result.stderr
        else:
            assert result.stderr.startswith("daypass: ") or call.name == "write", result.stderr
        # When the machine has recovered the session is there.
        for path in lane.daypass.state.glob("*.failed"):
            path.unlink()
        following = lane.daypass.run("credential-process")
        if following.code == 4:
            # Whoever cannot write at all any more, from the moment when the answer is there, has lost it.
            assert rotates and onward and call.name in ("renameat", "fsync", "write"), following.stderr
        else:
            following.expect(0)
            assert following.err == b""
        assert not lane.unfinished()

    lanes.try_each(cases(calls, everything, 40), attempt)


def test_a_login(make_lanes, everything):
    def prepare(lane):
        living_session(lane)
        # Whoever can ask no more gives up with the code.
        lane.sandbox.set(expires_in=10)

    lanes = make_lanes(prepare, 8)
    calls = strace.record(lanes.first.daypass, "login", "--json")

    def attempt(lane, case):
        call, error, onward = case
        result = strace.fail_at(lane.daypass, call, error, "login", "--json", onward=onward)
        if result.code == 0:
            assert '"authorized"' in result.stdout or call.name == "write"
        else:
            assert result.code in (69, 70, 74, 75, 78), result.stderr
        if call.name == "socket" and onward:
            assert result.code in (69, 75) and "Too many open files" in result.stdout, result.stdout
        following = lane.daypass.run("token").expect(0)
        assert following.err == b""

    lanes.try_each(cases(calls, everything, 40), attempt)


def test_few_descriptors(make_lanes):
    """A limit of open files, from the fewest with which the system can start a program."""
    lanes = make_lanes(expired_session(rotates=True))

    def attempt(lane, limit):
        result = lane.daypass.run(
            "credential-process", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
        assert result.code in (0, 69, 70, 74, 78), result.stderr
        for path in lane.daypass.state.glob("*.failed"):
            path.unlink()
        assert lane.daypass.run("credential-process").expect(0).err == b""
        return result.code

    codes = lanes.try_each(list(range(5, 25)), attempt)
    assert codes[-1] == 0 and codes[0] != 0
