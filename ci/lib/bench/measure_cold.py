"""A CI job's first credentials: one request for the token, one to the STS, each answered after 20 ms."""

import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time

from servers import SERVER_CORE, Sandbox

TITLE = "A CI job's first credentials"
ORDER = 20
LATENCY = 0.020
WAIT = 2 * LATENCY * 1000
ROLE = "arn:aws:iam::123456789012:role/ci"


class TokenService:
    """As GitHub's runners ask it: the token in a JSON object."""

    def __init__(self, token: str):
        self.token = token
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/token?v=1"
        self.requests = 0
        body = json.dumps({"value": token}).encode()
        self.answer = (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
                       + body)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            connection, _ = self.listener.accept()
            with connection:
                data = b""
                while b"\r\n\r\n" not in data:
                    data += connection.recv(65536)
                self.requests += 1
                time.sleep(LATENCY)
                connection.sendall(self.answer)
                connection.recv(1)


def run(bench) -> list[str]:
    sandbox = Sandbox(bench.program.parent / "daypass-sandbox", latency_ms=json.dumps({"sts": LATENCY * 1000}))
    try:
        return measure(bench, sandbox)
    finally:
        sandbox.stop()


def measure(bench, sandbox) -> list[str]:
    service = TokenService(sandbox.mint())
    env = {
        "PATH": os.environ["PATH"], "HOME": str(bench.directory), "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": service.url, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token",
        "AWS_ROLE_ARN": ROLE, "DAYPASS_STS_ENDPOINT": f"{sandbox.url}/sts", "AWS_REGION": "eu-central-1"}
    candidates = {"**daypass** `credentials`": ([bench.program, "credentials"], [])}
    if shutil.which("curl"):
        candidates["curl, the same two requests"] = (curl(bench, sandbox, service), [])
    sandbox.control("reset-counters")
    before = len(sandbox.state()["requests"])
    runs = 5 if bench.quick else 60
    # What is started stays on this one; the servers' threads are elsewhere already.
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(SERVER_CORE)})
    try:
        timed_turns(bench, env, candidates, runs)
    finally:
        os.sched_setaffinity(0, everywhere)
    exchanges = len(sandbox.state()["requests"]) - before
    asked = [number / runs / len(candidates) for number in (service.requests, exchanges)]
    lines = ["| program | median ms | beyond the two answers' waits, ms | least ms beyond | its own work, ms |",
             "|---|---|---|---|---|"]
    for name, (_, results) in candidates.items():
        walls, work = [wall for wall, _ in results], statistics.mean(work for _, work in results)
        lines.append(
            f"| {name} | {statistics.median(walls):.1f} | {statistics.median(walls) - WAIT:.1f} | "
            f"{min(walls) - WAIT:.1f} | {work:.1f} |")
    return lines + [
        "", f"From start to exit, in turns. Each answer comes {LATENCY * 1000:.0f} ms after its request. Requests a "
        f"run: {asked[0]:.2f} for the token, {asked[1]:.2f} to the STS. State in memory. Work: time of the processor."]


def timed_turns(bench, env, candidates, runs):
    # In memory: a disk's time to keep what was bought is not daypass's.
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else bench.directory) as state:
        for turn in range(runs):
            for argv, results in candidates.values():
                # Nothing is cached: each run has a state directory of its own.
                results.append(timed(argv, env | {"DAYPASS_HOME": f"{state}/{turn}"}))


def curl(bench, sandbox, service) -> list:
    """The token known beforehand."""
    form = bench.directory / "form"
    form.write_text(
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&DurationSeconds=3600&RoleSessionName=bench"
        f"&RoleArn={ROLE}&WebIdentityToken={service.token}")
    return ["curl", "-sf", "-o", bench.directory / "1", service.url, "--next", "-sf", "-o", bench.directory / "2",
            "--data", f"@{form}", f"{sandbox.url}/sts"]


def timed(argv, env) -> tuple[float, float]:
    """Milliseconds from start to exit, and of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(list(map(str, argv)), env=env, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall * 1000, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000
