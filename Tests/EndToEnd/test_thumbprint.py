"""`trust thumbprint`: what AWS means by it, over a verified connection."""

import json
import re
import subprocess

import pytest

from support.certificates import Authority
from support.https import HTTPSServer
from support.need import need
from support.processes import free_port


@pytest.fixture
def issuer(tmp_path):
    """Serves an issuer with so many certificates; its keys are at another name of the same host."""
    servers = []

    def start(certificates: int, rearrange=lambda own, between, root: [own, *between]):
        authority = Authority(tmp_path / f"authority-{certificates}", "thumbprints", path_length=None)
        chain = authority.issue_below(f"chain-{certificates}", certificates - 1)
        own, *between = pems(chain[0].read_bytes())
        chain[0].write_bytes(b"".join(rearrange(own, between, authority.ca_file.read_bytes())))
        document = {}

        def answer(method, headers, path, body):
            return 200, {"Content-Type": "application/json"}, json.dumps(document).encode()

        servers.append(HTTPSServer({None: chain}, answer))
        port = servers[-1].port
        # As CI systems publish it: keys and no token endpoint.
        document |= {"issuer": f"https://localhost:{port}", "jwks_uri": f"https://127.0.0.1:{port}/keys"}
        return document["issuer"], port, authority.ca_file

    yield start
    for server in servers:
        server.stop()


def pems(text: bytes) -> list[bytes]:
    return re.findall(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", text, re.DOTALL)


def by_openssl(port: int) -> tuple[int, str]:
    shown = subprocess.run(
        ["openssl", "s_client", "-showcerts", "-connect", f"127.0.0.1:{port}"], input=b"", capture_output=True).stdout
    certificates = pems(shown)
    printed = subprocess.run(
        ["openssl", "x509", "-noout", "-fingerprint", "-sha1"], input=certificates[-1], capture_output=True, check=True)
    return len(certificates), printed.stdout.decode().split("=")[1].strip().replace(":", "").lower()


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_thumbprint_is_that_of_openssl(daypass, issuer, count):
    url, port, ca_file = issuer(count)
    told = daypass.run("trust", "thumbprint", url, "--ca-file", ca_file).expect()
    assert by_openssl(port) == (count, told.stdout.strip())
    assert f"Certificate {count} of {count}" in told.stderr and "AWS will use the thumbprint" in told.stderr
    assert daypass.run("trust", "thumbprint", "--issuer", url, "--ca-file", ca_file).expect().out == told.out


ODD = {
    "with the root": lambda own, between, root: [own, *between, root],
    "the root alone beside it": lambda own, between, root: [own, *between[:0], root],
    "out of order": lambda own, between, root: [own, *reversed(between)],
    "the root in the middle": lambda own, between, root: [own, root, *between],
    "its own twice": lambda own, between, root: [own, own, *between],
    "its own at the end as well": lambda own, between, root: [own, *between, own],
    "every one twice": lambda own, between, root: [own, *between, *between],
}


@pytest.mark.parametrize("name", ODD)
def test_the_last_that_is_sent_counts_in_odd_chains_too(daypass, issuer, name):
    """As AWS's page says: of what `s_client -showcerts` shows, the last."""
    url, port, ca_file = issuer(1 if "alone" in name else 3, ODD[name])
    told = daypass.run("trust", "thumbprint", url, "--ca-file", ca_file).expect()
    count, thumbprint = by_openssl(port)
    assert told.stdout.strip() == thumbprint
    assert f"Certificate {count} of {count}" in told.stderr
    assert ("(a root)" in told.stderr) == ("the root" in name and "middle" not in name), told.stderr


def test_an_unverified_connection_gives_no_thumbprint(daypass, issuer):
    url, _, _ = issuer(2)
    refused = daypass.run("trust", "thumbprint", url).expect(69)
    assert not refused.out and "ca_file" in refused.stderr


def test_a_thumbprint_of_a_public_authority_is_said_to_be_ignored(daypass, issuer):
    url, port, ca_file = issuer(3)
    bundle = "/etc/ssl/certs/ca-certificates.crt"
    script = f'mount --bind {ca_file} {bundle} && exec "$@"'
    mounting = ["unshare", "-m", "--propagation", "private", "sh", "-c", script, "sh"]
    possible = subprocess.run([*mounting, "true"], capture_output=True).returncode == 0
    need(None if possible else "this machine lets nobody mount anything")
    daypass.prefix = tuple(mounting)
    told = daypass.run("trust", "thumbprint", url, env={"SSL_CERT_DIR": "/nowhere"}).expect()
    assert told.stdout.strip() == by_openssl(port)[1]
    assert "AWS ignores the thumbprint" in told.stderr


def test_an_issuer_that_is_not_there(daypass):
    daypass.run("trust", "thumbprint", f"https://127.0.0.1:{free_port()}").expect(69)
