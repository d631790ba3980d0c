"""Sums up JUnit reports: one line a suite, and last `N passed, N failed, N skipped`.

Arguments are NAME=FILE. A report that is missing, unreadable or empty counts as one failure: a suite that did not
run has not passed.
"""

import sys
import xml.etree.ElementTree as ElementTree


def count(path: str):
    try:
        cases = list(ElementTree.parse(path).getroot().iter("testcase"))
    except (OSError, ElementTree.ParseError) as error:
        print(f"no report: {error}", file=sys.stderr)
        return 0, 1, 0
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    skipped = sum(1 for case in cases if case.find("skipped") is not None)
    if not cases:
        return 0, 1, 0
    return len(cases) - failed - skipped, failed, skipped


def main() -> int:
    total = [0, 0, 0]
    for argument in sys.argv[1:]:
        name, path = argument.split("=", 1)
        counts = count(path)
        print(f"{name} tests: {counts[0]} passed, {counts[1]} failed, {counts[2]} skipped")
        total = [sum(pair) for pair in zip(total, counts)]
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
