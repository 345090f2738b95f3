"""How collections are to be laid out: what store_settings takes, what it refuses and why; and their aliases."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sql.calls import NAME_AND_PRICE, PRODUCTS, Pg, refused, row, rows, value, vector_table

ALL = {
    "shard_number": 6,
    "replication_factor": 3,
    "write_consistency_factor": 2,
    "on_disk": True,
    "on_disk_payload": False,
    "quantization": "scalar",
    "hnsw_config": {"m": 32, "ef_construct": 200},
}
ONE_COPY = {"replication_factor": 1, "write_consistency_factor": 1}
ABOVE = "write_consistency_factor needs a replication_factor that is at least as high."


@pytest.fixture
def products(pg: Pg) -> Pg:
    pg.execute(PRODUCTS)
    return pg


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, {}),
        ({}, {}),
        (ALL, ALL),
        ({"on_disk": None, "shard_number": 1, "hnsw_config": {"m": None}}, {"shard_number": 1, "hnsw_config": {}}),
        (ONE_COPY, ONE_COPY),
    ],
)
def test_settings_are_kept_and_reach_the_generation(products: Pg, given: Any, kept: Any) -> None:
    made = vector_table(products, store_settings=None if given is None else json.dumps(given))
    assert row(products, "get_vector_table", vector_table=made)["store_settings"] == kept
    assert value(products, "get_active_generation", vector_table=made)["store"]["settings"] == kept


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "store_settings must be an object."),
        ("scalar", "store_settings must be an object."),
        ({"replicas": 3}, "there is no setting replicas."),
        ({"hnsw_config": {"ef": 3}}, "there is no setting hnsw_config.ef."),
        ({"hnsw_config.m": "x"}, "hnsw_config.m must be a whole number between 4 and 512."),
        ({"hnsw_config": 3}, "hnsw_config must be an object."),
        ({"hnsw_config": {"m": 3}}, "hnsw_config.m must be a whole number between 4 and 512."),
        ({"hnsw_config": {"ef_construct": 3}}, "hnsw_config.ef_construct must be a whole number between 4 and 10000."),
        ({"shard_number": 0}, "shard_number must be a whole number between 1 and 1000."),
        ({"shard_number": 1.5}, "shard_number must be a whole number between 1 and 1000."),
        ({"shard_number": "2"}, "shard_number must be a whole number between 1 and 1000."),
        ({"shard_number": True}, "shard_number must be a whole number between 1 and 1000."),
        ({"replication_factor": 1e30}, "replication_factor must be a whole number between 1 and 100."),
        ({"on_disk": 1}, "on_disk must be true or false."),
        ({"on_disk_payload": "true"}, "on_disk_payload must be true or false."),
        ({"quantization": "product"}, "quantization must be none, scalar or binary."),
        ({"quantization": {"scalar": {}}}, "quantization must be none, scalar or binary."),
        ({"write_consistency_factor": 1}, ABOVE),
        ({"replication_factor": 2, "write_consistency_factor": 3}, ABOVE),
    ],
)
def test_invalid_settings_are_refused_by_name(products: Pg, given: Any, told: str) -> None:
    refusal = refused(
        products,
        "create_vector_table",
        name="v",
        source_table="products",
        columns=json.dumps(NAME_AND_PRICE),
        store_settings=json.dumps(given),
    )
    assert refusal.sqlstate == "EBV01"
    assert refusal.message.startswith("store_settings") and refusal.message.endswith(told)
    assert refusal.hint
    assert rows(products, "list_vector_tables") == []


def test_a_table_in_platform_mode_has_no_store_settings(products: Pg) -> None:
    for mode, given in (("platform", {"on_disk": True}), ("platform", {"shard_number": "x"})):
        refusal = refused(products, "check_store_settings", p_settings=json.dumps(given), p_mode=mode)
        assert refusal.sqlstate == "EBV01"
        assert refusal.message == "store_settings: a table of mode platform has none."
    assert value(products, "check_store_settings", p_settings="{}", p_mode="platform") == {}


def test_new_vectors_get_the_same_layout(products: Pg) -> None:
    made = vector_table(products, store_settings=json.dumps({"quantization": "binary"}))
    value(products, "backfill", vector_table=made)
    products.execute("update embedd.tasks set status = 'completed'")
    products.execute("update embedd.vector_tables set sync_status = 'synced'")
    value(products, "update_vector_table", vector_table=made, columns='[{"name": "note", "role": "embedding"}]')
    found = products.execute("select state, store_settings from embedd.generations order by id").fetchall()
    assert [one["state"] for one in found] == ["active", "building"]
    assert {json.dumps(one["store_settings"]) for one in found} == {'{"quantization": "binary"}'}


def test_each_managed_vector_table_has_an_alias_for_its_active_collection(products: Pg) -> None:
    made, other = vector_table(products), vector_table(products, name="other")
    assert rows(products, "list_aliases") == [
        {"alias": f"embedd_active_{made}", "collection": f"embedd_{made}"},
        {"alias": f"embedd_active_{other}", "collection": f"embedd_{other}"},
    ]
    value(products, "drop_vector_table", vector_table=other)
    products.execute("update embedd.generations set state = 'draining', retired_at = now() where state = 'active'")
    new = value(products, "create_generation", p_vector_table_id=made, p_state="active")
    expected = [{"alias": f"embedd_active_{made}", "collection": f"embedd_{made}_{new}"}]
    assert rows(products, "list_aliases") == expected
    # They have no effect on vectors outside of Qdrant.
    products.execute("update embedd.generations set store = 'pgvector' where state = 'active'")
    assert rows(products, "list_aliases") == []


def test_a_detached_copy_has_its_own_aliases_and_a_foreign_copy_has_none(products: Pg) -> None:
    made = vector_table(products)
    value(products, "check_instance", p_seen=0)
    products.execute("update embedd.instance set database_oid = 1")
    assert refused(products, "list_aliases").sqlstate == "EBX02"
    value(products, "detach")
    (found,) = rows(products, "list_aliases")
    (instance,) = products.execute("select left(uid::text, 6) as own from embedd.instance").fetchall()
    assert found["alias"] == f"embedd_active_{made}_{instance['own']}"
