"""Other programs that hand out something cached, set up so that they do; Absent where one is not installed."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass

from support.sandbox import CONFIDENTIAL_CLIENT, CONFIDENTIAL_SECRET


@dataclass
class Candidate:
    name: str
    job: str
    argv: list
    env: dict


class Absent(Exception):
    pass


def found(name: str) -> str:
    """Of the system's own packages: what comes first in PATH may be a script that looks for it."""
    path = shutil.which(name, path="/usr/bin:/bin")
    if not path:
        raise Absent(name)
    return path


@contextmanager
def oidc_token(world, sandbox):
    """oidc-agent: an access token from the agent that keeps it, over a UNIX socket."""
    token, agent, generate = found("oidc-token"), found("oidc-agent"), found("oidc-gen")
    env = {"HOME": str(world.home), "PATH": os.environ["PATH"], "TMPDIR": str(world.directory)}
    said = subprocess.run([agent], env=env, capture_output=True, text=True, check=True).stdout
    env |= dict(re.findall(r"(OIDC\w+)=([^;]+);", said))
    try:
        login = subprocess.Popen(
            [generate, "bench", "--issuer", sandbox.issuer, "--client-id", CONFIDENTIAL_CLIENT, "--client-secret",
             CONFIDENTIAL_SECRET, "--scope", "openid profile email offline_access", "--redirect-uri",
             "http://localhost:4242", "--flow=device", "--pw-cmd", "echo x", "--confirm-default", "--no-url-call",
             "--prompt=none"],
            env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        sandbox.approve(sandbox.pending_code())
        login.wait(60)
        version = subprocess.run([token, "--version"], env=env, capture_output=True, text=True).stdout.split()[-1]
        yield Candidate(f"oidc-token {version}", "an access token from its agent's memory", [token, "bench"], env)
    finally:
        os.kill(int(env["OIDCD_PID"]), signal.SIGTERM)
        time.sleep(0.2)


@contextmanager
def awscli(world, sandbox):
    aws = found("aws")
    env = world.environment()
    folder = world.home / ".aws"
    folder.mkdir(exist_ok=True)
    keys = json.loads(world.run("credential-process").expect(0).out)
    (folder / "credentials").write_text(
        f"[default]\naws_access_key_id={keys['AccessKeyId']}\naws_secret_access_key={keys['SecretAccessKey']}\n"
        f"aws_session_token={keys['SessionToken']}\n")
    version = subprocess.run([aws, "--version"], env=env, capture_output=True, text=True).stdout.split()[0]
    yield Candidate(
        version.replace("aws-cli/", "AWS CLI "), "`configure export-credentials` of keys in its own file",
        [aws, "configure", "export-credentials"], env)


@contextmanager
def python(world, sandbox):
    yield Candidate("python3", "`-c pass`: nothing at all", [found("python3"), "-c", "pass"], world.environment())


ALL = [oidc_token, awscli, python]
