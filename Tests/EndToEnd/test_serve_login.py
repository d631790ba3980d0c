"""`daypass serve` and the person it needs: whoever logs in or out beside it, hooks, logins that it starts itself."""

import json
import re
import signal
import time

import pytest
from support.processes import wait_for
from support.sandbox import ALICE_ONLY_ROLE

# What must happen within 5 s, on a machine that does much else at the same time.
SOON = 20


def code_in_log(service, count=1):
    def look():
        codes = re.findall(rb"approve the code ([A-Z0-9-]+) ", service.running.err)
        return codes[count - 1].decode() if len(codes) >= count else None

    return service.running.until(look, what="the code in the log")


def test_whoever_logs_in_brings_it_back(person, sandbox, serve):
    service = serve()
    wait_for(lambda: service.get().json().get("code") == "LoginRequired", SOON, "LoginRequired")
    before = sandbox.count("sts")
    sandbox.log_in(person)
    started = time.monotonic()
    service.until(200, seconds=SOON)
    assert time.monotonic() - started < 15, "long before another attempt would have been made by itself"
    assert sandbox.count("sts") - before <= 1, "what the login bought is not bought again"
    assert service.metrics()['daypass_login_required{profile="default"}'] == 0


def test_logout_ends_it(logged_in, serve):
    service = serve()
    service.until(200)
    logged_in.run("logout").expect(0)
    assert service.until(503, seconds=SOON).json()["code"] == "LoginRequired"
    assert b"ASIA" not in service.get().body


def test_another_person_is_served_after_another_login(logged_in, sandbox, serve):
    service = serve()
    first = service.until(200).json()
    logged_in.run("logout").expect(0)
    sandbox.log_in(logged_in, user="bob")
    second = wait_for(
        lambda: (a := service.get()).status == 200 and a.json()["AccessKeyId"] != first["AccessKeyId"] and a.json(),
        SOON, "other keys")
    assert second["Token"] != first["Token"]


@pytest.fixture
def hook(tmp_path):
    """A program that writes down what it is told and what is in its environment."""
    program, told = tmp_path / "hook", tmp_path / "told"
    program.write_text(f'#!/bin/sh\ncat >> "{told}"\nenv > "{told}.env"\necho some words\n')
    program.chmod(0o755)
    return program, told


def test_the_hook_runs_once_for_each_need(daypass, sandbox, serve, hook):
    program, told = hook
    daypass.configure(default=sandbox.profile(on_login_required=[str(program)]))
    service = serve(env={"NOTIFY_SOCKET": None, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "job-secret", "MY_OWN": "kept"})
    wait_for(told.exists, SOON, "the hook")
    service.running.signal(signal.SIGUSR1)
    time.sleep(2.5)  # some ticks, in which it could run again
    events = [json.loads(line) for line in told.read_text().splitlines()]
    assert len(events) == 1
    assert events[0]["event"] == "login_required" and events[0]["profile"] == "default"
    environment = (told.parent / "told.env").read_text()
    assert "MY_OWN=kept" in environment and "job-secret" not in environment
    assert b"some words" in service.running.err and b"some words" not in service.running.out
    sandbox.log_in(daypass)
    service.until(200, seconds=SOON)
    daypass.run("logout").expect(0)
    wait_for(lambda: len(told.read_text().splitlines()) == 2, SOON, "the second need")


def test_a_hook_that_fails_or_is_missing_changes_nothing(daypass, sandbox, serve):
    daypass.configure(default=sandbox.profile(on_login_required=["/no/such/hook"]))
    service = serve()
    service.running.until(lambda: b"on_login_required" in service.running.err, what="the warning")
    assert service.get().status == 503


@pytest.fixture
def subject(daypass, sandbox):
    """alice's, as her ID token has it."""
    daypass.configure(default=sandbox.profile())
    sandbox.log_in(daypass)
    subject = \
        next(p["subject"] for p in daypass.run("status", "--json").expect(0).json()["profiles"])
    daypass.run("logout").expect(0)
    return subject


def test_an_unattended_login_that_is_approved_brings_it_back(daypass, sandbox, serve, hook, subject):
    program, told = hook
    daypass.configure(default=sandbox.profile(
        unattended_login=True, expect_subject=subject, on_login_required=[str(program)]))
    service = serve()
    code = code_in_log(service)
    assert sandbox.pending_code() == code
    assert b"http" in service.running.err
    event = json.loads(wait_for(lambda: told.exists() and told.read_text(), SOON, "the hook"))
    assert event["user_code"] == code and event["verification_uri"]
    sandbox.approve(code)
    service.until(200, seconds=SOON)


def test_another_persons_approval_is_refused(daypass, sandbox, serve, subject):
    daypass.configure(default=sandbox.profile(unattended_login=True, expect_subject=subject))
    service = serve()
    sandbox.approve(code_in_log(service), user="bob")
    service.running.until(lambda: b"ended without a session" in service.running.err, what="the refusal")
    assert service.get().status == 503
    assert not list(daypass.state.glob("session-" + "?" * 40))
    assert sandbox.count("sts") == 0 or service.get().json()["code"] == "LoginRequired"


def test_a_code_that_nobody_approved_rests_until_it_is_told_otherwise(daypass, sandbox, serve, subject):
    sandbox.set(expires_in=2)
    daypass.configure(default=sandbox.profile(unattended_login=True, expect_subject=subject))
    service = serve()
    service.running.until(lambda: b"60 min" in service.running.err, what="the rest")
    sandbox.set(expires_in=600)
    time.sleep(2.5)  # some ticks
    assert len(re.findall(rb"approve the code", service.running.err)) == 1
    service.running.signal(signal.SIGUSR1)
    sandbox.approve(code_in_log(service, 2))
    service.until(200, seconds=SOON)


def test_unattended_needs_a_subject(daypass, sandbox):
    daypass.configure(default=sandbox.profile(unattended_login=True))
    result = daypass.run("serve", "--listen", "127.0.0.1:0").expect(78)
    assert "expect_subject" in result.stderr


def told(file) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_the_hook_runs_too_where_there_is_no_code_to_tell(daypass, sandbox, serve, hook, subject):
    program, file = hook
    daypass.configure(default=sandbox.profile(
        unattended_login=True, expect_subject=subject, on_login_required=[str(program)]))
    sandbox.fault("device_authorization", "body", status=400, body='{"error":"unauthorized_client"}')
    service = serve()
    event, = wait_for(lambda: told(file), SOON, "the hook")
    assert event["event"] == "login_required" and "user_code" not in event
    line, = [line for line in service.running.err.decode().splitlines() if "without a session" in line]
    assert "profile default: " in line
    # Whoever mends it and asks for another try is told the code.
    sandbox.clear_faults()
    service.running.signal(signal.SIGUSR1)
    code = code_in_log(service)
    wait_for(lambda: [e.get("user_code") for e in told(file)] == [None, code], SOON, "the code")


def test_each_profile_of_a_session_is_told_the_same_code(daypass, sandbox, serve, hook, subject):
    program, file = hook
    one = sandbox.profile(
        unattended_login=True, expect_subject=subject, on_login_required=[str(program)], store="file")
    daypass.configure(a=one, b=one | {"role_arn": ALICE_ONLY_ROLE})
    service = serve("--all-profiles", env={"DAYPASS_STORE": None})
    code = code_in_log(service)
    events = wait_for(lambda: len(told(file)) == 2 and told(file), SOON, "both hooks")
    assert {event["profile"] for event in events} == {"a", "b"}
    assert [event["user_code"] for event in events] == [code, code]
    assert len(sandbox.state()["pending"]) == 1


def test_whoever_asks_for_another_code_is_told_it(daypass, sandbox, serve, hook, subject):
    program, file = hook
    sandbox.set(expires_in=3)
    daypass.configure(default=sandbox.profile(
        unattended_login=True, expect_subject=subject, on_login_required=[str(program)]))
    service = serve()
    service.running.until(lambda: b"60 min" in service.running.err, what="the rest")
    first = code_in_log(service)
    sandbox.set(expires_in=600)
    service.running.signal(signal.SIGUSR1)
    second = code_in_log(service, 2)
    wait_for(lambda: [event.get("user_code") for event in told(file)] == [first, second], SOON, "both codes")
    sandbox.approve(second)
    service.until(200, seconds=SOON)
    assert len(re.findall(rb"approve the code", service.running.err)) == 2


def test_the_code_is_in_the_log_whatever_its_level(daypass, sandbox, serve, subject):
    daypass.configure(default=sandbox.profile(unattended_login=True, expect_subject=subject))
    assert code_in_log(serve("--log-level", "error")) == sandbox.pending_code()


@pytest.mark.parametrize("marker", ["CI", "GITHUB_ACTIONS", "BITBUCKET_BUILD_NUMBER"])
def test_no_login_is_begun_in_a_ci_job(daypass, sandbox, serve, hook, subject, marker):
    program, file = hook
    daypass.configure(default=sandbox.profile(
        unattended_login=True, expect_subject=subject, on_login_required=[str(program)]))
    sandbox.reset_counters()
    service = serve(env={marker: "true"})
    event, = wait_for(lambda: told(file), SOON, "the hook")
    assert "user_code" not in event
    time.sleep(2.5)  # some ticks
    assert sandbox.count("device_authorization") == 0 and marker in service.running.err.decode()
