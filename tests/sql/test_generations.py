"""A generation as programs read it: nested for current programs, flat for those of earlier releases."""

from __future__ import annotations

import json
from typing import Any

import pytest

from embedd_pg.generation import Capture, parse_generation
from embedd_pg.settings import Settings
from tests.sql.calls import PRODUCTS, Pg, value, vector_table

#: The keys that programs of 0.1.0 read from load_generation().
READ_BY_0_1_0 = (
    "id vector_table_id name organization_id connection_id sync_mode sync_status polled remote remote_capture_id"
    " followed tracked metered budgeted paced source_schema source_name key columns condition store beside"
    " store_schema store_table language store_settings chunking embedder_id provider model dimensions base_url"
    " credentials credentials_form secret_ref secret_removed address live_base_url api_path max_sequence_length"
)


@pytest.fixture
def table(pg: Pg) -> str:
    pg.execute(PRODUCTS)
    value(pg, "create_embedder", name="vendor", provider="openai", model="text-embedding-3-small", api_key_ref="env:K")
    return vector_table(pg, embedder="vendor", where="price > 1")


def nested(pg: Pg, table: str) -> Any:
    return value(pg, "get_active_generation", vector_table=table)


def test_the_forwards_return_the_same_with_flat_keys(pg: Pg, table: str) -> None:
    now = nested(pg, table)
    flat = value(pg, "load_generation", p_generation_id=now["id"])
    assert set(flat) == set(READ_BY_0_1_0.split())
    assert flat == value(pg, "active_generation", vector_table=table)
    pg.execute("update embedd.vector_tables set sync_status = 'synced'")
    assert value(pg, "searchable_generation", vector_table=table) == flat | {"sync_status": "synced"}
    facts = [flat[key] for key in ("vector_table_id", "source_name", "store_table", "model", "embedder_id", "paced")]
    assert facts == [
        table,
        "products",
        now["store"]["name"],
        now["embedding"]["model"],
        now["embedder"]["public_id"],
        False,
    ]
    assert (flat["columns"], flat["key"], flat["condition"]) == tuple(
        now["source"][key] for key in ("columns", "key", "condition")
    )


def test_the_forwards_return_null_without_a_generation(pg: Pg) -> None:
    assert value(pg, "load_generation", p_generation_id=0) is None
    assert value(pg, "get_generation", p_generation_id=0) is None


TRIGGER = Capture("trigger", remote=False, compared=False, interval="batch", reports=True)
POLL = Capture("poll", remote=False, compared=True, interval="batch", reports=False)
REMOTE_POLL = Capture("remote_poll", remote=True, compared=True, interval="batch", reports=False)
REMOTE_TRIGGER = Capture("remote_trigger", remote=True, compared=True, interval="captured", reports=True)


def capture_of(pg: Pg, table: str) -> Capture:
    return Capture(**value(pg, "capture_of", p_vector_table_id=table))


@pytest.mark.parametrize(
    ("capture", "flags"),
    [
        (TRIGGER, (False, False, False)),
        (POLL, (True, False, False)),
        (REMOTE_POLL, (True, True, False)),
        (REMOTE_TRIGGER, (True, True, True)),
    ],
    ids=lambda given: given.kind if isinstance(given, Capture) else "",
)
def test_one_function_says_how_changes_are_captured(
    pg: Pg, table: str, capture: Capture, flags: tuple[bool, bool, bool]
) -> None:
    if capture is not TRIGGER:
        pg.execute("update embedd.vector_tables set capture_id = null")
    if capture.remote:
        pg.execute("update embedd.connections set capture = 'remote_trigger'")
        pg.execute("update embedd.vector_tables set remote_capture_id = 1")
    if capture is not POLL:
        failure = None if capture is REMOTE_TRIGGER else "It does not answer."
        pg.execute(
            "insert into embedd.remote_outboxes (connection_id, line, error)"
            " select connection_id, gen_random_uuid(), %s from embedd.vector_tables",
            [failure],
        )
    assert capture_of(pg, table) == parse_generation(nested(pg, table)).source.capture == capture
    flat = value(pg, "active_generation", vector_table=table)
    assert (flat["polled"], flat["remote"], flat["followed"]) == flags


@pytest.mark.parametrize("sync_mode", ["batch", "cdc"])
def test_polled_sources_are_compared_as_often_as_their_sync_mode_says(pg: Pg, table: str, sync_mode: str) -> None:
    settings = Settings(batch_interval=7, cdc_interval=3, captured_interval=900)
    pg.execute("update embedd.vector_tables set capture_id = null, sync_mode = %s", [sync_mode])
    assert settings.comparison_interval(capture_of(pg, table).interval) == {"batch": 7, "cdc": 3}[sync_mode]
    pg.execute("update embedd.connections set capture = 'remote_trigger'")
    pg.execute("update embedd.vector_tables set remote_capture_id = 1")
    pg.execute(
        "insert into embedd.remote_outboxes (connection_id, line)"
        " select connection_id, gen_random_uuid() from embedd.vector_tables"
    )
    assert settings.comparison_interval(capture_of(pg, table).interval) == 900


def test_a_table_without_its_triggers_yet_is_polled(pg: Pg, table: str) -> None:
    pg.execute("update embedd.connections set capture = 'remote_trigger'")
    pg.execute("update embedd.vector_tables set capture_id = null")
    assert capture_of(pg, table) == REMOTE_POLL
    pg.execute(
        "insert into embedd.remote_outboxes (connection_id, line)"
        " select connection_id, gen_random_uuid() from embedd.vector_tables"
    )
    assert capture_of(pg, table) == REMOTE_POLL, "it has no capture there"


def test_columns_go_by_ordinal_then_position_and_those_without_come_last(pg: Pg) -> None:
    ordinals = {"z": None, "c": 2, "b": 1, "y": None, "a": 1, "d": 0.5}
    columns = [{"name": name, "role": "embedding", "ordinal": ordinal} for name, ordinal in ordinals.items()]
    columns += [{"name": "p", "role": "embedding", "name_prefix": "P: "}]
    text = value(pg, "text_signature", p_columns=json.dumps(columns))
    assert text == [["d", ""], ["b", ""], ["a", ""], ["c", ""], ["z", ""], ["y", ""], ["p", "P: "]]


def test_a_generation_is_read_whole(pg: Pg, table: str) -> None:
    pg.execute(
        "update embedd.embedders set monthly_token_budget = 5, max_sequence_length = 77 where provider = 'openai'"
    )
    read = parse_generation(nested(pg, table))
    assert (read.vector_table.id, read.source.layout.name, read.store.kind) == (table, "public.products", "qdrant")
    assert [column.name for column in read.source.layout.text] == ["name"]
    assert read.source.capture == TRIGGER and set(read.source.tracked) == {"name", "price"}
    assert read.embedder is not None and read.embedder.model == read.embedding.model
    assert read.limits.budgeted and not read.limits.paced and read.max_text_tokens() == 77
