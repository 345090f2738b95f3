"""Organizations, users, environments: membership, tiers, and permissions."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.sql.calls import (
    PRODUCTS,
    Pg,
    Refusal,
    acting_as,
    embedding,
    refused,
    row,
    rows,
    session,
    started,
    until,
    value,
)

OPERATIONS = ("create", "read", "list", "update", "delete")
NOUNS = ("connection", "embedder", "vector_table", "environment", "api_key")


@pytest.fixture
def acme(pg: Pg) -> Iterator[str]:
    """An organization on tier free that acts in this session."""
    made = value(pg, "create_organization", name="acme", owner_name="ann")
    acting_as(pg, organization=made)
    yield made


def acting_user(pg: Pg, user: object) -> None:
    pg.execute("select set_config('embedd.user', %s, false)", [str(user)])


def table(pg: Pg, name: str, **named: Any) -> str:
    named = {"name": name, "source_table": "products", "columns": embedding("name")} | named
    return str(value(pg, "create_vector_table", **named))


def furnished(pg: Pg) -> None:
    """What a vector table needs, in the acting environment."""
    pg.execute(
        "insert into embedd.connections (organization_id, environment_id, name, status, capture, created_by)"
        " select embedd_internal.acting_organization(), embedd_internal.acting_environment(), 'local', 'connected',"
        " 'trigger', embedd_internal.acting_user()"
    )
    value(pg, "create_embedder", name="local", provider="local")


def test_an_organization_has_an_owner_and_prod_and_starts_on_free(pg: Pg) -> None:
    made = value(pg, "create_organization", name="acme", owner_name="ann")
    (found,) = [o for o in rows(pg, "list_organizations") if o["id"] == made]
    assert (found["name"], found["tier"], found["status"]) == ("acme", "free", "active")
    acting_as(pg, organization=made)
    assert [(u["name"], u["role"]) for u in rows(pg, "list_users")] == [("ann", "owner")]
    assert [e["name"] for e in rows(pg, "list_environments")] == ["prod"]
    assert value(pg, "acting_user") == rows(pg, "list_users")[0]["id"]
    assert value(pg, "acting_role") == "owner"


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("function", "named", "sqlstate"),
    [
        ("create_organization", {"name": "acme"}, "EBC05"),
        ("create_organization", {"name": " "}, "EBV01"),
        ("create_organization", {"name": None}, "EBV01"),
        ("create_organization", {"name": "n" * 101}, "EBV01"),
        ("create_organization", {"name": "x", "owner_name": ""}, "EBV01"),
        ("create_organization", {"name": "x", "tier": "gold"}, "EBV01"),
        ("create_user", {"name": "ann"}, "EBC05"),
        ("create_user", {"name": " "}, "EBV01"),
        ("create_user", {"name": "x", "role": "root"}, "EBV01"),
        ("create_user", {"name": "x", "role": None}, "EBV01"),
        ("set_tier", {"organization": "nobody", "tier": "pro"}, "EBN07"),
        ("set_tier", {"organization": "acme", "tier": None}, "EBV01"),
        ("create_environment", {"name": "Prod"}, "EBV01"),
        ("create_environment", {"name": "a b"}, "EBV01"),
        ("create_environment", {"name": "a\n"}, "EBV01"),
        ("create_environment", {"name": ""}, "EBV01"),
        ("create_environment", {"name": "n" * 51}, "EBV01"),
        ("create_environment", {"name": None}, "EBV01"),
        ("create_environment", {"name": "prod"}, "EBC05"),
        ("get_environment", {"environment": "dev"}, "EBN01"),
        ("delete_environment", {"environment": None}, "EBN01"),
        ("resolve_user", {"p_user": "bob"}, "EBN08"),
    ],
)
def test_invalid_arguments_are_refused_with_the_reason(
    pg: Pg, function: str, named: dict[str, Any], sqlstate: str
) -> None:
    told = refused(pg, function, **named)
    assert told.sqlstate == sqlstate and told.message and told.hint


def test_a_missing_organization_has_no_users_and_creates_none(pg: Pg) -> None:
    acting_as(pg, organization="org_nobody")
    assert refused(pg, "create_user", name="x").sqlstate == "EBN07"
    assert refused(pg, "create_environment", name="x").sqlstate == "EBN07"
    key = {"name": "x", "digest": b"d" * 32, "key_prefix": "sk_live_abcd"}
    assert refused(pg, "create_api_key", **key).sqlstate == "EBN08"
    assert rows(pg, "list_users") == rows(pg, "list_environments") == rows(pg, "list_api_keys") == []


def test_two_organizations_may_have_users_and_environments_of_the_same_name(pg: Pg, acme: str) -> None:
    ours = value(pg, "create_environment", name="dev"), value(pg, "create_user", name="bob")
    acting_as(pg, organization=value(pg, "create_organization", name="other"))
    theirs = value(pg, "create_environment", name="dev"), value(pg, "create_user", name="bob")
    assert {e["id"] for e in rows(pg, "list_environments")} & set(ours) == set()
    assert value(pg, "resolve_user", p_user="bob") == theirs[1]
    for function in ("get_environment", "delete_environment"):
        assert refused(pg, function, environment=ours[0]).sqlstate == "EBN01"
    assert refused(pg, "resolve_user", p_user=str(ours[1])).sqlstate == "EBN08"


@pytest.mark.usefixtures("acme")
def test_an_environment_is_found_by_name_and_id_and_gone_when_deleted(pg: Pg) -> None:
    made = value(pg, "create_environment", name="dev")
    assert row(pg, "get_environment", environment="dev") == row(pg, "get_environment", environment=made)
    value(pg, "delete_environment", environment="dev")
    assert refused(pg, "get_environment", environment=made).sqlstate == "EBN01"


@pytest.mark.usefixtures("acme")
def test_an_environment_is_deleted_with_its_embedders_but_never_with_connections_or_vector_tables(pg: Pg) -> None:
    pg.execute(PRODUCTS)
    pg.execute("select set_config('embedd.environment', %s, false)", [value(pg, "create_environment", name="dev")])
    furnished(pg)
    assert refused(pg, "delete_environment", environment="dev") == Refusal(
        "EBC10", "The environment still holds 1 connections and 0 vector tables.", "Delete them first."
    )
    made = table(pg, "v")
    assert "1 vector tables" in str(refused(pg, "delete_environment", environment="dev").message)
    value(pg, "drop_vector_table", vector_table="v")
    pg.execute("update embedd.vector_tables set connection_id = 'conn_local' where id = %s", [made])
    pg.execute("delete from embedd.connections where name = 'local' and id <> 'conn_local'")
    assert "still being removed" in str(refused(pg, "delete_environment", environment="dev").message)
    pg.execute("delete from embedd.vector_tables where id = %s", [made])
    value(pg, "delete_environment", environment="dev")
    assert pg.execute("select from embedd.embedders e where e.organization_id <> 'org_self_hosted'").fetchall() == []


def test_a_connection_that_is_just_being_made_keeps_its_environment(alone: Pg, installed: str) -> None:
    value(alone, "create_environment", name="dev")
    with session(installed) as other:
        other.execute("begin; select set_config('embedd.environment', 'dev', true)")
        furnished(other)
        with started(installed, "select embedd.delete_environment('dev')") as running:
            until(lambda: running.is_blocked(alone))
            other.execute("commit")
            with pytest.raises(psycopg.Error, match="still holds 1 connections"):
                running.future.result(20)


@pytest.mark.parametrize("role", ["owner", "admin", "member"])
@pytest.mark.usefixtures("acme")
def test_owners_and_admins_have_any_permission_and_members_own(pg: Pg, role: str) -> None:
    user, other = value(pg, "create_user", name="bob", role=role), value(pg, "create_user", name="eve")
    acting_user(pg, user)
    for noun, operation in itertools.product(NOUNS, OPERATIONS):
        asked = {"p_operation": operation, "p_noun": noun}
        assert value(pg, "has_permission", **asked, p_scope="own") is True
        assert value(pg, "has_permission", **asked, p_scope="any") is (role != "member")
        value(pg, "require_permission", **asked, p_owner=user)
        for owner in (other, None):
            if role != "member":
                value(pg, "require_permission", **asked, p_owner=owner)
                continue
            told = refused(pg, "require_permission", **asked, p_owner=owner)
            assert told.sqlstate == "EBP04"
            assert f"{operation.upper()}_{noun.upper()}_ANY" in str(told.message)


def test_a_user_of_another_organization_has_no_permission(pg: Pg, acme: str) -> None:
    ours = value(pg, "acting_user")
    acting_as(pg, organization=value(pg, "create_organization", name="other"))
    acting_user(pg, ours)
    for noun, operation in itertools.product(NOUNS, OPERATIONS):
        asked = {"p_operation": operation, "p_noun": noun}
        assert value(pg, "has_permission", **asked, p_scope="own") is False
        assert refused(pg, "require_permission", **asked, p_owner=ours).sqlstate == "EBP04"
    with pytest.raises(psycopg.Error, match="knows no grant embedder any"):
        value(pg, "has_permission", p_operation="grant", p_noun="embedder", p_scope="any")


@pytest.mark.usefixtures("acme")
def test_members_see_and_revoke_only_their_own_keys(pg: Pg) -> None:
    users = [value(pg, "create_user", name=role, role=role) for role in ("member", "admin", "owner")]
    keys = []
    for number, user in enumerate(users):
        acting_user(pg, user)
        named = {"name": "k", "digest": bytes([number]) * 32, "key_prefix": "sk_live_abcd"}
        keys.append(value(pg, "create_api_key", **named))
    seen = []
    for user in users:
        acting_user(pg, user)
        seen.append({key["id"] for key in rows(pg, "list_api_keys")})
    assert seen == [{keys[0]}, set(keys), set(keys)]
    acting_user(pg, users[0])
    for function in ("get_api_key", "revoke_api_key"):
        assert refused(pg, function, api_key=keys[1]).sqlstate == "EBN06"
    value(pg, "revoke_api_key", api_key=keys[0])
    acting_user(pg, users[1])
    value(pg, "revoke_api_key", api_key=keys[2])
    assert [key["revoked_at"] is None for key in rows(pg, "list_api_keys")].count(True) == 1


def test_each_tier_has_its_limits(pg: Pg) -> None:
    found = {t: tuple(row(pg, "tier_limits", tier=t).values()) for t in ("free", "pro", "business", "enterprise")}
    assert found == {
        "free": (3, 100_000, 25, 5, 10, 20, 3),
        "pro": (5, 500_000, 300, 20, 50, 100, 10),
        "business": (25, 5_000_000, 1000, 100, 250, 500, 50),
        "enterprise": (None,) * 7,
    }
    assert rows(pg, "tier_limits", tier="gold") == []
    assert value(pg, "vector_budget") is None


def test_managed_tables_are_counted_over_all_environments_and_dropped_ones_are_not(pg: Pg, acme: str) -> None:
    pg.execute(PRODUCTS)
    furnished(pg)
    table(pg, "a")
    table(pg, "b")
    value(pg, "create_environment", name="dev")
    pg.execute("select set_config('embedd.environment', 'dev', false)")
    furnished(pg)
    value(pg, "check_quota", p_kind="managed vector table")
    table(pg, "c")
    full = Refusal(
        "EBP03",
        "The tier free allows 3 managed vector tables, and that many exist.",
        "Delete a vector table, use platform mode, or move to a larger tier.",
    )
    assert refused(pg, "check_quota", p_kind="managed vector table") == full
    again = {"name": "d", "source_table": "products", "columns": embedding("name")}
    assert refused(pg, "create_vector_table", **again) == full
    value(pg, "set_tier", organization=acme, tier="pro")
    value(pg, "check_quota", p_kind="managed vector table")
    value(pg, "set_tier", organization="acme", tier="free")
    assert refused(pg, "check_quota", p_kind="managed vector table") == full
    value(pg, "drop_vector_table", vector_table="c")
    value(pg, "check_quota", p_kind="managed vector table")
    acting_as(pg)
    value(pg, "check_quota", p_kind="managed vector table")


@pytest.mark.usefixtures("acme")
def test_the_vector_budget_is_the_limit_minus_the_rows_in_the_stores(pg: Pg) -> None:
    pg.execute(PRODUCTS)
    furnished(pg)
    made = table(pg, "a")
    assert value(pg, "vector_budget") == 100_000
    pg.execute(
        "insert into embedd.row_states (generation_id, key, token, text_hash, metadata_hash, checked)"
        " select g.id, n::text, 1, 't', 'm', 1 from embedd.generations g, generate_series(1, 7) n"
        " where vector_table_id = %s",
        [made],
    )
    assert value(pg, "vector_budget") == 99_993


def test_two_creations_at_once_take_turns_for_the_last_place(alone: Pg, installed: str) -> None:
    made = value(alone, "create_organization", name="acme")
    acting_as(alone, organization=made)
    acting = f"set_config('embedd.organization', '{made}', false)"
    check = f"select {acting}, embedd_internal.check_quota('managed vector table')"
    alone.execute("begin")
    value(alone, "check_quota", p_kind="managed vector table")
    with started(installed, check) as running:
        until(lambda: running.is_blocked(alone))
        alone.execute("commit")
        running.future.result(20)
