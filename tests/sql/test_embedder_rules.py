"""The rules for stored embedders: canonical addresses, changes, use, duplicates, deletion, and permissions."""

from __future__ import annotations

import json
import uuid
from typing import Any

import psycopg
import pytest

from tests.sql.calls import (
    PRODUCTS,
    Pg,
    Refusal,
    embedding,
    refused,
    row,
    rows,
    session,
    started,
    until,
    value,
    vector_table,
)

FIELDS = {
    "display_name": "n",
    "endpoint_url": "http://h",
    "model_identifier": "m",
    "dimensionality": 8,
    "distribution_type": "DENSE",
}
PRINT = b"f" * 32
DUPLICATE = "An embedder with the same owner, provider, endpoint, path, model and credentials already exists."


def record(pg: Pg, *, provider_type: str = "VLLM", fingerprint: bytes = PRINT, **fields: Any) -> str:
    return str(
        value(
            pg,
            "create_embedder_record",
            p_fields=json.dumps(FIELDS | fields),
            p_provider_type=provider_type,
            p_fingerprint=fingerprint,
            p_id=uuid.uuid4(),
        )
    )


def update(pg: Pg, embedder: str, **fields: Any) -> None:
    value(pg, "update_embedder_record", p_embedder=embedder, p_fields=json.dumps(fields))


def update_refused(pg: Pg, embedder: str, **fields: Any) -> Refusal:
    before = rows(pg, "embedder_records")
    told = refused(pg, "update_embedder_record", p_embedder=embedder, p_fields=json.dumps(fields))
    assert rows(pg, "embedder_records") == before
    return told


def shown(pg: Pg, embedder: str) -> dict[str, Any]:
    return row(pg, "get_embedder_record", embedder=embedder)


def openai(pg: Pg, **named: Any) -> str:
    return str(value(pg, "create_embedder", **({"name": "e", "provider": "openai", "api_key_ref": "env:KEY"} | named)))


def member(pg: Pg, name: str = "mia") -> str:
    (found,) = pg.execute(
        "insert into embedd.users (organization_id, name) values ('org_self_hosted', %s) returning id", [name]
    ).fetchall()
    return str(found["id"])


def act_as(pg: Pg, user: str) -> None:
    pg.execute("select set_config('embedd.user', %s, false)", [user])


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://H", "http://h"),
        ("https://h:443/", "https://h"),
        ("http://h:443", "http://h:443"),
        ("https://h:80/a/", "https://h:80/a"),
        ("https://h:/A%2fb", "https://h/A%2fb"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://h//", "http://h"),
        ("http://h:00080/x;y=1,2", "http://h/x;y=1,2"),
        ("http://a_b.c-d:1", "http://a_b.c-d:1"),
        *(
            (wrong, None)
            for wrong in (
                "",
                "h",
                "http:/h",
                "http://",
                "ftp://h",
                "http://u@h",
                "http://u:p@h",
                "http://h?q",
                "http://h#f",
                "http://h/?q",
                "http://h:0",
                "http://h:65536",
                "http://h:999999",
                "http://h /",
                " http://h",
                "http://h\n",
                "http://h/\t",
                "http://é",
                "http://h/é",
                "http://h/\\",
                "http://h/<",
                "http://" + "h" * 2000,
                "http://[::1",
                "http://h]:1",
            )
        ),
    ],
)
def test_an_address_has_one_canonical_spelling(pg: Pg, url: str, canonical: str | None) -> None:
    assert value(pg, "canonical_url", p_url=url) == canonical
    if canonical:
        assert value(pg, "canonical_url", p_url=canonical) == canonical


def test_an_update_changes_only_the_given_fields_of_an_embedder(pg: Pg) -> None:
    made = openai(pg, model="text-embedding-3-small")
    assert value(pg, "update_embedder", embedder="e", name="renamed") == made
    before = row(pg, "get_embedder", embedder="renamed")
    assert before["default_model"] == "text-embedding-3-small"
    value(pg, "update_embedder", embedder=made, model="text-embedding-3-large", base_url="http://h/v1")
    after = row(pg, "get_embedder", embedder=made)
    assert (after["name"], after["default_model"], after["base_url"]) == (
        "renamed",
        "text-embedding-3-large",
        "http://h/v1",
    )
    assert shown(pg, str(after["embedder_id"]))["dimensionality"] == 3072
    value(pg, "update_embedder", embedder=made, credentials=json.dumps({"x": "y"}), fingerprint=PRINT)
    value(pg, "update_embedder", embedder=made, api_key_ref="env:OTHER")
    (stored,) = pg.execute(
        "select credentials, secret_ref from embedd.embedders where public_id = %s", [made]
    ).fetchall()
    assert stored == {"credentials": None, "secret_ref": "env:OTHER"}


def test_an_invalid_change_is_refused_with_the_reason(pg: Pg) -> None:
    openai(pg)
    openai(pg, name="taken")
    for named, sqlstate, part in (
        ({"name": ""}, "EBV01", "name must have"),
        ({"name": "taken"}, "EBC05", "already exists"),
        ({"model": "voyage-4"}, "EBV01", "not an embedding model"),
        ({"base_url": "ftp://h"}, "EBV01", "base_url"),
        ({"api_key_ref": "sk-raw"}, "EBV01", "api_key_ref"),
        ({"embedder": "none"}, "EBN03", "no embedder"),
    ):
        told = refused(pg, "update_embedder", **({"embedder": "e"} | named))
        assert told.sqlstate == sqlstate and part in (told.message or "") and told.hint and "sk-raw" not in str(told)


def test_a_model_in_use_cannot_change_unless_it_is_only_the_default(pg: Pg) -> None:
    openai(pg, model="text-embedding-3-small")
    pg.execute(PRODUCTS)
    made = vector_table(pg, embedder="e")
    told = refused(pg, "update_embedder", embedder="e", model="text-embedding-3-large")
    assert told.sqlstate == "EBF01" and "vector table" in (told.message or "")
    value(pg, "update_embedder", embedder="e", model="text-embedding-3-large", allow_in_use=True)
    assert row(pg, "get_vector_table", vector_table=made)["embedding_model"] == "text-embedding-3-small"
    assert refused(pg, "delete_embedder", embedder="e") == Refusal(
        "EBC09", "Vector tables still use the embedder 'e'.", "Drop them or move them to another embedder first."
    )
    value(pg, "drop_vector_table", vector_table=made)
    value(pg, "update_embedder", embedder="e", model="text-embedding-ada-002")
    value(pg, "delete_embedder", embedder="e")
    assert refused(pg, "get_embedder", embedder="e").sqlstate == "EBN03"


def test_an_unfinished_task_locks_the_core_fields(pg: Pg) -> None:
    pg.execute(PRODUCTS)
    made, other = record(pg), record(pg, model_identifier="other")
    table = vector_table(pg, embedder=made)
    value(pg, "backfill", vector_table=table)
    inside = "(select id from embedd.embedders where shown_id = %s)"
    pg.execute(f"update embedd.vector_tables set embedder_id = {inside} where id = %s".encode(), [other, table])
    assert update_refused(pg, made, dimensionality=4).sqlstate == "EBF01"
    pg.execute("update embedd.tasks set status = 'failed'")
    update(pg, made, dimensionality=4)
    assert shown(pg, made)["dimensionality"] == 4


def test_only_core_fields_are_locked_while_a_vector_table_uses_the_embedder(pg: Pg) -> None:
    pg.execute(PRODUCTS)
    made = record(pg)
    table = vector_table(pg, embedder=made)
    for core in ({"dimensionality": 4}, {"model_identifier": "x"}, {"distribution_type": "SPARSE"}):
        told = update_refused(pg, made, display_name="x", **core)
        assert told.sqlstate == "EBF01" and told.hint
    update(
        pg,
        made,
        display_name="x",
        dimensionality=8,
        model_identifier="m",
        distribution_type="DENSE",
        endpoint_url="http://H/",
    )
    assert shown(pg, made)["display_name"] == "x"
    value(pg, "drop_vector_table", vector_table=table)
    update(pg, made, dimensionality=4)


def test_an_embedder_cannot_become_equal_to_another_of_its_owner(pg: Pg) -> None:
    first, second = record(pg), record(pg, model_identifier="x")
    assert update_refused(pg, second, model_identifier="m", display_name="y") == Refusal(
        "EBC08", DUPLICATE, "Use that one, or change one of these."
    )
    update(pg, first, api_path="/other")
    update(pg, second, model_identifier="m")
    with pytest.raises(psycopg.Error) as caught, pg.transaction():
        record(pg)
    assert caught.value.sqlstate == "EBC08"
    value(pg, "delete_embedder", embedder=second)
    record(pg)
    record(pg, provider_type="TEI")
    record(pg, fingerprint=b"g" * 32)


def test_embedders_made_in_sql_may_be_equal(pg: Pg) -> None:
    for name in ("a", "b"):
        openai(pg, name=name, base_url="http://h", model="m")
    record(pg, provider_type="OPENAI")
    assert len(rows(pg, "list_embedders")) == 4


def test_embedders_of_cohere_jina_and_tei_made_in_sql_are_shown_and_sending_them_back_changes_nothing(pg: Pg) -> None:
    for provider, base_url, model, expected in (
        ("cohere", None, "embed-v4.0", ("COHERE", "https://api.cohere.com", 1536)),
        ("jina", None, None, ("JINA", "https://api.jina.ai/v1", 1024)),
        ("tei", "http://h:8080", None, ("TEI", "http://h:8080", 0)),
    ):
        made = openai(pg, name=provider, provider=provider, base_url=base_url, model=model)
        before = row(pg, "get_embedder", embedder=made)
        found = shown(pg, str(before["embedder_id"]))
        assert (found["provider_type"], found["endpoint_url"], found["dimensionality"]) == expected
        assert found["api_path"] == "/embeddings"
        update(pg, str(before["embedder_id"]), endpoint_url=found["endpoint_url"], api_path="/embeddings")
        assert row(pg, "get_embedder", embedder=made) == before


def test_unusual_texts_are_kept_and_compared_unchanged(pg: Pg) -> None:
    odd = 'a\\x00"\\n🙂\u00a0'
    made = record(pg, model_identifier=odd, labels={"k": odd}, description=odd + "\x1f")
    found = shown(pg, made)
    assert (found["model_identifier"], found["labels"], found["description"]) == (odd, {"k": odd}, odd + "\x1f")
    with pytest.raises(psycopg.Error) as caught, pg.transaction():
        record(pg, model_identifier=odd)
    assert caught.value.sqlstate == "EBC08"
    assert [r["embedder_id"] for r in rows(pg, "list_embedder_records", p_labels=json.dumps([{"k": odd}]))] == [
        uuid.UUID(made)
    ]


def test_an_id_comes_before_an_equal_name(pg: Pg) -> None:
    made = openai(pg)
    listed = row(pg, "get_embedder", embedder=made)
    for name in (made, str(listed["embedder_id"])):
        openai(pg, name=name)
        assert row(pg, "get_embedder", embedder=name) == listed


def test_members_change_their_own_embedders_and_owners_all(pg: Pg) -> None:
    mia = member(pg)
    theirs = openai(pg)
    act_as(pg, mia)
    own = openai(pg, name="own")
    told = refused(pg, "update_embedder", embedder=theirs, name="x")
    assert told.sqlstate == "EBP04" and "UPDATE_EMBEDDER_ANY" in (told.message or "")
    assert refused(pg, "delete_embedder", embedder=theirs).sqlstate == "EBP04"
    assert [r["display_name"] for r in rows(pg, "list_embedder_records")] == ["own"]
    value(pg, "update_embedder", embedder=own, name="mine")
    act_as(pg, member(pg, "joe"))
    assert refused(pg, "delete_embedder", embedder=own).sqlstate == "EBP04"
    act_as(pg, str(uuid.uuid4()))
    assert refused(pg, "list_embedder_records").sqlstate == "EBP04", "who is no user of the organization sees nothing"
    act_as(pg, "")
    value(pg, "delete_embedder", embedder=own)


def test_deleting_an_embedder_leaves_only_the_vector_table(pg: Pg) -> None:
    pg.execute(PRODUCTS)
    made = openai(pg, model="text-embedding-3-small")
    table = vector_table(pg, embedder=made)
    value(pg, "delete_embedder", embedder=made, allow_in_use=True)
    assert row(pg, "get_vector_table", vector_table=table)["embedding_provider_id"] is None
    known = value(pg, "get_active_generation", vector_table=table)
    assert known["embedder"] is None and known["limits"] == {"metered": False, "budgeted": False, "paced": False}
    made_with = known["embedding"]
    assert (made_with["provider"], made_with["model"], made_with["dimensions"]) == (
        "openai",
        "text-embedding-3-small",
        1536,
    )
    value(pg, "update_vector_table", vector_table=table, name="renamed")
    told = refused(pg, "update_vector_table", vector_table=table, embedding_model="text-embedding-3-large")
    assert told.sqlstate == "EBN03" and "deleted" in (told.message or "")
    columns = json.dumps([{"name": "note", "role": "embedding"}])
    assert refused(pg, "update_vector_table", vector_table=table, columns=columns).sqlstate == "EBN03"
    other = openai(pg)
    value(pg, "update_vector_table", vector_table=table, embedder=other)
    assert value(pg, "get_active_generation", vector_table=table)["embedder"]["public_id"] == other


@pytest.mark.parametrize("first", ["table", "change"])
def test_a_change_and_a_new_reference_exclude_each_other(alone: Pg, installed: str, first: str) -> None:
    alone.execute(PRODUCTS)
    made = record(alone)
    create = f"select embedd.create_vector_table('t', 'products', '{embedding('name')}', '{made}')"
    change = f"select embedd_internal.update_embedder_record('{made}', '{json.dumps({'dimensionality': 4})}')"
    before, after = (create, change) if first == "table" else (change, create)
    with session(installed) as other:
        other.execute("begin")
        other.execute(before.encode())
        with started(installed, after) as waiting:
            until(lambda: waiting.is_blocked(alone))
            other.execute("commit")
            failure = waiting.future.exception(20)
    if first == "table":
        assert isinstance(failure, psycopg.Error) and failure.sqlstate == "EBF01"
    else:
        assert failure is None
        assert row(alone, "get_vector_table", vector_table="t")["embedding_dimensions"] == 4
