"""Vector tables: the changes of PUT that take effect at once or build new vectors, the schema, DELETE, and the list."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import psycopg
import pytest

from tests.api.conftest import COLUMNS, Service, eventually, load_products, working
from tests.api.test_errors import code_of
from tests.api.test_guide import triggers
from tests.support.vendor_stub import Stub

#: The description alone makes the text.
OTHER_TEXT = [{"name": "description", "role": "embedding"}, *COLUMNS[2:]]
NAME_AS_METADATA = [COLUMNS[1], *COLUMNS[2:], {"name": "name", "role": "metadata", "filter_type": "keyword"}]

Put = Callable[..., Awaitable[httpx.Response]]


def putting(service: Service, table: str) -> Put:
    async def put(**body: Any) -> httpx.Response:
        return await service.http.put(f"/v1/vector-tables/{table}", json=body)

    return put


async def texts(service: Service, table: str) -> list[str]:
    found = await service.post(f"/v1/vector-tables/{table}/query", {"query": "headphones", "limit": 3})
    return [result["embedded_text"] for result in found["results"]]


async def is_synced(service: Service, table: str) -> Any:
    path = f"/v1/vector-tables/{table}"
    return await eventually(lambda: service.get(path), lambda row: row["sync_status"] == "synced")


async def test_a_name_and_a_sync_mode_change_at_once_and_start_no_task(service: Service) -> None:
    table = await service.vector_table()
    put = putting(service, table)
    before = await service.get(f"/v1/vector-tables/{table}")
    changed = await put(name="Shop", sync_mode="cdc")
    assert changed.status_code == 200
    assert changed.json() == before | {"name": "Shop", "sync_mode": "cdc"}
    assert (await put()).json() == changed.json()
    assert (await put(name="Shop", columns=COLUMNS)).json() == changed.json()
    assert (await service.get("/v1/tasks"))["data"] == []


async def test_a_table_never_backfilled_takes_other_columns_at_once_and_echoes_them(service: Service) -> None:
    table = await service.vector_table()
    put = putting(service, table)
    changed = await put(columns=OTHER_TEXT)
    assert changed.status_code == 200 and changed.json()["sync_status"] == "pending"
    assert [[*column.items()] for column in changed.json()["columns"]] == [[*column.items()] for column in OTHER_TEXT]
    assert (await service.get("/v1/tasks"))["data"] == []
    async with working(service.clients):
        await service.synced(table)
    assert all(not text.startswith("Product: ") for text in await texts(service, table))


async def test_other_columns_are_built_next_to_the_old_vectors_which_answer_meanwhile(service: Service) -> None:
    table = await service.vector_table()
    put = putting(service, table)
    async with working(service.clients):
        await service.synced(table)
    before = await texts(service, table)

    changed = await put(columns=OTHER_TEXT, name="renamed")
    assert changed.status_code == 200 and changed.json()["sync_status"] == "pending_rebackfill"
    assert changed.json()["columns"] == OTHER_TEXT and changed.json()["name"] == "renamed"
    status = await service.get(f"/v1/vector-tables/{table}/sync/status")
    assert status["sync_status"] == "pending_rebackfill" and status["rows_pending"] == 7
    task = (await service.get("/v1/tasks"))["data"][0]
    assert (task["task_type"], task["status"], task["priority"]) == ("rebackfill", "pending", 3)
    assert task["target_id"] == table
    assert await texts(service, table) == before and before[0].startswith("Product: ")

    for refused in (await put(columns=COLUMNS), await service.http.post(f"/v1/vector-tables/{table}/backfill")):
        assert refused.status_code == 409 and code_of(refused) == "backfill_in_progress"
    assert (await put(name="again")).status_code == 200
    async with working(service.clients):
        await is_synced(service, table)
    assert all(not text.startswith("Product: ") for text in await texts(service, table))
    assert (await service.get(f"/v1/tasks/{task['id']}"))["status"] == "completed"


async def test_a_cancelled_rebackfill_leaves_the_old_vectors_in_place(service: Service) -> None:
    table = await service.vector_table()
    async with working(service.clients):
        await service.synced(table)
    before = await texts(service, table)
    await putting(service, table)(columns=OTHER_TEXT)
    task = (await service.get("/v1/tasks"))["data"][0]
    await service.post(f"/v1/tasks/{task['id']}/cancel")
    row = await service.get(f"/v1/vector-tables/{table}")
    assert row["sync_status"] == "synced" and row["columns"] == COLUMNS
    assert await texts(service, table) == before
    again = await putting(service, table)(columns=OTHER_TEXT)
    assert again.json()["sync_status"] == "pending_rebackfill"
    async with working(service.clients):
        await is_synced(service, table)
    assert all(not text.startswith("Product: ") for text in await texts(service, table))


async def test_another_model_answers_from_the_switch_on(service: Service, vendor: Stub) -> None:
    table = await service.vector_table()
    put = putting(service, table)
    path = f"/v1/vector-tables/{table}/query"
    async with working(service.clients):
        await service.synced(table)
        changed = await put(embedding_model="text-embedding-ada-002")
        assert changed.json()["sync_status"] == "pending_rebackfill"
        assert changed.json()["embedding_model"] == "text-embedding-ada-002"
        await is_synced(service, table)
        assert (await service.post(path, {"query": "lamp"}))["model"] == "text-embedding-ada-002"
        assert vendor.stats.bodies[-1]["model"] == "text-embedding-ada-002"

        vendor.settings.dimensions = 3072
        changed = await put(embedding_model="text-embedding-3-large")
        assert changed.json()["embedding_dimensions"] == 3072
        await is_synced(service, table)
        found = await service.post(path, {"query": "desk lamp", "limit": 1})
    assert found["model"] == "text-embedding-3-large" and found["results"][0]["metadata"]["name"] == "Desk lamp"


async def test_other_metadata_is_filled_in_without_embedding_anything(service: Service, vendor: Stub) -> None:
    table = await service.vector_table(columns=[COLUMNS[1], *COLUMNS[2:]])
    async with working(service.clients):
        await service.synced(table)
        sent = vendor.stats.inputs
        changed = await putting(service, table)(columns=NAME_AS_METADATA)
        assert changed.json()["sync_status"] == "pending_rebackfill"
        await is_synced(service, table)
        assert vendor.stats.inputs == sent
        found = await service.post(f"/v1/vector-tables/{table}/query", {"query": "x", "filters": {"name": "Desk lamp"}})
    assert [result["metadata"]["name"] for result in found["results"]] == ["Desk lamp"]


async def test_a_wrong_change_is_refused_and_changes_nothing(service: Service) -> None:
    table = await service.vector_table()
    put = putting(service, table)
    before = await service.get(f"/v1/vector-tables/{table}")
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"name": " "}, "validation_error", "name"),
        ({"name": "x" * 101}, "validation_error", "name"),
        ({"columns": []}, "validation_error", "columns"),
        ({"columns": COLUMNS[2:]}, "validation_error", "at least one column"),
        ({"name": "new", "columns": [{"name": "gone", "role": "embedding"}]}, "validation_error", "columns[0]"),
        ({"embedding_model": "voyage-3.5"}, "validation_error", "embedding_model"),
        ({"embedding_dimensions": 1535}, "validation_error", "embedding_dimensions"),
        ({"embedding_dimensions": 0}, "validation_error", "embedding_dimensions"),
        (
            {"embedding_model": "text-embedding-3-large", "embedding_dimensions": 1536},
            "validation_error",
            "embedding_dimensions",
        ),
        ({"sync_mode": "stream"}, "validation_error", "sync_mode"),
        ({"mode": "platform"}, "validation_error", "mode is not a known field"),
        ({"source_table": "public.other"}, "validation_error", "source_table is not a known field"),
        ({"connection_id": "conn_x"}, "validation_error", "connection_id is not a known field"),
        ({"embedding_provider_id": f"emb_{'0' * 32}"}, "embedding_provider_not_found", "embedder"),
    ]
    for body, code, part in wrong:
        response = await put(**body)
        assert code_of(response) == code and part in response.json()["error"]["message"], (body, response.text)
    assert await service.get(f"/v1/vector-tables/{table}") == before
    for missing in ("vt_none", "products-search"):
        assert code_of(await putting(service, missing)(name="x")) == "vector_table_not_found"


async def test_a_paused_table_takes_a_name_but_no_other_columns(service: Service) -> None:
    table = await service.vector_table()
    put = putting(service, table)
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute("update embedd.vector_tables set sync_status = 'paused', last_synced_at = now()")
    assert (await put(name="Shop")).json()["sync_status"] == "paused"
    refused = await put(columns=OTHER_TEXT)
    assert refused.status_code == 409 and code_of(refused) == "sync_already_paused"


async def test_the_schema_names_each_column_and_how_it_can_be_filtered(service: Service) -> None:
    stock = {"name": "id", "role": "metadata", "filter_type": "integer"}
    table = await service.vector_table(columns=[*COLUMNS, stock])
    schema = await service.get(f"/v1/vector-tables/{table}/schema")
    assert schema.keys() == {"vector_table_id", "source_table", "primary_key_column", "columns"}
    assert (schema["vector_table_id"], schema["source_table"]) == (table, "public.products")
    assert schema["primary_key_column"] == "id"
    equal = ["eq", "ne", "in", "nin", "exists"]
    numeric = {"eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "exists"}
    operators = {column["name"]: column.pop("operators") for column in schema["columns"]}
    assert schema["columns"] == [*COLUMNS, stock]
    assert operators["name"] == operators["description"] == []
    assert set(operators["category"]) == {*equal, "prefix"} and set(operators["in_stock"]) == set(equal)
    assert set(operators["price"]) == set(operators["id"]) == numeric
    assert code_of(await service.http.get("/v1/vector-tables/vt_none/schema")) == "vector_table_not_found"


async def test_a_deleted_table_is_gone_at_once_and_its_tasks_and_vectors_follow(service: Service) -> None:
    table = await service.vector_table()
    path = f"/v1/vector-tables/{table}"
    async with working(service.clients):
        await service.synced(table)
    task = (await service.post(f"{path}/backfill", status=202))["task_id"]
    response = await service.http.delete(path)
    assert response.status_code == 204 and response.content == b""
    assert (await service.get(f"/v1/tasks/{task}"))["status"] == "cancelled"
    assert (await service.get("/v1/vector-tables"))["data"] == [] and triggers(service.dsn) == []
    http = service.http
    for request in (
        http.get(path),
        http.delete(path),
        http.put(path, json={"name": "x"}),
        http.get(f"{path}/schema"),
        http.post(f"{path}/backfill"),
        http.post(f"{path}/query", json={"query": "x"}),
        http.get(f"{path}/sync/status"),
        http.post(f"{path}/sync/pause"),
        http.post(f"{path}/sync/resume"),
    ):
        assert code_of(await request) == "vector_table_not_found"
    with psycopg.connect(service.dsn) as session:
        assert session.execute("select count(*) from products").fetchone() == (7,)

    async def left() -> Any:
        with psycopg.connect(service.dsn) as session:
            return session.execute("select count(*) from embedd.generations").fetchone()

    async with working(service.clients):
        await eventually(left, lambda found: found == (0,))


async def test_vector_tables_are_listed_oldest_first_in_pages(service: Service) -> None:
    load_products(service.dsn)
    body = service.table_body("conn_local", await service.embedding_provider())
    made = [(await service.post("/v1/vector-tables", body, 201))["id"] for _ in range(5)]
    whole = await service.get("/v1/vector-tables")
    assert [row["id"] for row in whole["data"]] == made
    assert whole["pagination"] == {"limit": 20, "has_more": False, "next_cursor": None}
    seen, cursor = [], ""
    for _ in range(3):
        page = await service.get(f"/v1/vector-tables?limit=2{cursor}")
        seen += page["data"]
        cursor = f"&cursor={page['pagination']['next_cursor']}"
    assert seen == whole["data"] and page["pagination"] == {"limit": 2, "has_more": False, "next_cursor": None}


async def test_optional_fields_have_their_defaults(service: Service) -> None:
    table = await service.vector_table()
    made = await service.get(f"/v1/vector-tables/{table}")
    assert (made["sync_mode"], made["mode"], made["sync_status"]) == ("batch", "managed", "pending")
    assert made["primary_key_column"] == "id"
    local = service.table_body("conn_local", made["embedding_provider_id"])
    assert (await service.post("/v1/vector-tables", local, 201))["mode"] == "managed"


async def test_the_text_is_the_embedding_columns_by_ordinal_with_their_prefixes_and_without_empty_values(
    service: Service,
) -> None:
    columns = [
        {"name": "category", "role": "embedding", "name_prefix": "Category: "},
        {"name": "description", "role": "embedding", "ordinal": 2},
        {"name": "name", "role": "embedding", "ordinal": 1, "name_prefix": "Product: "},
    ]
    table = await service.vector_table(columns=columns)
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute("update products set description = '  ', category = null where id = 5")
        session.execute("update products set name = '', description = null, category = ' ' where id = 6")
    async with working(service.clients):
        status = await service.synced(table)
    assert (status["synced_rows"], status["skipped_rows"], status["dead_rows"]) == (7, 1, 0)
    found = await service.post(f"/v1/vector-tables/{table}/query", {"query": "x", "limit": 100})
    texts_by_id = {result["id"]: result["embedded_text"] for result in found["results"]}
    assert texts_by_id["3"] == "Product: Garden hose\nTen metres of hose with a spray nozzle\nCategory: garden"
    assert texts_by_id["5"] == "Product: Desk lamp" and "6" not in texts_by_id


async def test_a_managed_table_too_many_for_the_tier_is_refused_and_platform_tables_do_not_count(
    service: Service,
) -> None:
    load_products(service.dsn)
    provider = await service.embedding_provider()
    platform = await service.connection(mode="platform")
    with psycopg.connect(service.dsn, autocommit=True) as session:
        session.execute("create extension if not exists vector")
        session.execute("update embedd.organizations set tier = 'free'")
    await service.post("/v1/vector-tables", service.table_body(platform, provider), 201)
    body = service.table_body("conn_local", provider)
    made = [await service.post("/v1/vector-tables", body, 201) for _ in range(3)]
    refused = await service.http.post("/v1/vector-tables", json=body)
    assert refused.status_code == 403 and code_of(refused) == "tier_limit_reached"
    await service.post("/v1/vector-tables", service.table_body(platform, provider), 201)
    await service.http.delete(f"/v1/vector-tables/{made[0]['id']}")
    await service.post("/v1/vector-tables", body, 201)


async def test_a_vector_table_may_mirror_some_rows_only(service: Service) -> None:
    table = await service.vector_table(where="category = 'audio'")
    async with working(service.clients):
        await service.synced(table)
        found = await service.post(f"/v1/vector-tables/{table}/query", {"query": "anything"})
        assert {result["id"] for result in found["results"]} == {"1", "2", "4"}
        path = f"/v1/vector-tables/{table}"
        assert (await service.get(path))["where"] == "(\"category\" = 'audio')"
        changed = await service.http.put(path, json={"where": "price > 200"})
        assert changed.status_code == 200, changed.text
        await eventually(lambda: service.get(f"{path}/sync/status"), lambda status: status["sync_status"] == "synced")
        found = await service.post(f"{path}/query", {"query": "anything"})
        assert [result["id"] for result in found["results"]] == ["2"]
        odd = ("name = '\0'", "name = '\ud800'", "name like '%s' and", "{}", "'", "$$", "\\", "(" * 5000)
        for where in ("price >", "true; drop table products", "now() > '2020-01-01'", *odd):
            refused = await service.http.put(path, content=json.dumps({"where": where}))
            assert code_of(refused) == "validation_error" and refused.status_code == 422, refused.text
        assert (await service.get(path))["where"] == '("price" > 200)'


async def test_a_vector_table_may_cut_long_texts(service: Service) -> None:
    table = await service.vector_table(chunking={"strategy": "recursive", "max_tokens": 16})
    path = f"/v1/vector-tables/{table}"
    assert (await service.get(path))["chunking"] == {"strategy": "recursive", "max_tokens": 16, "overlap_tokens": 2}
    async with working(service.clients):
        await service.synced(table)
        found = await service.post(f"{path}/query", {"query": "headphones", "limit": 5})
        assert len({result["id"] for result in found["results"]}) == len(found["results"])
        assert all(result["passage"] in result["embedded_text"] for result in found["results"])
        changed = await service.http.put(path, json={"chunking": {"strategy": "none"}})
        assert changed.status_code == 200 and changed.json()["chunking"] == {"strategy": "none"}
        await eventually(lambda: service.get(f"{path}/sync/status"), lambda status: status["sync_status"] == "synced")
        found = await service.post(f"{path}/query", {"query": "headphones", "limit": 5})
        assert not any("passage" in result for result in found["results"])


@pytest.mark.parametrize(
    "chunking",
    [
        {"strategy": "magic"},
        {"strategy": "recursive", "max_tokens": 8},
        {"strategy": "recursive", "size": 8},
        [],
        {"max_tokens": 100},
        {"strategy": "sentences", "max_tokens": 100, "overlap_tokens": 60},
        "recursive",
    ],
)
async def test_invalid_chunking_is_refused(service: Service, chunking: object) -> None:
    table = await service.vector_table()
    refused = await service.http.put(f"/v1/vector-tables/{table}", json={"chunking": chunking})
    assert refused.status_code == 422 and code_of(refused) == "validation_error", refused.text
    assert "chunking" in refused.text


async def test_the_layout_of_the_collection_is_set_once(service: Service) -> None:
    load_products(service.dsn)
    connection, provider = await service.connection(), await service.embedding_provider()
    given = {"shard_number": 2, "quantization": "scalar", "on_disk": True, "hnsw_config": {"m": 32}}
    body = service.table_body(connection, provider, store_settings=given | {"replication_factor": None})
    made = await service.post("/v1/vector-tables", body, 201)
    assert made["store_settings"] == given
    assert (await service.get(f"/v1/vector-tables/{made['id']}"))["store_settings"] == given
    changed = await putting(service, made["id"])(store_settings={"shard_number": 3})
    assert (changed.status_code, code_of(changed)) == (422, "validation_error")

    async def refused(settings: Any, part: str, **changes: Any) -> None:
        body = service.table_body(connection, provider, name="other", store_settings=settings, **changes)
        response = await service.http.post("/v1/vector-tables", json=body)
        assert (response.status_code, code_of(response)) == (422, "validation_error")
        assert part in response.text

    await refused({"replicas": 3}, "replicas")
    await refused({"shard_number": 0}, "shard_number")
    await refused({"shard_number": "2"}, "shard_number")
    await refused({"on_disk": 1}, "on_disk")
    await refused({"quantization": "product"}, "quantization")
    await refused({"hnsw_config": {"m": 1}}, "m")
    await refused({"replication_factor": 2, "write_consistency_factor": 3}, "at least as high")
    await refused({"write_consistency_factor": 2}, "at least as high")
    platform = await service.connection(mode="platform")
    body = service.table_body(platform, provider, name="beside", store_settings={"on_disk": True})
    response = await service.http.post("/v1/vector-tables", json=body)
    assert response.status_code == 422 and "a table of mode platform has none" in response.text
