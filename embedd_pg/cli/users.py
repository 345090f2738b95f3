"""`embedd users`: the users of an organization and their roles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from embedd_pg.cli.keys import Organization
from embedd_pg.cli.locate import command_clients
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json, show_losses, table
from embedd_pg.cli.running import run
from embedd_pg.resources import organization

app = typer.Typer(no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="The user's name.")],
    role: Annotated[str, typer.Option(help="owner, admin or member.")] = "member",
    tenant: Organization = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Create a user. Its keys act with its role."""
    run(_create(name, role, tenant=tenant, data_dir=data_dir, as_json=as_json))


async def _create(name: str, role: str, *, tenant: str | None, data_dir: Path | None, as_json: bool) -> None:
    async with command_clients(data_dir) as clients:
        actor = await organization.actor_for(clients.database, organization=tenant, user=None)
        made = await organization.create_user(clients.database, name, role=role, actor=actor)
    if as_json:
        print_json({"id": made})
    else:
        console.print(f"Created {made}.")


@app.command("list")
def list_users(tenant: Organization = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the users of an organization."""
    run(_list(tenant, data_dir=data_dir, as_json=as_json))


async def _list(tenant: str | None, *, data_dir: Path | None, as_json: bool) -> None:
    async with command_clients(data_dir) as clients:
        actor = await organization.actor_for(clients.database, organization=tenant, user=None)
        rows = await organization.list_users(clients.database, actor=actor)
    if as_json:
        print_json(rows)
        return
    made = table("id", "name", "role", "since", "disabled")
    for row in rows:
        disabled = f"{row['disabled_at']:%Y-%m-%d}" if row["disabled_at"] else ""
        made.add_row(str(row["id"]), Text(row["name"]), row["role"], f"{row['created_at']:%Y-%m-%d}", disabled)
    console.print(made)


User = Annotated[str, typer.Argument(metavar="USER", help="Name or id of the user.")]


@app.command()
def disable(user: User, tenant: Organization = None, data_dir: DataDir = None) -> None:
    """Refuse all keys of a user at once. Objects of the user keep working."""
    run(_set_disabled(user, tenant, disabled=True, data_dir=data_dir))


@app.command()
def enable(user: User, tenant: Organization = None, data_dir: DataDir = None) -> None:
    """Accept the keys of a disabled user again."""
    run(_set_disabled(user, tenant, disabled=False, data_dir=data_dir))


async def _set_disabled(user: str, tenant: str | None, *, disabled: bool, data_dir: Path | None) -> None:
    async with command_clients(data_dir) as clients:
        actor = await organization.actor_for(clients.database, organization=tenant, user=None)
        await organization.set_user_disabled(clients.database, user, disabled=disabled, actor=actor)
    console.print(Text(f"The keys of {user} are {'refused' if disabled else 'accepted'} from now on."))


@app.command()
def delete(
    user: User,
    heir: Annotated[
        str | None, typer.Option(help="The new owner of the user's objects.  [default: the first other owner]")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without showing the objects and asking.")] = False,
    tenant: Organization = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Delete a user and their keys. Their other objects pass to the heir, and are shown first."""
    run(_delete(user, heir, yes=yes, tenant=tenant, data_dir=data_dir, as_json=as_json))


async def _delete(
    user: str, heir: str | None, *, yes: bool, tenant: str | None, data_dir: Path | None, as_json: bool
) -> None:
    async with command_clients(data_dir) as clients:
        actor = await organization.actor_for(clients.database, organization=tenant, user=None)
        owned = await organization.delete_user(clients.database, user, heir=heir, confirm=False, actor=actor)
        if show_losses(owned, f"Delete {user}?", yes=yes, as_json=as_json):
            await organization.delete_user(clients.database, user, heir=heir, confirm=True, actor=actor)
            if not as_json:
                console.print(Text(f"Deleted {user}."))
