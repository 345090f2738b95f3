"""Environments (contract, section 2.4). They belong to the organization, so the environment header is ignored."""

from __future__ import annotations

from typing import Any

from embedd_api.auth import Needs
from embedd_api.bodies import CreateEnvironment
from embedd_api.operation import Call, Operation
from embedd_api.pagination import listing
from embedd_api.shapes import Environment, EnvironmentList, select_fields
from embedd_pg.errors import EnvironmentConflict, EnvironmentNotFound, NameTaken, TierLimitReached
from embedd_pg.resources import environment

_render = select_fields(Environment)


async def create_environment(call: Call) -> dict[str, Any]:
    body = call.body(CreateEnvironment)
    return _render(await environment.create(call.clients.database, name=body.name, actor=call.actor))


async def list_environments(call: Call) -> dict[str, Any]:
    page = await environment.list_environments(
        call.clients.database, limit=call.page.limit, after=call.page.after, actor=call.actor
    )
    return listing(page, call.page.limit, _render)


async def get_environment(call: Call) -> dict[str, Any]:
    return _render(await environment.get(call.clients.database, call.path["environment_id"], actor=call.actor))


async def delete_environment(call: Call) -> None:
    await environment.delete(call.clients.database, call.path["environment_id"], actor=call.actor)


OPERATIONS = (
    Operation(
        name="create_environment",
        method="POST",
        path="/v1/environments",
        summary="Create an environment.",
        needs=Needs.WRITE,
        permission="CREATE_ENVIRONMENT",
        in_environment=False,
        handler=create_environment,
        body=CreateEnvironment,
        answer=Environment,
        status=201,
        errors=(
            TierLimitReached,
            NameTaken,
        ),
    ),
    Operation(
        name="list_environments",
        method="GET",
        path="/v1/environments",
        summary="List environments, oldest first.",
        needs=Needs.READ,
        in_environment=False,
        handler=list_environments,
        answer=EnvironmentList,
        paged=True,
    ),
    Operation(
        name="get_environment",
        method="GET",
        path="/v1/environments/{environment_id}",
        summary="Get an environment.",
        needs=Needs.READ,
        in_environment=False,
        handler=get_environment,
        answer=Environment,
        errors=(EnvironmentNotFound,),
    ),
    Operation(
        name="delete_environment",
        method="DELETE",
        path="/v1/environments/{environment_id}",
        summary="Delete an environment without connections and vector tables, with its embedding providers.",
        needs=Needs.WRITE,
        permission="DELETE_ENVIRONMENT",
        in_environment=False,
        handler=delete_environment,
        status=204,
        errors=(EnvironmentNotFound, EnvironmentConflict),
    ),
)
