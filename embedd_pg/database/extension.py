"""The installation as an extension: control file and scripts for CREATE EXTENSION and ALTER EXTENSION UPDATE.

python -m embedd_pg.database.extension DIRECTORY [RELEASED]

RELEASED holds the installation scripts of earlier versions, as VERSION.sql. Their extension scripts are written as
well, so that updates from each of them can be tested.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import embedd_pg
from embedd_pg.database.migrate import head, once
from embedd_pg.database.sql_files import comments, functions, migrations, newest, sql_directory, views

#: CREATE EXTENSION controls the transaction itself, and no capture exists yet.
_NOT_IN_A_SCRIPT = re.compile(r"^(begin;|commit;|select embedd\.generate_capture\(.*)\n", re.MULTILINE)


def extension_files(released: Path | None = None) -> dict[str, str]:
    """Return all files by name. `released` is a directory with VERSION.sql for each version in sql/releases.json."""
    version = embedd_pg.__version__
    files = {
        "embedd.control": _template("embedd.control").replace("{version}", version),
        f"embedd--{version}.sql": _script("create extension embedd", *_install()),
        "embedd--unpackaged.sql": _script("create extension embedd version 'unpackaged'", _adopt(version)),
        f"embedd--unpackaged--{version}.sql": _script("alter extension embedd update"),
    }
    for earlier, numbers in _releases().items():
        files[f"embedd--{earlier}--{version}.sql"] = _script("alter extension embedd update", *_upgrade(numbers))
        if released:
            text = (released / f"{earlier}.sql").read_text(encoding="utf-8")
            files[f"embedd--{earlier}.sql"] = _script("create extension embedd", _freeze(text))
    return files


def _install() -> list[str]:
    steps = [once(step) for step in migrations()]
    return [_template("install_head.sql"), head(), *steps, *functions(), *views(), *comments(), *_ends()]


def _upgrade(numbers: dict[str, int]) -> list[str]:
    steps = [once(step) for step in migrations() if step.number > numbers[step.line]]
    return [head(), *steps, *functions(), *views(), *comments(), *_ends(), _template("upgrade_tail.sql")]


def _ends() -> list[str]:
    return [_template("private.sql"), _template("roles.sql"), _template("register.sql")]


def _freeze(text: str) -> str:
    """Return an earlier version's installation as its extension would have had it: its script in a fresh database."""
    return "\n".join([_template("install_head.sql"), _NOT_IN_A_SCRIPT.sub("", text), _template("register.sql")])


def _adopt(version: str) -> str:
    known = "{" + ",".join(f'"{line} {number}"' for line, number in sorted(newest().items())) + "}"
    adopting = _template("unpackaged.sql").replace("{known}", known).replace("{version}", version)
    return "\n".join([adopting, _template("register.sql")])


def _script(statement: str, *parts: str) -> str:
    """Return a file that only the server can run: psql prints a hint and quits."""
    return "\n".join([f"\\echo Run: {statement}; \\quit", *parts])


def _releases() -> dict[str, dict[str, int]]:
    """Return the earlier versions, with the number of migrations in each line."""
    known: dict[str, dict[str, int]] = json.loads((sql_directory() / "releases.json").read_text(encoding="utf-8"))
    return {version: numbers for version, numbers in known.items() if version != embedd_pg.__version__}


def _template(name: str) -> str:
    return (sql_directory() / "extension" / name).read_text(encoding="utf-8")


def write_extension(directory: Path, released: Path | None = None) -> list[Path]:
    """Write all files into a directory, which is created if missing. Return their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in extension_files(released).items():
        paths.append(directory / name)
        paths[-1].write_text(text, encoding="utf-8")
    return paths


if __name__ == "__main__":
    write_extension(*map(Path, sys.argv[1:]))
