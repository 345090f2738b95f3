"""The command line: one file per group of commands, each a thin layer over resources and services."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

import typer

#: Single commands, each a function with the name of its module. Groups have an `app` each.
COMMANDS = (
    "up",
    "demo",
    "migrate",
    "serve",
    "worker",
    "status",
    "backfill",
    "verify",
    "query",
    "dead-letters",
    "adopt",
    "detach",
    "usage",
    "audit",
    "diff",
    "apply",
    "uninstall",
    "doctor",
)
GROUPS = ("keys", "orgs", "secrets", "users")


def build(arguments: Sequence[str]) -> typer.Typer:
    """Return the application. Only the command that is called is loaded, so that a worker starts fast."""
    app = typer.Typer(
        name="embedd",
        help="Search a PostgreSQL table by meaning: embeddings that follow every committed change.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    # The empty callback keeps the command's name: a typer application with a single command drops it.
    app.callback()(lambda: None)
    called = set(arguments[:1]) & {*COMMANDS, *GROUPS}
    for name in COMMANDS + GROUPS:
        if called and name not in called:
            continue
        file = name.replace("-", "_")
        module = import_module(f"embedd_pg.cli.{file}")
        if name in GROUPS:
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, file))
    return app


def main() -> None:
    """Run the script `embedd`. End without waiting for threads that still embed: their results are not needed."""
    code: object = 0
    try:
        build(sys.argv[1:])(prog_name="embedd")
    except SystemExit as ended:
        code = ended.code
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1 if code else 0)
