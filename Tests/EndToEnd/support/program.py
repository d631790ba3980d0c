"""The program under test in a world of its own: home, configuration, state, and an environment that holds no more."""

import json
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from .secrets import Watch
from .terminal import Terminal


@dataclass
class Result:
    args: tuple
    code: int
    out: bytes
    err: bytes
    seconds: float

    @property
    def stdout(self) -> str:
        return self.out.decode()

    @property
    def stderr(self) -> str:
        return self.err.decode()

    def json(self):
        return json.loads(self.out)

    def expect(self, code: int = 0) -> "Result":
        """Fails with everything there is to see unless the exit code is this one."""
        assert self.code == code, (
            f"daypass {' '.join(map(str, self.args))}: exit {self.code}, expected {code}\n"
            f"--- stdout\n{self.out.decode(errors='replace')[:3000]}\n"
            f"--- stderr\n{self.err.decode(errors='replace')[:3000]}")
        return self


class Running:
    """A daypass that was started and goes on; its output is collected while it does."""

    def __init__(self, args, popen: subprocess.Popen, done):
        self.args = args
        self.popen = popen
        self._done = done
        self._started = time.monotonic()
        self._out, self._err = bytearray(), bytearray()
        self._threads = [
            threading.Thread(target=self._collect, args=(popen.stdout, self._out), daemon=True),
            threading.Thread(target=self._collect, args=(popen.stderr, self._err), daemon=True)]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _collect(pipe, into: bytearray):
        while data := os.read(pipe.fileno(), 65536):
            into += data

    @property
    def out(self) -> bytes:
        return bytes(self._out)

    @property
    def err(self) -> bytes:
        return bytes(self._err)

    def events(self) -> list[dict]:
        """What `login --json` has said so far, whole lines only."""
        text = self.out.decode()
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def event(self, name: str, seconds: float = 60) -> dict:
        return self.until(
            lambda: next((event for event in self.events() if event["event"] == name), None), seconds, name)

    def until(self, condition, seconds: float = 60, what: str = "condition"):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            ended = self.popen.poll() is not None
            found = condition()
            if found:
                return found
            if ended:
                for thread in self._threads:
                    thread.join(2)
                found = condition()
                if found:
                    return found
                break
            time.sleep(0.02)
        raise AssertionError(
            f"{what} did not come from daypass {' '.join(map(str, self.args))} (exit {self.popen.poll()}):\n"
            f"{self.out.decode(errors='replace')}\n{self.err.decode(errors='replace')}")

    def signal(self, number: int):
        self.popen.send_signal(number)

    def finish(self, seconds: float = 60) -> Result:
        code = self.popen.wait(seconds)
        for thread in self._threads:
            thread.join(5)
        result = Result(
            self.args, 128 - code if code < 0 else code, self.out, self.err, time.monotonic() - self._started)
        self._done(result)
        return result

    def stop(self):
        if self.popen.poll() is None:
            try:
                os.killpg(self.popen.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.popen.wait()


# Verbs whose job is to print something secret; their stdout is theirs, their stderr is not.
_PRINTS_SECRETS = {"token", "credentials", "credential-process", "exec", "console"}


@dataclass
class Daypass:
    path: Path
    directory: Path
    watch: Watch = field(default_factory=Watch)
    # Words before the program's own: what it runs below (unshare, strace, …).
    prefix: tuple = ()
    _running: list = field(default_factory=list)
    _terminals: list = field(default_factory=list)

    def __post_init__(self):
        self.home = self.directory / "home"
        self.state = self.home / ".local/state/daypass"
        self.config = self.home / ".config/daypass/config.toml"
        self.runtime = self.directory / "run"
        for path in (self.home, self.runtime, self.config.parent):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.env = {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.runtime),
            "TMPDIR": str(self.directory), "LANG": "C.UTF-8", "TERM": "xterm-256color", "SHELL": "/bin/sh",
            # The user keyring is shared by everything that runs as this user; tests that want it say so.
            "DAYPASS_STORE": "file",
        }

    # Configuration

    def configure(self, **profiles: dict):
        """Writes the config file: one table a profile."""
        text = ""
        for name, settings in profiles.items():
            text += f"[profile.{name}]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in settings.items())
        return self.configure_text(text)

    def configure_text(self, text: str | bytes):
        self.config.touch(mode=0o600)
        self.config.write_bytes(text.encode() if isinstance(text, str) else text)
        return self

    # Running

    def run(self, *args, env=None, input: bytes = b"", timeout: float = 60, **options) -> Result:
        """Without a terminal: a session of its own, so that /dev/tty does not open."""
        started = time.monotonic()
        done = subprocess.run(
            self.argv(*args), env=self.environment(env), input=input, capture_output=True, timeout=timeout,
            start_new_session=True, cwd=options.pop("cwd", self.directory), **options)
        code = 128 - done.returncode if done.returncode < 0 else done.returncode
        return self.seen(Result(args, code, done.stdout, done.stderr, time.monotonic() - started))

    def start(self, *args, env=None, **options) -> Running:
        popen = subprocess.Popen(
            self.argv(*args), env=self.environment(env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True, cwd=options.pop("cwd", self.directory), **options)
        running = Running(args, popen, self.seen)
        self._running.append(running)
        return running

    def terminal(self, *args, env=None, **options) -> Terminal:
        terminal = Terminal(self.argv(*args), self.environment(env), **options)
        self._terminals.append((args, terminal))
        return terminal

    def argv(self, *args) -> list[str]:
        return [*map(str, self.prefix), str(self.path), *map(str, args)]

    def environment(self, changes=None) -> dict:
        """`changes`: values to set; None removes."""
        merged = self.env | {key: str(value) for key, value in (changes or {}).items() if value is not None}
        return {key: value for key, value in merged.items() if (changes or {}).get(key, "") is not None}

    # The end of a test

    def close(self):
        for running in self._running:
            running.stop()
        for args, terminal in self._terminals:
            terminal.close()
            if not _PRINTS_SECRETS & set(args[:1]):
                self.watch.output(f"the terminal of {args}", terminal.output())
        if self.state.is_dir():
            self.watch.file_tree(self.state)
        leaks = self.watch.leaks()
        assert not leaks, "\n".join(leaks)

    def seen(self, result: Result) -> Result:
        """Every result passes here: what it shows is watched, and its exit code is one of the contract."""
        self.watch.output(f"stderr of {result.args}", result.err)
        if not _PRINTS_SECRETS & set(result.args):
            self.watch.output(f"stdout of {result.args}", result.out)
        # No signal either: a trap would show as 132 or 133.
        assert result.code in _CODES or "exec" in result.args, f"exit {result.code} of {result.args}: {result.stderr}"
        return result


_CODES = {0, 1, 4, 64, 65, 69, 70, 74, 75, 77, 78, 130, 143}


def _toml(value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items()) + " }"
    return str(value) if isinstance(value, int) else json.dumps(str(value), ensure_ascii=False)
