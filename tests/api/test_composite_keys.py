"""Tables whose key has several columns, over REST: with triggers, and over a connection that may only read."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from tests.api.conftest import Service, eventually, working
from tests.api.test_errors import code_of

LINES = """
    create table lines (order_id bigint, line_no int, name text, price numeric, added date not null default now(),
                        primary key (order_id, line_no), unique (order_id, added, line_no));
    insert into lines select i / 3, i % 3, 'line ' || i, i from generate_series(1, 9) i"""
COLUMNS: list[dict[str, Any]] = [
    {"name": "name", "role": "embedding"},
    {"name": "price", "role": "metadata", "filter_type": "float"},
]


async def body(service: Service, dsn: str, **changes: Any) -> dict[str, Any]:
    connection = await service.connection(dsn=dsn)
    usual = {"source_table": "public.lines", "primary_key_column": "order_id, line_no", "columns": COLUMNS}
    return service.table_body(connection, await service.embedding_provider(), **(usual | changes))


@pytest.mark.parametrize("elsewhere", [False, True], ids=["triggers", "polled"])
async def test_a_key_of_two_columns_works_from_the_table_to_the_answer(
    service: Service, database: str, elsewhere: bool
) -> None:
    dsn = database if elsewhere else service.dsn
    with psycopg.connect(dsn, autocommit=True) as session:
        session.execute(LINES.encode())
        made = await service.post("/v1/vector-tables", await body(service, dsn, sync_mode="cdc"), 201)
        assert made["primary_key_column"] == "order_id, line_no"
        path = f"/v1/vector-tables/{made['id']}"
        assert (await service.get(f"{path}/schema"))["primary_key_column"] == "order_id, line_no"

        async def ids() -> set[str]:
            found = await service.post(f"{path}/query", {"query": "line", "filters": {"price": {"gte": 8}}})
            return {result["id"] for result in found["results"]}

        async with working(service.clients):
            await service.synced(made["id"])
            assert await ids() == {'["2","2"]', '["3","0"]'}
            session.execute("update lines set line_no = 7 where price = 9; delete from lines where price = 8")
            await eventually(ids, lambda seen: seen == {'["3","7"]'})


async def test_columns_that_cannot_be_a_key_are_refused_by_name(service: Service) -> None:
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute(LINES.encode())
    asked = await body(service, service.dsn)
    for named, part in {
        "order_id, nothing": "has no column nothing",
        "order_id, name": "lines.name may be null",
        "line_no, order_id": "Write order_id, line_no",
        "order_id, added, line_no": "the column added has the type date",
        "line_no, added": "added",
        "order_id,": "not a list of columns",
        "a,\0": "",
        "a,\ud800": "",
        "": "",
        ", " * 1001: "",
        '"' * 1999 + ",": "not a list of columns",
        '"a,' * 600: "not a list of columns",
    }.items():
        text = json.dumps(asked | {"primary_key_column": named})
        refused = await service.http.post("/v1/vector-tables", content=text)
        assert refused.status_code == 422 and code_of(refused) == "validation_error", (named, refused.text)
        assert part in refused.text, named
