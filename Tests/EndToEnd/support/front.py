"""An installation in which it can be seen who answered: the front by itself, or the full program that it became."""

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

from .program import Daypass


def full_program(built: Path) -> Path:
    return built.resolve().parent.parent / "libexec/daypass/daypass"


class Layout:
    def __init__(self, built: Path, directory: Path):
        self.built = built
        self.front = directory / "bin/daypass"
        # What the front becomes.
        self.full = directory / "libexec/daypass/daypass"
        self.mark = directory / "became-full"
        # The same program where no front is, so that it leaves nothing for one.
        self.alone = directory / "alone"
        for path in (self.front, self.full):
            path.parent.mkdir(parents=True)
        shutil.copy(built, self.front)
        shutil.copy(full_program(built), self.alone)
        self.full.write_text(f'#!/bin/sh\necho x >> "{self.mark}"\nexec "{full_program(built)}" "$@"\n')
        self.full.chmod(0o755)

    def became_full(self) -> int:
        """How often since the last time this was asked."""
        if not self.mark.exists():
            return 0
        count = len(self.mark.read_text().splitlines())
        self.mark.unlink()
        return count


def answered_by_front(layout: Layout, daypass: Daypass, *args, env=None) -> bytes:
    """What the front printed; fails if the full program did."""
    layout.became_full()
    result = daypass.run(*args, env=env).expect(0)
    assert layout.became_full() == 0, f"{args} was answered by the full program"
    return result.out


def warm(layout: Layout, daypass: Daypass, *args, env=None) -> bytes:
    """Asks until the front answers."""
    for _ in range(4):
        result = daypass.run(*args, env=env).expect(0)
        if layout.became_full() == 0:
            return result.out
    raise AssertionError(f"the front never answered {args}: {result.stderr}")


def run_raw(path: Path, argv: list[bytes], env: list[bytes], cwd: Path) -> tuple[int, bytes, bytes]:
    """With an environment block as it stands: doubled names, entries without `=`, bytes that are no text; and any
    arguments, or none."""

    def become():
        def words(items):
            return (ctypes.c_char_p * (len(items) + 1))(*items, None)
        ctypes.CDLL(None).execve(os.fsencode(path), words(argv), words(env))
        os._exit(126)

    # The child is a Python that calls `become` right after the fork.
    done = subprocess.run(
        ["/proc/self/exe"], preexec_fn=become, stdin=subprocess.DEVNULL, capture_output=True, cwd=cwd, timeout=60,
        start_new_session=True)
    return 128 - done.returncode if done.returncode < 0 else done.returncode, done.stdout, done.stderr


def logged_in_behind(layout: Layout, directory: Path, sandbox, watch):
    """Somebody who has logged in, with a daypass whose full program leaves a mark."""
    program = Daypass(layout.front, directory, watch)
    program.configure(default=sandbox.profile(), other=sandbox.profile(session_name="other"))
    sandbox.log_in(program)
    sandbox.reset_counters()
    yield program
    program.close()
