"""A state directory on a disk that is full, out of inodes, read-only, or fills up at the wrong moment."""

import time

import pytest

from support import mounts
from support.need import need
from support.processes import wait_for
from support.sandbox import CI_ROLE


@pytest.fixture(autouse=True)
def can_mount():
    need(mounts.why_unavailable())


def fill(state, how: str):
    if how == "full":
        mounts.fill(state)
    elif how == "no inodes":
        mounts.use_up_inodes(state)
    else:
        mounts.make_read_only(state)


FAULTS = ["full", "no inodes", "read-only"]


def tmpfs(daypass):
    return mounts.tmpfs(daypass.state, "size=256k,nr_inodes=40")


def refused(result, daypass):
    result.expect(74)
    assert str(daypass.state) in result.stderr and "DAYPASS_HOME" in result.stderr, result.stderr
    assert result.out == b""
    return result


def warnings(result) -> int:
    return result.stderr.count("warning")


@pytest.mark.parametrize("fault", FAULTS)
def test_nobody_is_asked_to_approve_what_cannot_be_kept(person, sandbox, fault):
    with tmpfs(person):
        fill(person.state, fault)
        refused(person.run("login"), person)
        assert sandbox.count() == 0


@pytest.mark.parametrize("files", [1, 2, 3])
def test_a_key_has_its_room_too(person, sandbox, files):
    """The login's own lock takes a file, then the session and the key; their locks are done without."""
    with tmpfs(person):
        mounts.use_up_inodes(person.state, leaving=files)
        if files < 3:
            refused(person.run("login"), person)
            assert sandbox.count() == 0
        else:
            sandbox.set(auto_approve="alice")
            person.run("login", "--json").expect(0)
            assert person.run("token").expect(0).err == b""


def test_a_disk_that_fills_up_while_a_person_approves_loses_no_login(person, sandbox):
    with tmpfs(person):
        running = person.start("login", "--json")
        code = running.event("device_code")["user_code"]
        mounts.fill(person.state)
        sandbox.approve(code)
        running.finish().expect(0)
        (person.state / "filler").unlink()
        sandbox.reset_counters()
        assert person.run("token").expect(0).err == b""
        assert sandbox.count() == 0


@pytest.mark.parametrize("fault", FAULTS)
def test_valid_credentials_are_delivered(logged_in, sandbox, fault):
    with tmpfs(logged_in):
        fill(logged_in.state, fault)
        for _ in range(2):
            result = logged_in.run("credential-process").expect(0)
            assert result.json()["AccessKeyId"] and warnings(result) <= 1
        assert sandbox.count() == 0


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("rotates", [None, True])
def test_a_refresh_token_is_not_redeemed_where_the_next_could_not_be_kept(expired, sandbox, fault, rotates):
    sandbox.set(rotate_refresh=bool(rotates))
    if rotates:
        expired.run("token").expect(0)
        time.sleep(2)
    sandbox.reset_counters()
    with tmpfs(expired):
        fill(expired.state, fault)
        refused(expired.run("token"), expired)
        assert sandbox.count("token") == 0
    # Nothing was lost.
    sandbox.set(id_token_lifetime=3600)
    assert expired.run("token").expect(0).err == b""


@pytest.mark.parametrize("fault", FAULTS)
def test_one_that_was_seen_not_to_rotate_is(expired, sandbox, fault):
    expired.run("token").expect(0)
    time.sleep(2)
    with tmpfs(expired):
        fill(expired.state, fault)
        result = expired.run("token").expect(0)
        assert warnings(result) == 1 and str(expired.state) in result.stderr


def test_a_disk_that_fills_up_between_question_and_answer_loses_no_session(expired, sandbox):
    sandbox.set(rotate_refresh=True, id_token_lifetime=1, latency_ms={"token.refresh_token": 1500})
    with tmpfs(expired):
        for _ in range(3):
            sandbox.reset_counters()
            running = expired.start("token")
            wait_for(lambda: sandbox.count("token.refresh_token"), 20, "a refresh")
            mounts.fill(expired.state)
            running.finish().expect(0)
            (expired.state / "filler").unlink()
            time.sleep(2)
        assert sandbox.state()["sessions"][0] | {"refreshes": 3, "revoked": False} == sandbox.state()["sessions"][0]


@pytest.mark.parametrize("fault", FAULTS)
def test_what_needs_no_session_goes_on_without_a_cache(daypass, sandbox, tmp_path, fault):
    token = tmp_path / "token"
    token.write_text(sandbox.mint())
    daypass.configure(default={"token_file": str(token), "role_arn": CI_ROLE, "sts_endpoint": sandbox.sts})
    with tmpfs(daypass):
        fill(daypass.state, fault)
        for count in (1, 2):
            result = daypass.run("credential-process").expect(0)
            assert result.json()["AccessKeyId"] and warnings(result) == 1, result.stderr
            assert sandbox.count("sts") == count


@pytest.mark.parametrize("fault", FAULTS)
def test_a_logout_says_what_it_could_not_delete(logged_in, sandbox, fault):
    with tmpfs(logged_in):
        fill(logged_in.state, fault)
        result = logged_in.run("logout")
        assert all(session["revoked"] for session in sandbox.state()["sessions"])
        if fault == "read-only":
            result.expect(74)
            (session,) = logged_in.state.glob("session-*[!k]")
            assert "the session was revoked at the provider, but" in result.stderr, result.stderr
            assert f"{session} cannot be deleted" in result.stderr
        else:
            result.expect(0)  # deleting needs no room
            assert not list(logged_in.state.glob("session-*[!k]")) or logged_in.run("token").code == 4
