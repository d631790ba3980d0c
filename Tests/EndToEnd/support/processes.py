"""Servers as child processes: a port nobody else takes, a log of their own, and an end by process group."""

import fcntl
import os
import random
import signal
import socket
import subprocess
import time
from pathlib import Path

# Below the kernel's ephemeral range, so that no outgoing connection can take a port between choice and bind.
_PORTS = range(11000, 32000)
_claims = []


def free_port() -> int:
    """A loopback port that is free now and that no other test process of this user is given until this one ends."""
    directory = Path(f"/tmp/daypass-test-ports-{os.getuid()}")
    directory.mkdir(mode=0o700, exist_ok=True)
    for _ in range(400):
        port = random.choice(_PORTS)
        try:
            claim = os.open(directory / str(port), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError:
            continue
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except OSError:
            os.close(claim)
            continue
        _claims.append(claim)  # held open: the claim lasts as long as this process
        return port
    raise RuntimeError("no free loopback port found")


class Process:
    """A child in a session of its own; `stop` ends the whole group and nothing else."""

    def __init__(self, argv, directory: Path, name: str, env=None, grace: float = 3.0, **options):
        self.name = name
        self.grace = grace
        self.log_path = directory / f"{name}.log"
        self._log = open(self.log_path, "ab")
        self._popen = subprocess.Popen(
            [str(word) for word in argv],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env=env,
            start_new_session=True,
            **options,
        )

    @property
    def pid(self) -> int:
        return self._popen.pid

    def is_running(self) -> bool:
        return self._popen.poll() is None

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def wait_until(self, is_ready, seconds: float = 30):
        """Waits for `is_ready()`; a process that ends meanwhile is an error that shows its log."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.is_running():
                raise RuntimeError(f"{self.name} ended with {self._popen.returncode}:\n{self.log()[-4000:]}")
            try:
                if is_ready():
                    return self
            except OSError:
                pass
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"{self.name} was not ready within {seconds} s:\n{self.log()[-4000:]}")

    def wait_for_port(self, port: int, seconds: float = 30):
        return self.wait_until(lambda: accepts(port), seconds)

    def stop(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._popen.poll() is None:
                try:
                    os.killpg(self._popen.pid, number)
                except ProcessLookupError:
                    pass
                try:
                    self._popen.wait(self.grace)
                except subprocess.TimeoutExpired:
                    continue
        # Children of the group that outlived their leader.
        try:
            os.killpg(self._popen.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        self._log.close()


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(condition, seconds: float, what: str, pause: float = 0.05):
    """The first true value of `condition()`; fails by name when none comes in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(pause)
    raise AssertionError(f"{what}: not within {seconds} s")
