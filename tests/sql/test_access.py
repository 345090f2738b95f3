"""API keys, the version, and the functions of the SQL surface."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from embedd_pg.database.sql_files import migrations
from tests.sql.calls import Pg, Refusal, acting_as, refused, row, rows, value

DIGEST = hashlib.sha256(b"sk_live_abcdefgh").digest()

#: The parameters of the documented functions in order, as `name => …` names them: renaming one breaks its users.
SURFACE = {
    "create_connection": "name mode host database username password port ssl_mode id allow_duplicate_name"
    " authentication",
    "create_embedder": "name provider model api_key_ref base_url credentials id allow_duplicate_name",
    "create_vector_table": "name source_table columns embedder connection primary_key_column embedding_model"
    " embedding_dimensions mode sync_mode source_facts id allow_duplicate_name where language chunking store_settings",
    "vector_table_schema": "vector_table",
    "drop_vector_table": "vector_table",
    "backfill": "vector_table",
    "pause_sync": "vector_table",
    "resume_sync": "vector_table",
    "sync_status": "vector_table",
    "search": "vector_table query limit filters search_mode query_vector min_similarity_score rerank select"
    " like score_threshold without",
    "embed": "text embedder model dimensions",
    "set_embedder_details": "embedder description labels api_path dimensionality max_sequence_length distribution_type"
    " supported_modalities version monitoring_endpoint",
    "tasks": "limit before_created_at before_id",
    "get_task": "task",
    "create_api_key": "name digest key_prefix permission expires_at",
    "revoke_api_key": "api_key",
    "create_organization": "name tier owner_name",
    "list_organizations": "",
    "set_tier": "organization tier",
    "create_user": "name role",
    "list_users": "",
    "create_environment": "name",
    "list_environments": "limit after_created_at after_id",
    "get_environment": "environment",
    "delete_environment": "environment",
    "list_audit": "limit before_created_at before_id",
    "version": "",
    "uninstall": "confirm",
}


def key(pg: Pg, **named: Any) -> str:
    return str(value(pg, "create_api_key", **(WHOLE | named)))


WHOLE = {"name": "ci", "digest": DIGEST, "key_prefix": "sk_live_abcd"}


@pytest.mark.parametrize(("function", "parameters"), SURFACE.items())
def test_the_documented_functions_have_these_parameters(pg: Pg, function: str, parameters: str) -> None:
    (found,) = pg.execute(
        "select array_to_string(proargnames[:pronargs], ' ') as names from pg_proc"
        " where pronamespace::regnamespace::text ~ '^embedd' and proname = %s",
        [function],
    ).fetchall()
    assert (found["names"] or "") == parameters


def test_the_version_counts_the_migrations_of_both_lines(pg: Pg) -> None:
    assert value(pg, "version") == f"{len(migrations(('control',)))}.{len(migrations(('capture',)))}"


def test_an_api_key_is_stored_as_its_digest_and_found_by_it(pg: Pg) -> None:
    made = key(pg)
    (found,) = rows(pg, "authenticate", p_digest=DIGEST)
    assert (found["id"], found["organization_id"], found["permission"]) == (made, "org_self_hosted", "full")
    assert (found["revoked_at"], found["status"]) == (None, "active")
    assert rows(pg, "authenticate", p_digest=hashlib.sha256(b"another").digest()) == []
    (listed,) = rows(pg, "list_api_keys")
    assert listed == row(pg, "get_api_key", api_key=made)
    assert "digest" not in listed


DIGEST_TOLD = Refusal(
    "EBV01",
    "digest must be a SHA-256 and key_prefix the first 12 characters of the key.",
    "The command embedd keys create makes a key and stores it.",
)
PERMISSION_TOLD = Refusal("EBV01", "permission must be full or read_only.", "Choose one of them.")
NAME_TOLD = Refusal("EBV01", "name must have 1 to 100 characters.", "Give the key a name.")


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({"name": None}, NAME_TOLD),
        ({"name": " "}, NAME_TOLD),
        ({"name": "n" * 101}, NAME_TOLD),
        ({"permission": "admin"}, PERMISSION_TOLD),
        ({"permission": None}, PERMISSION_TOLD),
        ({"digest": b"short"}, DIGEST_TOLD),
        ({"digest": None}, DIGEST_TOLD),
        ({"key_prefix": "sk_live_abcdefgh_the_whole_key"}, DIGEST_TOLD),
        ({"key_prefix": None}, DIGEST_TOLD),
    ],
)
def test_a_wrong_api_key_is_refused_with_its_reason(pg: Pg, named: dict[str, Any], told: Refusal) -> None:
    assert refused(pg, "create_api_key", **(WHOLE | named)) == told


def test_a_revoked_key_stays_listed_and_revoking_again_changes_nothing(pg: Pg) -> None:
    made = key(pg)
    value(pg, "revoke_api_key", api_key=made)
    (first,) = rows(pg, "authenticate", p_digest=DIGEST)
    assert first["revoked_at"] is not None
    pg.execute("update embedd.api_keys set revoked_at = revoked_at - interval '1 day'")
    value(pg, "revoke_api_key", api_key=made)
    (again,) = rows(pg, "authenticate", p_digest=DIGEST)
    assert again["revoked_at"] < first["revoked_at"]
    assert [k["id"] for k in rows(pg, "list_api_keys")] == [made]


@pytest.mark.parametrize("function", ["revoke_api_key", "get_api_key"])
def test_a_key_of_another_organization_does_not_exist(pg: Pg, function: str) -> None:
    made = key(pg)
    acting_as(pg, organization="org_other")
    assert rows(pg, "list_api_keys") == []
    told = Refusal("EBN06", f"There is no API key {made}.", "List the API keys to see which exist.")
    assert refused(pg, function, api_key=made) == told
    assert refused(pg, function, api_key=None).sqlstate == "EBN06"
