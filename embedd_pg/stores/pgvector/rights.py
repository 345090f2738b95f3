"""Rights on vector tables: a new table gets the grants of its predecessor, and the row security of its source table.

Without a predecessor, only its owner, the worker's role, may read it, because it contains texts of the source table.
"""

from __future__ import annotations

from typing import Any

from psycopg import AsyncCursor, sql
from psycopg.rows import TupleRow

from embedd_pg.stores.base import StoreTable
from embedd_pg.stores.pgvector.extension import identifier

# All tables of a vector table share the beginning of their names (embedd_internal.create_generation).
_GRANTED = """
    select a.privilege_type, case a.grantee when 0 then 'public' else pg_catalog.quote_ident(r.rolname) end
    from (
      select c.relacl, c.relowner
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = %s and c.relkind = 'r' and c.relname <> %s and pg_catalog.starts_with(c.relname, %s)
        and exists (select from pg_catalog.pg_attribute o where o.attrelid = c.oid and o.attname = 'row_hash')
      order by c.oid desc limit 1) before,
      pg_catalog.aclexplode(before.relacl) a left join pg_catalog.pg_roles r on r.oid = a.grantee
    where a.grantee <> before.relowner"""

_GUARDED = """
    select s.relrowsecurity, t.relrowsecurity
    from pg_catalog.pg_class s, pg_catalog.pg_class t
    where s.oid = pg_catalog.to_regclass(%s) and t.oid = pg_catalog.to_regclass(%s)"""

_POLICY = """
    create policy embedd_source on {table} for select
      using (embedd_internal.may_see_row({source}, {columns}, {types}, pk_value))"""


async def copy_rights(cursor: AsyncCursor[TupleRow], schema: str, table: StoreTable, names: list[str]) -> None:
    """Grant on these tables the rights that were granted on the previous generation's table, which they replace."""
    prefix = f"embedd_vt_{table.vector_table_id[3:11]}_"
    await cursor.execute(_GRANTED, [schema, table.name, prefix])
    for privilege, role in await cursor.fetchall():
        for name in names:
            statement = f"grant {privilege} on {{}} to {role.replace('%', '%%')}"
            await cursor.execute(sql.SQL(statement).format(identifier(schema, name)), [])


async def guard_rows(cursor: AsyncCursor[TupleRow], schema: str, table: StoreTable, names: list[str]) -> None:
    """Apply the row security of a source table in the same database. The function is idempotent."""
    if table.source is None:
        return
    source = sql.Identifier(table.source.schema, table.source.name).as_string(None)
    for name in names:
        await cursor.execute(_GUARDED, [source, sql.Identifier(schema, name).as_string(None)])
        found: tuple[Any, ...] | None = await cursor.fetchone()
        if found is None or found != (True, False):
            continue
        await cursor.execute("set local lock_timeout = '2s'", [])
        await cursor.execute(sql.SQL("alter table {} enable row level security").format(identifier(schema, name)), [])
        await cursor.execute(
            sql.SQL(_POLICY.strip()).format(
                table=identifier(schema, name),
                source=sql.Literal(source.replace("%", "%%")),
                columns=sql.Literal([column.replace("%", "%%") for column in table.source.key_columns]),
                types=sql.Literal(list(table.source.key_types)),
            ),
            [],
        )
