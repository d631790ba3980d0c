"""What `daypass doctor` says, read back: by its lines, and as JSON."""

import re

CHECKS = [
    "config", "identity", "clock", "issuer", "sts", "discovery", "keys", "device", "store", "session", "token",
    "exchange"]
LINE = re.compile(r"(ok|warning|fault|skipped) +([a-z]+) +(\S.*)")


class Checkup:
    """Both forms of one situation, and that they agree."""

    def __init__(self, daypass, *args, code: int, **options):
        self.json = daypass.run("doctor", "--json", *args, **options).expect(code).json()
        self.result = daypass.run("doctor", *args, **options).expect(code)
        self.checks = {check["name"]: check for check in self.json["checks"]}
        assert list(self.checks) == CHECKS
        assert set(self.json) == {"profile", "faults", "warnings", "checks"}
        assert all(set(check) == {"name", "status", "message", "hint"} for check in self.json["checks"])
        assert self.json["faults"] == sum(check["status"] == "fault" for check in self.json["checks"])
        self.lines = {}
        for line in self.result.stdout.splitlines():
            if match := LINE.fullmatch(line):
                self.lines[match[2]] = (match[1], match[3])
        assert {name: status for name, (status, _) in self.lines.items()} == self.statuses, self.result.stdout

    @property
    def statuses(self) -> dict:
        return {name: check["status"] for name, check in self.checks.items()}

    @property
    def faults(self) -> list[str]:
        return [name for name, status in self.statuses.items() if status == "fault"]

    def line(self, check: str) -> str:
        return self.lines[check][1]
