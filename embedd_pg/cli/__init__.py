"""The command line: one file per group of commands, each a thin layer over resources and services."""

from __future__ import annotations

import ast
import gc
import os
import sys
from collections.abc import Collection
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from embedd_pg import __version__
from embedd_pg.cli.lean import load_lean_libraries
from embedd_pg.cli.plain import worker_options

if TYPE_CHECKING:
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
#: Groups of commands, and what each is for.
GROUPS = {
    "keys": "Create, list and revoke API keys.",
    "orgs": "Create, list, disable and delete organizations, and set their tiers.",
    "secrets": "Manage the key that encrypts stored credentials.",
    "users": "Create, list, disable and delete users of an organization.",
}


def build(called: Collection[str]) -> typer.Typer:
    """Return the application with the commands that are called; without any, a list of all commands.

    Only called commands are loaded, so that they and the list of commands start fast.
    """
    import typer  # late: a worker needs no typer

    app = typer.Typer(
        name="embedd",
        help="Search a PostgreSQL table by meaning: embeddings that follow every committed change.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    def show_version(wanted: bool) -> None:
        if wanted:
            typer.echo(f"embedd {__version__}")
            raise typer.Exit

    shown = typer.Option(False, "--version", callback=show_version, is_eager=True, help="Show the version and exit.")

    # A callback also keeps the command's name: a typer application with a single command drops it.
    @app.callback()
    def _(version: bool = shown) -> None: ...

    known = (*COMMANDS, *GROUPS)
    loaded = [name for name in known if name in called]
    for name in loaded or known:
        if not loaded:
            app.command(name, help=GROUPS.get(name) or _summary(name))(lambda: None)
        elif name in GROUPS:
            app.add_typer(_module(name).app, name=name, help=GROUPS[name])
        else:
            app.command(name)(getattr(_module(name), _file(name)))
    return app


def _called() -> list[str]:
    """Return the command that is called or, if a shell asks how to complete a line, the one in that line."""
    if os.environ.get("_EMBEDD_COMPLETE"):
        line = os.environ.get("_TYPER_COMPLETE_ARGS") or os.environ.get("COMP_WORDS") or ""
        return line.split()[1:2]
    return sys.argv[1:2]


def _file(name: str) -> str:
    return name.replace("-", "_")


def _module(name: str) -> ModuleType:
    load_lean_libraries()
    return import_module(f"embedd_pg.cli.{_file(name)}")


def _summary(name: str) -> str:
    """Return the docstring of a command from its source, because loading the command would take much longer."""
    source = Path(__file__).with_name(f"{_file(name)}.py").read_text(encoding="utf-8")
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return next(ast.get_docstring(node) or "" for node in functions if node.name == _file(name))


def main() -> None:
    """Run the script `embedd`. End without waiting for threads that still embed: their results are not needed."""
    code: object = 0
    gc.disable()  # until the code is loaded, which leaves nothing to collect
    try:
        if sys.argv[1:2] == ["worker"] and (options := worker_options(sys.argv[2:])) is not None:
            load_lean_libraries()
            from embedd_pg.cli.work import work

            work(**options)
        else:
            build(_called())(prog_name="embedd")
    except SystemExit as ended:
        code = ended.code
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1 if code else 0)
