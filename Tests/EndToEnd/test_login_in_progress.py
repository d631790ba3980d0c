"""A login that is waiting for its person: whoever comes meanwhile waits with it, or is told what to approve."""

import json
import signal
import time

import pytest
import requests

from support.processes import wait_for
from support.sandbox import ALICE_ONLY_ROLE


def published(daypass) -> list:
    return sorted(daypass.state.glob("session-*.login*")) if daypass.state.exists() else []


@pytest.fixture
def first(person):
    running = person.start("login", "--json")
    running.event("pending")
    return running


def code_of(running) -> str:
    return running.event("device_code")["user_code"]


def test_what_is_published_is_private_and_no_secret(person, sandbox, first):
    (path,) = [path for path in published(person) if not path.name.endswith(".lock")]
    notice, code = json.loads(path.read_text()), first.event("device_code")
    for key in ("verification_uri", "verification_uri_complete", "user_code", "expires_at", "interval"):
        assert notice[key] == code[key]
    assert notice["pid"] == first.popen.pid and path.stat().st_mode & 0o7777 == 0o600
    assert "device_code" not in notice


def test_a_second_login_shows_the_same_code_and_ends_as_the_first(person, sandbox, first):
    second = person.start("login")
    second.until(lambda: code_of(first).encode() in second.err, what="the code")
    assert f"Another daypass (pid {first.popen.pid}) is waiting for this approval" in second.err.decode()
    assert sandbox.count("device_authorization") == 1
    sandbox.approve()
    first.finish().expect(0)
    text = second.finish().expect(0).stderr
    assert "Logged in as alice@example.com" in text and "Session" in text and "Credentials" in text
    assert sandbox.count("device_authorization") == 1
    assert published(person) == []


def test_for_programs_its_events_are_as_usual_and_it_buys_for_its_own_role(person, sandbox, first):
    second = person.start("login", "--json", "--role-arn", ALICE_ONLY_ROLE)
    second.event("pending")
    sandbox.approve()
    first.finish().expect(0)
    second.finish().expect(0)
    events = second.events()
    assert [event["event"] for event in events] == ["device_code", "pending", "authorized", "credentials"]
    assert list(events[0].items())[2:] == list(first.events()[0].items())[2:]
    assert "alice-only" in events[-1]["arn"]
    assert sandbox.count("device_authorization") == 1


def test_only_the_first_asks_the_provider(person, sandbox, first):
    others = [person.start("login", "--json") for _ in range(3)]
    for other in others:
        other.event("pending")
    sandbox.approve()
    for running in (first, *others):
        running.finish().expect(0)
    assert sandbox.count("device_authorization") == 1
    assert len([poll for poll in sandbox.requests("token.device_code") if poll["status"] == 200]) == 1


def test_a_refusal_is_the_end_for_both(person, sandbox, first):
    second = person.start("login", "--json")
    second.event("pending")
    sandbox.deny()
    first.finish().expect(77)
    second.finish().expect(77)
    assert second.events()[-1]["code"] == "denied"
    assert sandbox.count("device_authorization") == 1
    # Who comes later asks anew.
    sandbox.log_in(person)
    assert published(person) == []


def test_when_the_first_is_given_up_the_second_asks_for_a_code_of_its_own(person, sandbox, first):
    second = person.start("login")
    second.until(lambda: code_of(first).encode() in second.err, what="the code")
    first.signal(signal.SIGINT)
    first.finish().expect(130)
    second.until(lambda: b"brought no session" in second.err, what="what became of the other")
    code = wait_for(
        lambda: next((code for code in sandbox.state()["pending"] if code != code_of(first)), None), 20, "a new code")
    second.until(lambda: code.encode() in second.err, what="the new code")
    sandbox.approve(code)
    second.finish().expect(0)
    assert published(person) == []


def test_when_the_first_is_killed_the_second_takes_over_at_once(person, sandbox, first):
    second = person.start("login", "--json")
    second.event("pending")
    first.signal(signal.SIGKILL)
    first.popen.wait(10)
    killed = time.monotonic()
    second.until(
        lambda: len([e for e in second.events() if e["event"] == "device_code"]) == 2, what="a code of its own")
    assert time.monotonic() - killed < 10
    sandbox.approve(second.events()[-1].get("user_code") or second.events()[-2]["user_code"])
    second.finish().expect(0)
    assert published(person) == []


def test_a_first_that_is_stopped_is_waited_for_as_long_as_its_code(person, sandbox):
    sandbox.set(expires_in=15)
    first = person.start("login", "--json")
    first.event("pending")
    first.signal(signal.SIGSTOP)
    sandbox.set(expires_in=600)
    second = person.start("login", "--json", "--timeout", "4s")
    second.event("pending")
    second.until(
        lambda: len([e for e in second.events() if e["event"] == "device_code"]) == 2, 90, "a code of its own")
    # Another one sees the second's, although the first still holds the lock.
    third = person.start("login", "--json")
    assert third.event("device_code")["user_code"] != code_of(first)
    sandbox.approve(third.event("device_code")["user_code"])
    second.finish().expect(0)
    first.signal(signal.SIGCONT)
    first.finish().expect(75)
    third.finish().expect(0)
    assert published(person) == []


def test_of_those_who_waited_for_one_that_hangs_one_takes_its_place(person, sandbox):
    sandbox.set(expires_in=15)
    first = person.start("login", "--json")
    first.event("pending")
    first.signal(signal.SIGSTOP)
    sandbox.set(expires_in=600)
    others = [person.start("login", "--json", "--timeout", "4s") for _ in range(3)]
    for other in others:
        other.event("pending")
    for other in others:
        other.until(
            lambda: len([e for e in other.events() if e["event"] == "device_code"]) == 2, 90, "the code of the next")
    (code,) = {[e["user_code"] for e in other.events() if e["event"] == "device_code"][-1] for other in others}
    assert code != code_of(first) and sandbox.count("device_authorization") == 2
    # Also once the one that hung has gone.
    first.signal(signal.SIGKILL)
    first.popen.wait(10)
    late = person.start("login", "--json")
    assert late.event("device_code")["user_code"] == code
    sandbox.approve(code)
    for running in (*others, late):
        running.finish().expect(0)
    assert sandbox.count("device_authorization") == 2
    assert published(person) == []


@pytest.mark.parametrize("verb", [["credential-process"], ["token"], ["credentials"], ["exec", "--", "true"]])
def test_whoever_needs_a_session_is_told_what_to_approve(person, first, verb):
    code = first.event("device_code")
    text = person.run(*verb).expect(4).stderr
    assert f"login in progress: approve {code['user_code']} at {code['verification_uri_complete']}" in text
    assert "daypass login" not in text


def test_what_a_killed_login_left_counts_for_nothing_and_is_cleared(person, first):
    first.signal(signal.SIGKILL)
    first.popen.wait(10)
    assert published(person) != []
    assert "run `daypass login`" in person.run("credential-process").expect(4).stderr
    assert published(person) == []


def test_status_shows_it_to_a_person(person, first):
    text = person.run("status").expect(0).stdout
    assert f"approve {code_of(first)} at" in text
    (profile,) = person.run("status", "--json").expect(0).json()["profiles"]
    assert profile["state"] == "login_required" and len(profile) == 10


@pytest.mark.parametrize("which", ["first", "second"])
def test_ctrl_c_leaves_no_file(person, sandbox, first, which):
    if which == "first":
        first.signal(signal.SIGINT)
        first.finish().expect(130)
    else:
        second = person.start("login")
        second.until(lambda: code_of(first).encode() in second.err, what="the code")
        second.signal(signal.SIGINT)
        second.finish().expect(130)
        assert len(published(person)) == 2, "the first goes on"
        sandbox.approve()
        first.finish().expect(0)
    assert published(person) == []


def test_a_login_of_another_session_does_not_wait(person, sandbox, first):
    second = person.start("login", "--json", "--session", "other")
    assert second.event("device_code")["user_code"] != code_of(first)
    sandbox.approve(code_of(second))
    second.finish().expect(0)
    assert len(published(person)) == 2


def test_a_login_with_a_browser_is_waited_for_without_a_code(person, sandbox):
    browser = {"BROWSER": "/bin/true"}
    first = person.start("login", "--json", "--method", "browser", env=browser)
    first.event("browser")
    second = person.start("login", "--method", "browser", env=browser)
    second.until(lambda: b"waiting for a sign-in with the browser" in second.err, what="that it waits")
    told = person.run("token").expect(4).stderr
    assert "login in progress: finish it in the browser" in told and str(first.popen.pid) in told
    answer = sandbox.approve_in_browser(requests.Session(), first.event("browser")["url"])
    assert requests.get(answer.headers["Location"], timeout=10).status_code == 200
    first.finish().expect(0)
    assert "Logged in as alice" in second.finish().expect(0).stderr
    assert published(person) == []
