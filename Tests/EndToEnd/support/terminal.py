"""A program on a pseudo-terminal of its own: what it wrote, what the screen shows, and the terminal's settings."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import threading
import time

import pyte


class Terminal:
    """`argv` runs as the leader of a new session whose controlling terminal is the pty."""

    def __init__(self, argv, env, columns: int = 80, lines: int = 24, stdin=None, stdout=None, stderr=None):
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self._lock = threading.Lock()
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.settings_before = self.settings()
        self.process = subprocess.Popen(
            [str(word) for word in argv], env=env, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(self._slave, termios.TIOCSCTTY, 0),
            stdin=self._slave if stdin is None else stdin,
            stdout=self._slave if stdout is None else stdout,
            stderr=self._slave if stderr is None else stderr)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def settings(self):
        """Everything `stty -a` shows, but the window size."""
        return termios.tcgetattr(self._slave)

    def text(self) -> str:
        with self._lock:
            return "\n".join(line.rstrip() for line in self.screen.display)

    def output(self) -> bytes:
        with self._lock:
            return self.raw

    def cursor_is_hidden(self) -> bool:
        with self._lock:
            return self.screen.cursor.hidden

    def press(self, keys: bytes):
        os.write(self._master, keys)

    def wait_for(self, condition, seconds: float = 60, what: str = "condition"):
        """`condition`: a text to come, or a function of this terminal."""
        if isinstance(condition, (str, bytes)):
            what = repr(condition)
            needle = condition.encode() if isinstance(condition, str) else condition
            test = lambda: needle in self.output()  # noqa: E731
        else:
            test = lambda: condition(self)  # noqa: E731
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = test()
            if found:
                return found
            if self.process.poll() is not None:
                time.sleep(0.1)  # what was written last
                found = test()
                if found:
                    return found
                raise AssertionError(f"ended with {self.process.returncode} before {what}:\n{self.text()}")
            time.sleep(0.02)
        raise AssertionError(f"{what} did not come within {seconds} s:\n{self.text()}")

    def wait(self, seconds: float = 30) -> int:
        """The exit status as a shell says it: 128 + n after a signal."""
        code = self.process.wait(seconds)
        time.sleep(0.05)
        return 128 - code if code < 0 else code

    def close(self):
        if self.process.poll() is None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
        os.close(self._slave)
        self._reader.join(2)
        os.close(self._master)

    def _read(self):
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return
            if not data:
                return
            with self._lock:
                self.raw += data
                self._stream.feed(data)
