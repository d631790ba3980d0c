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
        ["swiftc", "-O", "-wmo", "-swift-version", "6", "-o", program, *sorted(SOURCES.glob("Model/*.swift")), *sources, main],
        check=True, stderr=subprocess.DEVNULL)
    done = subprocess.run([program], check=True, capture_output=True, text=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    costs = [(int(count), int(spent)) for kind, count, spent in rows if kind == "cost"]
    hours = [(int(hour), int(most)) for kind, hour, most in rows if kind == "hour"]
    lines = ["| profiles | ns a renewal | ns a renewal / log2(profiles) |", "|---|---|---|"]
    lines += [f"| {count:,} | {spent} | {spent / math.log2(count):.1f} |" for count, spent in costs]
    lines += ["", "The earliest is taken and added again; time of the processor, the best of five times 200,000.", "",
              "10,000 profiles whose credentials, of an hour, all came within the first minute:", "",
              "| hour after that | most renewals in one second | × the mean |", "|---|---|---|"]
    # Each is renewed when two thirds of its hour are over, give or take the time in which it is drawn.
    mean = 10_000 / (2401 + 480 / 2)
    return lines + [f"| {hour} | {most} | {most / mean:.1f} |" for hour, most in hours]
