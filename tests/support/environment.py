"""The environment of commands that tests run."""

from __future__ import annotations

import os

from tests.support import qdrant_real


def clean_environment() -> dict[str, str]:
    """Return the environment without settings of embedd and of PostgreSQL's client, except for the real Qdrant server
    where tests have one."""
    kept = {"EMBEDD_QDRANT_URL"} if qdrant_real.URL else set[str]()
    return {name: value for name, value in os.environ.items() if name in kept or not name.startswith(("EMBEDD_", "PG"))}
