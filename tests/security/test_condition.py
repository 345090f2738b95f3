"""Conditions: no text that a user or a server wrote in `where` is executed, through any interface."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row, tuple_row
from structlog.testing import LogCapture

from embedd_pg.conditions import columns_of, read_condition, vocabulary
from embedd_pg.conditions.facts import SourceColumn
from embedd_pg.conditions.literals import number_type, whole
from embedd_pg.conditions.refusal import Refused
from embedd_pg.sources.connect import open_source
from embedd_pg.sources.layout import Layout
from embedd_pg.sources.table import SourceTable
from tests.security.test_sources import attacker_on
from tests.security.test_sources import control as control
from tests.support.conditions import TABLE, Conditions
from tests.support.postgres import Cluster
from tests.support.vendor_stub import Stub
from tests.support.worker import Site
from tests.support.worker import furnished as furnished
from tests.support.worker import nursery as nursery
from tests.support.worker import site as site
from tests.support.worker import worker_role as worker_role

ROOT = Path(__file__).parents[2]
Session = psycopg.Connection[dict[str, Any]]

#: The body of a function that leaves a trace wherever it runs, also where all is rolled back.
TRACE = "language plpgsql immutable as $$begin perform nextval('small.ran'); return {}; end$$;"
#: Objects that a role with its own schema can create.
SMALL = f"""
create schema small authorization {{role}};
set session authorization {{role}};
create sequence small.ran;
create function small.evil(int) returns boolean {TRACE.format("true")}
create function small.same(int, int) returns boolean {TRACE.format("true")}
create operator small.=== (function = small.same, leftarg = int, rightarg = int);
create operator small.= (function = small.same, leftarg = int, rightarg = int);
create domain small.checked as int check (small.evil(value));
create type small.color as enum ('red');
create function small.said(small.color) returns text {TRACE.format("'red'")}
create cast (small.color as text) with function small.said(small.color) as implicit;
create type small.pair as (a int);
create function small.first(small.pair) returns int {TRACE.format("1")}
create function small.made(int) returns small.pair {TRACE.format("null")}
create cast (small.pair as int) with function small.first(small.pair) as implicit;
create cast (int as small.pair) with function small.made(int) as implicit;
create table small.goods (
  id int primary key, name text, price numeric, color small.color, bounded small.checked, pair small.pair);
insert into small.goods values (1, 'one', 1, 'red', 1, row(1)), (2, 'two', 2, null, null, null);
grant usage on schema small to public;
grant all on all tables in schema small to public;
grant all on all sequences in schema small to public;
reset session authorization;
select setval('small.ran', 1, false);
"""


def small_schema(role: str) -> bytes:
    return SMALL.replace("{role}", role).encode()


#: Refused by its text alone, so that it cannot even be stored.
TEXTS = [
    "small.evil(id)",
    "small.evil(1)",
    "evil(1)",
    '"small"."evil"(1)',
    "small . evil(1)",
    "pg_catalog.evil(1)",
    "id operator(small.===) 1",
    "id === 1",
    "id OPERATOR ( small.= ) 1",
    "1::small.checked = 1",
    "'1'::small.checked = id",
    "bounded::small.checked = 1",
    "'red'::small.color = color",
    "(pair).a = 1",
    "small.goods.id = 1",
    "goods.evil",
    # The first known attacks, and similar ones.
    "exists (select 1)",
    "id in (select 1)",
    "(select true)",
    "id = any(select 1)",
    "random() < 0.5",
    "now() is not null",
    "pg_sleep(1) is null",
    "pg_read_file('/etc/passwd') <> ''",
    "lo_import('/etc/passwd') > 0",
    "lo_export(1, '/tmp/x') = 1",
    "query_to_xml('select 1', true, true, '') is null",
    "table_to_xml('small.goods', true, true, '') is null",
    "set_config('role', 'postgres', false) = ''",
    "current_setting('is_superuser') = 'on'",
    "true; drop table small.goods",
    "true) union select true from small.goods where (true",
    "true) or (true; --",
    "id = $1",
    "true -- x",
    "true /* x */",
    "true /*",
    "id = 1 limit 1",
    "pg_terminate_backend(id)",
    "dblink('', '') is null",
    "xpath('/', '<a/>') is null",
    "convert_from('\\x61', 'UTF8') = 'a'",
    "repeat('a', 1000000000) = 'a'",
    "lpad('a', 1000000000) = 'a'",
    "row(1, 2) = row(1, 2)",
    "count(*) > 1",
    "row_number() over () > 1",
    "case when true then true end",
    "current_user = 'a'",
    "user = 'a'",
    "session_user is null",
    "id = 1::regclass",
    "'pg_class'::regclass = 1",
    "name collate \"C\" = 'a'",
    "name ~ '(a+)+$'",
    "name similar to 'a'",
    "E'\\'' = name",
    "U&'\\0061' = name",
    "$$a$$ = name",
    "B'1' = b'1'",
    "date 'now' < 'now'",
    "'a' 'b' = name",
    "name = 'a\nb' 'c'",
    "2^1000000000 > 1",
    "id::text::xml is null",
    "xmlelement(name a) is null",
    "jsonb_path_exists('{}', '$') ",
    "format('%s', id) = ''",
    "array_fill(1, array[1000000000]) is null",
    "{{ id }}",
    "cast(id as text) = '1'",
    "extract(epoch from now()) > 1",
    "position('a' in name) > 0",
    "variadic array[1] = 1",
    "*",
    "",
    "()",
]

#: Only columns, constants and operators, whose types would bring in code of users.
TYPES = [
    "color = 'red'",
    "lower(color) = 'red'",
    "color || 'x' = 'y'",
    "color like 'r%'",
    "coalesce(color, 'red') = 'red'",
    "pair = 1",
    "1 = pair",
    "pair + 1 > 0",
    "coalesce(pair, 1) = 1",
    "pair in (1, 2)",
    "1 = any(array[pair])",
    "pair is not null",
    "goods = goods",
    "id[1] = 1",
    "goods is not null",
    "name = color",
    "color::text = 'red'",
    "pair::int = 1",
]


def columns_in(session: Session, table: str) -> dict[str, SourceColumn]:
    """Return the columns of a table as conditions know them."""
    facts = session.execute("select embedd_internal.describe_source(%s) as facts", [table]).fetchone()
    assert facts is not None
    return columns_of(facts["facts"])


def refusals(
    session: Session, condition: str, table: str = "small.goods", columns: dict[str, SourceColumn] | None = None
) -> tuple[str | None, str | None]:
    """Return the errors of Python and of SQL for a condition; None if it is accepted."""
    said: list[str | None] = [None, None]
    try:
        read_condition(condition, columns or columns_in(session, table))
    except Refused as error:
        said[0] = error.message
        assert error.resolution
    try:
        with session.transaction(force_rollback=True):
            session.execute("select * from embedd_internal.check_condition(%s, %s::regclass)", [condition, table])
    except psycopg.errors.DatabaseError as error:
        assert error.sqlstate == "EBV01" and error.diag.message_hint, (condition, error)
        said[1] = error.diag.message_primary
    return said[0], said[1]


def ran(session: Session) -> bool:
    row = session.execute("select is_called from small.ran").fetchone()
    assert row is not None
    return bool(row["is_called"])


@pytest.fixture(scope="module")
def small(cluster: Cluster, template: str, make_role: Callable[..., str]) -> Iterator[Session]:
    """A database in which a low privileged role created its objects, and a vector table over one of its tables."""
    columns = json.dumps([{"name": "name", "role": "embedding"}])
    with (
        cluster.fresh_database(template) as dsn,
        psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as session,
    ):
        session.execute(small_schema(make_role("login")))
        session.execute("select embedd.create_vector_table('goods', 'small.goods', %s)", [columns])
        yield session


def test_point_03_row_43_functions_that_are_not_built_in_are_refused_before_planning(small: Session) -> None:
    for condition in TEXTS:
        by_python, by_sql = refusals(small, condition)
        assert by_python and by_sql, condition
        assert not ran(small), condition
    # The rule holds for every writer, including the owner of all objects.
    for condition in TEXTS[:-3]:
        with pytest.raises(psycopg.errors.DatabaseError, match="where: ") as raised:
            small.execute("update embedd.vector_tables set condition = %s", [condition])
        assert raised.value.sqlstate == "EBV01", condition
    for statement in (
        "update embedd.vector_tables set condition_columns = '{ssn}'",
        "update embedd.vector_tables set condition = 'price > 0', condition_columns = '{ssn}'",
    ):
        small.execute(statement.encode())
        kept = small.execute("select condition, condition_columns from embedd.vector_tables").fetchone()
        assert kept is not None and kept["condition_columns"] == (["price"] if kept["condition"] else [])
    assert not ran(small)


def test_point_03_row_43_types_of_users_are_refused_by_name(small: Session) -> None:
    for condition in TYPES:
        by_python, by_sql = refusals(small, condition)
        assert by_python and by_sql, condition
        assert not ran(small), condition
    for condition, name in (
        ("color = 'red'", '"color" is of type small.color'),
        ("pair = 1", '"pair" is of type small.pair'),
    ):
        assert all(said and name in said for said in refusals(small, condition))
    # A column of a domain is read as its base type, without the domain's checks.
    assert refusals(small, "bounded > 0 and color is null") == (None, None) and not ran(small)


def test_point_03_row_43_members_of_embedd_admin_cannot_store_a_forbidden_condition(
    small: Session, make_role: Callable[..., str]
) -> None:
    admin = make_role("login in role embedd_admin")
    small.execute(f"set session authorization {admin}".encode())
    try:
        for condition in ("(select rolpassword from pg_authid limit 1) is null", "small.evil(1)", "small.evil(id)"):
            with pytest.raises(psycopg.errors.DatabaseError) as raised:
                small.execute("update embedd.vector_tables set condition = %s", [condition])
            assert raised.value.sqlstate == "EBV01"
        for statement in (
            "alter table embedd.vector_tables disable trigger vector_tables_keep_condition",
            "drop trigger vector_tables_keep_condition on embedd.vector_tables",
            "create or replace function embedd_internal.keep_condition() returns trigger language sql as 'select 1'",
            "set session_replication_role = replica",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                small.execute(statement.encode())
    finally:
        small.execute("reset session authorization")
    small.execute("set session_replication_role = replica")
    with pytest.raises(psycopg.errors.DatabaseError, match="where: "):
        small.execute("update embedd.vector_tables set condition = 'small.evil(1)'")
    small.execute("reset session_replication_role")
    assert not ran(small)


async def test_point_03_row_43_operators_are_those_of_postgresql_whatever_the_search_path(
    small: Session, make_role: Callable[..., str]
) -> None:
    reader = make_role("login")
    small.execute(f"alter role {reader} set search_path = small, pg_catalog".encode())
    pool = await open_source(make_conninfo(small.info.dsn, user=reader))
    key, columns = [{"name": "id", "type": "integer"}], [{"name": "name", "role": "embedding"}]
    layout = Layout.parse(
        schema="small", table="goods", key=key, columns=columns, text=[["name", ""]], condition="id = 1 and id < 2"
    )
    try:
        source = SourceTable(pool, layout, hashed=False)
        await source.read_condition()
        assert await source.count() == 1 and not ran(small)
        assert await source.existing(["1"]) == {"1"} and set(await source.read(["1"])) == {"1"} and not ran(small)
    finally:
        await pool.close()


@pytest.mark.parametrize("site", ["managed"], indirect=True)
async def test_point_03_row_43_a_forbidden_condition_in_a_row_is_an_error_and_never_executed(
    site: Site, make_role: Callable[..., str]
) -> None:
    await site.sql.execute(small_schema(make_role("login")))
    columns = [{"name": "name", "role": "embedding"}]
    await site.create_vector_table("goods", "small.goods", columns=columns, where="price > 0")
    await site.backfill("goods")
    async with site.worker():
        await site.synced("goods")
        await site.do("alter table embedd.vector_tables disable trigger vector_tables_keep_condition")
        for condition, place in (
            ("small.evil(id)", 'at character 1, "small"'),
            ("small.evil(1) or id > 0", 'at character 1, "small"'),
            ("color = 'red'", '"color" is of type small.color'),
            ("(select true)", 'at character 2, "select"'),
        ):
            await site.do("update embedd.vector_tables set condition = %s, changed_at = clock_timestamp()", condition)
            await site.do("update small.goods set price = price + 1")
            error = await site.error("goods")
            assert f"where: {place}" in error and ("Write one condition" in error or "Make a view" in error), error
            # The result is the same for every role.
            for role in ("embedd_reader", "embedd_admin", "embedd_worker"):
                await site.do(f"set role {role}")
                if role != "embedd_worker":
                    await site.do("select * from embedd.sync_status('goods')")
                    await site.do("select * from embedd.status")
                await site.do("reset role")
            await site.do("select * from embedd.sync_status('goods')")
            assert await site.live("goods") == {"1", "2"}
            assert not await site.one("select is_called from small.ran")
            await site.do("update embedd.vector_tables set condition = '(price > 0)', changed_at = clock_timestamp()")
            await site.synced("goods")
        # As it was stored in former times, in PostgreSQL's words; now in ours.
        assert await site.one("select condition from embedd.vector_tables") == '("price" > 0)'
        assert not await site.one("select is_called from small.ran")
    # Before there is any work, too.
    await site.do("update embedd.vector_tables set condition = 'small.evil(1)'")
    async with site.worker():
        assert "where: at character 1" in await site.error("goods")
        await site.do("update embedd.vector_tables set condition = '(price > 0)', changed_at = clock_timestamp()")
        await site.do("update small.goods set price = price + 1")
        await site.synced("goods")
    assert await site.live("goods") == {"1", "2"}
    assert not await site.one("select is_called from small.ran")


async def test_point_03_row_43_a_low_privileged_role_cannot_run_code_over_rest(
    control: str, cluster: Cluster, make_role: Callable[..., str], tmp_path: Path, logs: LogCapture, vendor: Stub
) -> None:
    """The tenant's connection is a small role in our own database, whether the API owns that or only manages."""
    role, database = make_role("login"), str(conninfo_to_dict(control)["dbname"])
    with psycopg.connect(cluster.dsn(database), autocommit=True, row_factory=dict_row) as session:
        session.execute(small_schema(role))
        own = make_conninfo(control, user=role)
        async with attacker_on(control, own, tmp_path, logs) as (service, credentials):
            body = {"name": "mine", "mode": "managed", "credentials": credentials}
            connection = (await service.post("/v1/providers/postgresql/connections", body, 201))["id"]
            tested = await service.post(f"/v1/connections/{connection}/test")
            assert tested["status"] == "ok", tested
            columns = [{"name": "name", "role": "embedding"}]
            provider = await service.embedding_provider()
            body = service.table_body(connection, provider, source_table="small.goods", columns=columns)
            # As many as a tier allows in a minute.
            for condition in [*TEXTS[:8], *TYPES[:5]]:
                refused = await service.http.post("/v1/vector-tables", json=body | {"where": condition})
                assert refused.status_code == 422, (condition, refused.text)
                assert refused.json()["error"]["message"].startswith("where: "), refused.text
            # The role of the connection decides what a name without schema means.
            session.execute(f"alter role {role} set search_path = small".encode())
            body |= {"source_table": "goods", "where": "price > 0 and lower(name) <> 'x'"}
            made = await service.post("/v1/vector-tables", body, 201)
            assert made["where"] == """(("price" > 0) and (pg_catalog."lower"("name") <> 'x'))"""
            for condition in TEXTS[:2]:
                refused = await service.http.put(f"/v1/vector-tables/{made['id']}", json={"where": condition})
                assert refused.status_code == 422, (condition, refused.text)
            await service.get(f"/v1/vector-tables/{made['id']}/sync/status")
        assert not ran(session)


@pytest.fixture(scope="module")
def things(cluster: Cluster, template: str) -> Iterator[Session]:
    with (
        cluster.fresh_database(template) as dsn,
        psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as session,
    ):
        session.execute(TABLE.encode())
        yield session


def test_point_03_python_sql_and_postgresql_agree_on_ten_thousand_conditions(things: Session) -> None:
    """Python and SQL accept the same conditions, and the stored form of a condition has the same value on every row."""
    columns, source = columns_in(things, "public.things"), Conditions(26)
    printed: dict[str, str] = {}
    refused: list[str] = []
    for condition in (source.one() for _ in range(10_000)):
        try:
            printed[condition] = read_condition(condition, columns).text
        except Refused:
            refused.append(condition)
    assert len(refused) > 300 and len(printed) > 5_000
    # Several in one: if PostgreSQL takes all of them together, it takes each.
    taken = list(printed)
    for at in range(0, len(taken), 20):
        some = taken[at : at + 20]
        together = " and ".join(f"({condition})" for condition in some)
        row = things.execute(
            "select condition from embedd_internal.check_condition(%s, 'things')", [together]
        ).fetchone()
        assert row is not None
        _compare(things, *([condition, printed[condition]] for condition in some))
        if at % 80 == 0:
            # As PostgreSQL writes it, it is read again, and in our words it stays.
            again = read_condition(row["condition"], columns).text
            assert read_condition(again, columns).text == again
            _compare(things, [together, again])
    for condition in refused:
        assert all(refusals(things, condition, "things", columns)), condition


def _compare(things: Session, *same: list[str]) -> None:
    """Assert that conditions have equal values on all rows, under the search path with which rows are read."""
    select = ", ".join(f"array[{', '.join(f'({one})' for one in ones)}]::text[]" for ones in same)
    with things.transaction():
        things.execute("set local search_path = pg_catalog, pg_temp")
        things.execute("set local timezone = 'UTC'")
        cursor = things.cursor(row_factory=tuple_row)
        for row in cursor.execute(f"select {select} from public.things".encode()):
            for answers, ones in zip(row, same, strict=True):
                assert len(set(answers)) == 1, (ones, answers)


def test_point_03_python_and_sql_know_the_same_words(things: Session) -> None:
    known = things.execute("select * from embedd_internal.condition_vocabulary()").fetchone()
    assert known is not None
    assert set(known["words"]) == vocabulary.WORDS and set(known["comparisons"]) == vocabulary.COMPARISONS
    assert set(known["operators"]) == vocabulary.OPERATORS and set(known["types"]) == vocabulary.SPELLINGS.keys()
    assert set(known["choices"]) | set(known["functions"]) == vocabulary.FUNCTIONS
    keywords = things.execute("select word from pg_get_keywords() where catcode <> 'U'").fetchall()
    assert {row["word"] for row in keywords} <= vocabulary.KEYWORDS
    documented = (ROOT / "docs" / "reference" / "sql-api.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in documented for name in vocabulary.FUNCTIONS)
    # No function belongs to a user, and the catalogue refuses none of them.
    for name in known["functions"]:
        row = things.execute("select embedd_internal.read_condition(%s) as read", [f"{name}(title) is null"]).fetchone()
        assert row is not None


def test_point_03_numbers_of_thousands_of_digits_are_read_without_harm() -> None:
    """Python reads no more than some thousand digits at once, and a request is not to find that out."""
    assert [number_type(digit * 5000) for digit in "09"] == ["integer", "numeric"]
    assert (whole("-" + "9" * 5000), whole(" 007")) == (-math.inf, 7)
