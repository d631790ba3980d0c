"""What happens to a test whose tools are not here."""

import os

import pytest


def need(reason: str | None):
    """Skips with the reason why something is not here; where everything must be here, fails with it."""
    if reason is None:
        return
    if os.environ.get("CI") == "true" or os.environ.get("DAYPASS_REQUIRE_SERVERS"):
        pytest.fail(reason)
    pytest.skip(reason)
