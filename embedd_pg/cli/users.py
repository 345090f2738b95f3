"""`embedd users`: who acts in an organization, and with which role."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from embedd_pg import organization
from embedd_pg.cli.keys import Organization
from embedd_pg.cli.locate import AsJson, DataDir, find_settings, open_clients
from embedd_pg.cli.logs import configure_logging
from embedd_pg.cli.output import console, print_json, table
from embedd_pg.cli.running import run

app = typer.Typer(help="Make and list users of an organization.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="The user's name.")],
    role: Annotated[str, typer.Option(help="owner, admin or member.")] = "member",
    tenant: Organization = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a user; its keys act with its role."""
    run(_create(name, role, tenant=tenant, data_dir=data_dir, as_json=as_json))


async def _create(name: str, role: str, *, tenant: str | None, data_dir: Path | None, as_json: bool) -> None:
    settings = find_settings(data_dir)
    configure_logging(settings, quiet=True)
    async with open_clients(settings) as clients:
        actor = await organization.actor_for(clients.database, organization=tenant, user=None)
        made = await organization.create_user(clients.database, name, role=role, actor=actor)
    if as_json:
        print_json({"id": made})
    else:
        console.print(f"Made {made}.")


@app.command("list")
def list_users(tenant: Organization = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the users of an organization."""
    run(_list(tenant, data_dir=data_dir, as_json=as_json))


async def _list(tenant: str | None, *, data_dir: Path | None, as_json: bool) -> None:
    settings = find_settings(data_dir)
    configure_logging(settings, quiet=True)
    async with open_clients(settings) as clients:
        actor = await organization.actor_for(clients.database, organization=tenant, user=None)
        rows = await organization.list_users(clients.database, actor=actor)
    if as_json:
        print_json(rows)
        return
    made = table("id", "name", "role", "since")
    for row in rows:
        made.add_row(str(row["id"]), Text(row["name"]), row["role"], f"{row['created_at']:%Y-%m-%d}")
    console.print(made)
