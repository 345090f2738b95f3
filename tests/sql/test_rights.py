"""Rights: an owner who is not a superuser, writers without rights, sources with insufficient rights."""

from __future__ import annotations

import psycopg
import pytest

from tests.conftest import MakeRole
from tests.sql.calls import PRODUCTS, Pg, Refusal, embedding, refused, row, session, taken, value, vector_table


@pytest.fixture
def clerk(make_role: MakeRole, root: Pg) -> str:
    """A role that owns a table `goods` in its own schema `shop`, which the owner of the database may use."""
    name = make_role()
    root.execute(
        f"create schema shop authorization {name}; set role {name};"
        " create table shop.goods (id int primary key, name text, price numeric); reset role".encode()
    )
    return name


def let(root: Pg, statement: str) -> None:
    root.execute(statement.encode())


def test_an_owner_without_other_rights_can_do_everything_on_their_own_table(owning: Pg) -> None:
    owning.execute(PRODUCTS)
    made = vector_table(owning, name="v")
    owning.execute("insert into products (id) values (1); update products set name = 'a'; delete from products")
    assert taken(owning) == ["1"]
    value(owning, "backfill", vector_table="v")
    assert row(owning, "sync_status", vector_table="v")["vector_table_id"] == made
    value(owning, "drop_vector_table", vector_table="v")
    owning.execute("insert into products (id) values (1)")
    assert taken(owning) == []


@pytest.mark.usefixtures("template")
def test_the_trigger_functions_belong_to_that_owner_also_when_a_superuser_made_them(
    root: Pg, owning: Pg, owner: str
) -> None:
    """In a cluster where another database was installed by a superuser, its capture role has no right here."""
    owning.execute(PRODUCTS)
    vector_table(root)
    (function,) = root.execute(
        "select pg_get_userbyid(proowner) as role from pg_proc where proname ~ '^capture_\\d'"
    ).fetchall()
    assert function["role"] == owner
    owning.execute("insert into products (id) values (1)")
    assert taken(owning) == ["1"]


def test_a_writer_without_any_right_on_the_schema_writes_as_before(owned: str, owning: Pg, make_role: MakeRole) -> None:
    writer = make_role()
    owning.execute(PRODUCTS)
    vector_table(owning)
    owning.execute(f"grant insert, update, delete, truncate, select on products to {writer}".encode())
    with session(owned, writer) as writing:
        writing.execute("insert into products (id) values (1), (2); update products set name = 'a' where id = 1")
        writing.execute("delete from products where id = 2; truncate products")
        for forbidden in ("select from embedd.outbox", "select embedd.version()", "select embedd.capture_1()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                writing.execute(forbidden.encode())
    assert taken(owning) == ["1", "2", "T"]


def create_on_goods(pg: Pg, **named: object) -> Refusal:
    return refused(
        pg, "create_vector_table", **({"name": "v", "source_table": "shop.goods", "columns": embedding("name")} | named)
    )


def test_a_schema_that_may_not_be_used_is_refused_with_the_grant_that_is_missing(
    owning: Pg, owner: str, clerk: str
) -> None:
    assert create_on_goods(owning) == Refusal(
        "EBP02", f"The role {owner} may not use the schema of shop.goods.", f"grant usage on schema shop to {owner}"
    )


def test_a_table_that_may_not_be_read_is_refused_with_the_grant_that_is_missing(
    root: Pg, owning: Pg, owner: str, clerk: str
) -> None:
    let(root, f"grant usage on schema shop to {owner}")
    assert create_on_goods(owning) == Refusal(
        "EBP02", f"The role {owner} may not read shop.goods.", f"grant select on shop.goods to {owner}"
    )


def test_a_column_that_may_not_be_read_is_refused_by_its_name(root: Pg, owning: Pg, owner: str, clerk: str) -> None:
    let(root, f"grant usage on schema shop to {owner}; grant select (id, price) on shop.goods to {owner}")
    assert create_on_goods(owning) == Refusal(
        "EBP02",
        f"The role {owner} may not read the column name of shop.goods.",
        f"grant select on shop.goods to {owner}",
    )


def test_a_table_of_another_owner_is_refused_because_it_cannot_have_our_triggers(
    root: Pg, owning: Pg, owner: str, clerk: str
) -> None:
    let(root, f"grant usage on schema shop to {owner}; grant all on shop.goods to {owner}")
    assert create_on_goods(owning) == Refusal(
        "EBP02",
        f"The role {owner} may not create triggers on shop.goods: it does not own the table.",
        f"Call this as the owner of the table, or: grant {clerk} to {owner}",
    )


def test_membership_in_the_owning_role_suffices(root: Pg, owning: Pg, owner: str, clerk: str) -> None:
    let(root, f"grant {clerk} to {owner}")
    assert vector_table(owning, "shop.goods")
    let(root, "insert into shop.goods values (1)")
    assert taken(owning) == ["1"]
    let(root, f"revoke {clerk} from {owner}")
    assert refused(owning, "drop_vector_table", vector_table="shop.goods") == Refusal(
        "EBP02",
        f"The role {owner} may not drop the triggers on shop.goods: it does not own the table.",
        f"Call this as the owner of the table, or: grant {clerk} to {owner}",
    )


def test_row_security_that_hides_rows_is_refused(root: Pg, owning: Pg, owner: str) -> None:
    owning.execute("create table goods (id int primary key, name text); alter table goods enable row level security")
    assert vector_table(owning, "goods", embedding("name")), "the owner of the table sees every row"
    owning.execute("alter table goods force row level security")
    assert create_on_goods(owning, source_table="goods") == Refusal(
        "EBP02",
        f"Row security hides rows of public.goods from the role {owner}; rows it cannot see would look deleted.",
        "Use a role with BYPASSRLS, or the owner of the table.",
    )


def test_platform_mode_needs_the_right_to_create_tables(root: Pg, owning: Pg, owner: str, clerk: str) -> None:
    let(
        root, "create extension vector; create schema locked; create table locked.goods (id int primary key, name text)"
    )
    let(root, f"alter table locked.goods owner to {owner}; grant usage on schema locked to {owner}")
    assert create_on_goods(owning, source_table="locked.goods", mode="platform") == Refusal(
        "EBP02",
        f"The role {owner} may not create tables in the schema locked.",
        f"grant create on schema locked to {owner}",
    )
    assert vector_table(owning, "locked.goods", embedding("name"), mode="managed")
