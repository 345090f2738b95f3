"""`embedd orgs`: organizations and their tiers, for operators with several tenants."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from embedd_pg.cli.locate import command_clients
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json, show_losses, table
from embedd_pg.cli.running import run
from embedd_pg.resources import organization

TIERS = "free, pro, business or enterprise."

app = typer.Typer(no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="The organization's name, which must be unique.")],
    tier: Annotated[str, typer.Option(help=TIERS)] = "free",
    owner: Annotated[str, typer.Option(help="Name of its first user.")] = "owner",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Create an organization with its owner and the environment prod."""
    run(_create(name, tier, owner=owner, data_dir=data_dir, as_json=as_json))


async def _create(name: str, tier: str, *, owner: str, data_dir: Path | None, as_json: bool) -> None:
    async with command_clients(data_dir) as clients:
        made = await organization.create(clients.database, name, tier=tier, owner_name=owner)
    if as_json:
        print_json({"id": made})
    else:
        key = f"embedd keys create NAME --organization {made}"
        console.print(f"Created {made}. Create a key for its owner: {key}", soft_wrap=True)


@app.command("list")
def list_organizations(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List all organizations."""
    run(_list(data_dir=data_dir, as_json=as_json))


async def _list(*, data_dir: Path | None, as_json: bool) -> None:
    async with command_clients(data_dir) as clients:
        rows = await organization.list_organizations(clients.database)
    if as_json:
        print_json(rows)
        return
    made = table("id", "name", "tier", "status", "since")
    for row in rows:
        made.add_row(row["id"], Text(row["name"]), row["tier"], row["status"], f"{row['created_at']:%Y-%m-%d}")
    console.print(made)


@app.command("set-tier")
def set_tier(
    name: Annotated[str, typer.Argument(metavar="ORGANIZATION", help="Its name or id.")],
    tier: Annotated[str, typer.Argument(help=TIERS)],
    data_dir: DataDir = None,
) -> None:
    """Move an organization to another tier. The new limits apply from the next request on."""
    run(_set_tier(name, tier, data_dir=data_dir))


async def _set_tier(name: str, tier: str, *, data_dir: Path | None) -> None:
    async with command_clients(data_dir) as clients:
        await organization.set_tier(clients.database, name, tier=tier)
    console.print(Text(f"{name} has the tier {tier}."))


Organization = Annotated[str, typer.Argument(metavar="ORGANIZATION", help="Its name or id.")]


@app.command()
def disable(name: Organization, data_dir: DataDir = None) -> None:
    """Refuse all keys of an organization at once and stop its sync. Changes are kept for later."""
    run(_set_disabled(name, disabled=True, data_dir=data_dir))


@app.command()
def enable(name: Organization, data_dir: DataDir = None) -> None:
    """Accept the keys of a disabled organization again. Its sync catches up."""
    run(_set_disabled(name, disabled=False, data_dir=data_dir))


async def _set_disabled(name: str, *, disabled: bool, data_dir: Path | None) -> None:
    async with command_clients(data_dir) as clients:
        await organization.set_disabled(clients.database, name, disabled=disabled)
    console.print(Text(f"The keys of {name} are {'refused' if disabled else 'accepted'} from now on."))


@app.command()
def delete(
    name: Organization,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without showing its objects and asking.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Delete an organization with its users, keys, connections, vector tables and vectors. They are shown first."""
    run(_delete(name, yes=yes, data_dir=data_dir, as_json=as_json))


async def _delete(name: str, *, yes: bool, data_dir: Path | None, as_json: bool) -> None:
    async with command_clients(data_dir) as clients:
        owned = await organization.delete(clients.database, name, confirm=False)
        if show_losses(owned, f"Delete {name} with all of it?", yes=yes, as_json=as_json):
            await organization.delete(clients.database, name, confirm=True)
            if not as_json:
                console.print(Text(f"Deleted {name}. A running worker removes its vectors."))
