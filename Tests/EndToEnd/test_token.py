"""`daypass token`: a valid ID token, bare, and nothing else."""

import base64
import json
import time

import pytest


def claims(token: str) -> dict:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def test_the_token_stands_alone(logged_in, sandbox):
    result = logged_in.run("token").expect(0)
    token = result.stdout.removesuffix("\n")
    assert token.count(".") == 2 and not set(token) & set(" \n\t\"'")
    assert result.err == b""
    assert claims(token)["sub"] == "alice" and claims(token)["iss"] == sandbox.issuer


def test_a_valid_token_needs_no_network(logged_in, sandbox):
    logged_in.run("token").expect(0)
    assert sandbox.count() == 0


def test_a_token_about_to_expire_is_renewed_with_the_refresh_token(person, sandbox):
    sandbox.set(id_token_lifetime=30)
    sandbox.log_in(person)
    sandbox.reset_counters()
    sandbox.set(id_token_lifetime=3600)
    fresh = person.run("token").expect(0).stdout.strip()
    assert claims(fresh)["exp"] > time.time() + 3000
    assert sandbox.count("token.refresh_token") == 1


def test_min_ttl_asks_for_more_life(person, sandbox):
    sandbox.set(id_token_lifetime=600)
    sandbox.log_in(person)
    person.run("token", "--min-ttl", "5m").expect(0)
    assert sandbox.count("token.refresh_token") == 0
    sandbox.set(id_token_lifetime=3600)
    person.run("token", "--min-ttl", "30m").expect(0)
    assert sandbox.count("token.refresh_token") == 1


def test_a_min_ttl_that_even_a_fresh_one_cannot_meet_warns_once(person, sandbox):
    sandbox.set(id_token_lifetime=600)
    sandbox.log_in(person)
    result = person.run("token", "--min-ttl", "2h").expect(0)
    assert result.stdout.count(".") == 2
    assert len(result.stderr.strip().splitlines()) == 1
    person.run("token", "--min-ttl", "2h", "--strict").expect(75)


def test_a_refresh_answer_without_an_id_token_keeps_the_old_one_while_it_is_valid(person, sandbox):
    sandbox.set(id_token_lifetime=100, refresh_omit=["id_token"])
    sandbox.log_in(person)
    before = claims(person.run("token").expect(0).stdout)
    assert claims(person.run("token", "--min-ttl", "10m").expect(0).stdout) == before


def test_a_refused_refresh_asks_for_a_login_at_once(expired, sandbox):
    sandbox.control("revoke-sessions")
    result = expired.run("token").expect(4)
    assert "daypass login" in result.stderr and result.out == b"" and result.seconds < 3


def test_a_session_that_the_provider_ended_stays_ended_although_its_token_is_still_valid(person, sandbox):
    sandbox.set(id_token_lifetime=50)
    sandbox.log_in(person)
    sandbox.control("revoke-sessions")
    sandbox.control("reset-counters")
    for _ in range(2):
        result = person.run("token").expect(4)
        assert "daypass login" in result.stderr and result.out == b""
    assert sandbox.count("token.refresh_token") == 1, "the second call knows without asking"
    sandbox.log_in(person)
    person.run("token").expect(0)


def test_without_a_session_nothing_prompts(person, sandbox):
    result = person.run("token").expect(4)
    assert "daypass login" in result.stderr and result.out == b"" and result.seconds < 2
    assert sandbox.count("device_authorization") == 0


@pytest.mark.parametrize("ending", ["", "\n"])
def test_a_token_from_a_file_is_passed_on(daypass, sandbox, tmp_path, ending):
    token = sandbox.mint()
    (tmp_path / "token").write_text(token + ending)
    daypass.configure(default={"token_file": str(tmp_path / "token")})
    assert daypass.run("token").expect(0).stdout.strip() == token
    assert sandbox.count() == 0


def test_a_token_from_a_variable_is_passed_on(daypass, sandbox):
    token = sandbox.mint()
    daypass.configure(default={"token_env": "MY_TOKEN"})
    assert daypass.run("token", env={"MY_TOKEN": token}).expect(0).stdout.strip() == token
