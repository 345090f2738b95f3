"""The command line: one file per group of commands, each a thin face of the nouns and services below."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

import typer

from embedd_pg.cli import backfill, demo, keys, migrate, orgs, query, secrets, serve, status, up, users, worker

app = typer.Typer(
    name="embedd",
    help="Search a PostgreSQL table by meaning: embeddings that follow every committed change.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    up.up, demo.demo, migrate.migrate, serve.serve, worker.worker, status.status, backfill.backfill, query.query,
):  # fmt: skip
    app.command()(command)
app.add_typer(keys.app, name="keys")
app.add_typer(orgs.app, name="orgs")
app.add_typer(secrets.app, name="secrets")
app.add_typer(users.app, name="users")


def main() -> None:
    """What the script `embedd` runs. It ends without waiting for threads that still embed; nobody wants the result."""
    code: object = 0
    try:
        app(prog_name="embedd")
    except SystemExit as ended:
        code = ended.code
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1 if code else 0)
