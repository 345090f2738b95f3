"""The API's description of itself: /openapi.json for programs, /docs for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from embedd_api import openapi, reference
from embedd_api.auth import Needs
from embedd_api.operation import Call, Operation


def operations(described: Sequence[Operation]) -> tuple[Operation, ...]:
    """Return the operations that serve the description of the given operations and of themselves."""

    async def get_openapi(_call: Call) -> dict[str, Any]:
        return document

    async def get_docs(_call: Call) -> Response:
        return Response(page, media_type="text/html", headers={"Content-Security-Policy": reference.POLICY})

    own = (
        Operation(
            name="get_openapi",
            method="GET",
            path="/openapi.json",
            summary="Get this description as JSON.",
            needs=Needs.NOTHING,
            handler=get_openapi,
        ),
        Operation(
            name="get_docs",
            method="GET",
            path="/docs",
            summary="Get this description as a page.",
            needs=Needs.NOTHING,
            handler=get_docs,
            media_type="text/html",
        ),
    )
    document = openapi.document((*described, *own))
    page = reference.page(document)
    return own
