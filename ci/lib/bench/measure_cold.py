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
from dataclasses import dataclass, field
from pathlib import Path

from servers import SERVER_CORE, Sandbox, TLSFront

TITLE = "A CI job's first credentials"
ORDER = 20
HERE = Path(__file__).resolve().parent
LATENCY = 0.020
ROLE = "arn:aws:iam::123456789012:role/ci"
# Beyond the two round trips and TLS.
BOUND = 10


class TokenService:
    """As GitHub's runners ask it: the token in a JSON object."""

    def __init__(self, token: str):
        self.token = token
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
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


@dataclass
class Candidate:
    """One program, and what its runs took."""

    name: str
    argv: list
    env: dict
    # Milliseconds from start to exit, of the processor, what it printed, and how many requests each server got.
    walls: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    asked: list[tuple[int, int]] = field(default_factory=list)

    def wall(self) -> float:
        return statistics.median(self.walls)

    def requests(self) -> str:
        return " + ".join(f"{statistics.mean(counts):.2f}" for counts in zip(*self.asked))


def run(bench) -> list[str]:
    sandbox = Sandbox(bench.program.parent / "daypass-sandbox", latency_ms=json.dumps({"sts": LATENCY * 1000}))
    try:
        service = TokenService(sandbox.mint())
        plain = measure(bench, sandbox, service, "http", service.port, sandbox.port)
        if not shutil.which("nginx"):
            return table(plain) + ["", "Over TLS it was not measured: nginx is not installed here."]
        front = TLSFront(bench.directory / "tls", [service.port, sandbox.port])
        try:
            return table(plain, measure(bench, sandbox, service, "https", *front.ports, front.authority))
        finally:
            front.stop()
    finally:
        sandbox.stop()


def measure(bench, sandbox, service, scheme, token_port, sts_port, authority=None) -> dict:
    """The candidates' runs, and what the first of them tells of round trips and handshakes."""
    files = bench.directory / scheme
    files.mkdir()
    urls = f"{scheme}://127.0.0.1:{token_port}/token?v=1", f"{scheme}://127.0.0.1:{sts_port}/sts"
    form = ("Action=AssumeRoleWithWebIdentity&Version=2011-06-15&DurationSeconds=3600&RoleSessionName=bench"
            f"&RoleArn={ROLE}&WebIdentityToken={service.token}")
    (files / "form").write_text(form)
    path = {"PATH": os.environ["PATH"], "HOME": str(bench.directory)}
    bare = bare_client(files, scheme, token_port, sts_port, form, authority)
    trusted = ["--cacert", authority] if authority else []
    candidates = [
        Candidate("C, these two requests alone", bare, path),
        Candidate("**daypass** `credentials`", [bench.program, "credentials"], path | {
            "GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_URL": urls[0],
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token", "AWS_ROLE_ARN": ROLE, "DAYPASS_STS_ENDPOINT": urls[1],
            "AWS_REGION": "eu-central-1", **({"DAYPASS_CA_FILE": str(authority)} if authority else {})})]
    if shutil.which("curl"):
        one = ["-sf", *trusted, "-o", files / "answer"]
        candidates.append(Candidate(
            "curl, the same two requests",
            ["curl", *one, urls[0], "--next", *one, "--data", f"@{files}/form", urls[1]], path))
    def asked() -> tuple[int, int]:
        return service.requests, len(sandbox.state()["requests"])

    runs = 5 if bench.quick else 60
    # What is started stays on this one; the servers' threads are elsewhere already.
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(SERVER_CORE)})
    try:
        timed_turns(bench, candidates, runs, asked)
    finally:
        os.sched_setaffinity(0, everywhere)
    return {
        "scheme": scheme, "candidates": candidates,
        "round trips": statistics.median(float(said.split()[0]) for said in candidates[0].said),
        "handshakes": statistics.median(float(said.split()[1]) for said in candidates[0].said)}


def bare_client(files, scheme, token_port, sts_port, form, authority) -> list:
    head = "Host: 127.0.0.1\r\nAuthorization: Bearer request-token\r\nContent-Length: "
    (files / "1").write_bytes(f"GET /token?v=1 HTTP/1.1\r\n{head}0\r\n\r\n".encode())
    post = "POST /sts HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    (files / "2").write_bytes(f"{post}{head}{len(form)}\r\n\r\n{form}".encode())
    program = files / "two_requests"
    tls = ["-DTLS", "-lssl", "-lcrypto"] if authority else []
    subprocess.run(["gcc", "-O2", "-o", program, HERE / "two_requests.c", *tls], check=True)
    return [program, token_port, files / "1", sts_port, files / "2", *([authority] if authority else [])]


def timed_turns(bench, candidates, runs, asked):
    # In memory: a disk's time to keep what was bought is not daypass's.
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else bench.directory) as state:
        for turn in range(runs):
            for candidate in candidates:
                before = asked()
                # Nothing is cached: each run has a state directory of its own.
                time_once(candidate, Path(state) / "printed", {"DAYPASS_HOME": f"{state}/{turn}"})
                candidate.asked.append(tuple(late - early for early, late in zip(before, asked())))


def time_once(candidate, printed: Path, env: dict):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with printed.open("w") as output:
        start = time.perf_counter()
        subprocess.run(list(map(str, candidate.argv)), env=candidate.env | env, check=True, stdout=output)
        wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    candidate.walls.append(wall * 1000)
    candidate.work.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000)
    candidate.said.append(printed.read_text())


def table(*measured: dict) -> list[str]:
    lines = [
        "| over | program | median ms | beyond the round trips | and the handshakes | and the rest of TLS | own work | "
        "requests |", "|---|---|---|---|---|---|---|---|"]
    own = [each["candidates"][0].wall() - each["round trips"] for each in measured]
    notes = []
    for each, bare in zip(measured, own):
        tls = bare - own[0]
        for candidate in each["candidates"]:
            beyond = candidate.wall() - each["round trips"]
            lines.append(
                f"| {each['scheme']} | {candidate.name} | {candidate.wall():.1f} | {beyond:.1f} | "
                f"{beyond - each['handshakes']:.1f} | {beyond - tls:.1f} | {statistics.mean(candidate.work):.1f} | "
                f"{candidate.requests()} |")
        told = f", TLS {tls:.1f}, of that the handshakes {each['handshakes']:.1f}" if each["handshakes"] else ""
        notes.append(f"{each['scheme']}: round trips {each['round trips']:.1f}{told}")
    return lines + [
        "", f"Milliseconds, from start to exit, in turns; each answer comes {LATENCY * 1000:.0f} ms after its request. "
        "The C program tells the round trips and the handshakes as it sees them, and what TLS costs by what it takes "
        "longer over https than over http: loading and starting OpenSSL, one authority, two handshakes. "
        f"{'; '.join(notes)}. The bound is {BOUND} ms beyond the round trips and TLS. State in memory. Work: time of "
        "the processor. Requests: for the token and to the STS."]
