"""`status --check`: says that a person will be needed before one is, to whatever watches this machine."""

import re
import shlex
import time
from pathlib import Path

import pytest

from test_status_logout import KEYS

PAGE = Path(__file__).resolve().parents[2] / "docs/monitoring.md"
HOUR, DAY = 3600, 86400


def check(daypass, code, *args, **options):
    result = daypass.run("status", "--check", *args, **options).expect(code)
    return result.stdout


def log_in(daypass, sandbox, told=None, **settings):
    if told is not None:
        sandbox.set(token_set={"refresh_expires_in": told})
    daypass.configure(default=sandbox.profile(role_arn=None, **settings))
    sandbox.log_in(daypass)
    sandbox.reset_counters()


def test_all_is_well_after_a_login_and_nobody_is_asked(daypass, sandbox):
    log_in(daypass, sandbox)
    line = check(daypass, 0, env={"CI": "true", "GITHUB_ACTIONS": "true"})
    assert re.fullmatch(r"default: ok; refreshed \d+ s ago\n", line) and sandbox.count() == 0


def test_before_a_login(person):
    assert "login required: no session; run `daypass login`" in check(person, 1)


@pytest.mark.parametrize("told, code", [(30 * DAY, 0), (HOUR, 0), (0, 0)])
def test_what_the_provider_tells(daypass, sandbox, told, code):
    log_in(daypass, sandbox, told)
    check(daypass, code)


def test_less_than_wanted_is_left(daypass, sandbox):
    log_in(daypass, sandbox, 30 * DAY)
    check(daypass, 0, "--min-session", "29d")
    line = check(daypass, 1, "--min-session", "31d")
    assert "the session ends at" in line and "run `daypass login`" in line and line.count("\n") == 1


def test_a_configured_lifetime_counts_where_the_provider_does_not_tell(daypass, sandbox):
    log_in(daypass, sandbox, session_lifetime="30d")
    (profile,) = daypass.run("status", "--json").expect(0).json()["profiles"]
    end = time.mktime(time.strptime(profile["session_expires_at"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert 29 * DAY < end - time.time() <= 30 * DAY
    check(daypass, 0)
    assert "by session_lifetime" in check(daypass, 1, "--session-lifetime", "60", "--min-session", "5m")
    check(daypass, 0, "--session-lifetime", "60", "--min-session", "1s")
    log_in(daypass, sandbox, HOUR, session_lifetime="30d")
    (profile,) = daypass.run("status", "--json").expect(0).json()["profiles"]
    end = time.mktime(time.strptime(profile["session_expires_at"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert end - time.time() <= HOUR, "what the provider tells counts first"


def test_the_age_of_the_last_refresh_where_no_end_is_known(daypass, sandbox):
    log_in(daypass, sandbox)
    time.sleep(2.1)
    assert "not refreshed for" in check(daypass, 1, "--max-refresh-age", "1s")
    daypass.run("token", "--min-ttl", "2h").expect(0)
    assert sandbox.count("token.refresh_token") == 1
    check(daypass, 0, "--max-refresh-age", "1m")


def test_a_session_that_refreshes_has_not_ended_whatever_was_told_at_the_login(daypass, sandbox):
    log_in(daypass, sandbox, 2)
    time.sleep(2.5)
    assert "the session ended at" in check(daypass, 1)
    daypass.run("token", "--min-ttl", "2h").expect(0)
    assert sandbox.count("token.refresh_token") == 1
    check(daypass, 0)
    (profile,) = daypass.run("status", "--json").expect(0).json()["profiles"]
    assert profile["state"] == "ok" and profile["session_expires_at"] is None


def test_a_failed_refresh_is_named_until_one_succeeds(daypass, sandbox):
    log_in(daypass, sandbox)
    sandbox.set(refresh_error={"error": "invalid_client", "status": 401})
    daypass.run("token", "--min-ttl", "2h").expect(0)
    assert "the last refresh failed" in check(daypass, 1) and "invalid_client" in check(daypass, 1)
    sandbox.set(refresh_error=None)
    sandbox.log_in(daypass)
    check(daypass, 0)


def test_a_session_that_the_provider_ended(expired, sandbox):
    sandbox.set(refresh_error={"error": "invalid_grant"})
    expired.run("token").expect(4)
    assert "login required" in check(expired, 1)


def test_a_session_whose_key_is_gone(daypass, sandbox):
    log_in(daypass, sandbox)
    (daypass.state / "key").unlink()
    assert "locked" in check(daypass, 1)


def test_a_broken_token_of_a_machine(daypass, sandbox):
    daypass.configure(default={"token_file": daypass.directory / "none", "sts_endpoint": sandbox.sts})
    assert "token_file" in check(daypass, 1)


def test_the_faults_come_first_and_json_keeps_its_shape(daypass, sandbox):
    daypass.configure(
        default=sandbox.profile(role_arn=None), other=sandbox.profile(role_arn=None, session="other"))
    sandbox.log_in(daypass)
    lines = check(daypass, 1).splitlines()
    assert [line.split(":")[0] for line in lines] == ["other", "default"]
    result = daypass.run("status", "--check", "--json").expect(1)
    assert all(set(profile) == KEYS for profile in result.json()["profiles"])
    check(daypass, 0, "--profile", "default")


def test_flags_of_the_check(person):
    person.run("status", "--min-session", "1d").expect(64)
    person.run("status", "--check", "--min-session", "1w").expect(64)
    person.run("status", "--check", "--max-refresh-age", "-1").expect(64)


def documented() -> list[str]:
    """The commands of the page: what a unit starts, and what a monitoring system runs."""
    return re.findall(r"^\s*(?:ExecStart=|command\[\w+\]=)(\S.*)$", PAGE.read_text(), re.MULTILINE)


def test_the_page_shows_what_works(daypass, sandbox):
    log_in(daypass, sandbox, 30 * DAY)
    commands = documented()
    assert len(commands) == 2
    bare = {"LANG": None, "TERM": None, "SHELL": None, "XDG_RUNTIME_DIR": None, "TMPDIR": None}
    for command in commands:
        words = shlex.split(command)
        assert words[0].endswith("/daypass")
        assert daypass.run(*words[1:], env=bare).expect(0).stdout.startswith("default: ok")
