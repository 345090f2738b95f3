"""Refusals of a Qdrant server that are about the contents of rows, and those that are not."""

from __future__ import annotations

import pytest

from embedd_pg.errors import RowsRefused, StoreError
from tests.support.qdrant_server import QdrantServer
from tests.support.stores import connected_to, new_table, point


@pytest.mark.parametrize(
    ("status", "text", "about_rows"),
    [
        (400, "Payload error: JSON payload (9 bytes) is larger than allowed (limit: 8 bytes).", True),
        (400, "Format error in JSON body: recursion limit exceeded", True),
        (413, "of a proxy", True),
        (422, "Validation error in JSON body", True),
        (400, "Wrong input: Vector dimension error: expected dim: 4, got 8", False),
        (403, "Forbidden", False),
    ],
)
async def test_only_a_refused_body_speaks_of_its_rows(
    qdrant: QdrantServer, status: int, text: str, about_rows: bool
) -> None:
    table = new_table()
    async with connected_to(qdrant) as store:
        await store.create(table)
        qdrant.fault(on="/points", status=status, text=text)
        with pytest.raises(StoreError) as caught:
            await store.upsert(table, 1, [point("1")])
        assert isinstance(caught.value, RowsRefused) == about_rows
        assert text not in caught.value.message
        qdrant.settings.max_body = 1000
        with pytest.raises(RowsRefused):
            await store.upsert(table, 1, [point("1", text="x" * 1000)])
        await store.upsert(table, 1, [point("1")])
