"""`embedd apply`: bring connections, embedders and vector tables to the state in a file, after showing the plan."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from embedd_pg.cli.diff import File, NoBackfill, Prune, as_dict, show
from embedd_pg.cli.locate import find_settings, open_clients
from embedd_pg.cli.logs import configure_logging
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json, to_stderr
from embedd_pg.cli.running import run
from embedd_pg.errors import ConfigurationError
from embedd_pg.operate.declarative.apply import PlanStopped, apply_plan
from embedd_pg.operate.declarative.file import read
from embedd_pg.operate.declarative.plan import Plan, Step, make_plan


def apply(
    file: File,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Apply the plan without asking.")] = False,
    prune: Prune = False,
    no_backfill: NoBackfill = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Bring connections, embedders and vector tables to the state in the file. The plan is shown first."""
    if not run(_apply(file, yes=yes, prune=prune, backfill=not no_backfill, data_dir=data_dir, as_json=as_json)):
        raise typer.Exit(1)


async def _apply(file: Path, *, yes: bool, prune: bool, backfill: bool, data_dir: Path | None, as_json: bool) -> bool:
    """Return False if the user declined the plan."""
    wanted = read(file)
    if not yes and (as_json or not sys.stdin.isatty()):
        raise ConfigurationError(
            "The plan cannot be confirmed, because the command does not run in a terminal.",
            resolution="Check the plan with 'embedd diff', then apply it with --yes.",
        )
    settings = find_settings(data_dir)
    configure_logging(settings, quiet=True)
    done: list[Step] = []
    async with open_clients(settings) as clients:
        plan = await make_plan(clients, wanted, prune=prune, backfill=backfill)
        if not as_json:
            show(plan)
        if plan.steps and not plan.impossible and not yes and not typer.confirm("Apply this plan?"):
            console.print("Nothing was done.")
            return False
        try:
            await apply_plan(clients, plan, backfill=backfill, report=done.append if as_json else _report)
        except PlanStopped as stopped:
            if not as_json:
                _show_rest(plan, stopped.step)
            raise
        finally:
            if as_json:
                print_json(as_dict(plan) | {"done": len(done)})
    return True


def _report(step: Step) -> None:
    console.print(Text(f"done: {step.action} {step.kind} {step.name}", style="green"), soft_wrap=True)


def _show_rest(plan: Plan, failed: Step) -> None:
    for step in plan.steps[plan.steps.index(failed) :]:
        to_stderr.print(Text(f"not done: {step.action} {step.kind} {step.name}", style="yellow"), soft_wrap=True)
