"""The systemd units of docs/deploy/systemd."""

import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).resolve().parents[2] / "docs/deploy/systemd"

pytestmark = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


def test_the_service_is_exposed_as_little_as_the_deployment_page_says():
    # The threshold is ten times the level.
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=15", UNITS / "daypass.service"],
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout[-400:]


def test_tokens_outlive_a_restart():
    assert "RuntimeDirectoryPreserve=restart" in (UNITS / "daypass.service").read_text().splitlines()


@pytest.mark.parametrize("unit", ["daypass.service", "daypass.socket"])
def test_every_line_of_the_units_is_understood(unit, tmp_path, built):
    for name in ("daypass.service", "daypass.socket"):
        text = (UNITS / name).read_text().replace("/usr/local/bin/daypass", str(built))
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit], capture_output=True, text=True, timeout=60)
    complaints = [line for line in done.stderr.splitlines() if unit in line]
    assert not complaints, done.stderr
