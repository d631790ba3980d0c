"""From a device code to an object in a store, against servers that nobody here wrote: Glewlwyd and SeaweedFS."""

import boto3
import pytest
from botocore.config import Config

from support import glewlwyd as glewlwyd_server
from support import seaweedfs as weed

pytestmark = pytest.mark.xdist_group("real servers")


def settings(provider, store, **more) -> dict:
    found = {
        "issuer": provider.issuer, "client_id": glewlwyd_server.CLIENT, "scopes": ["openid"], "role_arn": weed.ROLE,
        "sts_endpoint": store.url, "region": weed.REGION} | more
    if provider.ca_file or store.ca_file:
        found.setdefault("ca_file", str(provider.ca_file or store.ca_file))
    return found


def log_in(daypass, provider, *args, issuer=None, code: int = 0):
    running = daypass.start("login", "--json", *args)
    provider.approve(running.event("device_code")["user_code"], issuer)
    result = running.finish().expect(code)
    return running.events(), result


def put_and_get(store, credentials: dict, bucket: str) -> bytes:
    s3 = boto3.session.Session().client(
        "s3", endpoint_url=store.url, region_name=weed.REGION, verify=str(store.ca_file) if store.ca_file else None,
        aws_access_key_id=credentials["AccessKeyId"], aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"], config=Config(s3={"addressing_style": "path"}))
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="greeting", Body=b"hello from daypass")
    return s3.get_object(Bucket=bucket, Key="greeting")["Body"].read()


@pytest.mark.parametrize("provider, store", [
    ("glewlwyd", "seaweedfs"), ("glewlwyd_tls", "seaweedfs"), ("glewlwyd_tls", "seaweedfs_tls")])
def test_a_login_buys_credentials_that_the_store_accepts(daypass, request, provider, store):
    provider, store = request.getfixturevalue(provider), request.getfixturevalue(store)
    daypass.configure(default=settings(provider, store))
    events, _ = log_in(daypass, provider)
    assert [event["event"] for event in events][-2:] == ["authorized", "credentials"]
    assert events[-2]["issuer"] == provider.issuer
    assert events[-1]["account"] is None and events[-1]["arn"] is None, "this STS does not say"
    credentials = daypass.run("credential-process").expect(0).json()
    assert put_and_get(store, credentials, f"daypass-{provider.port}-{store.port}") == b"hello from daypass"


def test_whoami_against_the_store(daypass, glewlwyd, seaweedfs):
    daypass.configure(default=settings(glewlwyd, seaweedfs))
    log_in(daypass, glewlwyd)
    text = daypass.run("whoami", "--verify").expect(0).stdout
    assert glewlwyd_server.EMAIL in text and "assumed-role/developer/" in text


def test_the_store_refuses_a_role_that_does_not_trust_the_person(daypass, glewlwyd, seaweedfs):
    daypass.configure(default=settings(glewlwyd, seaweedfs, role_arn=weed.ROLE_FOR_SOMEONE_ELSE))
    log_in(daypass, glewlwyd, code=77)
    daypass.run("token").expect(0)


def test_a_client_of_another_audience_is_refused_by_the_store(daypass, glewlwyd, seaweedfs, tmp_path):
    """The token of one issuer, its subject untouched, with an STS that trusts another issuer only."""
    daypass.configure(default=settings(glewlwyd, seaweedfs, issuer=glewlwyd.brief_issuer))
    running = daypass.start("login", "--json")
    glewlwyd.approve(running.event("device_code")["user_code"], glewlwyd.brief_issuer)
    running.finish().expect(77)


def test_a_code_that_lives_six_seconds_expires(daypass, glewlwyd, seaweedfs):
    daypass.configure(default=settings(glewlwyd, seaweedfs, issuer=glewlwyd.brief_issuer))
    running = daypass.start("login", "--json")
    running.finish(30).expect(75)
    assert running.events()[-1]["code"] == "expired"


def test_a_denied_code(daypass, glewlwyd, seaweedfs):
    daypass.configure(default=settings(glewlwyd, seaweedfs))
    running = daypass.start("login", "--json")
    running.event("pending")
    glewlwyd.deny_newest()
    running.finish(30).expect(77)
    assert running.events()[-1]["code"] == "denied"


def test_a_confidential_client(daypass, glewlwyd, seaweedfs, tmp_path):
    secret = tmp_path / "client-secret"
    secret.touch(mode=0o600)
    secret.write_text(glewlwyd_server.CONFIDENTIAL_SECRET)
    daypass.configure(default=settings(
        glewlwyd, seaweedfs, client_id=glewlwyd_server.CONFIDENTIAL_CLIENT, client_secret_file=str(secret)))
    log_in(daypass, glewlwyd)
    daypass.run("logout").expect(0)


def test_a_refused_revocation_is_a_warning(daypass, glewlwyd, seaweedfs):
    """Glewlwyd answers a public client's revocation with 401."""
    daypass.configure(default=settings(glewlwyd, seaweedfs))
    log_in(daypass, glewlwyd)
    daypass.run("logout").expect(0)
    daypass.run("token").expect(4)


def test_a_refresh_without_a_new_id_token_keeps_the_old(daypass, glewlwyd, seaweedfs):
    """Glewlwyd answers a refresh with an access token alone; the ID token has an hour, and 2 h are asked for."""
    daypass.configure(default=settings(glewlwyd, seaweedfs))
    log_in(daypass, glewlwyd)
    before = daypass.run("token").expect(0).stdout
    assert daypass.run("token", "--min-ttl", "2h").expect(0).stdout == before


def test_an_unknown_ca_is_refused(daypass, glewlwyd_tls, seaweedfs):
    found = settings(glewlwyd_tls, seaweedfs)
    del found["ca_file"]
    daypass.configure(default=found)
    assert "ca_file" in daypass.run("login").expect(69).stderr


def test_the_qr_form_of_the_address_is_glewlwyds(daypass, glewlwyd, seaweedfs):
    daypass.configure(default=settings(glewlwyd, seaweedfs))
    running = daypass.start("login", "--json")
    event = running.event("device_code")
    assert event["verification_uri_complete"] == f"{glewlwyd.issuer}/device?code={event['user_code']}"
    running.stop()
