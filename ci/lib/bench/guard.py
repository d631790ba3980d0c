"""Holds the instructions of the cached path against the recorded figure; see ci/bench --guard."""

import argparse
import platform
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
RECORD = HERE / "instructions"
# How much more is let pass.
TOLERANCE = 0.05
sys.path[:0] = [str(HERE), str(HERE.parents[2] / "Tests/EndToEnd")]

import measure_cached  # noqa: E402


def recorded() -> dict[str, int]:
    if not RECORD.exists():
        return {}
    words = (line.split() for line in RECORD.read_text().splitlines() if line and not line.startswith("#"))
    return {architecture: int(count) for architecture, count in words}


def counted(program: Path) -> int:
    """In a world that is the same each time but for the letters of its name."""
    with tempfile.TemporaryDirectory(prefix="daypass-guard-", dir="/tmp") as directory:
        with measure_cached.logged_in(program, Path(directory)) as (world, _):
            measure_cached.warm(world)
            return measure_cached.instructions([str(world.path), "credential-process"], world.environment())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", action="store_true")
    parser.add_argument("program", type=Path)
    given = parser.parse_args()
    here, known = platform.machine(), recorded()
    count = counted(given.program)
    if given.record:
        lines = [f"{name} {figure}" for name, figure in sorted((known | {here: count}).items())]
        head = "# Instructions of a cached credential-process; `ci/bench --guard --record` writes them."
        RECORD.write_text("\n".join([head, *lines]) + "\n")
        print(f"instructions: {count} recorded for {here}")
        return
    if here not in known:
        print(f"instructions: {count}; none are recorded for {here}")
        return
    limit = int(known[here] * (1 + TOLERANCE))
    print(f"instructions: {count} for a cached credential-process; {known[here]} recorded, {limit} let pass")
    if count > limit:
        sys.exit("error: the cached path has grown: see what callgrind_annotate shows, or record the new figure and "
                 "say why (ci/bench --guard --record)")


if __name__ == "__main__":
    main()
