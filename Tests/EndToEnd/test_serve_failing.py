"""`daypass serve` while renewals fail: what it counts, what it says, and when it tries again."""

import re
import signal
import socket
import time

import pytest
from support.processes import wait_for

SUCCESS = 'daypass_refreshes_total{profile="default",result="success"}'
FAILURE = 'daypass_refreshes_total{profile="default",result="failure"}'


@pytest.fixture
def failing(logged_in, sandbox, serve):
    """A service whose credentials are still valid, and whose first renewal has just failed."""
    # Renewed from 60 s before their end on, within 24 s.
    sandbox.set(credentials_lifetime=120)
    service = serve("--duration", "30m")
    service.until(200)
    sandbox.fault("sts", "status", status=400)
    sandbox.reset_counters()
    wait_for(lambda: sandbox.count("sts"), 110, "the renewal")
    wait_for(lambda: service.metrics()[FAILURE], 20, "the failure")
    return service


@pytest.mark.slow
def test_a_renewal_that_fails_is_counted_and_said_while_the_old_ones_are_valid(failing, sandbox):
    assert failing.get().status == 200
    assert failing.metrics()[SUCCESS] == 1 and failing.metrics()[FAILURE] == 1
    said = [line for line in failing.running.err.decode().splitlines() if "going on with the credentials" in line]
    assert len(said) == 1 and "profile default: " in said[0], failing.running.err


@pytest.mark.slow
def test_sigusr1_tries_again_at_once_whatever_failed_a_moment_ago(failing, sandbox):
    tries = sandbox.count("sts")
    failing.running.signal(signal.SIGUSR1)
    wait_for(lambda: sandbox.count("sts") > tries, 10, "another try")
    wait_for(lambda: failing.metrics()[FAILURE] == 2, 10, "its failure")
    sandbox.clear_faults()
    first = failing.get().json()
    failing.running.signal(signal.SIGUSR1)
    wait_for(lambda: failing.get().json() != first, 10, "other credentials")
    assert failing.metrics()[SUCCESS] == 2


@pytest.mark.slow
def test_the_next_try_comes_when_the_record_of_the_failure_says(failing, sandbox):
    failed = time.monotonic()
    tries = sandbox.count("sts")
    wait_for(lambda: sandbox.count("sts") > tries, 75, "another try")
    assert time.monotonic() - failed > 25
    wait_for(lambda: failing.metrics()[FAILURE] == 2, 20, "its failure")
    assert not re.search(rb"tried a moment ago", failing.running.err)


# At its start and at its end


def test_an_address_of_no_interface_is_explained(logged_in):
    result = logged_in.run("serve", "--listen", "169.254.170.23:0").expect(78)
    assert "`ip addr add 169.254.170.23/32 dev lo`" in result.stderr and "errno" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_an_address_that_is_taken_is_said_in_plain_words(logged_in):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = logged_in.run("serve", "--listen", f"127.0.0.1:{taken.getsockname()[1]}").expect(78)
    assert "address already in use" in result.stderr and "errno" not in result.stderr


@pytest.mark.parametrize("given", ["flag", "variable", "file"])
def test_an_address_that_others_can_reach_is_refused_as_usage(logged_in, sandbox, given):
    if given == "file":
        logged_in.configure_text(logged_in.config.read_text() + '[serve]\nlisten = "0.0.0.0:1"\n')
    flags = ["--listen", "0.0.0.0:1"] if given == "flag" else []
    logged_in.run("serve", *flags, env={"DAYPASS_LISTEN": "0.0.0.0:1"} if given == "variable" else {}).expect(64)


def test_a_token_of_ones_own_that_ends_in_a_line_feed_is_warned_of(logged_in, serve):
    file = logged_in.runtime / "daypass/default"
    file.parent.mkdir(mode=0o700)
    file.write_text("x" * 43 + "\n")
    file.chmod(0o600)
    service = serve()
    assert service.until(200, token="x" * 43)
    assert str(file) in service.running.err.decode() and "line feed" in service.running.err.decode()


def test_what_prints_a_token_ends_with_the_service(daypass, sandbox, serve, tmp_path):
    pid = tmp_path / "pid"
    daypass.configure(default={
        "role_arn": "arn:aws:iam::123456789012:role/ci", "sts_endpoint": sandbox.sts,
        "token_command": ["sh", "-c", f"echo $$ > {pid}; exec sleep 1000"]})
    service = serve()
    wait_for(lambda: pid.exists() and pid.read_text(), 20, "the command")
    service.running.signal(signal.SIGTERM)
    service.running.finish().expect(0)

    def is_over():
        try:
            return open(f"/proc/{int(pid.read_text())}/stat").read().rsplit(")", 1)[1].split()[0] == "Z"
        except FileNotFoundError:
            return True

    wait_for(is_over, 10, "the command's end")


def test_source_says_to_programs_too_why_nothing_would_be_used(daypass):
    found = daypass.run("source", "--json").expect(0).json()
    assert not any(each["would_be_used"] for each in found["sources"]) and "no identity" in found["error"]
    assert "error" not in daypass.run("source", "--json", env={"GITLAB_CI": "true"}).expect(0).json()
