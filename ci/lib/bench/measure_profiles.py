"""Many profiles in one `daypass serve`: start-up, memory, and what they cost while nothing is due."""

import json
import os
import resource
import shutil
import tempfile
import time
import urllib.error
from pathlib import Path

from servers import DIRECT, Sandbox, Server

TITLE = "Many profiles in one serve"
ORDER = 40


def run(bench) -> list[str]:
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    sandbox = Sandbox(bench.program.parent / "daypass-sandbox", credentials_lifetime=3600)
    lines = ["| profiles | listening after s | all ready after s | work a profile, ms | MiB resident | KiB a profile | "
             "work at rest, % of a core |", "|---|---|---|---|---|---|---|"]
    try:
        base = None
        for count in (1, 100) if bench.quick else (1, 100, 1_000, 10_000):
            bench.say(f"{count} profiles")
            figures = measure(bench, sandbox, count)
            base = base or figures["MiB"]
            share = (figures["MiB"] - base) * 1024 / (count - 1) if count > 1 else 0
            lines.append(
                f"| {count:,} | {figures['listening']:.2f} | {figures['ready']:.1f} | {figures['work'] / count:.1f} | "
                f"{figures['MiB']:.0f} | {share:.1f} | {figures['rest']:.2f} |")
    finally:
        sandbox.stop()
    return lines + [
        "", "Each profile has a token file, a role session and credentials of its own; at the start none are cached, "
        "and the provider answers at once. State in memory. Work: time of the processor from start until every profile "
        "has credentials."]


def measure(bench, sandbox, count) -> dict:
    # In memory: a disk's time to keep two files for each profile is not daypass's.
    directory = Path(tempfile.mkdtemp(dir="/dev/shm" if os.path.isdir("/dev/shm") else bench.directory))
    try:
        return measure_in(bench, sandbox, count, directory)
    finally:
        shutil.rmtree(directory)


def measure_in(bench, sandbox, count, directory) -> dict:
    (directory / "identity").write_text(sandbox.mint())
    (directory / "config.toml").write_text("".join(
        f'[profile.p{number}]\ntoken_file = "{directory}/identity"\nsts_endpoint = "{sandbox.url}/sts"\n'
        f'role_arn = "arn:aws:iam::123456789012:role/ci"\nsession_name = "p{number}"\n' for number in range(count)))
    env = {"PATH": os.environ["PATH"], "HOME": str(directory), "DAYPASS_CONFIG": str(directory / "config.toml"),
           "DAYPASS_HOME": str(directory / "state")}
    start = time.perf_counter()
    service = Server(
        [bench.program, "serve", "--all-profiles", "--listen", "127.0.0.1:0", "--token-dir", directory / "tokens"], env)
    try:
        url = json.loads(service.process.stdout.readline())["url"]
        listening = time.perf_counter() - start
        while not is_ready(url):
            # Each of its answers names every profile.
            time.sleep(max(0.2, count / 2_000))
        ready = time.perf_counter() - start
        work = service.work()
        memory = service.memory()
        seconds = 5 if bench.quick else 30
        time.sleep(seconds)
        return {"listening": listening, "ready": ready, "work": work * 1000, "MiB": memory,
                "rest": (service.work() - work) / seconds * 100}
    finally:
        service.stop()


def is_ready(url: str) -> bool:
    try:
        with DIRECT.open(f"{url}/readyz"):
            return True
    except urllib.error.HTTPError:
        return False
