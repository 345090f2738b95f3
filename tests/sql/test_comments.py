"""Every object of embedd has a comment in the catalogue, which \\d+ and other tools show."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedd_pg.database.sql_files import with_comment
from tests.sql.calls import PRODUCTS, Pg, vector_table

#: Objects and their comments, without the types of tables and views and the internal objects of PostgreSQL.
SAID = """
select 'schema embedd' as object, obj_description('embedd'::regnamespace, 'pg_namespace') as said
union all
select format('%s %s', case c.relkind when 'r' then 'table' when 'v' then 'view' when 'S' then 'sequence'
                            when 'i' then 'index' else c.relkind::text end, c.relname),
       obj_description(c.oid, 'pg_class')
  from pg_class c where c.relnamespace = 'embedd'::regnamespace and c.relkind <> 't'
union all
select format('column %s.%s', c.relname, a.attname), col_description(c.oid, a.attnum)
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where c.relnamespace = 'embedd'::regnamespace and c.relkind in ('r', 'v', 'm', 'p')
union all
select format('function %s', p.proname), obj_description(p.oid, 'pg_proc')
  from pg_proc p where p.pronamespace::regnamespace::text ~ '^embedd'
union all
select format('type %s', t.typname), obj_description(t.oid, 'pg_type')
  from pg_type t left join pg_class c on c.oid = t.typrelid
 where t.typnamespace = 'embedd'::regnamespace and t.typelem = 0 and (c.oid is null or c.relkind = 'c')
   and not exists (select from pg_type m where m.typarray = t.oid)
union all
select format('trigger %s on %s', t.tgname, t.tgrelid::regclass), obj_description(t.oid, 'pg_trigger')
  from pg_trigger t join pg_proc p on p.oid = t.tgfoid
 where p.pronamespace::regnamespace::text ~ '^embedd' and not t.tgisinternal and t.tgparentid = 0"""


def silent(pg: Pg) -> list[str]:
    """Return the objects without a comment."""
    found = pg.execute(SAID.encode()).fetchall()
    return sorted(row["object"] for row in found if not (row["said"] or "").strip())


def test_every_object_has_a_comment(pg: Pg) -> None:
    pg.execute(PRODUCTS)
    pg.execute("create table parted (id int primary key, name text, price int) partition by range (id)")
    vector_table(pg)
    vector_table(pg, "parted")
    kinds = {found["object"].split()[0] for found in pg.execute(SAID.encode()).fetchall()}
    assert kinds >= {"schema", "table", "view", "sequence", "index", "column", "function", "trigger"}
    assert silent(pg) == []


def test_an_object_without_a_comment_is_found(pg: Pg) -> None:
    pg.execute("create table embedd.mute (id int primary key); create type embedd.quiet as enum ('a')")
    assert silent(pg) == ["column mute.id", "index mute_pkey", "table mute", "type quiet"]


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("-- It's one\n-- of two.\ncreate f;\n-- not this\n", "comment on function embedd.f is 'It''s one of two.';\n"),
        ("-- Said.\ncreate f;\ncomment on function embedd.f is 'Itself.';\n", ""),
    ],
)
def test_each_comment_is_in_one_file(tmp_path: Path, text: str, added: str) -> None:
    file = tmp_path / "f.sql"
    file.write_text(text)
    assert with_comment("function", file) == text + added
