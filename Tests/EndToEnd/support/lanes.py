"""One situation, many times: a program with a provider of its own, put back to the same state before each try."""

import os
import queue
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .program import Daypass
from .sandbox import Sandbox


class Lane:
    def __init__(self, program: Path, directory: Path):
        directory.mkdir()
        self.daypass = Daypass(program, directory)
        self.sandbox = Sandbox(program.parent / "daypass-sandbox", directory / "sandbox", self.daypass.watch)
        self._kept = directory / "kept"

    def keep(self):
        """What `reset` puts back: the state directory, and the provider's sessions."""
        shutil.copytree(self.daypass.state, self._kept)
        self.sandbox.control("keep-sessions")

    def reset(self):
        shutil.rmtree(self.daypass.state, ignore_errors=True)
        shutil.copytree(self._kept, self.daypass.state)
        self.sandbox.control("restore-sessions")
        self.sandbox.reset_counters()

    def unfinished(self) -> list[str]:
        return [path.name for path in self.daypass.state.iterdir() if path.name.startswith(".")]

    def close(self):
        self.sandbox.stop()
        self.daypass.close()


class Lanes:
    """Several lanes in the same situation, side by side. `prepare` brings a lane into it."""

    def __init__(self, program: Path, directory: Path, prepare, count: int):
        self.all: list[Lane] = []
        try:
            for number in range(count):
                self.all.append(Lane(program, directory / f"lane-{number}"))
            with ThreadPoolExecutor(count) as pool:
                list(pool.map(prepare, self.all))
            for lane in self.all:
                lane.keep()
        except BaseException:
            self.close()
            raise

    @property
    def first(self) -> Lane:
        return self.all[0]

    def try_each(self, cases, attempt) -> list:
        """`attempt(lane, case)` for each case, from the same state; every case's failure is shown. Returns answers."""
        free: queue.Queue[Lane] = queue.Queue()
        for lane in self.all:
            free.put(lane)

        def one(case):
            lane = free.get()
            try:
                lane.reset()
                return attempt(lane, case), None
            except AssertionError as error:
                return None, f"{case}\n    {error}"
            finally:
                free.put(lane)

        with ThreadPoolExecutor(len(self.all)) as pool:
            answers = list(pool.map(one, cases))
        failures = [failure for _, failure in answers if failure]
        assert not failures, f"{len(failures)} of {len(answers)} cases:\n" + "\n".join(failures[:20])
        return [answer for answer, _ in answers]

    def close(self):
        for lane in self.all:
            lane.close()


def processors() -> int:
    return max(2, min(4, os.cpu_count() or 2))


def spread(cases: list, count: int, always=lambda case: False) -> list:
    """`count` cases, evenly, and those that must be among them with their neighbours."""
    chosen = {index * len(cases) // count for index in range(count)}
    for index, case in enumerate(cases):
        if always(case):
            chosen |= {index - 1, index, index + 1}
    return [case for index, case in enumerate(cases) if index in chosen]
