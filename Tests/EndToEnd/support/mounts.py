"""Real disks that are full, out of inodes or read-only: small file systems of a test's own."""

import contextlib
import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path


@cache
def why_unavailable() -> str | None:
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", directory], capture_output=True)
        if done.returncode != 0:
            return "mounting needs root, in a container with the right to mount"
        subprocess.run(["umount", "-l", directory], check=True)
    return None


@contextlib.contextmanager
def tmpfs(path: Path, options: str):
    """A file system of its own at `path`, with what was there; what is on it at the end is gone."""
    with tempfile.TemporaryDirectory() as kept:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        subprocess.run(["cp", "-a", f"{path}/.", kept], check=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode=700,{options}", "tmpfs", str(path)], check=True)
        try:
            subprocess.run(["cp", "-a", f"{kept}/.", str(path)], check=True)
            yield path
        finally:
            subprocess.run(["umount", "-l", str(path)], check=True)


def make_read_only(path: Path):
    subprocess.run(["mount", "-o", "remount,ro", str(path)], check=True)


def fill(directory: Path, leaving: int = 0):
    """Takes every byte that is left but so many."""
    descriptor = os.open(directory / "filler", os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        while os.write(descriptor, bytes(4096)):
            pass
    except OSError:
        pass
    finally:
        os.ftruncate(descriptor, max(0, os.fstat(descriptor).st_size - leaving))
        os.close(descriptor)


def use_up_inodes(directory: Path, leaving: int = 0):
    made = []
    with contextlib.suppress(OSError):
        while True:
            made.append(directory / f"filler-{len(made)}")
            made[-1].touch()
    for path in made[-1 - leaving:]:
        path.unlink(missing_ok=True)
