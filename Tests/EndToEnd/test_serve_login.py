"""`daypass serve` and the person it needs: whoever logs in or out beside it, hooks, logins that it starts itself."""

import json
import re
import signal
import time

import pytest
from support.processes import wait_for

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
