"""The command line: one file per group of commands, each a thin face of the nouns and services below."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

import typer

#: One command each, a function of the module's own name; groups have an `app` of theirs.
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
    """The application; of the commands only the one that is called is loaded, if one is: a worker starts at once."""
    app = typer.Typer(
        name="embedd",
        help="Search a PostgreSQL table by meaning: embeddings that follow every committed change.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    # A typer application with a single command has no names of commands.
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
    """What the script `embedd` runs. It ends without waiting for threads that still embed; nobody wants the result."""
    code: object = 0
    try:
        build(sys.argv[1:])(prog_name="embedd")
    except SystemExit as ended:
        code = ended.code
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1 if code else 0)
