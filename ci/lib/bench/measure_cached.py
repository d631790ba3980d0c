"""The cached path: from starting a process to its end with credentials printed."""

import json
import re
import statistics
import subprocess
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import peers
from peers import Candidate
from support.program import Daypass
from support.sandbox import Sandbox

TITLE = "Cached credentials: process start to exit"
ORDER = 10
HERE = Path(__file__).resolve().parent
# Each program is measured in as many passes, in turns: a busy moment falls on all of them.
PASSES = 5


@contextmanager
def logged_in(program: Path, directory: Path):
    """Somebody with a session and cached credentials, sealed with a key file; and the provider."""
    world = Daypass(program, directory)
    sandbox = Sandbox(program.parent / "daypass-sandbox", directory / "sandbox", world.watch)
    try:
        world.configure(default=sandbox.profile())
        sandbox.log_in(world)
        yield world, sandbox
    finally:
        sandbox.stop()
        world.close()


def run(bench) -> list[str]:
    missing = []
    with logged_in(bench.program, bench.directory) as (world, sandbox), ExitStack() as stack:
        candidates = own(bench, world)
        for peer in peers.ALL:
            try:
                candidates.append(stack.enter_context(peer(world, sandbox)))
            except peers.Absent as name:
                missing.append(f"Not installed here: {name}.")
        times = milliseconds(bench, candidates)
        lines = ["| program | what it does | median ms | × static C | M instr. | opens | max RSS MiB |",
                 "|---|---|---|---|---|---|---|"]
        for candidate, median in zip(candidates, times):
            bench.say(f"instructions, files and memory: {candidate.name}")
            argv, env = [str(word) for word in candidate.argv], candidate.env
            lines.append(
                f"| {candidate.name} | {candidate.job} | {median:.2f} | {median / times[0]:.2f} | "
                f"{instructions(argv, env) / 1e6:.2f} | {opens(bench, argv, env)} | {resident(bench, argv, env):.1f} |")
    return lines + ["", *missing, f"""
Times: hyperfine `-N`, output to a pipe, {PASSES} passes in turns, the median of all runs. Instructions: callgrind, user
space, the first process alone. Opens: successful ones, by strace. The bounds are 2 × static C, 0.8 M instructions, 4
opens and 4 MiB; `ci/bench --guard` holds the instructions to what is recorded.""".strip()]


def own(bench, world) -> list[Candidate]:
    env = world.environment()
    document = bench.directory / "credentials.json"
    document.touch(mode=0o600)
    document.write_bytes(warm(world))
    baseline = bench.directory / "baseline"
    subprocess.run(["gcc", "-O2", "-static", "-o", baseline, HERE / "baseline.c"], check=True)
    full = world.path.resolve().parent.parent / "libexec/daypass/daypass"
    return [
        Candidate("C, static", "opens, checks and prints a file in the clear", [baseline, document], env),
        Candidate("**daypass**", "`credential-process`: decrypts, checks, prints", [world.path, "credential-process"],
                  env),
        Candidate("daypass without its front", "the same", [full, "credential-process"], env)]


def warm(world) -> bytes:
    """The program's answer once it comes from the cache by the shortest way there is."""
    for _ in range(3):
        result = world.run("credential-process").expect(0)
    return result.out


def quoted(argv: list) -> str:
    return " ".join("'" + str(word).replace("'", "'\\''") + "'" for word in argv)


def milliseconds(bench, candidates: list[Candidate]) -> list[float]:
    report = bench.directory / "hyperfine.json"
    seconds: list[list[float]] = [[] for _ in candidates]
    for number in range(PASSES):
        bench.say(f"times: pass {number + 1} of {PASSES}")
        for candidate, times in zip(candidates, seconds):
            started = time.monotonic()
            subprocess.run(candidate.argv, env=candidate.env, check=True, stdout=subprocess.DEVNULL)
            # About two seconds of each.
            runs = max(3, min(20 if bench.quick else 200, int(2 / max(time.monotonic() - started, 0.001))))
            subprocess.run(
                ["/usr/bin/hyperfine", "-N", "--warmup", "3", "--runs", str(runs), "--output", "pipe",
                 "--style", "none", "--export-json", report, quoted(candidate.argv)],
                env=candidate.env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            times += json.loads(report.read_text())["results"][0]["times"]
    return [statistics.median(times) * 1000 for times in seconds]


def instructions(argv: list[str], env: dict) -> int:
    done = subprocess.run(
        ["/usr/bin/valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *argv], env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    counted = re.search(r"Collected : (\d+)", done.stderr)
    if not counted:
        raise RuntimeError(f"{argv} became another program: there was nothing cached to answer with")
    return int(counted.group(1))


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
