"""Conditions on the rows of a table elsewhere, checked by the server itself, as embedd.check_condition() does here."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import errors, sql

from embedd_pg.errors import SourceTableAccessDenied, ValidationError
from embedd_pg.sources.table import read_fault

_READ = """
    select pg_catalog.pg_get_expr(i.indpred, i.indrelid) as condition, array(
             select distinct a.attname::text
             from pg_catalog.pg_depend d
               join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
             where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = i.indexrelid
               and d.refobjid = i.indrelid and d.refobjsubid > 0 order by 1) as columns
    from pg_catalog.pg_index i where i.indrelid = 'pg_temp.embedd_condition'::regclass"""


async def check_condition(
    conn: psycopg.AsyncConnection[Any], condition: str, *, schema: str, table: str
) -> dict[str, Any]:
    """The condition as PostgreSQL writes it and the columns it names; a ValidationError says what it is not.

    Allowed is what the predicate of an index may be: one boolean expression over the row's own columns that is the
    same for the same row at any time. Nothing stays behind.
    """
    source = sql.Identifier(schema, table)
    predicate = sql.SQL("({}\n)").format(sql.SQL(condition))
    try:
        async with conn.transaction(force_rollback=True):
            await conn.execute("set transaction read write")
            await conn.execute("set local search_path = pg_catalog, pg_temp")
            # A cursor has one statement: more than one is refused before any of them runs.
            await conn.execute(
                sql.SQL("declare probe cursor for select from {} where {}").format(source, predicate), prepare=True
            )
            await conn.execute(sql.SQL("create temporary table embedd_condition (like {})").format(source))
            await conn.execute(sql.SQL("create index on pg_temp.embedd_condition ((true)) where {}").format(predicate))
            found: dict[str, Any] = dict(await (await conn.execute(_READ)).fetchone() or {})
    except (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction) as error:
        raise SourceTableAccessDenied(
            "where can only be checked by a role that may create temporary tables, on a server that is no standby.",
            resolution="Grant it 'temporary' on the database, or make a view of the rows.",
        ) from error
    except (psycopg.ProgrammingError, psycopg.DataError, psycopg.NotSupportedError) as error:
        raise ValidationError(
            f"where: {error.diag.message_primary or 'it is no condition'}.",
            resolution="Write one condition on the columns of the source table, without its name: price > 0.",
        ) from error
    except psycopg.Error as error:
        raise read_fault(error) from error
    return found
