"""`embedd keys`: create, list and revoke API keys."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from embedd_pg.cli.locate import command_clients
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json, table
from embedd_pg.cli.running import run
from embedd_pg.resources import access, organization

Organization = Annotated[
    str | None, typer.Option("--organization", help="Name or id of the organization.  [default: the self-hosted one]")
]

FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]

app = typer.Typer(no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="The purpose of the key.")],
    read_only: Annotated[bool, typer.Option("--read-only", help="The key may only read and query.")] = False,
    user: Annotated[
        str | None, typer.Option("--user", help="Name or id of the user it acts as.  [default: the owner]")
    ] = None,
    expires: Annotated[
        datetime | None, typer.Option("--expires", formats=FORMATS, help="When it expires, in UTC.  [default: never]")
    ] = None,
    tenant: Organization = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Create a key and print it once."""
    permission = "read_only" if read_only else "full"
    ends = expires and expires.replace(tzinfo=UTC)
    run(_create(name, permission, ends, user=user, tenant=tenant, data_dir=data_dir, as_json=as_json))


async def _create(
    name: str,
    permission: str,
    ends: datetime | None,
    *,
    user: str | None,
    tenant: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    async with command_clients(data_dir) as clients:
        actor = await organization.actor_for(clients.database, organization=tenant, user=user)
        made = await access.create_api_key(
            clients.database, name=name, permission=permission, expires_at=ends, actor=actor
        )
    if as_json:
        print_json({"key": made.key, "api_key": made.api_key})
    else:
        console.print(Text(made.key, style="bold cyan"), soft_wrap=True)
        console.print(f"Shown this once. Its id is {made.api_key['id']}.", style="dim")


@app.command("list")
def list_keys(tenant: Organization = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List all keys of an organization, revoked ones included."""
    run(_list(tenant, data_dir=data_dir, as_json=as_json))


async def _list(tenant: str | None, *, data_dir: Path | None, as_json: bool) -> None:
    async with command_clients(data_dir) as clients:
        actor = await organization.actor_for(clients.database, organization=tenant, user=None)
        rows = await clients.database.rows("list_api_keys", actor)
    if as_json:
        print_json(rows)
        return
    made = table("id", "key", "name", "may", "ends", "revoked")
    for column in made.columns[:2]:
        column.no_wrap = True
    for row in rows:
        revoked = row["revoked_at"]
        may = "all" if row["permission"] == "full" else "read"
        made.add_row(
            row["id"],
            row["key_prefix"],
            Text(row["name"]),
            may,
            _day(row["expires_at"]),
            _day(revoked),
            style="dim" if revoked or _is_past(row["expires_at"]) else "",
        )
    console.print(made)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The key's id, from 'embedd keys list'.")],
    tenant: Organization = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Revoke a key at once; it stays listed. Keys that were created with it stay valid, and are shown."""
    run(_revoke(key_id, tenant, data_dir=data_dir, as_json=as_json))


async def _revoke(key_id: str, tenant: str | None, *, data_dir: Path | None, as_json: bool) -> None:
    async with command_clients(data_dir) as clients:
        actor = await organization.actor_for(clients.database, organization=tenant, user=None)
        minted = await access.revoke_api_key(clients.database, key_id, actor=actor)
    if as_json:
        print_json({"revoked": key_id, "minted": minted})
        return
    console.print(f"Revoked {key_id}.")
    if minted:
        console.print("Keys that were created with it are still valid:")
        made = table("id", "key", "name", "ends")
        for row in minted:
            made.add_row(row["id"], row["key_prefix"], Text(row["name"]), _day(row["expires_at"]))
        console.print(made)


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _is_past(moment: datetime | None) -> bool:
    return moment is not None and moment <= datetime.now(UTC)
