"""TLS is verified, always; `ca_file` adds to the system's store and replaces nothing."""

import os
import shutil
import subprocess

import pytest

from support.certificates import Authority
from support.need import need
from support.processes import free_port
from support.tls import TLSFront

SYSTEM_STORE = "/etc/ssl/certs/ca-certificates.crt"
UNSHARE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]


def cannot_unshare() -> str | None:
    if not os.path.exists(SYSTEM_STORE):
        return f"this system keeps its store elsewhere than {SYSTEM_STORE}"
    if not shutil.which("unshare") or subprocess.run([*UNSHARE, "true"], capture_output=True).returncode:
        return "no mount namespace here in which the system's store could be another"
    return None


@pytest.fixture
def fronts(tmp_path):
    started = []

    def start(authority, target, name="front", **options) -> TLSFront:
        started.append(TLSFront(tmp_path / name, authority, name, target, **options))
        return started[-1]

    yield start
    for front in started:
        front.stop()


@pytest.fixture
def secure(make_sandbox, fronts, authority):
    """A sandbox that is reached by https alone."""

    def start(**options):
        port = free_port()
        sandbox = make_sandbox("--public-url", f"https://127.0.0.1:{port}")
        fronts(authority, sandbox.port, "secure", port=port, **options)
        sandbox.sts = f"https://127.0.0.1:{port}/sts"
        return sandbox

    return start


def test_a_private_ca_is_trusted_by_ca_file(daypass, secure, authority):
    sandbox = secure()
    daypass.configure(default=sandbox.profile(ca_file=str(authority.ca_file)))
    sandbox.log_in(daypass)
    daypass.run("credential-process").expect(0)


@pytest.mark.parametrize("variable", ["DAYPASS_CA_FILE", "AWS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_private_ca_is_trusted_by_the_variables(daypass, secure, authority, variable):
    sandbox = secure()
    daypass.configure(default=sandbox.profile())
    sandbox.log_in(daypass, env={variable: authority.ca_file})


def test_an_unknown_ca_is_refused_and_the_setting_named(daypass, secure):
    sandbox = secure()
    daypass.configure(default=sandbox.profile())
    result = daypass.run("login").expect(69)
    assert "127.0.0.1" in result.stderr and "ca_file" in result.stderr
    assert sandbox.count() == 0


@pytest.mark.parametrize("fault", [
    {"hosts": ("other.example.com",)}, {"expired": True},
    {"options": "sslVersionMax = TLSv1.1\nsslVersionMin = TLSv1.1\nciphers = DEFAULT@SECLEVEL=0"}],
    ids=["another host's certificate", "expired", "TLS 1.1"])
def test_a_bad_certificate_or_version_is_refused(daypass, secure, authority, fault):
    sandbox = secure(**fault)
    daypass.configure(default=sandbox.profile(ca_file=str(authority.ca_file)))
    result = daypass.run("login").expect(69)
    assert "TLS" in result.stderr and sandbox.count() == 0


def test_the_sts_is_verified_too(daypass, sandbox, fronts, authority, tmp_path):
    front = fronts(Authority(tmp_path / "unknown", "Unknown CA"), sandbox.port)
    daypass.configure(default=sandbox.profile(sts_endpoint=f"{front.url}/sts", ca_file=str(authority.ca_file)))
    sandbox.log_in(daypass, code=69)
    assert sandbox.count("sts") == 0


def test_a_provider_of_a_private_ca_and_an_sts_of_the_systems_store_in_one_profile(
        daypass, secure, fronts, authority, tmp_path):
    need(cannot_unshare())
    public = Authority(tmp_path / "public", "A public CA")
    store = tmp_path / "system-store.pem"
    store.write_bytes(open(SYSTEM_STORE, "rb").read() + public.ca_file.read_bytes())
    sandbox = secure()
    front = fronts(public, sandbox.port, "public-sts")
    daypass.configure(
        default=sandbox.profile(sts_endpoint=f"{front.url}/sts", ca_file=str(authority.ca_file)))
    daypass.prefix = (*UNSHARE, "sh", "-c", f'mount --bind {store} {SYSTEM_STORE} && exec "$0" "$@"')
    sandbox.log_in(daypass)
    daypass.run("credential-process").expect(0)
    # And neither alone is enough: without the private CA the provider is a stranger.
    daypass.configure(default=sandbox.profile(sts_endpoint=f"{front.url}/sts"))
    daypass.run("login").expect(69)


@pytest.mark.parametrize("content", [None, "", "no certificate in here\n"], ids=["absent", "empty", "no PEM"])
def test_an_unusable_ca_file_is_named(daypass, sandbox, tmp_path, content):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    daypass.configure(
        default=sandbox.profile(issuer=f"https://127.0.0.1:{sandbox.port}", ca_file=str(path)))
    assert str(path) in daypass.run("login").expect(78).stderr


def test_tls_secrets_are_not_written_where_a_variable_says(daypass, secure, authority, tmp_path):
    sandbox = secure()
    daypass.configure(default=sandbox.profile(ca_file=str(authority.ca_file)))
    given = {"SSLKEYLOGFILE": tmp_path / "keys"}
    sandbox.log_in(daypass, env=given)
    # What a command does with it is the command's business.
    for mode in ([], ["--env"]):
        told = daypass.run("exec", *mode, "--", "printenv", "SSLKEYLOGFILE", env=given).expect(0)
        assert told.stdout.strip() == str(tmp_path / "keys")
    assert not (tmp_path / "keys").exists()


def test_a_redirect_of_the_token_endpoint_is_not_followed(person, sandbox, make_sandbox):
    other = make_sandbox()
    sandbox.set(auto_approve="alice", token_redirect=f"{other.url}/moved/token")
    person.run("login").expect(65)
    assert other.count() == 0


def test_discovery_follows_a_redirect_on_its_own_origin_alone(person, sandbox, make_sandbox):
    sandbox.set(discovery_redirect=True)
    sandbox.log_in(person)
    other = make_sandbox()
    sandbox.set(discovery_redirect=f"{other.url}/moved/openid-configuration")
    person.run("login").expect(65)
    assert other.count() == 0


def test_a_netrc_is_not_read(daypass, sandbox):
    netrc = daypass.home / ".netrc"
    netrc.touch(mode=0o600)
    netrc.write_text("machine 127.0.0.1 login daypass-demo password CANARY-netrc\n")
    daypass.configure(default=sandbox.profile())
    # A public client that sent a secret would be refused.
    sandbox.log_in(daypass)


def test_loopback_never_goes_through_a_proxy(daypass, sandbox):
    daypass.configure(default=sandbox.profile())
    nobody = f"http://127.0.0.1:{free_port()}"
    sandbox.log_in(daypass, env={"http_proxy": nobody, "HTTPS_PROXY": nobody, "ALL_PROXY": nobody})
