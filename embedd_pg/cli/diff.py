"""`embedd diff`: show the changes that would bring everything to the state in a file."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from embedd_pg.cli.locate import command_clients
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json
from embedd_pg.cli.running import run
from embedd_pg.operate.declarative.file import read
from embedd_pg.operate.declarative.plan import Plan, Step, make_plan

#: The exit status of `embedd diff` if there are changes to make.
SOMETHING = 3

File = Annotated[Path, typer.Argument(help="YAML or JSON: connections, embedders and vector tables by name.")]
Prune = Annotated[bool, typer.Option("--prune", help="Also delete what the file's sections do not name.")]
NoBackfill = Annotated[bool, typer.Option("--no-backfill", help="Do not backfill new vector tables.")]

_SIGN = {"create": ("+", "green"), "change": ("~", "yellow"), "delete": ("-", "red")}


def diff(
    file: File,
    prune: Prune = False,
    no_backfill: NoBackfill = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Print the plan that `embedd apply` would carry out. The status is 3 if there are changes to make, else 0."""
    plan = run(_diff(file, prune=prune, backfill=not no_backfill, data_dir=data_dir))
    if as_json:
        print_json(as_dict(plan))
    else:
        show(plan)
    if plan.steps:
        raise typer.Exit(SOMETHING)


async def _diff(file: Path, *, prune: bool, backfill: bool, data_dir: Path | None) -> Plan:
    wanted = read(file)
    async with command_clients(data_dir) as clients:
        return await make_plan(clients, wanted, prune=prune, backfill=backfill)


def as_dict(plan: Plan) -> dict[str, Any]:
    """Return the plan as JSON values."""
    return {
        "steps": [asdict(step) for step in plan.steps],
        "left": [{"kind": kind, "name": name} for kind, name in plan.left],
    }


def show(plan: Plan) -> None:
    """Show the plan for people."""
    for step in plan.steps:
        _show_step(step)
    if plan.left:
        left = ", ".join(f"{kind} {name}" for kind, name in plan.left)
        console.print(Text(f"Not in the file and left unchanged: {left}. --prune deletes them."), soft_wrap=True)
    if not plan.steps:
        console.print("Nothing to do: everything is as in the file.")
        return
    counts = (f"{sum(step.action == action for step in plan.steps)} to {action}" for action in _SIGN)
    console.print(Text(", ".join(counts) + "."))


def _show_step(step: Step) -> None:
    sign, colour = _SIGN[step.action]
    console.print(Text(f"{sign} {step.kind} {step.name}", style=colour), soft_wrap=True)
    for change in step.changes:
        before = f"{_format(change.before)} -> " if step.action == "change" else ""
        console.print(Text(f"    {change.field}: {before}{_format(change.after)}"), soft_wrap=True)
    for effect in step.effects:
        console.print(Text(f"    so {effect}"), soft_wrap=True)
    if step.impossible:
        console.print(Text(f"    {step.impossible}", style="bold red"), soft_wrap=True)


def _format(value: Any) -> str:
    return "nothing" if value in (None, "") else value if isinstance(value, str) else json.dumps(value)
