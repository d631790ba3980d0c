"""`daypass serve` under a service manager and in a CI job: readiness, reload, end, death, sockets, watchdog."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from support.processes import wait_for
from support.sandbox import ALICE_ONLY_ROLE
from support.service import Service, read_answer


class Manager:
    """The socket of a service manager, and what was said to it."""

    def __init__(self, address):
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address[0] == "@" else address)
        self.said = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            self.said += self.socket.recv(4096).decode().splitlines()

    def hears(self, line: str, count=1):
        return wait_for(lambda: self.said.count(line) >= count, 20, line)


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path):
    return Manager(str(tmp_path / "notify") if request.param == "path" else f"@daypass-test-{os.getpid()}")


def test_ready_is_said_when_the_first_attempt_has_ended(logged_in, sandbox, serve, manager):
    sandbox.set(latency_ms={"sts": 4000})
    # Another duration than the login's: what that bought does not fit.
    service = serve("--duration", "30m", env={"NOTIFY_SOCKET": manager.address})
    assert service.get().json()["code"] == "NotReady", "it listens at once"
    assert "READY=1" not in manager.said
    manager.hears("EXTEND_TIMEOUT_USEC=60000000")
    manager.hears("READY=1")
    assert service.get().status == 200
    service.running.signal(signal.SIGHUP)
    manager.hears("READY=1", 2)
    assert any(re.fullmatch(r"MONOTONIC_USEC=\d+", line) for line in manager.said) and "RELOADING=1" in manager.said
    service.running.signal(signal.SIGTERM)
    manager.hears("STOPPING=1")
    service.running.finish().expect(0)


def test_ready_is_said_too_where_a_person_is_needed(person, serve, tmp_path):
    manager = Manager(str(tmp_path / "notify"))
    serve(env={"NOTIFY_SOCKET": manager.address})
    manager.hears("READY=1")


def test_the_watchdog_hears_of_the_loop_that_answers(logged_in, serve, tmp_path):
    manager = Manager(str(tmp_path / "notify"))
    service = serve(env={"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "1000000"})
    manager.hears("WATCHDOG=1", 3)
    service.running.signal(signal.SIGSTOP)
    time.sleep(0.5)  # what was on its way
    count = manager.said.count("WATCHDOG=1")
    time.sleep(2)
    assert manager.said.count("WATCHDOG=1") == count
    service.running.signal(signal.SIGCONT)
    manager.hears("WATCHDOG=1", count + 1)


def test_a_reload_adds_and_removes_profiles_and_drops_no_request(daypass, sandbox, serve):
    env = {"DAYPASS_STORE": None}
    one = sandbox.profile(store="file")
    daypass.configure(one=one, gone=one)
    sandbox.log_in(daypass, "--profile", "one", env=env)
    service = serve("--all-profiles", env=env)
    token = service.token("one")
    service.until(200, token=token)
    gone = service.token_file("gone")
    stop, seen = threading.Event(), []

    def ask():
        with socket.create_connection((service.host, service.port)) as connection:
            while not stop.is_set():
                connection.sendall(b"GET /credentials HTTP/1.1\r\nHost: localhost\r\n"
                                   + f"Authorization: {token}\r\n\r\n".encode())
                seen.append(read_answer(connection).status)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    daypass.configure(one=one, new=sandbox.profile(store="file", role_arn=ALICE_ONLY_ROLE))
    service.running.signal(signal.SIGHUP)
    new = daypass.runtime / "daypass/new"
    wait_for(new.exists, 20, "the new token file")
    daypass.watch.secret(new.read_text())
    service.until(200, token=new.read_text())
    assert not gone.exists()
    assert service.get("/credentials/gone", token=token).status == 404
    assert service.token("one") == token, "a client that holds it goes on working"
    stop.set()
    for thread in threads:
        thread.join()
    assert set(seen) == {200} and len(seen) > 4


def test_a_broken_configuration_keeps_the_one_before_and_says_so(logged_in, serve):
    service = serve()
    service.until(200)
    logged_in.configure_text("[profile.default]\nisuer = 'x'\n")
    service.running.signal(signal.SIGHUP)
    service.running.until(lambda: b"issuer" in service.running.err, what="the complaint")
    assert service.get().status == 200


def test_without_any_profile_it_does_not_start_and_a_reload_changes_nothing(daypass, sandbox, serve):
    daypass.configure()
    assert "none" in daypass.run("serve", "--all-profiles", "--listen", "127.0.0.1:0").expect(78).stderr
    env = {"DAYPASS_STORE": None}
    daypass.configure(one=sandbox.profile(store="file"))
    sandbox.log_in(daypass, "--profile", "one", env=env)
    service = serve("--all-profiles", env=env)
    token = service.token("one")
    service.until(200, token=token)
    daypass.config.unlink()
    service.running.signal(signal.SIGHUP)
    service.running.until(lambda: b"not reloaded" in service.running.err, what="the complaint")
    assert service.get(token=token).status == 200 and service.token("one") == token


def test_a_token_file_that_was_lost_is_made_again_on_a_reload(logged_in, serve, daypass):
    service = serve()
    token = service.token()
    service.until(200)
    service.token_file().unlink()
    service.running.signal(signal.SIGHUP)
    wait_for(service.token_file().exists, 20, "the new token file")
    daypass.watch.secret(service.token())
    assert service.token() != token
    service.until(200)
    service.token_file().write_text("x" * 40)
    service.running.signal(signal.SIGHUP)
    service.until(200, token="x" * 40)
    service.running.signal(signal.SIGTERM)
    service.running.finish().expect(0)
    assert service.token() == "x" * 40, "what somebody put there stays"


def test_a_role_that_changes_is_not_served_on_with_the_keys_of_the_one_before(logged_in, sandbox, serve):
    service = serve()
    first = service.until(200).json()
    logged_in.configure(default=sandbox.profile(role_arn=ALICE_ONLY_ROLE))
    service.running.signal(signal.SIGHUP)
    wait_for(lambda: service.get().json().get("AccessKeyId") not in (None, first["AccessKeyId"]), 20, "other keys")
    logged_in.configure(default=sandbox.profile(role_arn="arn:aws:iam::123456789012:role/no-such-role"))
    service.running.signal(signal.SIGHUP)
    service.until(503)


def test_an_end_finishes_the_answer_that_is_under_way(logged_in, serve):
    service = serve()
    service.until(200)
    head = f"GET /credentials HTTP/1.1\r\nHost: localhost\r\nAuthorization: {service.token()}\r\n".encode()
    idle = socket.create_connection((service.host, service.port))
    with socket.create_connection((service.host, service.port), timeout=20) as busy:
        busy.sendall(head)
        time.sleep(0.3)  # it is there before the signal is
        service.running.signal(signal.SIGTERM)
        assert idle.recv(1) == b"", "one at rest is closed at once"
        with pytest.raises(OSError):
            socket.create_connection((service.host, service.port), timeout=2)
        busy.sendall(b"\r\n")
        answer = read_answer(busy)
        assert answer.status == 200 and answer.headers["connection"] == "close"
    result = service.running.finish().expect(0)
    assert result.code == 0


def test_a_client_that_never_finishes_does_not_hold_the_end_up(logged_in, serve):
    service = serve()
    service.until(200)
    with socket.create_connection((service.host, service.port)) as slow:
        slow.sendall(b"GET /cred")
        service.running.signal(signal.SIGTERM)
        started = time.monotonic()
        service.running.finish(60).expect(0)
        assert time.monotonic() - started < 15


def test_an_sts_that_hangs_does_not_hold_the_end_up(logged_in, sandbox, serve):
    sandbox.set(latency_ms={"sts": 60_000})
    # Another duration than the login's: what that bought does not fit.
    before = sandbox.count("sts")
    service = serve("--duration", "30m")
    wait_for(lambda: sandbox.count("sts") > before, 20, "the request that hangs")
    service.running.signal(signal.SIGTERM)
    started = time.monotonic()
    service.running.finish(60).expect(0)
    assert time.monotonic() - started < 15


def test_an_interrupt_from_the_terminal_is_130(logged_in, serve):
    service = serve()
    service.running.signal(signal.SIGINT)
    service.running.finish().expect(130)


def test_after_a_kill_it_starts_again_and_clients_keep_their_token(logged_in, sandbox, serve, daypass):
    service = serve()
    token, keys = service.token(), service.until(200).json()
    service.running.signal(signal.SIGKILL)
    service.running.popen.wait()
    again = Service(daypass, listen=f"127.0.0.1:{service.port}")
    assert again.until(200, token=token).json() == keys, "from the cache, and behind the same token"
    assert sandbox.count("sts") == 0


def test_a_socket_that_was_bound_for_it_is_served(logged_in, tmp_path, built):
    script = (
        "import os, socket, sys\n"
        "s = socket.socket(); s.bind((sys.argv[1], 0)); s.listen()\n"
        "os.dup2(s.fileno(), 3); os.set_inheritable(3, True)\n"
        "os.environ |= {'LISTEN_PID': str(os.getpid()), 'LISTEN_FDS': '1'}\n"
        "os.execv(sys.argv[2], sys.argv[2:])\n")
    prefix = ("python3", "-c", script)
    logged_in.prefix = (*prefix, "127.0.0.1")
    service = Service(logged_in)
    assert service.port != 9127
    assert service.until(200).status == 200
    logged_in.prefix = (*prefix, "0.0.0.0")
    result = logged_in.run("serve").expect(78)
    assert "0.0.0.0" in result.stderr


# Beside the steps of a CI job


RUNNER = r"""
import os, subprocess, sys, time
# Starts each step as a runner does: with the job's variables, which it does not have itself.
env = dict(os.environ)
job = env | {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_ENV": sys.argv[1]}
job |= dict(entry.split("=", 1) for entry in sys.argv[3:])
first = subprocess.run(["sh", "-c", sys.argv[2]], env=job, stdout=subprocess.PIPE)
print(first.returncode, flush=True)
sys.stdout.buffer.write(first.stdout); sys.stdout.flush()
sys.stdin.read()
"""


@pytest.fixture
def runner(logged_in, tmp_path):
    running = []

    def start(form, *words, given=None):
        file = tmp_path / "github-env"
        file.touch()
        step = f"'{logged_in.path}' serve --detach --export {form} {' '.join(words)}"
        popen = subprocess.Popen(
            ["python3", "-c", RUNNER, str(file), step, *(f"{n}={v}" for n, v in (given or {}).items())],
            env=logged_in.environment(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, start_new_session=True)
        running.append(popen)
        return popen, file

    yield start
    for popen in running:
        popen.kill()


def variables(text: str) -> dict:
    """GITHUB_ENV's blocks."""
    found = re.findall(r"^([A-Z0-9_]+)<<(\S+)\n(.*)\n\2$", text, re.M)
    return {name: value for name, _, value in found}


def asked(env) -> int:
    host, port = re.fullmatch(r"http://([\d.]+):(\d+)/credentials", env["AWS_CONTAINER_CREDENTIALS_FULL_URI"]).groups()
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(
            b"GET /credentials HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
            + open(env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], "rb").read() + b"\r\n\r\n")
        return read_answer(connection).status


def test_later_steps_of_a_job_have_credentials_until_the_runner_ends(runner):
    popen, file = runner("github")
    assert popen.stdout.readline() == "0\n", "the step ends, although something goes on"
    mask = popen.stdout.readline()
    env = variables(file.read_text())
    assert mask == f"::add-mask::{env['AWS_CONTAINER_AUTHORIZATION_TOKEN']}\n"
    assert env["AWS_EC2_METADATA_DISABLED"] == "true"
    assert asked(env) == 200
    time.sleep(2.5)  # some looks at the runner
    assert asked(env) == 200
    popen.stdin.close()
    popen.wait(20)
    token = env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
    wait_for(lambda: not os.path.exists(token), 20, "the end of the endpoint")
    assert not os.path.exists(os.path.dirname(token))
    with pytest.raises(OSError):
        wait_for(lambda: asked(env | {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/dev/null"}) == 0, 20, "nobody")


def test_sdks_of_later_steps_find_it_whatever_the_job_had_set(runner, tmp_path):
    files = tmp_path / "aws"
    files.mkdir()
    (files / "config").write_text("[profile other]\nregion = eu-west-1\n")
    (files / "credentials").write_text("[default]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = x\n")
    given = {"AWS_PROFILE": "other", "AWS_ACCESS_KEY_ID": "AKIAGIVEN", "AWS_SECRET_ACCESS_KEY": "x",
             "AWS_CONFIG_FILE": str(files / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(files / "credentials"),
             "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere", "AWS_ROLE_ARN": "arn:aws:iam::1:role/x"}
    popen, file = runner("github", given=given)
    assert popen.stdout.readline() == "0\n"
    popen.stdout.readline()
    env = variables(file.read_text())
    assert env["AWS_PROFILE"] == "default" and env["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert os.stat(env["AWS_CONFIG_FILE"]).st_mode & 0o777 == 0o600
    log = os.path.join(os.path.dirname(env["AWS_CONFIG_FILE"]), "daypass.log")
    assert os.stat(log).st_mode & 0o777 == 0o600
    ask = "import boto3; c = boto3.Session().get_credentials(); print(c.method, c.access_key[:4])"
    later = {**os.environ, **given, **env}
    step = subprocess.run([sys.executable, "-c", ask], env=later, capture_output=True, text=True, timeout=120)
    assert step.stdout == "container-role ASIA\n", step.stderr
    broken = subprocess.run(
        [sys.executable, "-c", ask], env=later | {"AWS_PROFILE": ""}, capture_output=True, text=True, timeout=120)
    assert "ProfileNotFound" in broken.stderr, "empty would do as well"


def test_other_ci_systems_get_lines_on_standard_output(runner):
    popen, _ = runner("dotenv")
    assert popen.stdout.readline() == "0\n"
    env = {}
    while "AWS_EC2_METADATA_DISABLED" not in env or "AWS_CONTAINER_AUTHORIZATION_TOKEN" not in env:
        name, value = popen.stdout.readline().rstrip("\n").split("=", 1)
        env[name] = value
    assert asked(env) == 200


def test_a_job_whose_first_credentials_cannot_be_had_fails_in_that_step(runner, sandbox):
    popen, file = runner("github", "--role-arn", "arn:aws:iam::123456789012:role/no-such-role")
    assert popen.stdout.readline() == "77\n"
    assert file.read_text() == ""


def test_detaching_needs_a_form(logged_in):
    logged_in.run("serve", "--detach").expect(64)
    logged_in.run("serve", "--export", "dotenv").expect(64)
    logged_in.run("serve", "--detach", "--export", "json").expect(64)
