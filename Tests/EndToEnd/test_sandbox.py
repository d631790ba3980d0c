"""daypass-sandbox judged from outside: by boto3, the AWS CLI, curl, Chromium and `cryptography`; none knows it."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from support.chromium import Chromium, why_unavailable
from support.need import need

ROLES = "arn:aws:iam::123456789012:role/"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


class Provider:
    """One sandbox process and its control API."""

    def __init__(self, program, *options, stdin=subprocess.DEVNULL):
        self.process = subprocess.Popen(
            [str(program), *options], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"did not start: {self.process.stderr.read().decode()}")
        self.info = json.loads(line)
        self.url = self.info["url"]
        self.http = requests.Session()
        self.http.trust_env = False

    def control(self, order, **body):
        answer = self.http.post(f"{self.url}/_control/{order}", json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def state(self):
        return self.http.get(f"{self.url}/_control/state", timeout=10).json()

    def requests(self, kind):
        return [entry for entry in self.state()["requests"] if entry["kind"] == kind]

    def post(self, path, **fields):
        return self.http.post(self.info["issuer"].rstrip("/") + path, data=fields, timeout=10, allow_redirects=False)

    def device(self, scope="openid email offline_access", client="daypass-demo", **fields):
        answer = self.post("/device_authorization", client_id=client, scope=scope, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def poll(self, device, client="daypass-demo", **fields):
        return self.post("/token", grant_type=DEVICE, client_id=client, device_code=device["device_code"], **fields)

    def log_in(self, user="alice", **fields):
        self.control("behaviour", interval=0)
        device = self.device(**fields)
        self.control("approve", user_code=device["user_code"], user=user)
        answer = self.poll(device)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def sts(self, **keys):
        return boto3.session.Session().client(
            "sts", endpoint_url=self.info["sts"], region_name="eu-central-1",
            config=Config(retries={"max_attempts": 0}, signature_version=None if keys else "unsigned"), **keys)

    def exchange(self, token, role="demo", session="test", **more):
        return self.sts().assume_role_with_web_identity(
            RoleArn=ROLES + role, RoleSessionName=session, WebIdentityToken=token, **more)

    def refusal(self, token, role="demo", **more):
        with pytest.raises(ClientError) as caught:
            self.exchange(token, role, **more)
        return caught.value.response["Error"]["Code"]

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(10)


@pytest.fixture(scope="session")
def program(request):
    if path := os.environ.get("DAYPASS_SANDBOX"):
        return Path(path).resolve()
    return request.getfixturevalue("built").parent / "daypass-sandbox"


@pytest.fixture
def start(program):
    with contextlib.ExitStack() as stack:
        def start(*options, **popen):
            provider = Provider(program, *options, **popen)
            stack.callback(provider.stop)
            return provider
        yield start


@pytest.fixture
def provider(start):
    return start()


def keys_of(credentials):
    return {
        "aws_access_key_id": credentials["AccessKeyId"], "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"]}


def pkce():
    verifier = base64.urlsafe_b64encode(os.urandom(40)).rstrip(b"=").decode()
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return verifier, {"code_challenge": challenge, "code_challenge_method": "S256"}


def b64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def parts(token):
    header, payload, signature = token.split(".")
    return json.loads(b64(header)), json.loads(b64(payload)), b64(signature)


def number(text):
    return int.from_bytes(b64(text), "big")


def verify(token, key_set):
    """Raises unless the signature is that of the key which the header names."""
    header, _, signature = parts(token)
    key = next(key for key in key_set["keys"] if key["kid"] == header["kid"])
    assert key["alg"] == header["alg"]
    message, algorithm = token.rsplit(".", 1)[0].encode(), header["alg"]
    if algorithm == "EdDSA":
        return ed25519.Ed25519PublicKey.from_public_bytes(b64(key["x"])).verify(signature, message)
    digest = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}[algorithm[2:]]()
    if algorithm.startswith("ES"):
        curve = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1}[key["crv"]]()
        public = ec.EllipticCurvePublicNumbers(number(key["x"]), number(key["y"]), curve).public_key()
        half = len(signature) // 2
        assert half == (curve.key_size + 7) // 8
        raw = encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
        return public.verify(raw, message, ec.ECDSA(digest))
    public = rsa.RSAPublicNumbers(number(key["e"]), number(key["n"])).public_key()
    assert public.key_size == 2048
    pad = padding.PKCS1v15() if algorithm.startswith("RS") else padding.PSS(padding.MGF1(digest), digest.digest_size)
    return public.verify(signature, message, pad, digest)


# The provider


@pytest.mark.parametrize("path", ["", "/", "/realms/demo", "/realms/demo/"])
def test_discovery_is_found_below_the_issuer_and_names_it_as_it_is(start, path):
    provider = start("--issuer-path", path)
    issuer = provider.info["issuer"]
    assert issuer == provider.url + path
    document = provider.http.get(issuer.rstrip("/") + "/.well-known/openid-configuration").json()
    assert document["issuer"] == issuer
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert provider.http.get(document["jwks_uri"]).json()["keys"]
    assert parts(provider.log_in()["id_token"])[1]["iss"] == issuer


def test_behind_something_else_it_names_the_address_others_use(start):
    info = start("--listen", "[::1]:0", "--public-url", "https://sandbox.example:8443", "--issuer-path", "/a").info
    assert info["issuer"] == "https://sandbox.example:8443/a" and info["sts"] == "https://sandbox.example:8443/sts"


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "PS256", "PS384", "ES256", "ES384", "ES512", "EdDSA"])
def test_id_tokens_verify_with_the_published_keys(start, algorithm):
    provider = start("--set", f"alg={algorithm}")
    answer = provider.log_in()
    keys = provider.http.get(f"{provider.url}/jwks").json()
    verify(answer["id_token"], keys)
    header, claims, _ = parts(answer["id_token"])
    assert header["alg"] == algorithm
    assert (claims["iss"], claims["sub"], claims["aud"]) == (provider.info["issuer"], "alice", "daypass-demo")
    assert claims["email"] == "alice@example.com" and "name" not in claims, "only the scopes asked for"
    name = {"256": "sha256", "384": "sha384", "512": "sha512", "DSA": "sha512"}[algorithm[2:]]
    digest = hashlib.new(name, answer["access_token"].encode()).digest()
    assert b64(claims["at_hash"]) == digest[: len(digest) // 2]


def test_the_authorization_server_document_tells_what_discovery_leaves_out(start):
    provider = start("--issuer-path", "/realms/demo/", "--set", 'discovery_omit=["revocation_endpoint"]')
    discovery = provider.http.get(provider.info["issuer"] + ".well-known/openid-configuration").json()
    other = provider.http.get(provider.url + "/.well-known/oauth-authorization-server/realms/demo").json()
    assert "revocation_endpoint" not in discovery
    assert other["issuer"] == provider.info["issuer"] and other["revocation_endpoint"].startswith(provider.url)


def test_an_algorithm_chosen_at_start_has_the_only_key_and_a_later_one_joins_it(start):
    provider = start("--set", "alg=ES256")
    published = lambda: [key["alg"] for key in provider.http.get(f"{provider.url}/jwks").json()["keys"]]  # noqa: E731
    assert published() == ["ES256"]
    token = provider.log_in()["id_token"]
    provider.control("behaviour", alg="RS384")
    assert published() == ["RS384", "ES256"]
    assert provider.exchange(token)["Credentials"]
    assert provider.exchange(provider.log_in()["id_token"])["Credentials"]
    for algorithm in ("PS256", "EdDSA"):
        provider.control("behaviour", alg=algorithm)
        assert provider.refusal(provider.log_in()["id_token"]) == "InvalidIdentityToken", "IAM takes RS and ES only"


def test_user_codes_have_no_letters_that_are_mistaken(provider):
    codes = {provider.device()["user_code"] for _ in range(50)}
    assert len(codes) == 50
    assert all(re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", code) for code in codes)


def test_device_grant_with_pkce(start):
    provider = start("--set", "interval=0")
    verifier, challenge = pkce()
    device = provider.device(**challenge)
    assert provider.poll(device, code_verifier=verifier).json()["error"] == "authorization_pending"
    provider.control("approve", user_code=device["user_code"].lower().replace("-", ""), user="bob")
    assert provider.poll(device).json()["error"] == "invalid_grant"
    assert provider.poll(device, code_verifier=pkce()[0]).json()["error"] == "invalid_grant"
    answer = provider.poll(device, code_verifier=verifier)
    assert answer.status_code == 200
    assert parts(answer.json()["id_token"])[1]["sub"] == "bob"
    assert provider.poll(device, code_verifier=verifier).json()["error"] == "invalid_grant", "a code is good once"


def test_device_requests_are_checked(provider):
    def refusal(**fields):
        return provider.post("/device_authorization", **fields).json()["error"]

    assert refusal(scope="openid") == "invalid_request"
    assert refusal(client_id="nobody") == "invalid_client"
    assert refusal(client_id="daypass-demo", scope="openid payroll") == "invalid_scope"
    assert refusal(client_id="daypass-demo", code_challenge="x", code_challenge_method="plain") == "invalid_request"
    twice = provider.http.post(f"{provider.url}/device_authorization", data="client_id=daypass-demo&client_id=other")
    assert twice.json()["error"] == "invalid_request"
    provider.control("behaviour", require_pkce=True)
    assert refusal(client_id="daypass-demo") == "invalid_request"


@pytest.mark.parametrize("where", ["post", "basic"])
def test_a_confidential_client_proves_itself(start, where):
    provider = start("--set", "interval=0")
    client, secret = "daypass-confidential", "sandbox-confidential-secret"

    def ask(path, secret, **fields):
        if where == "post":
            return provider.post(path, client_id=client, client_secret=secret, **fields)
        return provider.http.post(provider.url + path, data=fields, auth=(client, secret))

    assert provider.post("/device_authorization", client_id=client).status_code == 401
    assert ask("/device_authorization", "wrong").json()["error"] == "invalid_client"
    device = ask("/device_authorization", secret, scope="openid").json()
    provider.control("approve", user_code=device["user_code"])
    assert provider.poll(device, client=client).json()["error"] == "invalid_client"
    assert provider.poll(device).json()["error"] == "invalid_grant", "another client's code"
    assert ask("/token", secret, grant_type=DEVICE, device_code=device["device_code"]).status_code == 200


def test_early_polls_are_counted_and_widen_the_interval_for_good(start):
    provider = start("--set", "interval=2")
    device = provider.device()
    assert provider.poll(device).json()["error"] == "slow_down"
    time.sleep(2.1)
    assert provider.poll(device).json()["error"] == "slow_down", "now it is seven seconds"
    state = provider.state()
    assert state["early_polls"] == 2 and state["devices"][0]["interval"] == 12
    polls = provider.requests("token.device_code")
    assert [poll["early"] for poll in polls] == [True, True]
    assert 2.0 <= polls[1]["gap"] < 7
    provider.control("behaviour", lenient_polling=True)
    assert provider.poll(device).json()["error"] == "authorization_pending"
    assert provider.state()["early_polls"] == 3


def test_decisions(start):
    provider = start("--set", "interval=0")
    device = provider.device()
    provider.control("deny")
    assert provider.poll(device).json()["error"] == "access_denied"
    device = provider.device()
    provider.control("expire", user_code=device["user_code"])
    assert provider.poll(device).json()["error"] == "expired_token"
    provider.control("behaviour", expired_error="invalid_grant")
    assert provider.poll(device).json()["error"] == "invalid_grant"
    provider.control("behaviour", slow_down=2, slow_down_interval=90)
    device = provider.device()
    answers = [provider.poll(device).json() for _ in range(2)]
    assert [answer["error"] for answer in answers] == ["slow_down"] * 2 and answers[0]["interval"] == 90


def test_refresh_keeps_the_token_unless_it_rotates(provider):
    first = provider.log_in()
    renewed = provider.post(
        "/token", grant_type="refresh_token", client_id="daypass-demo", refresh_token=first["refresh_token"]).json()
    assert renewed["refresh_token"] == first["refresh_token"]
    assert parts(renewed["id_token"])[1]["auth_time"] == parts(first["id_token"])[1]["auth_time"]


def test_a_rotated_refresh_token_used_twice_ends_the_session(start):
    provider = start("--set", "rotate_refresh=true")

    def refresh(token):
        return provider.post("/token", grant_type="refresh_token", client_id="daypass-demo", refresh_token=token)

    first = provider.log_in()["refresh_token"]
    second = refresh(first).json()["refresh_token"]
    assert second != first
    third = refresh(second).json()["refresh_token"]
    assert refresh(first).json()["error"] == "invalid_grant"
    assert refresh(third).json()["error"] == "invalid_grant", "the whole family is revoked"
    assert provider.state()["sessions"][0]["revoked"]


def test_revocation(provider):
    token = provider.log_in()["refresh_token"]
    assert provider.post("/revoke", client_id="nobody", token=token).status_code == 401
    assert provider.post("/revoke", client_id="daypass-demo", token="unknown").status_code == 200
    assert not provider.state()["sessions"][0]["revoked"]
    assert provider.post("/revoke", client_id="daypass-demo", token=token).status_code == 200
    answer = provider.post("/token", grant_type="refresh_token", client_id="daypass-demo", refresh_token=token)
    assert answer.json()["error"] == "invalid_grant"


def test_without_offline_access_there_is_no_refresh_token_and_without_openid_no_id_token(provider):
    assert "refresh_token" not in provider.log_in(scope="openid")
    assert "id_token" not in provider.log_in(scope="profile")


def test_authorization_code_with_pkce(start):
    provider = start("--set", "auto_approve=alice")
    verifier, challenge = pkce()
    query = {
        "response_type": "code", "client_id": "daypass-demo", "redirect_uri": "http://127.0.0.1:5/back",
        "scope": "openid offline_access", "state": "s t&", "nonce": "n-1"}

    def authorize(**change):
        answer = provider.http.get(f"{provider.url}/authorize", params=query | change, allow_redirects=False)
        assert answer.status_code == 303, answer.text
        location = answer.headers["Location"]
        assert location.startswith("http://127.0.0.1:5/back?")
        return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}

    def redeem(code, verifier, redirect="http://127.0.0.1:5/back"):
        return provider.post(
            "/token", grant_type="authorization_code", client_id="daypass-demo", code=code, code_verifier=verifier,
            redirect_uri=redirect)

    assert authorize()["error"] == "invalid_request", "no PKCE"
    back = authorize(**challenge)
    assert back["state"] == "s t&" and back["iss"] == provider.info["issuer"]
    assert redeem(back["code"], pkce()[0]).json()["error"] == "invalid_grant"
    assert redeem(back["code"], verifier, "http://127.0.0.1:5/other").json()["error"] == "invalid_grant"
    tokens = redeem(back["code"], verifier)
    assert parts(tokens.json()["id_token"])[1]["nonce"] == "n-1"
    assert redeem(back["code"], verifier).json()["error"] == "invalid_grant"
    assert provider.state()["sessions"][0]["revoked"], "a code used twice"
    for target in ("https://evil.example/back", "http://localhost:5/back", "http://127.0.0.1.evil.example/"):
        answer = provider.http.get(
            f"{provider.url}/authorize", params=query | challenge | {"redirect_uri": target}, allow_redirects=False)
        assert answer.status_code == 400 and "Location" not in answer.headers


# The STS


def test_boto3_and_the_aws_cli_are_who_the_token_says(provider, tmp_path):
    token = provider.log_in("alice")["id_token"]
    answer = provider.exchange(token, session="alice@example.com", DurationSeconds=900)
    assert answer["SubjectFromWebIdentityToken"] == "alice" and answer["Audience"] == "daypass-demo"
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/demo/alice@example.com"
    left = answer["Credentials"]["Expiration"].timestamp() - time.time()
    assert 890 < left <= 900
    keys = keys_of(answer["Credentials"])
    identity = provider.sts(**keys).get_caller_identity()
    assert identity["Account"] == "123456789012"
    assert identity["Arn"] == answer["AssumedRoleUser"]["Arn"]
    assert identity["UserId"] == answer["AssumedRoleUser"]["AssumedRoleId"]
    aws = Path(sys.executable).parent / "aws"
    run = subprocess.run(
        [sys.executable, aws, "sts", "get-caller-identity", "--endpoint-url", provider.url, "--region", "us-west-2"],
        env={name.upper(): value for name, value in keys.items()} | {"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["Arn"] == identity["Arn"]
    assert not any(entry.get("signed") for entry in provider.requests("sts.AssumeRoleWithWebIdentity"))


def test_a_signature_of_libcurl_verifies(provider):
    keys = keys_of(provider.exchange(provider.log_in()["id_token"])["Credentials"])
    outcomes = {keys["aws_secret_access_key"]: "GetCallerIdentityResult", "x": "SignatureDoesNotMatch"}
    for secret, expected in outcomes.items():
        for url in (provider.url, provider.info["sts"]):
            run = subprocess.run(
                ["curl", "-sS", "--aws-sigv4", "aws:amz:eu-central-1:sts",
                 "-u", f"{keys['aws_access_key_id']}:{secret}",
                 "-H", f"X-Amz-Security-Token: {keys['aws_session_token']}", "-d",
                 "Action=GetCallerIdentity&Version=2011-06-15", url],
                capture_output=True, text=True, timeout=20, env={"PATH": os.environ["PATH"], "NO_PROXY": "*"})
            assert expected in run.stdout, run


def test_signatures_are_verified(provider):
    keys = keys_of(provider.exchange(provider.log_in()["id_token"])["Credentials"])

    def refusal(**change):
        with pytest.raises(ClientError) as caught:
            provider.sts(**(keys | change)).get_caller_identity()
        return caught.value.response["Error"]["Code"]

    assert refusal(aws_secret_access_key="x" * 40) == "SignatureDoesNotMatch"
    token = keys["aws_session_token"]
    changed = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    assert refusal(aws_session_token=changed) == "InvalidClientTokenId"
    assert refusal(aws_access_key_id="ASIAAAAAAAAAAAAAAAAA") == "InvalidClientTokenId"
    provider.control("clock", offset=1200)
    assert refusal() == "SignatureDoesNotMatch", "twenty minutes of skew"
    provider.control("clock", offset=7200)
    assert refusal() == "ExpiredToken"
    provider.control("clock", offset=0)
    assert provider.sts(**keys).get_caller_identity()["Account"] == "123456789012"


def test_a_signature_covers_the_body(provider):
    keys = keys_of(provider.exchange(provider.log_in()["id_token"])["Credentials"])
    client = provider.sts(**keys)
    client.meta.events.register("before-send", lambda request, **_: change_body(request))
    with pytest.raises(ClientError) as caught:
        client.get_caller_identity()
    assert caught.value.response["Error"]["Code"] == "SignatureDoesNotMatch"


def change_body(request):
    request.body = request.body + (b"&Extra=1" if isinstance(request.body, bytes) else "&Extra=1")
    request.headers["Content-Length"] = str(len(request.body))


def test_the_trust_policy_decides(provider):
    alice, bob = (provider.log_in(user)["id_token"] for user in ("alice", "bob"))
    assert provider.exchange(alice, "alice-only")["Credentials"]
    assert provider.refusal(bob, "alice-only") == "AccessDenied"
    assert provider.exchange(bob, "demo")["Credentials"]
    assert provider.refusal(alice, "ci") == "AccessDenied"
    assert provider.refusal(alice, "next") == "AccessDenied", "trusts roles, not tokens"
    assert provider.refusal(alice, "nobody") == "AccessDenied"
    job = provider.control("mint", claims={"sub": "repo:example/app:ref:refs/heads/main"})["id_token"]
    assert provider.exchange(job, "ci")["Credentials"]
    other = provider.control("mint", claims={"sub": "repo:evil/example/app"})["id_token"]
    assert provider.refusal(other, "ci") == "AccessDenied"


def test_roles_from_a_configuration_file(start, tmp_path):
    trust = {"Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
         "Condition": {"StringLike": {"${issuer}:email": "*@example.com"}}},
        {"Effect": "Deny", "Action": "sts:*", "Condition": {"StringEquals": {"oidc:sub": ["eve", "bob"]}}}]}
    elsewhere = {"Statement": {
        "Effect": "Allow", "Action": "sts:*", "Condition": {"StringEquals": {"other.example:sub": "alice"}}}}
    config = tmp_path / "config.json"
    config.write_text(json.dumps({
        "users": [
            {"name": "alice", "claims": {"email": "a@example.com"}},
            {"name": "bob", "claims": {"email": "b@example.com"}}],
        "roles": [
            {"arn": ROLES + "team/mail", "max_duration": 7200, "trust": trust},
            {"arn": ROLES + "elsewhere", "trust": elsewhere}],
        "set": {"interval": 0, "id_token_lifetime": 120}}))
    provider = start("--config", str(config))
    alice, bob = (provider.log_in(user)["id_token"] for user in ("alice", "bob"))
    answer = provider.exchange(alice, "team/mail", DurationSeconds=7200)
    assert answer["AssumedRoleUser"]["Arn"].endswith(":assumed-role/mail/test"), "the path is left out, as on AWS"
    assert provider.refusal(bob, "team/mail") == "AccessDenied"
    assert provider.refusal(alice, "elsewhere") == "AccessDenied"
    claims = parts(alice)[1]
    assert claims["exp"] - claims["iat"] == 120


def test_credentials_live_as_long_as_ordered(provider):
    token = provider.log_in()["id_token"]

    def life():
        end = provider.exchange(token, DurationSeconds=1800)["Credentials"]["Expiration"]
        return (end - datetime.now(timezone.utc)).total_seconds()

    assert 1700 < life() <= 1800
    provider.control("behaviour", credentials_lifetime=30)
    assert 0 < life() <= 30


def test_what_was_handed_out_is_listed(provider):
    tokens = provider.log_in()
    keys = provider.exchange(tokens["id_token"])["Credentials"]
    job = provider.control("mint")["id_token"]
    listed = provider.http.get(f"{provider.url}/_control/secrets", timeout=10).json()
    for secret in (tokens["id_token"], tokens["access_token"], tokens["refresh_token"], keys["SecretAccessKey"],
                   keys["SessionToken"], job):
        assert secret in listed


def test_parameters_are_held_against_the_service_model(provider):
    token = provider.log_in()["id_token"]

    def raw(**change):
        fields = {
            "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": ROLES + "demo",
            "RoleSessionName": "test", "WebIdentityToken": token} | change
        answer = provider.http.post(provider.info["sts"], data={k: v for k, v in fields.items() if v is not None})
        found = re.search("<Code>(.*)</Code>", answer.text)
        return found and found.group(1)

    assert raw() is None
    assert raw(DurationSeconds="900") is None and raw(DurationSeconds="3600") is None
    for duration in ("899", "3601", "43201", "99999"):
        assert raw(DurationSeconds=duration) == "ValidationError", duration
    assert raw(RoleSessionName="a") == raw(RoleSessionName="a b") == raw(RoleSessionName="é" * 3) == "ValidationError"
    assert raw(RoleSessionName="x" * 65) == raw(RoleSessionName=None) == "ValidationError"
    assert raw(RoleArn=None) == raw(RoleArn="arn:aws:iam::1:role/x") == "ValidationError"
    assert raw(Policy="{") == raw(Policy="{}") == "MalformedPolicyDocument"
    good = json.dumps({"Version": "2012-10-17", "Statement": []})
    assert raw(Policy=good) is None
    assert raw(Policy=good + " " * 2048) == "ValidationError"
    managed = {"PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    assert raw(Policy=good + " " * 1990, **managed) == "PackedPolicyTooLarge"
    assert raw(WebIdentityToken="x" * 20001) == "ValidationError"
    assert raw(WebIdentityToken="not.a.token") == "InvalidIdentityToken"
    assert raw(Version=None) == "InvalidAction"


def test_expired_and_tampered_tokens_are_refused(provider):
    token = provider.log_in()["id_token"]
    head, body, signature = token.split(".")
    changed = json.loads(b64(body)) | {"sub": "root"}
    forged = base64.urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=").decode()
    assert provider.refusal(f"{head}.{forged}.{signature}") == "InvalidIdentityToken"
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    assert provider.refusal(f"{none}.{forged}.") == "InvalidIdentityToken"
    provider.control("clock", offset=3601)
    assert provider.refusal(token) == "ExpiredTokenException"


def test_key_rotation(provider):
    token = provider.log_in()["id_token"]
    provider.control("rotate-keys")
    assert len(provider.http.get(f"{provider.url}/jwks").json()["keys"]) == 2
    assert provider.exchange(token)["Credentials"], "the old key is still published"
    newer = provider.log_in()["id_token"]
    assert parts(newer)[0]["kid"] != parts(token)[0]["kid"]
    provider.control("rotate-keys", keep_old=False)
    assert provider.refusal(newer) == "InvalidIdentityToken"


def test_role_chaining_lasts_an_hour_at_most(provider):
    keys = keys_of(provider.exchange(provider.log_in()["id_token"])["Credentials"])
    client = provider.sts(**keys)
    answer = client.assume_role(RoleArn=ROLES + "next", RoleSessionName="second")
    identity = provider.sts(**keys_of(answer["Credentials"])).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::123456789012:assumed-role/next/second"
    for role, duration, code in (("next", 3601, "ValidationError"), ("demo", 900, "AccessDenied")):
        with pytest.raises(ClientError) as caught:
            client.assume_role(RoleArn=ROLES + role, RoleSessionName="second", DurationSeconds=duration)
        assert caught.value.response["Error"]["Code"] == code


# Misbehaviour


FORGERIES = {
    "unknown_key": "InvalidIdentityToken", "wrong_kid": "InvalidIdentityToken", "tampered": "InvalidIdentityToken",
    "none": "InvalidIdentityToken", "hs256_public_key": "InvalidIdentityToken", "embedded_key": "InvalidIdentityToken",
    "wrong_iss": "InvalidIdentityToken", "wrong_aud": "InvalidIdentityToken", "wrong_azp": "InvalidIdentityToken",
    "no_sub": "InvalidIdentityToken", "no_iat": "InvalidIdentityToken", "expired": "ExpiredTokenException",
    "future_iat": "IDPRejectedClaim", "future_nbf": "IDPRejectedClaim"}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged_id_tokens_are_refused_by_the_sts_as_well(start, forgery):
    provider = start("--set", f"id_token={forgery}")
    token = provider.log_in()["id_token"]
    assert provider.refusal(token) == FORGERIES[forgery]
    provider.control("behaviour", id_token=None)
    assert provider.exchange(provider.log_in()["id_token"])["Credentials"]


def test_the_hmac_forgery_is_the_one_that_fools_a_naive_verifier(provider):
    provider.control("behaviour", id_token="hs256_public_key")
    token = provider.log_in()["id_token"]
    key = provider.http.get(f"{provider.url}/jwks").json()["keys"][0]
    pem = rsa.RSAPublicNumbers(number(key["e"]), number(key["n"])).public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert hmac.digest(pem, token.rsplit(".", 1)[0].encode(), "sha256") == parts(token)[2]


def test_replies_are_changed_on_demand(provider):
    hostile = {"interval": "5", "expires_in": 1e300, "verification_uri_complete": "https://other.example/x"}
    provider.control(
        "behaviour", device_set=hostile, device_omit=["verification_uri"],
        discovery_omit=["device_authorization_endpoint"])
    answer = provider.post("/device_authorization", client_id="daypass-demo").json()
    assert {name: answer[name] for name in hostile} == hostile and "verification_uri" not in answer
    discovery = provider.http.get(f"{provider.url}/.well-known/openid-configuration").json()
    assert "device_authorization_endpoint" not in discovery
    provider.control("reset-behaviour")
    provider.control("behaviour", verification_url=True, token_omit=["id_token"], refresh_set={"refresh_expires_in": 0})
    answer = provider.post("/device_authorization", client_id="daypass-demo").json()
    assert answer["verification_url"] == f"{provider.url}/device" and "verification_uri" not in answer
    tokens = provider.log_in()
    assert "id_token" not in tokens
    renewed = provider.post(
        "/token", grant_type="refresh_token", client_id="daypass-demo", refresh_token=tokens["refresh_token"]).json()
    assert "id_token" in renewed and renewed["refresh_expires_in"] == 0
    provider.control("behaviour", claims_set={"exp": "now+30", "aud": ["a", "b"]}, claims_omit=["azp"])
    provider.control("behaviour", token_omit=None)
    claims = parts(provider.log_in()["id_token"])[1]
    assert claims["aud"] == ["a", "b"] and "azp" not in claims and 20 <= claims["exp"] - time.time() <= 31


def test_redirects(provider):
    provider.control("behaviour", discovery_redirect=True, token_redirect="http://127.0.0.1:9/elsewhere")
    document = provider.http.get(f"{provider.url}/.well-known/openid-configuration")
    assert [step.status_code for step in document.history] == [302] and document.json()["issuer"] == provider.url
    answer = provider.post("/token", grant_type="refresh_token", client_id="daypass-demo", refresh_token="x")
    assert (answer.status_code, answer.headers["Location"]) == (307, "http://127.0.0.1:9/elsewhere")


@pytest.mark.parametrize("mode, expected", [
    ("404", lambda answer: answer.status_code == 404),
    ("html", lambda answer: answer.headers["Content-Type"].startswith("text/html")),
    ("huge", lambda answer: len(answer.content) > 8 << 20),
    ("bare", lambda answer: answer.json()["keys"][0].keys() == {"kty", "kid", "n", "e"}),
    ("no_kid", lambda answer: "kid" not in answer.json()["keys"][0]),
    ("empty", lambda answer: answer.json() == {"keys": []})])
def test_key_sets(start, mode, expected):
    provider = start("--set", f'jwks="{mode}"')
    assert expected(provider.http.get(f"{provider.url}/jwks"))


def test_hanging_key_set(start):
    provider = start("--set", "jwks=hang")
    with pytest.raises(requests.exceptions.ReadTimeout):
        provider.http.get(f"{provider.url}/jwks", timeout=0.5)


def test_statuses_with_retry_after(provider):
    provider.control("fault", endpoint="token", mode="status", status=429, retry_after=7, requests=1)
    provider.control("fault", endpoint="token.refresh_token", mode="status", retry_after="date+60", requests=1)
    provider.control("fault", endpoint="token", mode="html", requests=1)
    provider.control("fault", endpoint="token", mode="empty", requests=1)
    answers = [provider.post("/token", grant_type="refresh_token") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [429, 503, 500, 400, 400]
    assert answers[0].headers["Retry-After"] == "7"
    assert answers[1].headers["Retry-After"].endswith("GMT")
    assert answers[2].text.startswith("<!DOCTYPE html>")
    assert answers[3].content == b"" and answers[4].json()["error"] == "invalid_request"
    faults = [entry.get("fault") for entry in provider.requests("token.refresh_token")]
    assert faults == ["status", "status", "html", "empty", None]


def test_connections_break_in_every_way(provider):
    provider.log_in()
    for mode in ("reset", "close"):
        provider.control("fault", endpoint="jwks", mode=mode, requests=1)
        with socket.create_connection(("127.0.0.1", urlsplit(provider.url).port)) as connection:
            connection.settimeout(30)
            connection.sendall(b"GET /jwks HTTP/1.1\r\nHost: x\r\n\r\n")
            if mode == "reset":
                with pytest.raises(ConnectionResetError):
                    connection.recv(1)
            else:
                assert connection.recv(1) == b""
    provider.control("fault", endpoint="jwks", mode="truncate", requests=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        provider.http.get(f"{provider.url}/jwks", timeout=30)
    provider.control("fault", endpoint="jwks", mode="trickle", requests=1)
    before = time.monotonic()
    with provider.http.get(f"{provider.url}/jwks", stream=True, timeout=30) as answer:
        assert [answer.raw.read(1) for _ in range(2)] == [b"{", b'"']
    assert time.monotonic() - before > 0.9


def test_a_lost_answer_has_had_its_effect(start):
    provider = start("--set", "interval=0")
    device = provider.device()
    provider.control("approve")
    provider.control("fault", endpoint="token.device_code", mode="lost", requests=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        provider.poll(device)
    assert provider.poll(device).json()["error"] == "invalid_grant"


def test_the_port_refuses_connections_for_a_while(provider):
    port = urlsplit(provider.url).port
    provider.device()
    provider.control("fault", mode="refuse", seconds=2)
    time.sleep(0.2)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert provider.state()["counts"]["device_authorization"] == 1, "the same process, the same state"


def test_faults_can_wait_and_end(provider):
    provider.control("fault", endpoint="jwks", mode="status", skip=1, seconds=4)
    codes = [provider.http.get(f"{provider.url}/jwks").status_code for _ in range(2)]
    time.sleep(4.1)
    assert codes + [provider.http.get(f"{provider.url}/jwks").status_code] == [200, 503, 200]


def test_latency(start):
    provider = start("--set", 'latency_ms={"jwks":300}')

    def duration(path):
        before = time.monotonic()
        provider.http.get(provider.url + path)
        return time.monotonic() - before

    assert duration("/jwks") >= 0.3
    assert min(duration("/.well-known/openid-configuration") for _ in range(20)) < 0.3


def test_sts_errors_on_demand(provider):
    token = provider.log_in()["id_token"]
    provider.control("behaviour", sts_error={"code": "Throttling", "count": 2})
    assert [provider.refusal(token) for _ in range(2)] == ["Throttling"] * 2
    assert provider.exchange(token)["Credentials"]
    provider.control("behaviour", sts_error={"code": "RegionDisabledException", "status": 403})
    assert provider.refusal(token) == "RegionDisabledException"


@pytest.mark.parametrize("lie, holds", [
    ("expiration_past", lambda text: stated(text) < time.time()),
    ("expiration_far", lambda text: stated(text) > time.time() + 300 * 86400),
    ("expiration_unparsable", lambda text: "tomorrow" in text),
    ("expiration_no_such_day", lambda text: "-02-30T" in text),
    ("expiration_nanoseconds", lambda text: ".123456789Z" in text),
    ("no_expiration", lambda text: "Expiration" not in text),
    ("other_role", lambda text: ":assumed-role/Admin/" in text),
    ("other_account", lambda text: "sts::999999999999:" in text),
    ("no_assumed_role_user", lambda text: "AssumedRoleUser" not in text),
    ("no_session_token", lambda text: "SessionToken" not in text),
    ("empty_secret", lambda text: "<SecretAccessKey></SecretAccessKey>" in text),
    ("duplicate_field", lambda text: text.count("<AccessKeyId>") == 2),
    ("doctype", lambda text: "<!DOCTYPE" in text),
    ("truncated", lambda text: not text.rstrip().endswith("Response>")),
    ("html", lambda text: "<html" in text.lower() or "<!DOCTYPE html>" in text)])
def test_sts_lies(start, lie, holds):
    provider = start("--set", f"sts={lie}")
    answer = provider.http.post(provider.info["sts"], data={
        "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": ROLES + "demo",
        "RoleSessionName": "test", "WebIdentityToken": provider.log_in()["id_token"]})
    assert answer.status_code == 200 and holds(answer.text), answer.text


def stated(text):
    moment = re.search("<Expiration>(.*)</Expiration>", text).group(1)
    return time.mktime(time.strptime(moment, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone


# The approval page


def form(page):
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return re.search(r'<form method="post" action="([^"]+)"', page).group(1), fields


def test_a_decision_needs_the_form_of_this_browser(start):
    provider = start("--set", "interval=0")
    device = provider.device()
    page = provider.http.get(device["verification_uri_complete"])
    action, fields = form(page.text)
    decision = {"user": "alice", "decision": "approve"}
    stranger = requests.Session()
    assert stranger.post(provider.url + action, data=fields | decision).status_code == 403
    assert provider.http.post(provider.url + action, data=fields | decision | {"csrf": "x"}).status_code == 403
    foreign = provider.http.post(
        provider.url + action, data=fields | decision, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    unknown = provider.http.post(provider.url + action, data=fields | decision | {"user": "mallory"})
    assert unknown.status_code == 400
    assert provider.poll(device).json()["error"] == "authorization_pending"
    assert "is now signed in as" in provider.http.post(provider.url + action, data=fields | decision).text
    assert provider.poll(device).status_code == 200
    assert provider.http.get(device["verification_uri_complete"]).status_code == 404, "decided: the code is closed"


def test_the_page_loads_nothing_and_escapes_everything(provider):
    hostile = '<script>alert(1)</script>"\'&'
    provider.control("behaviour", device_set={"user_code": hostile})
    provider.device()
    page = provider.http.get(f"{provider.url}/device", params={"user_code": hostile})
    assert page.status_code == 200 and "<script" not in page.text
    assert not re.findall(r'(?:src|href)=|url\(|@import|https?://', page.text)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_control_api_is_not_for_web_pages(provider):
    for headers in ({"Origin": provider.url}, {"Sec-Fetch-Site": "cross-site"}):
        assert provider.http.post(f"{provider.url}/_control/approve", json={}, headers=headers).status_code == 403
    assert provider.http.get(f"{provider.url}/_control/approve").status_code == 405
    assert provider.http.post(f"{provider.url}/_control/behaviour", json={"slowdown": 1}).status_code == 400


@pytest.fixture
def chromium(tmp_path):
    need(why_unavailable())
    with contextlib.ExitStack() as stack:
        def open_browser(**options):
            browser = Chromium(tmp_path / f"chromium-{len(os.listdir(tmp_path))}", **options)
            stack.callback(browser.close)
            return browser
        yield open_browser


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_person_approves_on_a_phone(start, chromium, tmp_path, dark):
    provider = start("--set", "interval=0")
    device = provider.device("openid profile email offline_access")
    phone = chromium(dark=dark)
    phone.go(device["verification_uri_complete"], device["user_code"])
    assert "daypass-demo wants to sign in as you" in phone.evaluate("document.body.innerText")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390, "no sideways scrolling"
    smallest = "Math.min(...[...document.querySelectorAll('button, .user')].map(e => e.getBoundingClientRect().height))"
    assert phone.evaluate(smallest) >= 44, "a thumb can hit it"
    unlabelled = "[...document.querySelectorAll('input:not([type=hidden])')].filter(e => !e.labels.length).length"
    assert phone.evaluate(unlabelled) == 0
    back = phone.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", back)[:3])) < 128 * 3) == dark
    picture = Path(os.environ.get("DAYPASS_SCREENSHOTS", tmp_path)) / f"approval-{'dark' if dark else 'light'}.png"
    phone.photograph(picture)
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    assert width == 780 and height >= 1688
    phone.click("input[value=bob]")
    phone.click("button[value=approve]")
    phone.wait_for("is now signed in as bob")
    phone.photograph(picture.with_name("approved-" + picture.name))
    assert parts(provider.poll(device).json()["id_token"])[1]["sub"] == "bob"
    assert not phone.console, "nothing blocked, nothing missing"
    elsewhere = [url for url in phone.requested if not url.startswith((provider.url, "about:"))]
    assert not elsewhere


def test_a_person_types_the_code_and_denies(start, chromium):
    provider = start("--set", "interval=0")
    device = provider.device()
    phone = chromium()
    phone.go(device["verification_uri"], "Type the code")
    phone.type("#user_code", "wrong")
    phone.click("button")
    phone.wait_for("That code is not open")
    phone.type("#user_code", device["user_code"].lower().replace("-", " "))
    phone.click("button")
    phone.wait_for(device["user_code"])
    phone.click("button[value=deny]")
    phone.wait_for("was not signed in")
    assert provider.poll(device).json()["error"] == "access_denied"


def test_a_browser_brings_the_code_back_to_the_app(provider, chromium):
    arrived = []

    class App(BaseHTTPRequestHandler):
        def do_GET(self):
            arrived.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"back in the app")

        def log_message(self, *_):
            pass

    app = HTTPServer(("127.0.0.1", 0), App)
    threading.Thread(target=app.serve_forever, daemon=True).start()
    verifier, challenge = pkce()
    target = f"http://127.0.0.1:{app.server_port}/callback"
    query = requests.models.RequestEncodingMixin._encode_params(
        {"response_type": "code", "client_id": "daypass-demo", "redirect_uri": target, "scope": "openid",
         "state": "xyz"} | challenge)
    browser = chromium()
    browser.go(f"{provider.url}/authorize?{query}", "Sign in to continue")
    browser.click("button[value=approve]")
    browser.wait_for("back in the app")
    app.shutdown()
    back = parse_qs(urlsplit(arrived[0]).query)
    assert back["state"] == ["xyz"]
    tokens = provider.post(
        "/token", grant_type="authorization_code", client_id="daypass-demo", code=back["code"][0],
        code_verifier=verifier, redirect_uri=target)
    assert parts(tokens.json()["id_token"])[1]["sub"] == "alice"


# The process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_on_signals(start, number):
    provider = start()
    provider.state()
    provider.process.send_signal(number)
    assert provider.process.wait(5) == 0
    assert provider.process.stderr.read() == b""


def test_it_ends_with_standard_input(start, tmp_path):
    ready, log = tmp_path / "ready.json", tmp_path / "log"
    provider = start("--until-stdin-closes", "--ready-file", str(ready), "--log", str(log), stdin=subprocess.PIPE)
    assert json.loads(ready.read_text()) == provider.info
    tokens = provider.log_in()
    provider.process.stdin.close()
    assert provider.process.wait(5) == 0
    text = log.read_text()
    assert "POST /token 200" in text
    assert tokens["refresh_token"] not in text and tokens["id_token"] not in text


@pytest.mark.parametrize("options, code", [
    (["--set", "slowdown=1"], 64), (["--set", "alg=HS256"], 64), (["--set", "x"], 64), (["--listen", "nowhere"], 64),
    (["--set", 'fault={"mode":"explode"}'], 64), (["--set", "id_token=odd"], 64), (["--issuer-path", "x"], 64),
    (["--config", "/nowhere.json"], 78), (["--listen", "192.0.2.1:1"], 78), (["--log", "/nowhere/log"], 74),
    (["--nonsense"], 64)])
def test_bad_options_are_named(program, options, code):
    run = subprocess.run([str(program), *options], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
    assert run.returncode == code, run
    assert run.stdout == "" and len(run.stderr) < 2000
    assert options[0].lstrip("-") in run.stderr or options[1].split("=")[0] in run.stderr or "nowhere" in run.stderr


def raw_post(path, body, header=b""):
    length = str(len(body)).encode()
    return b"POST " + path + b" HTTP/1.1\r\n" + header + b"Content-Length: " + length + b"\r\n\r\n" + body


@pytest.mark.parametrize("bytes_", [
    b"GET\r\n\r\n", b"\0" * 100, b"GET /token?%zz HTTP/1.1\r\n\r\n", raw_post(b"/token", b"%%%%%"),
    b"GET /device?user_code=%ff HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    raw_post(b"/sts", b"Action=GetCallerIdentity&Version=2011-06-15",
             b"Authorization: AWS4-HMAC-SHA256 Credential=////,SignedHeaders=;,Signature=\r\n"),
    raw_post(b"/_control/behaviour", b'{"interval":-9223372036854775808,"expires_in":9223372036854775807}'),
    raw_post(b"/_control/clock", b'{"offset":-9223372036854775808}'),
    raw_post(b"/_control/fault", b'{"mode":"refuse","seconds":-1e300}'),
    raw_post(b"/_control/behaviour", b"[" * 5000)])
def test_garbage_does_not_end_it(provider, bytes_):
    with socket.create_connection(("127.0.0.1", urlsplit(provider.url).port)) as connection:
        connection.settimeout(3)
        connection.sendall(bytes_)
        with contextlib.suppress(OSError):
            connection.recv(4096)
    time.sleep(0.1)
    answer = provider.post("/device_authorization", client_id="daypass-demo")
    assert answer.status_code == 200
    assert provider.state()["counts"]["device_authorization"] == 1
