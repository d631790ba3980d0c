"""`doctor`: every fault that is planted here is found, first, and named in one line."""

import re
import time

import pytest

from support.certificates import Authority
from support.checkup import Checkup
from support.processes import free_port
from support.sandbox import ALICE_ONLY_ROLE, DEMO_ROLE
from support.tls import TLSFront

# The faults, in the order of the checks. Each plants itself, and may return arguments and an environment.

def syntax_of_the_config_file(scene):
    scene.daypass.configure_text('[profile.default]\nissuer = "https://login.example.com\n')


def unknown_key(scene):
    scene.person(clientid="daypass-demo")


def config_file_that_others_may_write(scene):
    scene.person()
    scene.daypass.config.chmod(0o666)


def profile_that_is_not_there(scene):
    scene.person()
    return ["--profile", "work"], {}


def role_that_is_no_arn(scene):
    scene.person(role_arn="123456789012:role/developer")


def nothing_configured(scene):
    pass


def client_that_is_missing(scene):
    scene.person(client_id=None, source="login")


def ci_without_its_permission(scene):
    scene.daypass.configure(default={"role_arn": DEMO_ROLE, "sts_endpoint": scene.sandbox.sts})
    return [], {"GITHUB_ACTIONS": "true"}


def clock_behind(scene):
    scene.person()
    scene.sandbox.control("clock", offset=3600)


def clock_ahead(scene):
    scene.person()
    scene.sandbox.control("clock", offset=-3600)


def name_that_does_not_resolve(scene):
    scene.know_only("login.daypass.test")
    scene.person(issuer="https://lgoin.daypass.test", timeout="5s")


def nobody_at_the_issuers_port(scene):
    scene.person(issuer=f"http://127.0.0.1:{free_port()}")


def certificate_of_an_unknown_authority(scene):
    stranger = Authority(scene.tmp_path / "unknown", "Unknown CA")
    secure_issuer(scene, stranger)


def certificate_that_has_expired(scene):
    secure_issuer(scene, scene.authority, expired=True)


def certificate_of_another_host(scene):
    secure_issuer(scene, scene.authority, hosts=("other.example.com",))


def secure_issuer(scene, authority, **options):
    front = TLSFront(scene.tmp_path / "tls", authority, "issuer", scene.sandbox.port, **options)
    scene.atend(front.stop)
    scene.person(issuer=front.url, ca_file=str(scene.authority.ca_file))


def ca_file_that_is_none(scene):
    (scene.tmp_path / "ca.pem").write_text("no certificate in here\n")
    scene.person(issuer=f"https://127.0.0.1:{scene.sandbox.port}", ca_file=str(scene.tmp_path / "ca.pem"))


def issuer_that_hangs(scene):
    scene.logged_in(timeout="1s")
    scene.sandbox.fault("discovery", "hang")


def nobody_at_the_sts(scene):
    scene.logged_in(role_arn=None)
    scene.person(sts_endpoint=f"http://127.0.0.1:{free_port()}/sts")


def certificate_of_the_sts(scene):
    scene.logged_in(role_arn=None)
    front = TLSFront(
        scene.tmp_path / "tls", Authority(scene.tmp_path / "unknown", "Unknown CA"), "sts", scene.sandbox.port)
    scene.atend(front.stop)
    scene.person(sts_endpoint=f"{front.url}/sts")


def region_of_another_partition(scene):
    scene.logged_in(role_arn=None)
    scene.person(role_arn="arn:aws-cn:iam::123456789012:role/demo", region="eu-central-1", sts_endpoint=None)


def issuer_with_a_slash_too_many(scene):
    scene.person(issuer=scene.sandbox.issuer + "/")


def key_that_the_metadata_have_twice(scene):
    scene.person()
    issuer = scene.sandbox.issuer
    scene.sandbox.fault("discovery", "body", body=f'{{"issuer":"{issuer}","jwks_uri":"{issuer}","issuer":"{issuer}"}}')


def key_that_the_keys_have_twice(scene):
    scene.person()
    scene.sandbox.fault("jwks", "body", body='{"keys":[],"keys":[]}')


def issuer_without_metadata(scene):
    scene.person(issuer=scene.sandbox.issuer + "/realms/none")


def no_device_endpoint(scene):
    scene.person()
    scene.sandbox.set(discovery_omit=["device_authorization_endpoint"])
    scene.sandbox.fault("authorization_server", "status", status=404)


def algorithms_that_are_not_accepted(scene):
    scene.person()
    scene.sandbox.set(discovery_set={"id_token_signing_alg_values_supported": ["HS256"]})


def keys_that_are_not_there(scene):
    scene.person()
    scene.sandbox.set(jwks="404")


def keys_that_are_none(scene):
    scene.person()
    scene.sandbox.set(jwks="empty")


def pkce_that_is_wanted_and_not_offered(scene):
    scene.person()
    scene.sandbox.set(require_pkce=True, discovery_omit=["code_challenge_methods_supported"])


def client_that_nobody_knows(scene):
    scene.person(client_id="daypass-dmeo")


def client_whose_secret_is_missing(scene):
    scene.person(client_id="daypass-confidential")


def client_that_may_not_use_the_grant(scene):
    scene.person()
    scene.sandbox.fault(
        "device_authorization", "body", status=400, body='{"error":"unauthorized_client"}')


def scope_that_is_refused(scene):
    scene.person(scopes=["openid", "everything"])


def device_endpoint_that_is_out_of_order(scene):
    scene.person()
    scene.sandbox.fault("device_authorization", "status", status=503)


def state_directory_open_to_others(scene):
    scene.logged_in()
    scene.daypass.state.chmod(0o755)


def state_directory_that_is_a_file(scene):
    scene.person()
    scene.daypass.state.parent.mkdir(parents=True)
    scene.daypass.state.touch()


def key_file_open_to_others(scene):
    scene.logged_in()
    (scene.daypass.state / "key").chmod(0o644)


def no_session(scene):
    scene.person()


def session_whose_key_is_gone(scene):
    scene.logged_in()
    (scene.daypass.state / "key").unlink()


def session_open_to_others(scene):
    scene.logged_in()
    [file] = scene.daypass.state.glob("session-*[0-9a-f]")
    file.chmod(0o644)


def session_that_the_provider_ended(scene):
    scene.sandbox.set(id_token_lifetime=30)  # less than an exchange wants
    scene.logged_in(role_arn=None)
    scene.sandbox.control("revoke-sessions")


def another_person(scene):
    scene.person()
    scene.sandbox.log_in(scene.daypass, user="bob")
    scene.person(expect_subject="alice")


def token_that_has_expired(scene):
    scene.sandbox.control("clock", offset=-7200)
    token = scene.sandbox.mint()
    scene.sandbox.control("clock", offset=0)
    scene.job(token)


def token_for_another_audience(scene):
    scene.job(scene.sandbox.mint(aud="vault"), audience="sts.amazonaws.com")


def token_that_is_none(scene):
    scene.job("not a token\n")


def token_file_that_is_missing(scene):
    scene.job()
    (scene.tmp_path / "token").unlink()


def token_of_somebody_else(scene):
    other = scene.make_sandbox()
    scene.job(other.mint(iss=scene.sandbox.issuer))


def role_that_trusts_another(scene):
    scene.person(role_arn=None)
    scene.sandbox.log_in(scene.daypass, user="bob")
    scene.person(role_arn=ALICE_ONLY_ROLE)


def account_that_was_not_expected(scene):
    scene.logged_in(role_arn=None)
    scene.person(expect_account="999999999999")


def duration_that_the_role_does_not_grant(scene):
    scene.logged_in(role_arn=None)
    scene.person(duration="12h")


def failed_purchase_that_holds_callers_back(scene):
    scene.logged_in(role_arn=None)
    scene.person()
    scene.sandbox.set(sts_error={"code": "ServiceUnavailable", "status": 503})
    scene.daypass.run("credential-process").expect(69)
    scene.sandbox.set(sts_error=None)


def failed_refresh_that_holds_callers_back(scene):
    scene.sandbox.set(id_token_lifetime=2)
    scene.logged_in(role_arn=None)
    time.sleep(3)
    scene.sandbox.fault("token", "status", status=503)
    scene.daypass.run("token").expect(69)
    scene.sandbox.clear_faults()


# What the one line must name.
FAULTS = [
    (syntax_of_the_config_file, "config", r"config\.toml:2:\d+: "),
    (unknown_key, "config", r'config\.toml:\d+: unknown key "clientid"'),
    (config_file_that_others_may_write, "config", r"config\.toml cannot be used: others can write it"),
    (profile_that_is_not_there, "config", r'the profile "work" \(--profile\) is not in '),
    (role_that_is_no_arn, "config", r"role_arn \(.*config\.toml:\d+\) must be a role's ARN"),
    (nothing_configured, "identity", r"no identity is configured"),
    (client_that_is_missing, "identity", r"client_id is not set"),
    (ci_without_its_permission, "identity", r"github-actions: ACTIONS_ID_TOKEN_REQUEST_URL is not set"),
    (clock_behind, "clock", r"this machine's clock is 3(600|599|601) s behind that of 127\.0\.0\.1"),
    (clock_ahead, "clock", r"this machine's clock is 3(600|599|601) s ahead of that of 127\.0\.0\.1"),
    (name_that_does_not_resolve, "issuer", r"the name lgoin\.daypass\.test does not resolve"),
    (nobody_at_the_issuers_port, "issuer", r"no connection to 127\.0\.0\.1: Connection refused"),
    (certificate_of_an_unknown_authority, "issuer", r"TLS with 127\.0\.0\.1 failed: .*(issuer|self-signed)"),
    (certificate_that_has_expired, "issuer", r"TLS with 127\.0\.0\.1 failed: .*expired"),
    (certificate_of_another_host, "issuer", r"TLS with 127\.0\.0\.1 failed: .*127\.0\.0\.1"),
    (ca_file_that_is_none, "issuer", r"ca_file .*/ca\.pem: it holds no PEM certificate"),
    (issuer_that_hangs, "issuer", r"127\.0\.0\.1 did not answer within 1 s"),
    (nobody_at_the_sts, "sts", r"no connection to 127\.0\.0\.1: Connection refused"),
    (certificate_of_the_sts, "sts", r"TLS with 127\.0\.0\.1 failed: "),
    (region_of_another_partition, "config", r"region eu-central-1 is in partition aws, but role_arn is in aws-cn"),
    (issuer_with_a_slash_too_many, "discovery", r"the issuer calls itself http://127\.0\.0\.1:\d+, not "),
    (key_that_the_metadata_have_twice, "discovery",
     r'the issuer\'s metadata cannot be used: the JSON has the member "issuer" twice, again at offset \d+'),
    (key_that_the_keys_have_twice, "keys", r'the issuer\'s keys cannot be used: the JSON has the member "keys" twice'),
    (issuer_without_metadata, "discovery", r"the issuer has no metadata document \(HTTP 404\)"),
    (no_device_endpoint, "discovery", r"names no device_authorization_endpoint"),
    (algorithms_that_are_not_accepted, "discovery", r"signs ID tokens with HS256 only"),
    (keys_that_are_not_there, "keys", r"keys are not where its jwks_uri says \(HTTP 404\)"),
    (keys_that_are_none, "keys", r"none of the provider's keys can verify"),
    (pkce_that_is_wanted_and_not_offered, "device", r"the provider wants PKCE, which its metadata do not offer"),
    (client_that_nobody_knows, "device", r"refused: invalid_client"),
    (client_whose_secret_is_missing, "device", r"refused: invalid_client"),
    (client_that_may_not_use_the_grant, "device", r"refused: unauthorized_client"),
    (scope_that_is_refused, "device", r"refused the scope everything: invalid_scope"),
    (device_endpoint_that_is_out_of_order, "device", r"not available \(HTTP 503\)"),
    (state_directory_open_to_others, "store", r"state/daypass cannot be used: it is open to others \(mode 0?755\)"),
    (state_directory_that_is_a_file, "store", r"state/daypass cannot be used: it is not a directory"),
    (key_file_open_to_others, "store", r"/key cannot be used: it is open to others"),
    (no_session, "session", r"no session"),
    (session_whose_key_is_gone, "session", r"locked: its key file is missing"),
    (session_open_to_others, "session", r"no session; .*/session-\w+ is not read: it is open to others"),
    (session_that_the_provider_ended, "session", r"^the provider ended the session$"),
    (another_person, "session", r"the identity is bob, but expect_subject"),
    (token_that_has_expired, "token", r"/token: the token expired at "),
    (token_for_another_audience, "token", r"the token is for vault, not for sts\.amazonaws\.com"),
    (token_that_is_none, "token", r"/token: the token is not a JWT: it does not have three parts between two dots$"),
    (token_file_that_is_missing, "token", r"/token does not exist"),
    (token_of_somebody_else, "keys", r"the ID token is refused: the issuer has no key \S+$"),
    (role_that_trusts_another, "exchange", r"the STS answered AccessDenied \(status 403\): Not authorized to perform"),
    (account_that_was_not_expected, "config", r"expect_account is 999999999999, but this is 123456789012"),
    (failed_purchase_that_holds_callers_back, "exchange",
     r"works now, but failed \d+ s ago, and nobody tries again until 2\S+Z: the STS answered ServiceUnavailable"),
    (failed_refresh_that_holds_callers_back, "session",
     r"a refresh failed \d+ s ago, and nobody tries again until 2\S+Z: the provider is not available \(HTTP 503\)"),
    (duration_that_the_role_does_not_grant, "exchange",
     r"ValidationError .* DurationSeconds exceeds the MaxSessionDuration"),
]


@pytest.mark.parametrize("plant, check, line", FAULTS, ids=[plant.__name__ for plant, _, _ in FAULTS])
def test_a_planted_fault_is_named_in_one_line(scene, plant, check, line):
    args, env = plant(scene) or ([], {})
    found = Checkup(scene.daypass, *args, code=1, env=env)
    assert check in found.faults, found.result.stdout
    assert re.search(line, found.line(check)), found.line(check)
    assert re.search(line, found.checks[check]["message"])
    # No other line repeats it.
    assert [name for name in found.faults if re.search(line, found.line(name))] == [check], found.result.stdout
    # What comes before a cause is not blamed; what it says to do stands below it.
    assert found.faults[0] == check, found.result.stdout
    if hint := found.checks[check]["hint"]:
        assert f"-> {hint}" in found.result.stdout


def test_there_are_enough_faults():
    assert len(FAULTS) >= 15
