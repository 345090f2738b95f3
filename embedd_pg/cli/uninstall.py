"""`embedd uninstall`: remove embedd and everything it created, after showing the list. Source tables stay unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from embedd_pg.cli.locate import bare_clients, check_database, find_settings
from embedd_pg.cli.logs import configure_logging
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json, table
from embedd_pg.cli.running import run
from embedd_pg.errors import EmbeddError
from embedd_pg.operate.uninstall.database import Installation, Part, leaving
from embedd_pg.operate.uninstall.external import Holding, Holdings, holdings

#: Kinds reported by the check of external systems, which replaces the database's own, less complete rows for them.
OUTSIDE = ("collection", "alias", "remote vectors", "remote triggers")


class CannotLeave(EmbeddError):
    """The removal would not be complete."""

    code = "cannot_leave"
    resolution = "Nothing was removed."


def uninstall(
    database_url: Annotated[str | None, typer.Option(help="The database.  [default: EMBEDD_DATABASE_URL]")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it without asking.")] = False,
    skip_unreachable: Annotated[
        bool, typer.Option("--skip-unreachable", help="Leave behind external objects that cannot be reached.")
    ] = False,
    capture_only: Annotated[
        bool, typer.Option("--capture-only", help="Only for a database set up by `migrate --capture-only`.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Remove triggers, vectors, schema embedd and its roles, after showing them. Source tables stay."""
    if as_json and not yes:
        raise typer.BadParameter("--json does not ask: it needs --yes.")
    run(_uninstall(database_url, data_dir, yes=yes, skip=skip_unreachable, capture_only=capture_only, as_json=as_json))


async def _uninstall(
    database_url: str | None, data_dir: Path | None, *, yes: bool, skip: bool, capture_only: bool, as_json: bool
) -> None:
    settings = find_settings(data_dir, database_url)
    configure_logging(settings, quiet=True)
    url = settings.database_url or ""
    await check_database(url, schema=False)
    async with leaving(url) as session:
        parts, installation = await session.parts(), await session.installation()
        _check(parts, installation, capture_only=capture_only)
        async with bare_clients(settings) as clients, holdings(clients, installation) as outside:
            if not as_json:
                _show(parts, outside)
            if outside.left and not skip and installation.state != "foreign":
                raise CannotLeave(
                    f"{len(outside.left)} external objects cannot be removed now.",
                    resolution="Nothing was removed. Follow the advice for each object, or leave them behind with "
                    "--skip-unreachable.",
                )
            if not yes and not typer.confirm("Remove all of this?"):
                raise CannotLeave("Nothing was removed.", resolution="")
            await _remove_all(outside.found)
            gone = await session.remove()
        _report(gone, outside, as_json=as_json)


def _check(parts: Sequence[Part], installation: Installation, *, capture_only: bool) -> None:
    """Raise CannotLeave before anything is removed, if the removal cannot be completed."""
    if capture_only and installation.control:
        raise CannotLeave(
            "That database has a complete installation, not just a capture line.",
            resolution="Leave out --capture-only to remove it.",
        )
    if installation.state == "standby":
        raise CannotLeave("That database is a read-only replica.", resolution="Run this on the primary.")
    workers = [part.name for part in parts if part.kind == "worker"]
    if workers:
        raise CannotLeave(
            f"Workers still run on this database: {', '.join(workers)}.",
            resolution="Stop them first, and embedd up: they could create objects again.",
        )
    users = [part.name for part in parts if part.kind == "dependent"]
    if users:
        raise CannotLeave(
            f"Objects of yours use embedd: {', '.join(users)}.",
            resolution="Drop or change them first. Nothing was removed.",
        )


def _show(parts: Sequence[Part], outside: Holdings) -> None:
    inside = [part for part in parts if part.kind not in OUTSIDE]
    if not (inside or outside.found or outside.left):
        console.print("This database contains nothing of embedd.")
        return
    listed = table("What", "Name", "")
    for holding in outside.found:
        listed.add_row(holding.kind, Text(holding.name), "")
    for part in [part for part in inside if part.removed]:
        listed.add_row(part.kind, Text(part.name), Text(part.note))
    console.print("This will be removed. The source tables and their rows stay unchanged.", soft_wrap=True)
    console.print(listed)
    _show_remaining([part for part in inside if not part.removed] + list(outside.left))


def _show_remaining(left: Sequence[Part]) -> None:
    if not left:
        return
    listed = table("What", "Name", "What to do")
    for part in left:
        listed.add_row(part.kind, Text(part.name), Text(part.note))
    console.print("\nThis stays:")
    console.print(listed)


async def _remove_all(found: Sequence[Holding]) -> None:
    """Remove external objects first, because only the database knows of them."""
    for number, holding in enumerate(found):
        try:
            await holding.remove()
        except EmbeddError as error:
            raise CannotLeave(
                f"The {holding.kind} {holding.name} could not be removed: {error.message}",
                resolution=f"{error.resolution} {number} external objects are already removed. The database"
                " is unchanged. Run this again.",
            ) from error


def _report(gone: Sequence[Part], outside: Holdings, *, as_json: bool) -> None:
    inside = [part for part in gone if part.kind not in OUTSIDE]
    left = [part for part in inside if not part.removed] + list(outside.left)
    if as_json:
        removed = [{"kind": one.kind, "name": one.name} for one in outside.found]
        removed += [{"kind": part.kind, "name": part.name} for part in inside if part.removed]
        print_json({"removed": removed, "left": [asdict(part) for part in left]})
        return
    console.print("embedd is removed.")
    _show_remaining(left)
