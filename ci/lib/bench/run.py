"""Runs measurements and keeps their tables in docs/benchmarks.md; see ci/bench.

A measurement is a module `measure_NAME.py` beside this file with

    TITLE           the heading of its section
    ORDER           where the section stands, a number
    run(bench)      measures, and returns the lines of the section (Markdown)
"""

import argparse
import importlib
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PAGE = ROOT / "docs/benchmarks.md"
sys.path[:0] = [str(HERE), str(ROOT / "Tests/EndToEnd")]

HEAD = """# Benchmarks

Written by `ci/bench`; not to be edited by hand. Every figure of a table was measured in one run, side by side. The
machine may be shared and slow, so read the ratios; whoever wants figures of their own runs `ci/bench` again.
"""


@dataclass
class Bench:
    """What a measurement is given."""

    # The program as it is installed.
    program: Path
    # For files; gone after the run.
    directory: Path
    # Few repetitions.
    quick: bool = False

    def say(self, text: str):
        print(f"    {text}", file=sys.stderr, flush=True)


def measurements() -> dict:
    names = sorted(path.stem for path in HERE.glob("measure_*.py"))
    modules = {name.removeprefix("measure_"): importlib.import_module(name) for name in names}
    return dict(sorted(modules.items(), key=lambda item: item[1].ORDER))


def machine() -> str:
    """What the figures depend on, as far as it can be said in a line."""
    with open("/etc/os-release") as file:
        system = re.search(r'PRETTY_NAME="(.*)"', file.read())
    return f"{os.cpu_count()} processors, {platform.machine()}, {system.group(1) if system else platform.system()}"


def revision() -> str:
    """The commit, and whether anything differs from it but the page that is written here."""
    git = ["git", "-C", ROOT]
    commit = subprocess.run([*git, "describe", "--always"], capture_output=True, text=True).stdout.strip()
    changes = subprocess.run(
        [*git, "status", "--porcelain", "--", ".", f":!{PAGE.relative_to(ROOT)}"], capture_output=True, text=True)
    return (commit or "unknown") + ("-dirty" if changes.stdout.strip() else "")


def sections(text: str) -> dict[str, str]:
    """What the page holds already, by the names in its marks."""
    return {
        name: body for name, body in re.findall(r"<!-- ci/bench (\S+) -->\n(.*?)(?=<!-- ci/bench |\Z)", text, re.S)}


def write(order: list[str], new: dict[str, str]):
    old = sections(PAGE.read_text()) if PAGE.exists() else {}
    kept = {name: new.get(name, old.get(name)) for name in order}
    body = "\n".join(f"<!-- ci/bench {name} -->\n{text.strip()}\n" for name, text in kept.items() if text)
    PAGE.write_text(HEAD + "\n" + body)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--program", type=Path)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    known = measurements()
    if given.list:
        for name, module in known.items():
            print(f"{name:12} {module.TITLE}")
        return
    unknown = [name for name in given.names if name not in known]
    if unknown:
        sys.exit(f"error: no measurement {', '.join(unknown)}; there are {', '.join(known)}")

    found = {}
    for name in given.names or known:
        print(f"\n==> {known[name].TITLE}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="daypass-bench-") as directory:
            lines = known[name].run(Bench(given.program, Path(directory), given.quick))
        stamp = f"{time.strftime('%Y-%m-%d')}, daypass {revision()}, {machine()}. Again: `ci/bench {name}`."
        found[name] = "\n".join([f"## {known[name].TITLE}", "", stamp, "", *lines])
        print(found[name] + "\n", flush=True)
    if not given.quick:
        write(list(known), found)


if __name__ == "__main__":
    main()
