"""Many processes of daypass at once, all let go at the same moment, and what became of each."""

import os
import subprocess
import time
from collections import Counter

from .program import Daypass, Result


class Crowd:
    """Callers that were started and go on. Outputs go to files: pipes would need a reader for each."""

    def __init__(self, daypass: Daypass, *calls: tuple, env=None):
        self._daypass = daypass
        # All wait at one pipe whose other end is closed once the last is there.
        gate, self._opener = os.pipe()
        directory = daypass.directory / f"crowd-{time.monotonic_ns()}"
        directory.mkdir()
        self._members = []
        environment = daypass.environment(env)
        for index, args in enumerate(calls):
            with open(directory / f"{index}.out", "wb") as out, open(directory / f"{index}.err", "wb") as err:
                popen = subprocess.Popen(
                    ["/bin/sh", "-c", 'read -r _; exec "$@" </dev/null', "sh", *daypass.argv(*args)],
                    env=environment, stdin=gate, stdout=out, stderr=err, start_new_session=True,
                    cwd=daypass.directory)
            self._members.append((args, popen, directory / f"{index}.out", directory / f"{index}.err"))
        os.close(gate)
        self._started = time.monotonic()
        os.close(self._opener)

    def ended(self) -> int:
        return sum(popen.poll() is not None for _, popen, _, _ in self._members)

    def kill(self):
        """Ends those that are left, as kill -9 does; they show as 137."""
        for _, popen, _, _ in self._members:
            if popen.poll() is None:
                popen.kill()

    def finish(self, seconds: float = 90) -> list[Result]:
        deadline = time.monotonic() + seconds
        results = []
        try:
            for args, popen, out, err in self._members:
                code = popen.wait(max(0.1, deadline - time.monotonic()))
                results.append(Result(
                    args, 128 - code if code < 0 else code, out.read_bytes(), err.read_bytes(),
                    time.monotonic() - self._started))
        finally:
            self.kill()
        return [self._daypass.seen(result) if result.code != 137 else result for result in results]


def crowd(daypass: Daypass, *calls: tuple, env=None, seconds: float = 90) -> list[Result]:
    """All of `calls` at once; one result each, in their order."""
    return Crowd(daypass, *calls, env=env).finish(seconds)


def codes(results: list[Result]) -> dict[int, int]:
    """How many ended with which exit code."""
    return dict(Counter(result.code for result in results))
