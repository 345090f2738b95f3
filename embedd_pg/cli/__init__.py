"""The command line: one file per group of commands, each a thin face of the nouns and services below."""

from __future__ import annotations

import typer

from embedd_pg.cli import backfill, demo, keys, migrate, orgs, query, serve, status, up, users, worker

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
app.add_typer(users.app, name="users")


def main() -> None:
    """What the script `embedd` runs."""
    app(prog_name="embedd")
