"""Unmodified clients take credentials from `daypass serve`, also while they are renewed, and in bad company."""

import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import boto3
import botocore.session
import pytest
from support.aws import AWS, CRT, DEBIAN_AWS
from support.need import need
from support.processes import wait_for
from support.sandbox import ACCOUNT, DEMO_ROLE
from support.service import read_answer


@pytest.fixture
def service(logged_in, serve):
    service = serve("--imds", "127.0.0.1:0")
    service.until(200)
    return service


@pytest.fixture
def client_env(service, monkeypatch):
    """This process sees the service and nothing else of AWS."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    env = service.client_env() | {
        "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return {"PATH": os.environ["PATH"], "HOME": service.daypass.env["HOME"]} | env


def test_botocore_takes_them_from_the_container_endpoint(service, client_env):
    found = botocore.session.get_session().get_credentials()
    assert found.method == "container-role"
    assert found.get_frozen_credentials().access_key == service.get().json()["AccessKeyId"]


def test_botocore_takes_them_from_the_metadata_service(service, client_env, monkeypatch):
    monkeypatch.delenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", service.said["imds_url"])
    found = botocore.session.get_session().get_credentials()
    assert found.method == "iam-role"
    assert found.get_frozen_credentials().access_key == service.get().json()["AccessKeyId"]


@pytest.fixture(params=["current", "debian"])
def cli(request):
    """The AWS CLI, and what it needs beside an address: Debian's 2.9 does not read token files."""
    if request.param == "debian":
        need(None if DEBIAN_AWS.exists() else "needs Debian's AWS CLI")
        return DEBIAN_AWS
    return AWS


def who_am_i(cli, env, sandbox) -> str:
    done = subprocess.run(
        [cli, "sts", "get-caller-identity", "--endpoint-url", sandbox.sts, "--query", "Arn", "--output", "text"],
        env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


OURS = f"arn:aws:sts::{ACCOUNT}:assumed-role/{DEMO_ROLE.rsplit('/')[-1]}/"


def test_the_aws_cli_takes_them(service, client_env, sandbox, cli):
    if cli == DEBIAN_AWS:
        client_env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = service.token()
    assert who_am_i(cli, client_env, sandbox).startswith(OURS)


def test_the_aws_cli_takes_them_from_the_metadata_service(service, client_env, sandbox, cli):
    env = client_env | {"AWS_EC2_METADATA_SERVICE_ENDPOINT": service.said["imds_url"]}
    for name in service.client_env():
        del env[name]
    assert who_am_i(cli, env, sandbox).startswith(OURS)


def test_the_common_runtime_takes_them(service, client_env):
    pytest.importorskip("awscrt")
    done = subprocess.run([sys.executable, "-c", CRT], env=client_env, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == service.get().json()["AccessKeyId"], done.stderr


def test_curl_takes_them(service):
    done = subprocess.run(
        ["curl", "-sS", "--fail", "-H", f"Authorization: Bearer {service.token()}", f"{service.url}/credentials"],
        capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout) == service.get().json(), done.stderr


def test_a_client_is_told_why_there_are_none(person, serve):
    service = serve()
    wait_for(lambda: service.get().json()["code"] == "LoginRequired", 20, "LoginRequired")
    done = subprocess.run(
        ["curl", "-sS", "-H", f"Authorization: {service.token()}", f"{service.url}/credentials"],
        capture_output=True, text=True, timeout=60)
    assert "daypass login" in json.loads(done.stdout)["message"]


# While they are renewed


@pytest.mark.slow
def test_a_client_that_is_held_for_longer_than_keys_live_goes_on(sandbox, logged_in, serve, monkeypatch):
    sandbox.set(credentials_lifetime=20)
    service = serve("--duration", "30m")
    service.until(200)
    for name, value in service.client_env().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    client = boto3.client("sts", region_name="us-east-1", endpoint_url=sandbox.sts)
    keys, end = set(), time.monotonic() + 60
    while time.monotonic() < end:
        assert client.get_caller_identity()["Account"] == ACCOUNT
        keys.add(client._request_signer._credentials.get_frozen_credentials().access_key)
        time.sleep(0.2)
    assert len(keys) >= 3


class Reader(threading.Thread):
    """Reads on one connection until it is told to stop; every answer is kept."""

    def __init__(self, service, stop, limit):
        super().__init__(daemon=True)
        self.address = service.host, service.port
        self.request = (
            f"GET /credentials HTTP/1.1\r\nHost: localhost\r\nAuthorization: {service.token()}\r\n\r\n".encode())
        self.stop, self.limit = stop, limit
        self.statuses, self.triples = set(), set()
        self.count = 0

    def run(self):
        with socket.create_connection(self.address, timeout=60) as connection:
            while not self.stop.is_set() and self.count < self.limit:
                connection.sendall(self.request)
                answer = read_answer(connection)
                self.statuses.add(answer.status)
                self.count += 1
                if answer.status == 200:
                    found = answer.json()
                    self.triples.add((found["AccessKeyId"], found["SecretAccessKey"], found["Token"]))


def read_by_many(service, threads, limit, seconds):
    stop = threading.Event()
    readers = [Reader(service, stop, limit) for _ in range(threads)]
    for reader in readers:
        reader.start()
    end = time.monotonic() + seconds
    while any(reader.is_alive() for reader in readers) and time.monotonic() < end:
        time.sleep(0.1)
    stop.set()
    for reader in readers:
        reader.join(60)
    statuses = set().union(*(reader.statuses for reader in readers))
    triples = set().union(*(reader.triples for reader in readers))
    return statuses, triples, sum(reader.count for reader in readers)


def assert_one_generation(triples):
    for part in range(3):
        assert len({triple[part] for triple in triples}) == len(triples)
    assert all(all(triple) for triple in triples)


def test_key_secret_and_token_are_always_of_one_generation(sandbox, logged_in, serve):
    sandbox.set(credentials_lifetime=10)
    service = serve("--duration", "30m")
    service.until(200)
    statuses, triples, count = read_by_many(service, 8, 10**9, 14)
    assert statuses <= {200, 503} and 200 in statuses and count > 100
    assert len(triples) >= 2
    assert_one_generation(triples)


@pytest.mark.slow
def test_so_they_are_for_64_threads_of_10000_reads(sandbox, logged_in, serve):
    sandbox.set(credentials_lifetime=20)
    service = serve("--duration", "30m")
    service.until(200)
    statuses, triples, count = read_by_many(service, 64, 10_000, 600)
    assert statuses == {200} and count == 640_000
    assert len(triples) >= 2
    assert_one_generation(triples)


@pytest.mark.slow
def test_an_outage_shorter_than_their_life_fails_no_request(sandbox, logged_in, serve):
    # Renewed after 201 to 281 s; an attempt fails after 30 s, and the next comes within 60: 371 s at most.
    sandbox.set(credentials_lifetime=400)
    service = serve("--duration", "30m")
    first = service.until(200).json()
    sandbox.fault("sts", "status", status=503)
    failures = 'daypass_refreshes_total{profile="default",result="failure"}'
    end = time.monotonic() + 390
    while time.monotonic() < end:
        answer = service.get()
        assert answer.status == 200
        if answer.json() != first:
            break
        if service.metrics()[failures] >= 1:
            sandbox.clear_faults()
        time.sleep(0.2)
    assert service.get().json() != first and service.metrics()[failures] >= 1


# In bad company


def descriptors(service) -> int:
    return len(os.listdir(f"/proc/{service.running.popen.pid}/fd"))


def resident(service) -> int:
    """KiB."""
    status = Path(f"/proc/{service.running.popen.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


@pytest.fixture
def many_files():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield before[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def connect(service, count, say=b""):
    opened = []
    for _ in range(count):
        try:
            connection = socket.create_connection((service.host, service.port), timeout=20)
            if say:
                connection.sendall(say)
            opened.append(connection)
        except OSError:
            break
    return opened


def test_slow_clients_do_not_disturb_good_ones(service, many_files):
    before = descriptors(service)
    slow = connect(service, min(1000, many_files - 200), b"GET /credentials HTTP/1.1\r\nHost: loc")
    assert len(slow) >= 800
    statuses, _, count = read_by_many(service, 4, 250, 120)
    assert statuses == {200} and count == 1000
    # Each is ended when its time is up, although it holds on.
    wait_for(lambda: descriptors(service) <= before + 5, 60, "the end of the slow ones")
    for connection in slow:
        connection.close()


@pytest.mark.slow
def test_ten_thousand_connections_do_not_kill_it(service, many_files):
    if many_files < 12_000:
        pytest.skip("this machine allows too few open files")
    files, memory = descriptors(service), resident(service)
    opened = connect(service, 10_050)
    assert len(opened) > 9_000
    for connection in opened:
        connection.close()
    wait_for(lambda: descriptors(service) <= files + 5, 120, "the descriptors")
    assert service.get().status == 200
    assert resident(service) < memory + 150 * 1024
    again = resident(service)
    for connection in connect(service, 10_000):
        connection.close()
    wait_for(lambda: descriptors(service) <= files + 5, 120, "the descriptors")
    assert resident(service) < again + 20 * 1024, "a second time costs no more memory"
