"""`status`, `whoami` and `logout`: what is known, who one is, and the end of it."""

import re

import pytest

from support.sandbox import ALICE_ONLY_ROLE, CI_ROLE

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
KEYS = {
    "name", "source", "state", "issuer", "subject", "identity_expires_at", "session_expires_at", "role_arn",
    "credentials_expires_at", "key"}


def test_status_json_before_a_login(person):
    profiles = person.run("status", "--json").expect(0).json()["profiles"]
    assert [profile["name"] for profile in profiles] == ["default"]
    assert set(profiles[0]) == KEYS
    assert profiles[0]["state"] in ("none", "login_required") and profiles[0]["source"] == "login"
    assert profiles[0]["credentials_expires_at"] is None


def test_status_json_after_a_login(logged_in, sandbox):
    (profile,) = logged_in.run("status", "--json").expect(0).json()["profiles"]
    assert set(profile) == KEYS
    assert profile["state"] == "ok" and profile["issuer"] == sandbox.issuer and profile["subject"] == "alice"
    assert RFC3339.fullmatch(profile["identity_expires_at"])
    assert RFC3339.fullmatch(profile["credentials_expires_at"])
    assert profile["role_arn"].endswith(":role/demo")


def test_status_makes_no_request(logged_in, sandbox):
    text = logged_in.run("status").expect(0).stdout
    assert "default" in text and "alice" in text and sandbox.count() == 0


def test_status_lists_every_profile(daypass, sandbox):
    daypass.configure(default=sandbox.profile(), other=sandbox.profile(role_arn=ALICE_ONLY_ROLE))
    sandbox.log_in(daypass)
    profiles = daypass.run("status", "--json").expect(0).json()["profiles"]
    assert sorted(profile["name"] for profile in profiles) == ["default", "other"]
    assert all(profile["state"] == "ok" for profile in profiles), "one session serves both"


def test_whoami_shows_claims_and_caller(logged_in, sandbox):
    text = logged_in.run("whoami").expect(0).stdout
    for word in ("alice", sandbox.issuer, "arn:aws:sts::123456789012:assumed-role/demo/"):
        assert word in text, text
    signed = [entry for entry in sandbox.requests("sts.GetCallerIdentity") if entry.get("signed")]
    assert len(signed) == 1 and signed[0]["status"] == 200


def test_whoami_verify_fetches_the_keys(logged_in, sandbox):
    logged_in.run("whoami", "--verify").expect(0)
    assert sandbox.count("jwks") >= 1


def test_logout_revokes_and_forgets(logged_in, sandbox):
    logged_in.run("logout").expect(0)
    assert sandbox.count("revoke") == 1
    assert sandbox.state()["sessions"][0]["revoked"] is True
    logged_in.run("token").expect(4)
    logged_in.run("credential-process").expect(4)
    (profile,) = logged_in.run("status", "--json").expect(0).json()["profiles"]
    assert profile["state"] in ("none", "login_required")


def test_logout_names_who_shared_the_session_and_how_long_keys_live(daypass, sandbox):
    daypass.configure(default=sandbox.profile(), other=sandbox.profile(role_arn=ALICE_ONLY_ROLE))
    sandbox.log_in(daypass)
    result = daypass.run("logout").expect(0)
    told = result.stdout + result.stderr
    assert "other" in told and re.search(r"\d\d:\d\d", told)


def test_logout_deletes_even_when_nothing_can_be_revoked(logged_in, sandbox):
    sandbox.process.stop()
    logged_in.run("logout", timeout=60).expect(0)
    logged_in.run("token").expect(4)


def test_logout_all(daypass, sandbox):
    daypass.configure(default=sandbox.profile(), second=sandbox.profile(session="second"))
    sandbox.log_in(daypass)
    sandbox.log_in(daypass, "--profile", "second", user="bob")
    daypass.run("logout", "--all").expect(0)
    assert [session["revoked"] for session in sandbox.state()["sessions"]] == [True, True]
    for name in ("default", "second"):
        daypass.run("token", "--profile", name).expect(4)


def test_logout_all_ends_what_is_no_longer_configured(daypass, sandbox):
    daypass.configure(default=sandbox.profile(), second=sandbox.profile(session="second"))
    sandbox.log_in(daypass)
    sandbox.log_in(daypass, "--profile", "second", user="bob")
    daypass.configure(default=sandbox.profile())
    told = daypass.run("logout", "--all").expect(0).stderr
    assert [session["revoked"] for session in sandbox.state()["sessions"]] == [True, True]
    assert told.count("Logged out of") == 2 and told.count("stay valid until") == 2
    assert sorted(path.name for path in daypass.state.iterdir()) == ["key"]


def test_logout_all_deletes_what_it_cannot_open(daypass, sandbox):
    daypass.configure(second=sandbox.profile(session="second"))
    sandbox.log_in(daypass, "--profile", "second")
    daypass.configure(default={})
    (daypass.state / "key").unlink()
    told = daypass.run("logout", "--all").expect(0).stderr
    assert "deleted without being revoked" in told and sandbox.count("revoke") == 0
    assert list(daypass.state.iterdir()) == []


def test_logout_all_deletes_what_others_bought_too(daypass, sandbox, tmp_path):
    token = tmp_path / "token"
    token.write_text(sandbox.mint())
    job = {"token_file": token, "role_arn": CI_ROLE, "sts_endpoint": sandbox.sts}
    daypass.configure(default=sandbox.profile(), job=job)
    sandbox.log_in(daypass)
    daypass.run("credential-process", "--profile", "job").expect(0)
    (issued,) = daypass.state.glob("credentials-issued-*")
    daypass.run("logout").expect(0)
    assert issued.exists(), "it has nothing to do with that session"
    told = daypass.run("logout", "--all").expect(0).stderr
    assert "Deleted the other cached credentials. Keys already handed out stay valid until" in told
    assert sorted(path.name for path in daypass.state.iterdir()) == ["key"]


@pytest.mark.parametrize("args", [[], ["--all"]])
@pytest.mark.parametrize("kind", ["session", "credentials"])
def test_logout_leaves_what_is_damaged_and_says_so(logged_in, sandbox, kind, args):
    (path,) = logged_in.state.glob(f"{kind}-*[0-9a-f]")
    content = path.read_bytes()[:-1]
    path.write_bytes(content)
    told = logged_in.run("logout", *args).expect(0).stderr
    assert path.read_bytes() == content and f"{path.name} is damaged" in told
    assert ("There was no session" in told) == (kind == "session")
    assert sorted(logged_in.state.iterdir()) == sorted([path, logged_in.state / "key"])


def test_a_login_without_a_default_profile_names_the_others(daypass, sandbox):
    daypass.configure(work=sandbox.profile(), home=sandbox.profile())
    told = daypass.run("login").expect(78).stderr
    assert "configured are: home, work" in told and "--profile" in told


def test_two_people_under_one_uid(daypass, sandbox):
    daypass.configure(default=sandbox.profile(role_arn=None), second=sandbox.profile(role_arn=None, session="second"))
    sandbox.log_in(daypass)
    sandbox.log_in(daypass, "--profile", "second", user="bob")
    subjects = {profile["name"]: profile["subject"] for profile in daypass.run("status", "--json").json()["profiles"]}
    assert subjects == {"default": "alice", "second": "bob"}


@pytest.mark.parametrize("verb", ["status", "whoami"])
def test_what_is_shown_has_no_control_characters(person, sandbox, verb):
    sandbox.set(claims_set={"email": "a\u001b[31m@example.com", "name": "x\u202ey\nforged: line"})
    sandbox.log_in(person)
    text = person.run(verb).expect(0).stdout
    assert "\x1b" not in text and "\u202e" not in text and "\nforged" not in text
