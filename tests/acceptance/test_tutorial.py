"""The page docs/tutorial.md, run as written by a database owner who is not a superuser: every block in order, in one
shell, with the output that the page shows."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import psycopg

from tests.migration.dump import program
from tests.support import postgres

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorial.md"
#: Language and text of each block.
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
#: Printed before each block, to separate the outputs.
MARK = "=== block {} ==="


def as_script() -> str:
    parts = ["trap 'kill $(jobs -p) 2> /dev/null || true' EXIT"]
    for number, (language, text) in enumerate(BLOCKS):
        parts.append(f"echo '{MARK.format(number)}'")
        if language == "sh":
            # It has made the environment that this test runs in; here it only has to be there.
            parts.append(text.replace("make install", "make --dry-run install"))
        elif language == "sql":
            parts.append(f"psql \"$EMBEDD_DATABASE_URL\" --no-psqlrc -v ON_ERROR_STOP=1 <<'EOF'\n{text}EOF")
        else:
            assert language == "text", f"a block of {language} is neither run nor compared"
    return "\n".join(parts)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def output_of(number: int, printed: str) -> str:
    """Return the output of a block, with single blanks."""
    after = printed.partition(MARK.format(number) + "\n")[2]
    return re.sub(r"[ \t]+", " ", after.partition(MARK.format(number + 1))[0])


def shows(line: str, output: str) -> bool:
    """Whether the output has the line; `…` stands for anything within one."""
    return re.search(".*".join(map(re.escape, line.split(" … "))), output) is not None


def test_the_tutorial_runs_as_it_is_written_and_prints_what_it_shows(tmp_path: Path) -> None:
    with postgres.running_cluster() as cluster:
        with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
            connection.execute("create role tutor login password 'tutor'")
            connection.execute("create database shop owner tutor")
            host, port = connection.info.host, connection.info.port
        environment = {
            "PATH": os.pathsep.join([str(Path(program("psql", cluster.dsn())).parent), os.environ["PATH"]]),
            "HOME": str(tmp_path),
            "LANG": "C.UTF-8",
            "COLUMNS": "200",
            "EMBEDD_DATABASE_URL": f"postgresql://tutor:tutor@/shop?host={host}&port={port}",
            "EMBEDD_DATA_DIR": str(tmp_path / "data"),
            "EMBEDD_PORT": str(free_port()),
        }
        script = f'cd "{ROOT}"\n' + as_script().replace("up.log", str(tmp_path / "up.log"))
        shell = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", script],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            printed, _ = shell.communicate(timeout=240)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
        log = (tmp_path / "up.log").read_text(encoding="utf-8") if (tmp_path / "up.log").exists() else "no log"
        assert shell.returncode == 0, f"{printed}\n{log}"
        for number, (language, text) in enumerate(BLOCKS):
            if language == "text":
                output = output_of(number - 1, printed)
                assert [line for line in text.splitlines() if not shows(line, output)] == [], output
        with psycopg.connect(cluster.dsn(), dbname="shop") as connection:
            left = connection.execute("select to_regnamespace('embedd'), to_regclass('recipes')").fetchone()
        assert left == (None, None)
