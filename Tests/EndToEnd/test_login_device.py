"""`daypass login` by the device grant: what it shows, what it says to programs, and what it survives."""

import getpass
import re
import socket
import time

import pytest

from support.processes import accepts, wait_for
from support.sandbox import ALICE_ONLY_ROLE, DEMO_ROLE

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
BLOCKS = re.compile("[▀▄█]")


# What a person sees


def test_without_a_terminal_the_prompt_is_text_on_stderr_and_stdout_is_empty(person, sandbox):
    running = person.start("login")
    code = sandbox.pending_code()
    running.until(lambda: code.encode() in running.err, what="the user code")
    sandbox.approve(code)
    result = running.finish().expect(0)
    lines = [line.strip() for line in result.stderr.splitlines()]
    assert result.out == b""
    assert any(line.startswith(f"{sandbox.url}/device") for line in lines), "the URL stands alone on its line"
    assert f"Continue only if you started this on {getpass.getuser()}@{socket.gethostname()}" in result.stderr
    assert not BLOCKS.search(result.stderr) and "\x1b" not in result.stderr, "no QR code without a terminal"
    assert "alice@example.com" in result.stderr or "alice" in result.stderr, "says who you are"


def test_if_the_exchange_fails_the_session_is_spoken_of_before_the_error(daypass, sandbox):
    daypass.configure(default=sandbox.profile(role_arn=ALICE_ONLY_ROLE))
    running = daypass.start("login")
    sandbox.approve(sandbox.pending_code(), "bob")
    stderr = running.finish().expect(77).stderr
    places = [stderr.index(word) for word in ("Logged in", "Session ", "Storage ", "AccessDenied")]
    assert places == sorted(places)
    assert "none yet" not in stderr


def test_on_a_terminal_the_prompt_goes_to_the_terminal_alone(person, sandbox, tmp_path):
    with open(tmp_path / "out", "wb") as out, open(tmp_path / "err", "wb") as err:
        terminal = person.terminal("login", columns=100, lines=50, stdout=out, stderr=err)
        code = sandbox.pending_code()
        terminal.wait_for(code)
        sandbox.approve(code)
        assert terminal.wait() == 0
    assert BLOCKS.search(terminal.output().decode()), "the QR code"
    assert (tmp_path / "out").read_bytes() == b""
    assert code.encode() not in (tmp_path / "err").read_bytes()


def test_an_explicit_login_runs_under_a_ci_marker(person, sandbox):
    sandbox.log_in(person, env={"CI": "true", "GITHUB_ACTIONS": "true"})


# What a program reads


def test_json_events_come_in_order_and_flat(person, sandbox):
    running = person.start("login", "--json")
    running.event("pending")
    sandbox.approve()
    result = running.finish().expect(0)
    events = running.events()
    assert [event["event"] for event in events] == ["device_code", "pending", "authorized", "credentials"]
    for event, line in zip(events, result.stdout.splitlines()):
        assert list(event)[:2] == ["event", "time"], line
        assert RFC3339.fullmatch(event["time"]), line
        assert not any(isinstance(value, (dict, list)) for value in event.values()), line
    code, _, authorized, credentials = events
    assert code["verification_uri"] == f"{sandbox.url}/device"
    assert code["verification_uri_complete"] == f"{sandbox.url}/device?user_code={code['user_code']}"
    assert code["interval"] == 1 and RFC3339.fullmatch(code["expires_at"])
    assert authorized["issuer"] == sandbox.issuer and authorized["subject"] == "alice"
    assert RFC3339.fullmatch(authorized["expires_at"])
    assert credentials["account"] == "123456789012"
    assert credentials["arn"].startswith("arn:aws:sts::123456789012:assumed-role/demo/")
    assert RFC3339.fullmatch(credentials["expires_at"])


def test_json_without_a_role_ends_with_authorized_and_buys_nothing(daypass, sandbox):
    daypass.configure(default=sandbox.profile(role_arn=None))
    result = sandbox.log_in(daypass)
    assert '"event":"authorized"' in result.stdout.splitlines()[-1].replace(" ", "")
    assert sandbox.count("sts") == 0


def test_json_shows_nothing_on_the_terminal(person, sandbox, tmp_path):
    with open(tmp_path / "out", "wb") as out:
        terminal = person.terminal("login", "--json", stdout=out)
        sandbox.approve(sandbox.pending_code())
        assert terminal.wait() == 0
    assert terminal.output() == b""


def test_json_names_what_is_retried(person, sandbox):
    sandbox.fault("token.device_code", "status", status=503, requests=1)
    running = person.start("login", "--json")
    sandbox.approve(running.event("device_code")["user_code"])
    retrying = running.event("retrying")
    assert isinstance(retrying["in"], (int, float)) and retrying["reason"]
    running.finish().expect(0)


def test_json_tells_of_a_wider_interval(person, sandbox):
    sandbox.set(slow_down=1)
    running = person.start("login", "--json")
    assert running.event("slow_down")["interval"] == 6
    sandbox.approve()
    running.finish().expect(0)
    gaps = [entry["gap"] for entry in sandbox.requests("token.device_code")]
    assert len(gaps) == 2 and gaps[1] >= 6, gaps


# How it ends


def test_denied(person, sandbox):
    running = person.start("login", "--json")
    running.event("pending")
    sandbox.deny()
    result = running.finish().expect(77)
    assert running.events()[-1]["event"] == "error" and running.events()[-1]["code"] == "denied"
    assert running.events()[-1]["message"]
    polls = sandbox.count("token.device_code")
    assert result.seconds < 15 and polls == sandbox.count("token.device_code")


def test_the_code_expires(person, sandbox):
    sandbox.set(expires_in=3)
    running = person.start("login", "--json")
    running.finish().expect(75)
    assert running.events()[-1]["code"] == "expired"
    assert sandbox.count("device_authorization") == 1, "no new code is asked for by itself"


# The standard's word, two that providers use for it, and what they say of a code they have forgotten.
@pytest.mark.parametrize("spelling", ["expired_token", "code_expired", "invalid_grant"])
def test_the_provider_says_that_the_code_expired(person, sandbox, spelling):
    sandbox.set(poll_error={"error": spelling})
    running = person.start("login", "--json")
    running.finish().expect(75)
    assert sandbox.count("token.device_code") == 1


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client", "a_word_of_its_own"])
def test_any_other_error_ends_it_at_the_first_poll(person, sandbox, error):
    sandbox.set(poll_error={"error": error, "description": "not \u001b[31mthis\u001b[0m time"})
    result = person.start("login").finish().expect(77)
    assert sandbox.count("token.device_code") == 1
    assert error in result.stderr and "\x1b" not in result.stderr


def test_no_session_is_left_by_a_login_that_failed(person, sandbox):
    sandbox.set(poll_error={"error": "access_denied"})
    person.run("login").expect(77)
    person.run("token").expect(4)


def test_a_failed_exchange_leaves_the_session(daypass, sandbox):
    daypass.configure(default=sandbox.profile(role_arn=ALICE_ONLY_ROLE))
    sandbox.log_in(daypass, user="bob", code=77)
    daypass.run("token").expect(0)


# What it survives


@pytest.mark.parametrize("mode", ["status", "html", "reset", "close"])
def test_a_short_outage_does_not_end_it(person, sandbox, mode):
    sandbox.fault("token.device_code", mode, requests=2)
    result = sandbox.log_in(person)
    assert sandbox.state()["early_polls"] == 0
    assert result.seconds < 40


def test_refused_connections_do_not_end_it(person, sandbox):
    running = person.start("login", "--json")
    running.event("pending")
    sandbox.refuse_connections(4)
    running.event("retrying")
    wait_for(lambda: accepts(sandbox.port), 60, "the sandbox is back")
    sandbox.approve()
    running.finish().expect(0)


def test_retry_after_is_honoured(person, sandbox):
    sandbox.fault("token.device_code", "status", status=429, retry_after=4, requests=1)
    sandbox.log_in(person)
    gaps = [entry["gap"] for entry in sandbox.requests("token.device_code")]
    assert gaps[1] >= 4, gaps


def test_polls_are_never_early(person, sandbox):
    running = person.start("login", "--json")
    running.event("pending")
    wait_for(lambda: sandbox.count("token.device_code") >= 5, 60, "five polls")
    sandbox.approve()
    running.finish().expect(0)
    assert all(entry["gap"] >= 1 for entry in sandbox.requests("token.device_code"))
    assert sandbox.state()["early_polls"] == 0


def test_without_an_interval_five_seconds_are_kept(person, sandbox):
    sandbox.set(interval=None, device_omit=["interval"])
    sandbox.log_in(person)
    assert sandbox.requests("token.device_code")[0]["gap"] >= 5


# What providers do differently


def test_pkce_is_used_where_it_is_offered(person, sandbox):
    sandbox.set(require_pkce=True)
    sandbox.log_in(person)
    assert sandbox.state()["devices"][-1]["pkce"] is True


def test_pkce_is_left_out_where_it_is_not_offered(person, sandbox):
    sandbox.set(discovery_omit=["code_challenge_methods_supported"])
    sandbox.log_in(person)
    assert sandbox.state()["devices"][-1]["pkce"] is False


def test_googles_spelling_of_the_verification_address(person, sandbox):
    sandbox.set(verification_url=True, device_omit=["verification_uri_complete"])
    result = sandbox.log_in(person)
    assert f"{sandbox.url}/device" in result.stdout and "verification_uri_complete" not in result.stdout


@pytest.mark.parametrize("address", [
    "http://login.example.com/device", "javascript:alert(1)", "https://user@login.example.com/", "tel:112",
    "https://login.example.com/\u0007", "", 7, None])
def test_an_unsafe_verification_address_is_refused(person, sandbox, address):
    sandbox.set(device_set={"verification_uri": address})
    result = person.run("login").expect(65)
    assert "verification_uri" in result.stderr
    assert sandbox.count("token") == 0


def test_a_complete_address_elsewhere_is_not_followed(person, sandbox):
    sandbox.set(device_set={"verification_uri_complete": "https://evil.example.com/?user_code=AAAA"})
    running = person.terminal("login", columns=100, lines=50)
    code = sandbox.pending_code()
    running.wait_for(code)
    sandbox.approve(code)
    assert running.wait() == 0
    assert "evil.example.com" not in running.output().decode()


def test_control_characters_of_a_user_code_are_not_shown(person, sandbox):
    sandbox.set(device_set={"user_code": "AB\u001b[2J\u202eCD"}, auto_approve="alice")
    for arguments in (["login"], ["login", "--json"]):
        result = person.run(*arguments).expect(0)
        assert "CD" in result.stdout + result.stderr
        assert "\x1b" not in result.stdout + result.stderr and "\u202e" not in result.stdout + result.stderr


def without_a_device_endpoint(sandbox):
    """Neither OpenID Connect's discovery document has one, nor RFC 8414's."""
    sandbox.set(discovery_omit=["device_authorization_endpoint"])
    sandbox.fault("authorization_server", "status", status=404)


def test_the_device_endpoint_can_be_set_by_hand(daypass, sandbox):
    without_a_device_endpoint(sandbox)
    daypass.configure(
        default=sandbox.profile(device_authorization_endpoint=f"{sandbox.issuer}/device_authorization"))
    sandbox.log_in(daypass)


def test_a_missing_device_endpoint_names_the_setting(person, sandbox):
    without_a_device_endpoint(sandbox)
    assert "device_authorization_endpoint" in person.run("login").expect(78).stderr


def test_a_refused_scope_names_the_scope_and_the_setting(daypass, sandbox):
    daypass.configure(default=sandbox.profile(scopes=["openid", "groups", "moon"]))
    result = daypass.run("login").expect(77)
    assert "moon" in result.stderr and "scopes" in result.stderr


def test_offline_access_is_asked_for_unless_discovery_lacks_it(person, sandbox):
    sandbox.log_in(person)
    assert "offline_access" in sandbox.state()["devices"][-1]["scopes"]
    sandbox.set(discovery_set={"scopes_supported": ["openid", "profile", "email"]})
    sandbox.log_in(person)
    assert sandbox.state()["devices"][-1]["scopes"] == ["openid", "profile", "email"]


def test_a_confidential_client(daypass, sandbox, tmp_path):
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    secret.write_text("sandbox-confidential-secret\n")
    daypass.configure(default=sandbox.profile(client_id="daypass-confidential", client_secret_file=str(secret)))
    sandbox.log_in(daypass)


def test_one_login_serves_every_profile_of_the_same_session(daypass, sandbox):
    daypass.configure(default=sandbox.profile(), other=sandbox.profile(role_arn=ALICE_ONLY_ROLE))
    sandbox.log_in(daypass)
    daypass.run("credential-process", "--profile", "other").expect(0)
    daypass.run("credential-process", "--role-arn", DEMO_ROLE).expect(0)
    assert sandbox.count("device_authorization") == 1


# Tokens that must not be believed

FORGERIES = [
    "unknown_key", "wrong_kid", "tampered", "none", "hs256_public_key", "embedded_key", "crit", "wrong_typ",
    "wrong_iss", "wrong_aud", "extra_aud", "empty_aud", "wrong_azp", "expired", "future_iat", "future_nbf", "no_iat",
    "no_sub", "wrong_at_hash"]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_id_token_is_refused_and_nothing_is_stored(person, sandbox, forgery):
    sandbox.set(id_token=forgery, auto_approve="alice")
    result = person.run("login").expect(65)
    assert result.stderr.strip() and sandbox.count("sts") == 0
    sandbox.set(id_token=None)
    person.run("token").expect(4)


@pytest.mark.parametrize("algorithm", [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"])
def test_every_algorithm_of_the_list_is_believed(daypass, sandbox, algorithm):
    """By daypass; an STS may know fewer, as AWS does."""
    sandbox.set(alg=algorithm)
    daypass.configure(default=sandbox.profile(role_arn=None))
    sandbox.log_in(daypass)


def test_a_key_without_alg_and_use_is_believed(person, sandbox):
    sandbox.set(jwks="bare")
    sandbox.log_in(person)


def test_keys_rotated_during_the_login_are_fetched_again(person, sandbox):
    running = person.start("login", "--json")
    running.event("pending")
    sandbox.control("rotate-keys", keep_old=False)
    sandbox.approve()
    running.finish().expect(0)


# For real, in real time


@pytest.mark.slow
def test_five_slow_downs_widen_the_interval_for_good(person, sandbox):
    sandbox.set(slow_down=5)
    running = person.start("login", "--json")
    sandbox.approve(running.event("device_code")["user_code"])
    running.finish(200).expect(0)
    gaps = [entry["gap"] for entry in sandbox.requests("token.device_code")]
    assert len(gaps) == 6, gaps
    for gap, least in zip(gaps, (1, 6, 11, 16, 21, 26)):
        assert least <= gap < least + 5, gaps


@pytest.mark.slow
def test_ninety_seconds_of_outage_do_not_end_it(person, sandbox):
    running = person.start("login", "--json")
    running.event("pending")
    sandbox.refuse_connections(30)
    time.sleep(31)
    wait_for(lambda: accepts(sandbox.port), 60, "the sandbox is back")
    sandbox.fault("token.device_code", "reset", seconds=30)
    time.sleep(30)
    sandbox.fault("token.device_code", "status", status=503, seconds=30)
    time.sleep(30)
    sandbox.approve()
    running.finish(120).expect(0)
    assert sandbox.state()["early_polls"] == 0


def test_the_timeout_bounds_the_request_for_a_code(person, sandbox):
    sandbox.fault("device_authorization", "hang")
    start = time.monotonic()
    person.run("login", "--timeout", "2").expect(69)
    # Three tries of ten seconds otherwise.
    assert time.monotonic() - start < 20
