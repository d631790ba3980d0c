"""moto (PyPI): AWS's reply shapes. It validates nothing, so it judges clients, never identities."""

import importlib.util
import os
import sys
from pathlib import Path

from .processes import Process, free_port


def why_unavailable() -> str | None:
    return None if importlib.util.find_spec("moto") else "moto is not installed (PyPI: moto[server])"


class Moto:
    def __init__(self, directory: Path):
        directory.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {"PATH": os.environ["PATH"], "HOME": str(directory)}
        self.process = Process(
            [Path(sys.executable).parent / "moto_server", "-H", "127.0.0.1", "-p", self.port],
            directory, "moto", env=environment)
        self.process.wait_for_port(self.port, 60)

    def stop(self):
        self.process.stop()
