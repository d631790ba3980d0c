"""`ci/release` packs what runs by itself, twice the same, and nothing that is not ready."""

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture
def checkout(tmp_path, built) -> Path:
    """A repository of its own with what `ci/release` reads, all of it committed, ready to be released."""
    place = tmp_path / "checkout"
    shutil.copytree(ROOT / "ci", place / "ci", ignore=shutil.ignore_patterns("__pycache__"))
    (place / "Sources/Model").mkdir(parents=True)
    for name in ("Sources/Model/Version.swift", "LICENSE"):
        shutil.copy(ROOT / name, place / name)
    version = subprocess.run([built, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    (place / "CHANGELOG.md").write_text(f"# Changelog\n\n## [{version}]\n")
    (place / ".gitignore").write_text(".build*\n")
    commit(place)
    return place


def commit(place: Path):
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-C", place]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "a change"]):
        subprocess.run([*git, *words], check=True)


def release(built: Path, place: Path, out: Path, *more):
    return subprocess.run(
        [place / "ci/release", "--program", built, "--out", out, *more], capture_output=True, text=True, timeout=300)


def test_the_archive_runs_by_itself_and_is_the_same_each_time(built, checkout, tmp_path):
    archives = []
    for name in ("one", "two"):
        done = release(built, checkout, tmp_path / name)
        assert done.returncode == 0, done.stderr
        archives.append(Path(done.stdout.splitlines()[-1]))
    assert archives[0].read_bytes() == archives[1].read_bytes()

    digest, name = (archives[0].parent / "SHA256SUMS").read_text().split()
    assert (digest, name) == (hashlib.sha256(archives[0].read_bytes()).hexdigest(), archives[0].name)

    with tarfile.open(archives[0]) as archive:
        assert {(member.uid, member.gid) for member in archive} == {(0, 0)}
        archive.extractall(tmp_path / "unpacked", filter="data")
    [tree] = (tmp_path / "unpacked").iterdir()
    assert (tree / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    told = subprocess.run([tree / "bin/daypass", "--help"], env={}, capture_output=True, text=True, timeout=60)
    assert told.returncode == 0 and "USAGE: daypass" in told.stdout, told.stderr


@pytest.mark.parametrize("fault, reason", [
    (lambda place: (place / "LICENSE").write_text("mine"), "not committed"),
    (lambda place: [(place / "CHANGELOG.md").write_text("## [Unreleased]\n"), commit(place)], "no section"),
])
def test_what_is_not_ready_is_refused(built, checkout, tmp_path, fault, reason):
    fault(checkout)
    done = release(built, checkout, tmp_path / "out")
    assert done.returncode == 1 and reason in done.stderr
    assert not (tmp_path / "out").exists()
    assert release(built, checkout, tmp_path / "out", "--draft").returncode == 0
