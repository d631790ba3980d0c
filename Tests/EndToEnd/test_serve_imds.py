"""`daypass serve --imds`: the instance metadata service, version 2."""

import os
import socket
import subprocess
import sys
import urllib.parse

import pytest
from support.processes import wait_for

TTL = "X-aws-ec2-metadata-token-ttl-seconds"
ROLES = "/latest/meta-data/iam/security-credentials"


class Metadata:
    def __init__(self, service):
        self.service = service
        self.url = service.said["imds_url"]
        self.port = urllib.parse.urlsplit(self.url).port

    def put(self, ttl="21600", **headers):
        headers = headers if ttl is None else {TTL.replace("-", "_"): ttl} | headers
        return self.service.get("/latest/api/token", token=None, method="PUT", port=self.port, **headers)

    def token(self) -> str:
        return self.service.daypass.watch.secret(self.put().body.decode())

    def get(self, path, token, **headers):
        if token is not None:
            headers["X-aws-ec2-metadata-token"] = token
        return self.service.get(path, token=None, port=self.port, **headers)


@pytest.fixture
def metadata(logged_in, serve):
    service = serve("--imds", "127.0.0.1:0")
    service.until(200)
    return Metadata(service)


def test_a_token_opens_the_role_and_its_credentials(metadata):
    answer = metadata.put("60")
    assert answer.status == 200 and answer.headers[TTL.lower()] == "60"
    token = metadata.token()
    for path in (ROLES, ROLES + "/"):
        assert metadata.get(path, token).body == b"default"
    found = metadata.get(f"{ROLES}/default", token).json()
    assert found["Code"] == "Success" and found["Type"] == "AWS-HMAC" and found["LastUpdated"]
    container = metadata.service.get().json()
    assert {key: found[key] for key in container} == container


@pytest.mark.parametrize("ttl", [None, "0", "21601", "-1", "x", "", "1.5", "99999999999999999999"])
def test_a_token_needs_a_lifetime_of_1_to_21600_seconds(metadata, ttl):
    assert metadata.put(ttl).status == 400


def test_the_first_token_stays_valid_however_many_follow(metadata):
    first = metadata.token()
    for _ in range(300):
        assert metadata.put().status == 200
    assert metadata.get(ROLES, first).status == 200


def test_a_wrong_or_expired_token_is_401(metadata):
    token = metadata.token()
    for wrong in (None, "", "x", token[:-1], token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), token + "A"):
        assert metadata.get(f"{ROLES}/default", wrong).status == 401
    short = metadata.put("1").body.decode()
    wait_for(lambda: metadata.get(ROLES, short).status == 401, 20, "the end of a token of one second")


def test_the_checks_come_in_order(metadata):
    token = metadata.token()
    assert metadata.put(X_Forwarded_For="10.0.0.1").status == 403
    assert metadata.put(Host="evil.example").status == 403
    assert metadata.service.get("/latest/api/token", token=None, port=metadata.port).status == 405
    answer = metadata.service.get(ROLES, token=None, method="PUT", port=metadata.port)
    assert answer.status == 405 and answer.headers["allow"] == "GET"
    assert metadata.get(f"{ROLES}/other", token).status == 404
    assert metadata.get("/latest/meta-data/", token).status == 404
    assert metadata.get("/credentials", token).status == 404
    assert metadata.get("/healthz", None).status == 404


def test_before_the_first_credentials_it_is_404(person, serve):
    metadata = Metadata(serve("--imds", "127.0.0.1:0"))
    token = metadata.token()
    assert metadata.get(ROLES, token).status == 404
    assert metadata.get(f"{ROLES}/default", token).status == 404


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can ask as another user")
def test_only_our_own_user_is_answered_unless_another_is_named(logged_in, serve):
    program = (
        "import os, socket, sys\n"
        "'x'.encode('idna')  # found before the interpreter's files cannot be read any more\n"
        "os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))\n"
        "c = socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=20)\n"
        f"c.sendall(b'PUT /latest/api/token HTTP/1.1\\r\\nHost: localhost\\r\\n{TTL}: 60\\r\\n\\r\\n')\n"
        "print(c.recv(100).decode().split()[1])\n")

    def status(service, user):
        argv = [sys.executable, "-c", program, str(Metadata(service).port), str(user)]
        return subprocess.run(argv, capture_output=True, text=True, timeout=60).stdout.strip()

    service = serve("--imds", "127.0.0.1:0")
    assert [status(service, user) for user in (0, 65533)] == ["200", "403"]
    lenient = serve("--imds", "127.0.0.1:0", "--imds-allow-uid", "65533")
    assert [status(lenient, user) for user in (0, 65533, 65532)] == ["200", "200", "403"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can watch packets")
def test_answers_do_not_pass_another_machine(metadata):
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800)) as wire:
        wire.bind(("lo", 0x0800))
        wire.settimeout(20)
        assert metadata.put().status == 200
        lives = set()
        while not lives:
            packet = wire.recv(65536)
            start = (packet[0] & 15) * 4
            # An answer of the service with something in it.
            if int.from_bytes(packet[start:start + 2], "big") == metadata.port and b"HTTP/1.1 200" in packet:
                lives.add(packet[8])
        assert lives == {1}


def test_one_profile_must_be_named_where_several_are_served(daypass, sandbox):
    daypass.configure(one=sandbox.profile(store="file"), two=sandbox.profile(store="file"))
    result = daypass.run(
        "serve", "--all-profiles", "--listen", "127.0.0.1:0", "--imds", "127.0.0.1:0",
        env={"DAYPASS_STORE": None}).expect(64)
    assert "--imds-profile" in result.stderr
