"""The schedule of `daypass serve`: what a renewal costs it, which must grow as the logarithm of the number of profiles,
and how evenly it spreads them."""

import math
import re
import subprocess
from pathlib import Path

TITLE = "The schedule of serve"
ORDER = 41
HERE = Path(__file__).resolve().parent
SOURCES = HERE.parents[2] / "Sources"
# Together in one module: what these import of others is only the times of Model.
PARTS = ["Command/Serve/Schedule.swift", "Command/Serve/Pace.swift", "Broker/Exchange/Windows.swift"]


def run(bench) -> list[str]:
    sources = []
    for part in PARTS:
        sources.append(bench.directory / Path(part).name)
        sources[-1].write_text(re.sub(r"^import .*\n", "", (SOURCES / part).read_text(), flags=re.M))
    main = bench.directory / "main.swift"
    main.write_text((HERE / "schedule.swift").read_text())
    program = bench.directory / "schedule"
    subprocess.run(
        ["swiftc", "-O", "-wmo", "-swift-version", "6", "-o", program, *sorted(SOURCES.glob("Model/*.swift")), *sources,
         main],
        check=True, stderr=subprocess.DEVNULL)
    done = subprocess.run([program], check=True, capture_output=True, text=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    costs = [(int(row[1]), int(row[2])) for row in rows if row[0] == "cost"]
    hours = [[int(word) for word in row[1:]] for row in rows if row[0] == "hour"]
    lines = ["| profiles | ns a renewal | ns a renewal / log2(profiles) |", "|---|---|---|"]
    lines += [f"| {count:,} | {spent} | {spent / math.log2(count):.1f} |" for count, spent in costs]
    lines += ["", "The earliest is taken and added again; time of the processor, the best of five times 200,000.", "",
              "10,000 profiles whose credentials, of an hour, all came within the first minute:", "",
              "| hour | renewals | most in one second | × the hour's mean |", "|---|---|---|---|"]
    # Of the first hour the minute in which they came is left out.
    return lines + [
        f"| {hour} | {total:,} | {most} | {most / (total / (3540 if hour == 1 else 3600)):.1f} |"
        for hour, most, total in hours]
