"""Nothing secret may appear where it is not asked for: every captured output is held against what is secret."""

import base64
import re
from pathlib import Path

# Anything shaped like a JWS: the signature makes it a bearer token.
_TOKEN = re.compile(rb"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{20,}")
_CANARY = re.compile(rb"CANARY-[A-Za-z0-9_-]+")
# The sandbox marks what it issues.
_SANDBOX = re.compile(rb"sandbox(-(rt|at)-[A-Za-z0-9_-]{20,}|//[A-Za-z0-9+/]{40,})")


class Watch:
    """Collects secrets and outputs during a test; `check` compares them at its end."""

    def __init__(self):
        self._secrets: set[bytes] = set()
        self._outputs: list[tuple[str, bytes]] = []

    def secret(self, value: str | bytes) -> str | bytes:
        raw = value.encode() if isinstance(value, str) else value
        if len(raw) >= 8:
            self._secrets.add(raw)
        return value

    def output(self, what: str, data: bytes):
        self._outputs.append((what, data))

    def file_tree(self, directory: Path):
        """Stored state is output too: sealed, so none of the secrets is readable in it."""
        for path in directory.rglob("*"):
            if path.is_file() and not path.is_symlink():
                self.output(str(path), path.read_bytes())

    def leaks(self) -> list[str]:
        found = []
        secrets = [(secret, list(_forms(secret))) for secret in self._secrets]
        for what, data in self._outputs:
            for pattern, name in ((_TOKEN, "a signed token"), (_CANARY, "a canary"), (_SANDBOX, "a sandbox token")):
                match = pattern.search(data)
                if match:
                    found.append(f"{what} shows {name}: {match.group()[:40]!r}…")
            for secret, forms in secrets:
                if data and any(form in data for form in forms):
                    found.append(f"{what} shows a secret ({len(secret)} bytes, {secret[:4]!r}…)")
        return found


def _forms(secret: bytes):
    yield secret
    yield secret.hex().encode()
    yield base64.b64encode(secret).rstrip(b"=")
    yield base64.urlsafe_b64encode(secret).rstrip(b"=")
