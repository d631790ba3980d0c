"""The cached path: from starting a process to its end with credentials printed."""

import json
import re
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.program import Daypass
from support.sandbox import Sandbox

TITLE = "Cached credentials: process start to exit"
ORDER = 10
HERE = Path(__file__).resolve().parent


@dataclass
class Candidate:
    name: str
    job: str
    argv: list
    env: dict


@contextmanager
def logged_in(program: Path, directory: Path):
    """Somebody with a session and cached credentials, sealed with a key file."""
    world = Daypass(program, directory)
    sandbox = Sandbox(program.parent / "daypass-sandbox", directory / "sandbox", world.watch)
    try:
        world.configure(default=sandbox.profile())
        sandbox.log_in(world)
        yield world
    finally:
        sandbox.stop()
        world.close()


def run(bench) -> list[str]:
    with logged_in(bench.program, bench.directory) as world:
        candidates, missing = prepare(bench, world)
        rows = [measure(bench, candidate) for candidate in candidates]
    base = rows[0]
    lines = ["| program | what it does | median ms | × static C | M instr. | opens | max RSS MiB |",
             "|---|---|---|---|---|---|---|"]
    for row in rows:
        lines.append(
            f"| {row['name']} | {row['job']} | {row['ms']:.2f} | {row['ms'] / base['ms']:.2f} | "
            f"{row['instructions'] / 1e6:.2f} | {row['opens']} | {row['rss']:.1f} |")
    lines += [f"\nNot here: {name}: {reason}" for name, reason in missing]
    return lines + ["", "Times: hyperfine `-N`, output to a pipe. Instructions: callgrind, user space. Opens: strace "
                    "of the process and what it becomes, successful ones. `M instr.` of what starts further processes "
                    "counts the first alone."]


def prepare(bench, world) -> tuple[list[Candidate], list[tuple[str, str]]]:
    env = world.environment()
    cached = warm(world)
    baseline = bench.directory / "baseline"
    subprocess.run(["gcc", "-O2", "-static", "-o", baseline, HERE / "baseline.c"], check=True)
    document = bench.directory / "credentials.json"
    document.touch(mode=0o600)
    document.write_bytes(cached)
    candidates = [
        Candidate("C, static", "opens, checks and prints a file in the clear", [baseline, document], env),
        Candidate("**daypass**", "`credential-process`: decrypts, checks, prints", [world.path, "credential-process"],
                  env)]
    full = world.path.resolve().parent.parent / "libexec/daypass/daypass"
    if full.exists():
        candidates.append(Candidate("daypass, without its front", "the same", [full, "credential-process"], env))
    missing = []
    for find in PEERS:
        try:
            candidates += [find(world, env)]
        except LookupError as reason:
            missing.append(reason.args)
    return candidates, missing


def warm(world) -> bytes:
    """The program's answer once it comes from the cache by the shortest way there is."""
    for _ in range(3):
        result = world.run("credential-process").expect(0)
    return result.out


def awscli(world, env) -> Candidate:
    aws = shutil.which("aws", path="/usr/bin:/bin")
    if not aws:
        raise LookupError("AWS CLI", "Debian's awscli is not installed")
    folder = world.home / ".aws"
    folder.mkdir(exist_ok=True)
    keys = json.loads(world.run("credential-process").expect(0).out)
    (folder / "credentials").write_text(
        f"[default]\naws_access_key_id={keys['AccessKeyId']}\naws_secret_access_key={keys['SecretAccessKey']}\n"
        f"aws_session_token={keys['SessionToken']}\n")
    version = subprocess.run([aws, "--version"], env=env, capture_output=True, text=True).stdout.split()[0]
    return Candidate(
        f"{version.replace('aws-cli/', 'AWS CLI ')}", "`configure export-credentials` of keys in its own file",
        [aws, "configure", "export-credentials"], env)


def python(world, env) -> Candidate:
    return Candidate("python3", "`-c pass`: nothing at all", ["/usr/bin/python3", "-c", "pass"], env)


PEERS = [awscli, python]


def measure(bench, candidate: Candidate) -> dict:
    bench.say(candidate.name)
    argv = [str(word) for word in candidate.argv]
    return {
        "name": candidate.name, "job": candidate.job, "ms": milliseconds(bench, argv, candidate.env),
        "instructions": instructions(argv, candidate.env), "opens": opens(bench, argv, candidate.env),
        "rss": resident(bench, argv, candidate.env)}


def quoted(argv: list[str]) -> str:
    return " ".join("'" + word.replace("'", "'\\''") + "'" for word in argv)


def milliseconds(bench, argv, env) -> float:
    """Median; runs are spread over two passes so that a busy moment does not fall on one program alone."""
    report = bench.directory / "hyperfine.json"
    single = min(timed(argv, env), 1)
    runs = max(10, min(50 if bench.quick else 400, int(20 / single)))
    subprocess.run(
        ["/usr/bin/hyperfine", "-N", "--warmup", "10", "--runs", str(runs), "--output", "pipe", "--style", "none",
         "--export-json", report, quoted(argv)], env=env, check=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    return json.loads(report.read_text())["results"][0]["median"] * 1000


def timed(argv, env) -> float:
    started = time.monotonic()
    subprocess.run(argv, env=env, check=True, stdout=subprocess.DEVNULL)
    return max(time.monotonic() - started, 0.001)


def instructions(argv, env) -> int:
    done = subprocess.run(
        ["/usr/bin/valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *argv], env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def opens(bench, argv, env) -> int:
    trace = bench.directory / "strace"
    subprocess.run(
        ["/usr/bin/strace", "-f", "-e", "trace=open,openat,openat2", "-o", trace, *argv], env=env, check=True,
        stdout=subprocess.DEVNULL)
    return len(re.findall(r"^\d+ +open\w*\(.*\) = \d+", trace.read_text(), re.M))


def resident(bench, argv, env) -> float:
    report = bench.directory / "time"
    subprocess.run(["/usr/bin/time", "-f", "%M", "-o", report, *argv], env=env, check=True, stdout=subprocess.DEVNULL)
    return int(report.read_text().split()[-1]) / 1024
