"""Workers of earlier releases: programs from the history of this repository, in processes of their own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.support.worker import ROOT

#: The scripts that install the schema of each release.
RELEASED = ROOT / "tests/migration/released"
#: What each release was made of.
COMMITS = {"0.1.0": "fd3386a0ab885e9c6669ed3f796b605ab8de7705"}


def checkout(version: str, directory: Path) -> Path:
    """Write the program of a release to a directory below the given one, and return it."""
    place = directory / COMMITS[version]
    place.mkdir()
    packed = subprocess.run(["git", "archive", COMMITS[version]], cwd=ROOT, capture_output=True)
    if packed.returncode:
        pytest.skip(f"git knows nothing of {COMMITS[version]} here: {packed.stderr.decode().strip()}")
    subprocess.run(["tar", "-x", "-C", str(place)], input=packed.stdout, check=True)
    return place


async def start_worker(dsn: str, program: Path, log: Path, **environment: str) -> asyncio.subprocess.Process:
    """Start a worker of the program that lies in a directory."""
    wanted = {
        "EMBEDD_DATABASE_URL": "postgresql:///?" + urlencode(conninfo_to_dict(dsn)),
        "EMBEDD_POLL_INTERVAL": "0.1",
        "EMBEDD_ALLOW_SUPERUSER": "1",
        "EMBEDD_LEASE": "2",
        "PYTHONPATH": os.pathsep.join([str(program), str(program / "api"), *sys.path]),
    }
    with log.open("a") as said:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "embedd_pg.cli",
            "worker",
            cwd=program,
            env=os.environ | wanted | environment,
            stdout=said,
            stderr=said,
        )
