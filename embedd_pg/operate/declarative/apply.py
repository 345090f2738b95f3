"""Application of a plan, step by step, through the same resources as REST. The first step that fails ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor
from embedd_pg.errors import EmbeddError, SourceUnreachable
from embedd_pg.operate.declarative.plan import Plan, Step, resolve
from embedd_pg.resources import connection as connections
from embedd_pg.resources import embedder as embedders
from embedd_pg.resources import vector_table as vector_tables


class PlanImpossible(EmbeddError):
    """The plan has steps that cannot be done."""

    code = "plan_impossible"
    resolution = "Correct the file; nothing was changed."


class PlanStopped(EmbeddError):
    """A step of the plan failed. The steps before it are done, those after it are not."""

    code = "plan_stopped"

    def __init__(self, step: Step, cause: EmbeddError, *, done: int, left: int) -> None:
        super().__init__(
            f"{step.action} {step.kind} {step.name}: {cause.message} {done} steps were done, this one and {left} after"
            " it were not.",
            resolution=f"{cause.resolution} Then apply the file again: it continues where it stopped.",
        )
        self.step = step


async def apply_plan(
    clients: Clients,
    plan: Plan,
    *,
    backfill: bool = True,
    report: Callable[[Step], Any] | None = None,
    actor: Actor | None = None,
) -> None:
    """Do all steps in order, and call `report` after each. Raise PlanImpossible before the first, or PlanStopped."""
    if plan.impossible:
        step = plan.impossible[0]
        raise PlanImpossible(f"{step.kind} {step.name}: {step.impossible}.")
    for number, step in enumerate(plan.steps):
        try:
            await _do(clients, step, actor or Actor(), backfill=backfill)
        except EmbeddError as error:
            raise PlanStopped(step, error, done=number, left=len(plan.steps) - number - 1) from error
        if report is not None:
            report(step)


async def _do(clients: Clients, step: Step, actor: Actor, *, backfill: bool) -> None:
    given = {change.field: change.after for change in step.changes}
    match step.kind:
        case "connection":
            await _connection(clients, step, given, actor)
        case "embedder":
            await _embedder(clients, step, given, actor)
        case "vector table":
            await _vector_table(clients, step, given, actor, backfill=backfill)


async def _connection(clients: Clients, step: Step, given: dict[str, Any], actor: Actor) -> None:
    if step.action == "delete":
        await connections.delete(clients.database, step.name, actor=actor)
        return
    password = resolve(given["password"]) if "password" in given else None
    if step.action == "create":
        await connections.create(clients, name=step.name, actor=actor, **(given | {"password": password}))
    else:
        credentials = {field: value for field, value in given.items() if field != "status"}
        if password is not None:
            credentials["password"] = password
        await connections.update(clients, step.name, credentials=credentials, actor=actor)
    tested = await connections.test(clients, step.name, actor=actor)
    if tested["status"] != "ok":
        raise SourceUnreachable(tested["error"], resolution=tested["resolution"])


async def _embedder(clients: Clients, step: Step, given: dict[str, Any], actor: Actor) -> None:
    if "api_key" in given:
        given["api_key_ref"] = given.pop("api_key")
    if step.action == "delete":
        await embedders.delete(clients.database, step.name, actor=actor)
    elif step.action == "create":
        await embedders.create(clients, name=step.name, actor=actor, **given)
    else:
        await embedders.update(clients, step.name, allow_in_use=True, actor=actor, **given)


async def _vector_table(clients: Clients, step: Step, given: dict[str, Any], actor: Actor, *, backfill: bool) -> None:
    if step.action == "delete":
        await vector_tables.delete(clients.database, step.name, actor=actor)
    elif step.action == "create":
        usual = {"embedder": "local", "connection": "local"}
        await vector_tables.create(clients, name=step.name, actor=actor, **(usual | given))
        if backfill:
            await clients.database.value("backfill", actor, vector_table=step.name)
    else:
        # A removed condition is sent as blank text, because None would leave it unchanged.
        if "where" in given:
            given["where"] = given["where"] or ""
        await vector_tables.update(clients, step.name, actor=actor, **given)
