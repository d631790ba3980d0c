"""strace as a saboteur: which system calls a run makes, and the same run with one of them killed or failing."""

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_CALL = re.compile(r"^\d+ +(\w+)\(")
# What a run sent and what it stored.
_TELLING = ("sendto", "renameat")
_KILLED = re.compile(r"\+\+\+ killed by SIGKILL \+\+\+")


@dataclass(frozen=True)
class Call:
    name: str
    # The how manieth call of that name since execve: what strace counts.
    occurrence: int
    text: str

    def __str__(self):
        return f"{self.name} no. {self.occurrence}: {self.text[:110]}"


@cache
def why_unavailable() -> str | None:
    if not shutil.which("strace"):
        return "strace is not installed"
    probe = subprocess.run([*_prefix(), "strace", "-o", "/dev/null", "true"], capture_output=True)
    reason = probe.stderr.decode(errors="replace")[-200:]
    return None if probe.returncode == 0 else f"strace may not trace here: {reason}"


def _prefix() -> list[str]:
    # The program is not dumpable: only who has the right over it (root, or root of a user namespace) sees its paths.
    return [] if os.geteuid() == 0 else ["unshare", "-r"]


def record(daypass, *args, code: int = 0) -> list[Call]:
    """Every call of one run, in order. The run has its effects."""
    with tempfile.NamedTemporaryFile(dir=daypass.directory, prefix="trace-") as trace:
        done = _strace(daypass, trace.name, ["-s", "60"], args)
        assert done.returncode == code, done.stderr.decode(errors="replace")
        return _calls(Path(trace.name).read_text(errors="replace"))


def _calls(trace: str) -> list[Call]:
    seen: dict[str, int] = {}
    calls = []
    for line in trace.splitlines():
        if match := _CALL.match(line):
            name = match.group(1)
            seen[name] = seen.get(name, 0) + 1
            calls.append(Call(name, seen[name], line.split(" ", 1)[1].strip()))
    return calls


def kill_at(daypass, call: Call, *args) -> list[Call] | None:
    """Runs until just before that call. Returns the calls of `_TELLING` that this run had made when it died: how far
    it had come at that call differs from run to run, where the kernel hands a reply over in other pieces. None if the
    run ended without it."""
    with tempfile.NamedTemporaryFile(dir=daypass.directory, prefix="trace-") as trace:
        injection = f"inject={call.name}:signal=KILL:when={call.occurrence}"
        seen = ",".join(sorted({call.name, *_TELLING}))
        run = _strace(daypass, trace.name, ["-s", "60", "-e", f"trace={seen}", "-e", injection], args)
        daypass.watch.output(f"stderr of {args}", run.stderr)
        text = Path(trace.name).read_text(errors="replace")
        made = [done for done in _calls(text) if (done.name, done.occurrence) != (call.name, call.occurrence)]
        return made if _KILLED.search(text) else None


def fail_at(daypass, call: Call, error: str, *args, onward: bool = False):
    """A run in which that call fails; with `onward` every later one of its name too."""
    injection = f"inject={call.name}:error={error}:when={call.occurrence}{'+' if onward else ''}"
    daypass.prefix = (
        *_prefix(), "strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call.name}", "-e", injection)
    try:
        return daypass.run(*args)
    finally:
        daypass.prefix = ()


def _strace(daypass, trace: str, options: list[str], args):
    return subprocess.run(
        [*_prefix(), "strace", "-f", "-o", trace, *options, *daypass.argv(*args)], env=daypass.environment(),
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60, start_new_session=True, cwd=daypass.directory)
