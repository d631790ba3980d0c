"""What a renewal costs the schedule of `daypass serve`: it must grow as the logarithm of the number of profiles."""

import math
import subprocess
from pathlib import Path

TITLE = "The schedule of serve"
ORDER = 41
HERE = Path(__file__).resolve().parent
SOURCES = HERE.parents[2] / "Sources"


def run(bench) -> list[str]:
    # Together in one module: what the schedule imports is only the times of Model.
    source = (SOURCES / "Command/Serve/Schedule.swift").read_text()
    schedule = bench.directory / "Schedule.swift"
    schedule.write_text(source.replace("import Model\n", ""))
    main = bench.directory / "main.swift"
    main.write_text((HERE / "schedule.swift").read_text())
    program = bench.directory / "schedule"
    subprocess.run(
        ["swiftc", "-O", "-swift-version", "6", "-o", program, *sorted(SOURCES.glob("Model/*.swift")), schedule, main],
        check=True, stderr=subprocess.DEVNULL)
    done = subprocess.run([program], check=True, capture_output=True, text=True)
    rows = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    lines = ["| profiles | ns a renewal | ns a renewal / log2(profiles) |", "|---|---|---|"]
    lines += [f"| {count:,} | {spent} | {spent / math.log2(count):.1f} |" for count, spent in rows]
    return lines + ["", "The earliest is taken and added again; the best of five times 200,000."]
