"""`exec` while its credentials end: renewed in the background, through outages, and again after a new login."""

import os
import shutil
import sys

import pytest

from support.need import need
from support.processes import wait_for
from support.sandbox import CI_ROLE
from test_exec_pid1 import FIRST

# Asks for its credentials until its standard input ends, and writes what it got: a line for each change.
ASKING = """
import json, os, select, sys, time, urllib.error, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
request = urllib.request.Request(
    os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
    headers={"Authorization": open(os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read()})
last = None
while not select.select([0], [], [], 0.1)[0]:
    try:
        with opener.open(request, timeout=30) as answer:
            line = "200 " + json.load(answer)["AccessKeyId"]
    except urllib.error.HTTPError as answer:
        line = f"{answer.code} " + json.load(answer)["code"]
    if line != last:
        print(line, flush=True)
    last = line
"""


class Asking:
    def __init__(self, daypass, *options, **more):
        reader, self.writer = os.pipe()
        self.running = daypass.start(
            "exec", *options, "--", sys.executable, "-c", f"import os; os.dup2({reader}, 0)\n{ASKING}",
            pass_fds=(reader,), **more)
        os.close(reader)

    def lines(self) -> list[str]:
        text = self.running.out.decode()
        return text[: text.rfind("\n") + 1].splitlines()

    def until(self, condition, seconds: float, what: str) -> list[str]:
        self.running.until(lambda: condition(self.lines()), seconds, what)
        return self.lines()

    def finish(self) -> list[str]:
        os.close(self.writer)
        self.running.finish().expect(0)
        return self.lines()


def keys(lines: list[str]) -> set[str]:
    return {line for line in lines if line.startswith("200 ")}


def test_credentials_are_renewed_while_the_command_runs(person, sandbox):
    sandbox.set(credentials_lifetime=8)
    sandbox.log_in(person)
    asking = Asking(person)
    asking.until(lambda lines: len(keys(lines)) >= 3, 60, "the third key")
    assert keys(lines := asking.finish()) == set(lines), "every answer had credentials"


def test_so_they_are_below_process_1_for_a_token_from_a_command(daypass, sandbox):
    """What gives tokens is a child beside the command, and its end is not lost to the reaper."""
    need(None if os.geteuid() == 0 and shutil.which("unshare") else "needs root and unshare")
    sandbox.set(credentials_lifetime=8)
    token = daypass.directory / "token"
    token.write_text(sandbox.mint(aud="sts.amazonaws.com"))
    daypass.configure(default={
        "source": "command", "token_command": ["cat", str(token)], "role_arn": CI_ROLE, "sts_endpoint": sandbox.sts})
    daypass.prefix = FIRST
    asking = Asking(daypass)
    asking.until(lambda lines: len(keys(lines)) >= 3, 60, "the third key")
    assert keys(lines := asking.finish()) == set(lines)


@pytest.mark.slow
def test_an_outage_shorter_than_their_life_fails_no_request(person, sandbox):
    sandbox.set(credentials_lifetime=240)
    sandbox.log_in(person)
    asking = Asking(person)
    asking.until(lambda lines: len(keys(lines)) == 1, 60, "the first key")
    sandbox.reset_counters()
    sandbox.fault("sts", "status", status=503)
    # From the first try on there are two minutes left; some pass until the next.
    wait_for(lambda: sandbox.count("sts") >= 2, 200, "a renewal that fails")
    assert len(asking.lines()) == 1
    sandbox.clear_faults()
    asking.until(lambda lines: len(keys(lines)) == 2, 120, "the second key")
    assert keys(lines := asking.finish()) == set(lines)


def test_a_session_that_ends_is_said_and_a_login_on_the_side_resumes(person, sandbox):
    sandbox.set(credentials_lifetime=8, id_token_lifetime=15, token_omit=["refresh_token"])
    sandbox.log_in(person)
    asking = Asking(person)
    asking.until(lambda lines: lines[-1:] == ["503 LoginRequired"], 60, "503 LoginRequired")
    assert asking.running.popen.poll() is None, "the command goes on"
    sandbox.set(credentials_lifetime=3600, id_token_lifetime=3600)
    sandbox.log_in(person)
    lines = asking.until(lambda lines: lines[-1].startswith("200 "), 25, "credentials again")
    assert set(lines) - keys(lines) <= {"503 LoginRequired", "503 Unavailable"}
    asking.finish()
