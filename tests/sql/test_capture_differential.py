"""After any random script on a table, the keys that differ are among the captured ones."""

from __future__ import annotations

import json
from contextlib import suppress

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sql.calls import Pg, embedding, taken, vector_table

COLUMNS = "id int not null, name text, price numeric, note text"
LAYOUTS = {
    "plain": f"create table t ({COLUMNS}, primary key (id) deferrable); create unique index on t (id)",
    "partitioned": f"create table t ({COLUMNS}, primary key (id)) partition by range (id);"
    " create table low partition of t for values from (-100) to (3); create table high partition of t default",
    "inherited": f"create table t ({COLUMNS}, primary key (id)); create table high (primary key (id)) inherits (t)",
    "composite": f"create table t ({COLUMNS}, primary key (id, note) deferrable)",
    "composite, partitioned": f"create table t ({COLUMNS}, primary key (note, id)) partition by range (id);"
    " create table low partition of t for values from (-100) to (3); create table high partition of t default",
}

keys = st.integers(0, 6)
texts = st.sampled_from(["'a'", "'b'", "null", "'A'"])
prices = st.sampled_from(["0", "1.0", "1.00", "null", "price + 1"])
changes = st.one_of(
    texts.map("name = {}".format),
    prices.map("price = {}".format),
    texts.map("note = {}".format),
    keys.map("id = (id + {}) % 9".format),
    keys.map("id = {} - id".format),
    st.just("name = note, note = name"),
)
wheres = st.one_of(keys.map("id = {}".format), keys.map("id > {}".format), st.just("true"))
targets = st.sampled_from(["t", "t", "high"])
new_rows = st.builds("({}, {}, {}, {})".format, keys, texts, st.sampled_from(["1", "null"]), texts)
statements = st.one_of(
    st.builds("insert into {} values {}".format, targets, st.lists(new_rows, min_size=1, max_size=3).map(", ".join)),
    st.builds("insert into {} values {} on conflict (id) do update set name = excluded.name".format, targets, new_rows),
    st.builds("insert into t values {} on conflict do nothing".format, new_rows),
    st.builds("update {} set {} where {}".format, targets, changes, wheres),
    st.builds("delete from {} where {}".format, targets, wheres),
    st.builds("truncate {}".format, targets),
    st.builds(
        "merge into {} t using (values {}) s (id, name, price, note) on t.id = s.id"
        " when matched and s.name is null then delete when matched then update set {}"
        " when not matched then insert values (s.id, s.name, s.price::numeric, s.note)".format,
        targets,
        new_rows,
        st.sampled_from(["name = s.name", "note = s.note", "id = t.id + 10"]),
    ),
    st.builds(
        "with gone as (delete from {} where {} returning *) insert into t select id + {}, name from gone".format,
        targets,
        wheres,
        keys,
    ),
    st.builds("alter table t rename name to {}".format, st.sampled_from(["title", "name"])),
    st.builds("alter table t rename title to {}".format, st.sampled_from(["name", "title"])),
    st.builds("alter table t alter price type {}".format, st.sampled_from(["text", "float8 using price::float8"])),
    st.sampled_from(["set local session_replication_role = replica", "set local session_replication_role = origin"]),
)


def contents(pg: Pg) -> dict[str, str]:
    """Each row's tracked columns by key, under whatever name they have."""
    found = pg.execute("select (to_jsonb(t) - 'note')::text as shown, id::text, note from t").fetchall()
    (key,) = pg.execute("select key_columns as names from embedd.captures").fetchall()
    shown = {}
    for row in found:
        parts = [row[name] for name in key["names"]]
        text = parts[0] if len(parts) == 1 else json.dumps(parts, separators=(",", ":"))
        shown[text] = row["shown"].replace('"title":', '"name":')
    return shown


@pytest.fixture(params=LAYOUTS)
def watched(pg: Pg, request: pytest.FixtureRequest) -> Pg:
    """A session with the watched table `t`, which may consist of several tables; `high` is always there."""
    pg.execute(LAYOUTS[request.param].encode())
    if request.param in ("plain", "composite"):
        pg.execute("create view high as select * from t where id > 2")
    vector_table(pg, "t", embedding("name", "price"))
    return pg


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=st.lists(statements, min_size=1, max_size=6))
def test_changed_keys_are_captured_keys(watched: Pg, script: list[str]) -> None:
    with watched.transaction(force_rollback=True):
        watched.execute("insert into t select i, 'a', 1, 'a' from generate_series(1, 5) i")
        taken(watched)
        for statement in script:
            before = contents(watched)
            with suppress(psycopg.Error), watched.transaction():
                watched.execute(statement.encode())
            after = contents(watched)
            changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
            captured = set(taken(watched))
            assert captured & {"T", "R"} or changed <= captured or "alter table" in statement
