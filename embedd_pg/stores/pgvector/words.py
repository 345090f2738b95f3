"""The lists of words of a pgvector table, by which lexical search finds its rows: two more tables and their triggers.

`<table>_texts` numbers the rows that have words. `<table>_words` lists the rows of each word, as add_words.sql
describes. Triggers keep both right in the transaction of each write, whichever program writes. The lists are made after
the first fill of a table, and workers merge them when many writes have made them long.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from embedd_pg.database.inline import statement
from embedd_pg.stores.base import StoreTable
from embedd_pg.stores.pgvector.extension import cursor_on, identifier

WORDS, TEXTS = "_words", "_texts"
#: PostgreSQL cuts longer names.
MAX_NAME = 63
#: The rows and bytes of text that one transaction adds, whose rows no other can change meanwhile.
PAGE_ROWS, PAGE_BYTES = 5_000, 8_000_000
#: The number of writes after which lists are merged, and of lines that a word may have before they are.
WRITES, LINES = 64, 8

_CREATE = """
    create table {texts} (document bigint generated always as identity primary key, pk_value text not null unique);
    create table {words} (word text collate "C" not null, n bigint not null, postings bigint[]);
    alter table {words} alter postings set storage external, replica identity full;
    create function {words}() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $embedd$
    begin
      if tg_op = 'TRUNCATE' then
        truncate {texts}, {words};
      elsif tg_op = 'INSERT' then
        {add_inserted};
      elsif tg_op = 'DELETE' then
        {remove_deleted};
      else
        {remove_updated};
        {add_updated};
      end if;
      return null;
    end
    $embedd$;
    revoke all on function {words}() from public;
    create trigger embedd_words_insert after insert on {table} referencing new table as fresh
      for each statement execute function {words}();
    create trigger embedd_words_update after update on {table} referencing old table as gone new table as fresh
      for each statement execute function {words}();
    create trigger embedd_words_delete after delete on {table} referencing old table as gone
      for each statement execute function {words}();
    create trigger embedd_words_truncate after truncate on {table} for each statement execute function {words}()"""

_LIVE = "(select pk_value, embedded_text from {0} where not dead)"
_CHANGED = """(
          select pk_value, embedded_text from {0} a
           where not dead and not exists (
             select from {1} b
              where b.pk_value = a.pk_value and not b.dead and b.embedded_text = a.embedded_text))"""

# Lock the rows, so that the next change of one finds it added.
_PAGE = "(select pk_value, embedded_text from {table} where not dead and pk_value > %s and pk_value <= %s for share)"
_PAGE_END = """
    select max(pk_value) from (
      select pk_value, pg_catalog.row_number() over by_key as nth,
             pg_catalog.sum(pg_catalog.pg_column_size(embedded_text)) over by_key as bytes
      from {table} where pk_value > %s
      window by_key as (order by pk_value rows unbounded preceding)
      order by pk_value limit %s) page
    where nth = 1 or bytes <= %s"""

_STATE = """
    select pg_catalog.to_regclass(%(words)s) is not null,
           exists (select from pg_catalog.pg_index x
                   where x.indrelid = pg_catalog.to_regclass(%(words)s)::oid and x.indisvalid),
           (select pg_catalog.format('%%I.%%I', n.nspname, i.relname)
            from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid
              join pg_catalog.pg_namespace n on n.oid = i.relnamespace
              join pg_catalog.pg_am a on a.oid = i.relam and a.amname = 'gin'
            where x.indrelid = pg_catalog.to_regclass(%(table)s)::oid and x.indexprs is not null limit 1)"""


_LINES = "select pg_catalog.count(*) from (select from {words} where word = '' limit %s) lines"
# A build that ended early leaves an invalid index.
_BROKEN = """
    select n.nspname, i.relname
    from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid
      join pg_catalog.pg_namespace n on n.oid = i.relnamespace
    where x.indrelid = pg_catalog.to_regclass(%s)::oid and not x.indisvalid"""
_ALONE = "select pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('embedd.words ' || %s, 0))"

# The roles that may read the table, but not its lists.
_UNSHARED = """
    select distinct case a.grantee when 0 then 'public' else pg_catalog.quote_ident(r.rolname) end
    from pg_catalog.pg_class t, pg_catalog.aclexplode(t.relacl) a
      left join pg_catalog.pg_roles r on r.oid = a.grantee
    where t.oid = pg_catalog.to_regclass(%(table)s)::oid and a.privilege_type = 'SELECT'
      and not exists (
        select from pg_catalog.pg_class w, pg_catalog.aclexplode(w.relacl) b
        where w.oid = pg_catalog.to_regclass(%(words)s)::oid and b.grantee = a.grantee
          and b.privilege_type = 'SELECT')
      and a.grantee <> t.relowner"""

# Lists of words tell of hidden rows. Under row security without a policy only their owner reads them.
_UNHIDDEN = """
    select exists (select from pg_catalog.pg_class t, pg_catalog.pg_class w
                   where t.oid = pg_catalog.to_regclass(%(table)s)::oid and t.relrowsecurity
                     and w.oid = pg_catalog.to_regclass(%(words)s)::oid and not w.relrowsecurity)"""


class Words:
    """The lists of words of one table, as statements on a connection in autocommit mode."""

    def __init__(self, connection: AsyncConnection[Any], schema: str, table: StoreTable) -> None:
        self._connection = connection
        self._cursor = cursor_on(connection)
        self._parsed = parsed(table.language)
        names = {"table": table.name, "words": table.name + WORDS, "texts": table.name + TEXTS}
        self.names = {kind: identifier(schema, name) for kind, name in names.items()}
        #: The same names for to_regclass().
        self.asked = {kind: sql.Identifier(schema, name).as_string() for kind, name in names.items()}

    async def make(self) -> None:
        """Make the lists of a filled table, or merge them if they are complete and many writes have made them long.
        It can be repeated after an error."""
        made, complete, replaced = await self._one(_STATE, self.asked)
        if not made:
            async with self._connection.transaction():
                await self._create()
        if not complete:
            await self._fill()
            await self._merge(1)
            for schema, name in await self._rows(_BROKEN, [self.asked["words"]]):
                await self._run(f"drop index concurrently {identifier(schema, name).as_string()}")
            await self._run("create index concurrently on {words} (word)")
            await self._run("analyze {words}, {texts}")
        elif await self._is_long():
            await self._merge(LINES)
        if replaced is not None:  # the index with which earlier releases searched
            await self._run(f"drop index concurrently if exists {replaced.replace('%', '%%')}")

    async def tend(self) -> bool:
        """Let the roles read the lists that may read the table. Return whether there is something for `make`: lists
        that many writes have made long, or a table that an earlier release has filled."""
        _, complete, replaced = await self._one(_STATE, self.asked)
        if complete:
            async with self._connection.transaction():
                await self._share()
        return replaced is not None or (complete and await self._is_long())

    async def hide(self) -> None:
        """Hide the lists from all but their owner if row security hides rows of the table."""
        (hidden,) = await self._one(_UNHIDDEN, self.asked)
        if hidden:
            await self._run("set local lock_timeout = '2s'")
            await self._run("alter table {words} enable row level security")
            await self._run("alter table {texts} enable row level security")

    async def drop(self) -> None:
        """Drop the lists of a table that is dropped before."""
        await self._run("drop table if exists {texts}, {words}")
        await self._run("drop function if exists {words}()")

    async def _create(self) -> None:
        statements = {
            f"{verb}_{when}": self._statement(f"{verb}_words", rows)
            for verb, when, rows in (
                ("add", "inserted", _LIVE.format("fresh")),
                ("remove", "deleted", _LIVE.format("gone")),
                ("remove", "updated", _CHANGED.format("gone", "fresh")),
                ("add", "updated", _CHANGED.format("fresh", "gone")),
            )
        }
        # Writers queue behind this statement while it waits, so it gives up soon; the worker tries again.
        await self._run("set local lock_timeout = '2s'")
        await self._run(_CREATE, **{name: sql.SQL(text.decode()) for name, (text, _) in statements.items()})
        await self._share()
        await self.hide()

    async def _share(self) -> None:
        for (role,) in await self._rows(_UNSHARED, self.asked):
            await self._run(f"grant select on {{words}}, {{texts}} to {role.replace('%', '%%')}")

    async def _is_long(self) -> bool:
        (lines,) = await self._one(self._named(_LINES), [WRITES])
        return bool(lines == WRITES)

    async def _fill(self) -> None:
        """Add the rows that triggers have not added, page by page."""
        last = ""
        while True:
            async with self._connection.transaction():
                page_end = self._named(_PAGE_END)
                (end,) = await self._one(page_end, [last, PAGE_ROWS, PAGE_BYTES])
                if end is None:
                    return
                rows = self._named(_PAGE)
                await self._cursor.execute(*self._statement("add_words", rows, [last, end]))
                last = end

    async def _merge(self, lines: int) -> None:
        """Merge the lists of words with more lines than this, unless another session does."""
        async with self._connection.transaction():
            (alone,) = await self._one(_ALONE, [self.asked["words"]])
            if alone:
                await self._cursor.execute(*self._statement("merge_words", "", parameters=[lines]), prepare=False)

    def _statement(
        self, function: str, rows: str, values: Sequence[Any] = (), parameters: Sequence[Any] = ()
    ) -> tuple[bytes, list[Any]]:
        names = {kind: (name.as_string(), ()) for kind, name in self.names.items()}
        text, given = statement(function, parameters, rows=(rows, values), parsed=(self._parsed, ()), **names)
        return text.encode(), given

    def _named(self, text: str) -> str:
        return sql.SQL(text).format(**self.names).as_string()

    async def _run(self, text: str, **more: sql.Composable) -> None:
        await self._cursor.execute(sql.SQL(text).format(**self.names, **more), [])

    async def _one(self, text: str, values: Any) -> TupleRow:
        await self._cursor.execute(text.encode(), values)
        row = await self._cursor.fetchone()
        assert row is not None
        return row

    async def _rows(self, text: str, values: Any) -> list[TupleRow]:
        await self._cursor.execute(text.encode(), values)
        return await self._cursor.fetchall()


def parsed(language: str) -> str:
    """Return the expression that parses the text of a row."""
    return statement("indexed_words", language=(configuration(language), ()))[0]


def configuration(language: str) -> str:
    return sql.Literal(f"pg_catalog.{language}").as_string() + "::pg_catalog.regconfig"


def has_room(table: StoreTable) -> bool:
    """Return whether the names of the lists are short enough. Those of tables of earlier releases may not be."""
    return len(table.name) + len(WORDS) <= MAX_NAME
