"""The source table: reads rows by key, and keys and hashes by page.

Statements are short and read-only. The driver quotes identifiers, and values are parameters. A key is sent as its
canonical text, whose parts are cast to the types of the columns.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow, tuple_row
from psycopg_pool import PoolTimeout

from embedd_pg.conditions import columns_of, read_condition
from embedd_pg.conditions.refusal import Refused
from embedd_pg.database.inline import as_query
from embedd_pg.errors import (
    EmbeddError,
    SourceChanged,
    SourceTableAccessDenied,
    SourceUnreachable,
    ValidationError,
    read_missing_right,
)
from embedd_pg.filter_types import MADE_BY, READ_AS
from embedd_pg.sources.connect import SourcePool, explain
from embedd_pg.sources.key import identifier
from embedd_pg.sources.layout import Layout

#: Types whose text is also their JSON value: text, name, varchar, char.
_TEXT_OIDS = frozenset({25, 19, 1043, 1042})
#: The number of keys whose rows are read at once whatever their size.
FEW = 8


class RowUnreadable(SourceChanged):
    """PostgreSQL cannot return a row as its columns are configured, or returns something that is not text."""

    resolution = "Select the row in psql to see what is wrong with it. Once it changes it is read again."


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row as read: the texts of embedded columns in order, all columns as JSON values, and a hash on request."""

    texts: tuple[str | None, ...]
    values: Mapping[str, Any]
    hash: str | None = None


@dataclass(slots=True)
class SourceTable:
    """One source table, read over one pool."""

    pool: SourcePool
    layout: Layout
    hashed: bool
    #: Whether the table may have rows without a key, which are ignored.
    keyless: bool = False
    _native_text: frozenset[str] | None = field(default=None, init=False)
    #: The condition as parsed and printed by this program: the only form in which it is ever sent.
    condition: str | None = field(default=None, init=False)

    async def read_condition(self) -> str:
        """Parse the condition of the layout by the current types of its columns, and return it as printed."""
        table = sql.Identifier(self.layout.schema, self.layout.table).as_string()
        try:
            async with self._session() as conn:
                facts = await describe_source(conn, table)
        except (psycopg.Error, PoolTimeout) as error:
            raise read_fault(error, self.layout.name) from error
        if facts is None:
            raise SourceChanged(_GONE)
        try:
            self.condition = read_condition(self.layout.condition or "true", columns_of(facts)).text
        except Refused as error:
            raise SourceChanged(f"{error.message} {error.resolution}", resolution=error.resolution) from error
        return self.condition

    async def read(self, keys: Sequence[str]) -> dict[str, SourceRow]:
        """Return those rows that exist, by key. One statement."""
        await self._look_at_types()
        found = await self._fetch(sql.SQL("select {select} from {table} where {among}"), keys=keys)
        return self._rows(found)

    async def portions(self, keys: Sequence[str], most: int) -> list[list[str]]:
        """Split keys into portions whose rows have about `most` bytes together. Few keys are one portion. Keys without
        a row come first."""
        if len(keys) <= FEW:
            return [list(keys)]
        await self._look_at_types()
        try:
            sized = await self._fetch(sql.SQL("select {key}, {bytes} from {table} where {among}"), keys=keys)
        except RowUnreadable:
            return [list(keys[start : start + FEW]) for start in range(0, len(keys), FEW)]
        sizes: dict[str, int] = {row[0]: row[1] for row in sized}
        portions, total = [list[str]()], 0
        for key in sorted(keys, key=lambda one: one in sizes):
            size = sizes.get(key, 0)
            if portions[-1] and total + size > most:
                portions.append([])
                total = 0
            portions[-1].append(key)
            total += size
        return portions

    async def read_each(self, keys: Sequence[str]) -> tuple[dict[str, SourceRow], dict[str, SourceChanged]]:
        """Return the rows, and the errors of unreadable rows, by halving the statement until each of these is alone."""
        try:
            return await self.read(keys), {}
        except SourceChanged as error:
            # A read of no rows fails only if the table itself has changed.
            await self.read([])
            if len(keys) == 1:
                return {}, {keys[0]: error}
        middle = len(keys) // 2
        (one, refused), (other, more) = await self.read_each(keys[:middle]), await self.read_each(keys[middle:])
        return one | other, refused | more

    async def read_readable(self, keys: Sequence[str]) -> tuple[dict[str, SourceRow], dict[str, SourceChanged]]:
        """Return the same as `read_each`. Raise SourceChanged if no row can be read, of a few others neither: then the
        table is at fault, and not its rows."""
        rows, unreadable = await self.read_each(keys)
        if unreadable and not rows:
            key, error = next(iter(unreadable.items()))
            others = {*await self.page_keys(None, FEW), *await self.page_keys(key, FEW)}.difference(keys)
            if not others or not (await self.read_each(sorted(others)))[0]:
                raise SourceChanged(error.message)
        return rows, unreadable

    async def read_range(self, after: str | None, last: str) -> dict[str, SourceRow]:
        """Return the rows above `after` (None: from the start) up to `last`, by key. One statement."""
        await self._look_at_types()
        found = await self._fetch(
            sql.SQL("select {select} from {table} where {after} and {until} order by {order}"), after=after, last=last
        )
        return self._rows(found)

    async def sample(self, share: float, most: int) -> dict[str, SourceRow]:
        """Return about that share of the rows (0 to 1), picked at random, but never more than `most`."""
        await self._look_at_types()
        found = await self._fetch(
            sql.SQL("select {select} from {table} where random() < %(share)s limit %(most)s"), share=share, most=most
        )
        return self._rows(found)

    async def range_keys(self, after: str | None, last: str) -> list[str]:
        """Return the keys above `after` up to `last`."""
        found = await self._fetch(
            sql.SQL("select {key} from {table} where {after} and {until} order by {order}"), after=after, last=last
        )
        return [row[0] for row in found]

    async def range_end(self, after: str | None, rows: int, size: int) -> str | None:
        """Return the last key of a range above `after` with at most `rows` rows and about `size` bytes.

        A range has at least one row. Return None if there are no more rows.
        """
        await self._look_at_types()
        try:
            found = await self._fetch(
                sql.SQL(
                    "select k from (select k, n, sum(bytes) over (order by n) as total from ("
                    " select {key} as k, row_number() over (order by {order}) as n, {bytes} as bytes"
                    " from {table} where {after} order by {order} limit %(limit)s) page) sized"
                    " where n = 1 or total <= %(size)s order by n desc limit 1"
                ),
                after=after,
                limit=rows,
                size=size,
            )
        except RowUnreadable:
            # The column of a view can fail when its size is asked for.
            found = [(key,) for key in (await self.page_keys(after, min(FEW, rows)))[-1:]]
        return found[0][0] if found else None

    async def page_keys(self, after: str | None, limit: int) -> list[str]:
        """Return the next keys, in key order."""
        found = await self._fetch(
            sql.SQL("select {key} from {table} where {after} order by {order} limit %(limit)s"),
            after=after,
            limit=limit,
        )
        return [row[0] for row in found]

    async def page_hashes(
        self, after: str | None, limit: int, *, buckets: int, which: Sequence[int]
    ) -> list[tuple[str, str]]:
        """Return the next (key, row hash) pairs of the buckets in `which`, in key order."""
        found = await self._fetch(
            sql.SQL(
                "select {key}, {hash} from {table} where {after} and {bucket} = any(%(which)s)"
                " order by {order}, 2 limit %(limit)s"
            ),
            after=after,
            limit=limit,
            buckets=buckets,
            which=list(which),
        )
        return [(row[0], row[1]) for row in found]

    async def key_after(self, after: str | None, rows: int) -> str | None:
        """Return the key `rows` rows after `after`, or None if there are fewer rows."""
        found = await self._fetch(
            sql.SQL("select {key} from {table} where {after} order by {order} offset %(rows)s limit 1"),
            after=after,
            rows=rows - 1,
        )
        return found[0][0] if found else None

    async def digests(self, after: str | None, last: str | None, *, buckets: int) -> dict[int, tuple[int, int]]:
        """Return by bucket how many rows are above `after` up to `last` (None: the end), and a digest of their hashes.

        Digests of parts combine by exclusive or. embedd_internal.digest_keys() uses the same buckets and digests.
        """
        found = await self._fetch(
            sql.SQL(
                "select ({bucket})::int, count(*),"
                " bit_xor(('x' || substr(md5({key} || ':' || {hash}), 1, 16))::bit(64)::bigint)"
                " from {table} where {after} and {until} group by 1"
            ),
            after=after,
            last=last,
            buckets=buckets,
        )
        return {row[0]: (row[1], row[2]) for row in found}

    async def existing(self, keys: Sequence[str]) -> set[str]:
        """Return those of the keys that exist now."""
        found = await self._fetch(sql.SQL("select {key} from {table} where {among}"), keys=keys)
        return {row[0] for row in found}

    async def count(self) -> int:
        """Return the current number of rows."""
        return int((await self._fetch(sql.SQL("select count(*) from {table}")))[0][0])

    async def _fetch(
        self,
        query: sql.SQL,
        *,
        after: str | None = None,
        last: str | None = None,
        keys: Sequence[str] = (),
        **values: Any,
    ) -> list[TupleRow]:
        key = self.layout.key
        values |= key.arrays("keys", keys)
        for name, bound in (("after", after), ("last", last)):
            values |= {} if bound is None else key.parameters(name, bound)
        statement = query.format(
            table=self._table(),
            key=key.text(),
            order=key.order(),
            among=key.among("keys"),
            after=sql.SQL("true") if after is None else key.comparison(">", "after"),
            until=sql.SQL("true") if last is None else key.comparison("<=", "last"),
            bytes=self._bytes(),
            select=sql.SQL(", ").join(self._select()),
            hash=self._hash(),
            bucket=sql.SQL(_BUCKET).format(key=key.text()),
        )
        role = None
        try:
            async with self._session() as conn:
                role = conn.info.user
                cursor = conn.cursor(row_factory=tuple_row)
                return await (await cursor.execute(statement, values)).fetchall()
        except (psycopg.Error, PoolTimeout) as error:
            raise read_fault(error, self.layout.name, role) from error
        except (ValueError, RecursionError):
            # A database with encoding SQL_ASCII sends any bytes; a number may have more digits, and a JSON value more
            # levels, than Python reads. `from None`, because the cause would print the row.
            raise RowUnreadable(_UNREADABLE) from None

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[psycopg.AsyncConnection[dict[str, object]]]:
        """Yield a session for one statement, in a transaction that is rolled back.

        A read may run foreign code, in views or casts. That code can write nothing, and its changes to the session's
        settings or role are undone.
        """
        async with self.pool.connection() as conn, conn.transaction(force_rollback=True):
            yield conn

    def _table(self) -> sql.Composable:
        """Return the rows that belong to the vector table, under the name `source`."""
        table = identifier(self.layout.schema, self.layout.table)
        conditions: list[sql.Composable] = [
            sql.SQL("{} is not null").format(identifier(c.name)) for c in self.layout.key.columns * self.keyless
        ]
        if self.layout.condition is not None:
            if self.condition is None:
                raise SourceChanged("The condition where has not been read yet.")
            # Double %, which the driver takes for the start of a parameter.
            conditions.append(sql.SQL(self.condition.replace("%", "%%")))
        if not conditions:
            return sql.SQL("{} as source").format(table)
        return sql.SQL("(select * from {} where {}) as source").format(table, sql.SQL(" and ").join(conditions))

    async def _look_at_types(self) -> None:
        """Find the embedded columns of text types, once per table: they are their own JSON values. Others are selected
        as JSON in addition."""
        if self._native_text is None:
            self._native_text = frozenset()
            names = [c.name for c in self.layout.text]
            statement = sql.SQL("select {} from {} limit 0").format(
                sql.SQL(", ").join(map(identifier, names)), identifier(self.layout.schema, self.layout.table)
            )
            role = None
            try:
                async with self._session() as conn:
                    role = conn.info.user
                    description = (await conn.execute(statement, {})).description or []
            except (psycopg.Error, PoolTimeout) as error:
                self._native_text = None
                raise read_fault(error, self.layout.name, role) from error
            self._native_text = frozenset(
                name for name, column in zip(names, description, strict=True) if column.type_code in _TEXT_OIDS
            )

    def _select(self) -> list[sql.Composable]:
        """Return the key, the texts, the values of the other columns, and the hash; `_rows` splits them again."""
        layout, native = self.layout, self._native_text or ()
        parts = [layout.key.text()]
        parts += [sql.SQL("{}::text").format(identifier(column.name)) for column in layout.text]
        parts += [
            sql.SQL(_TO_JSON if column.filter_type is None else READ_AS[column.filter_type]).format(
                identifier(column.name)
            )
            for column in layout.columns
            if not (column.embedded and column.name in native)
        ]
        return [*parts, self._hash()] if self.hashed else parts

    def _hash(self) -> sql.Composable:
        names = [identifier(column.name) for column in self.layout.columns]
        return sql.SQL("md5(row({})::text)").format(sql.SQL(", ").join(names))

    def _bytes(self) -> sql.Composable:
        """Return the size of a row, which PostgreSQL knows without reading its values: texts as they are sent, other
        columns as they are stored."""
        native = self._native_text or ()
        sizes = [
            sql.SQL("coalesce(octet_length({}), 0)" if c.name in native else "coalesce(pg_column_size({}), 0)").format(
                identifier(c.name)
            )
            for c in self.layout.columns
        ]
        return sql.SQL(" + ").join(sizes)

    def _rows(self, found: Sequence[TupleRow]) -> dict[str, SourceRow]:
        """Return rows by key. The texts follow the key, and the values of other columns follow the texts."""
        columns, texts = self.layout.columns, [column.name for column in self.layout.text]
        own = iter(range(1 + len(texts), 1 + len(texts) + len(columns)))
        native = self._native_text or ()
        places = [1 + texts.index(c.name) if c.embedded and c.name in native else next(own) for c in columns]
        names = [c.name for c in columns]
        makers = [(c.name, MADE_BY[c.filter_type]) for c in columns if c.filter_type in MADE_BY]
        rows = {}
        for row in found:
            if row[0] in rows:
                raise RowUnreadable(_DOUBLE, resolution="Name a column with unique values.")
            values = dict(zip(names, [row[place] for place in places], strict=True))
            for name, make in makers:
                values[name] = _made(make, values[name])
            rows[row[0]] = SourceRow(row[1 : 1 + len(texts)], values, row[-1] if self.hashed else None)
        return rows


def _made(make: Callable[[Any], Any], read: Any) -> Any:
    """Return the value of a column from what was read."""
    try:
        return None if read is None else make(read)
    except ValueError:
        raise RowUnreadable(_MISFIT) from None


#: The SQL expression that reads an embedded column: its value goes into results.
_TO_JSON = "to_jsonb({})"
#: The bucket of a key; keep it equal to embedd_internal.digest_keys().
_BUCKET = "('x' || substr(md5({key}), 1, 8))::bit(32)::bigint %% %(buckets)s"

_GONE = "The source table or one of its configured columns is gone or has another type."
_MISFIT = "A value of the source table does not fit the type its column is configured with."
_UNREADABLE = (
    "This row of the source table cannot be read: damaged data, text in no valid encoding, a value that is too large,"
    " or an error that a function raises."
)
_DOUBLE = "Several rows of the source have this key."
#: Errors about the contents of rows, also those that functions of the user raise in a view.
_DAMAGED = (
    psycopg.errors.DataCorrupted,
    psycopg.errors.InternalError_,
    psycopg.errors.ProgramLimitExceeded,
    psycopg.errors.CharacterNotInRepertoire,
    psycopg.errors.UntranslatableCharacter,
    psycopg.errors.RaiseException,
)
_CHANGED = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.CannotCoerce,
    psycopg.errors.DatatypeMismatch,
)


def read_fault(
    error: psycopg.Error | PoolTimeout, table: str = "the source table", role: str | None = None
) -> EmbeddError:
    """Return the error that a failed read means. It never means that rows are gone."""
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return _access_error(error, table, role or "of the connection")
    if isinstance(error, _CHANGED):
        return SourceChanged(_GONE)
    if isinstance(error, _DAMAGED):
        return RowUnreadable(_UNREADABLE)
    if isinstance(error, psycopg.DataError):
        return RowUnreadable(_MISFIT)
    if isinstance(error, psycopg.OperationalError | PoolTimeout):
        return explain(error)
    return SourceUnreachable(f"The source table could not be read (SQLSTATE {error.sqlstate}).")


def _access_error(error: psycopg.Error, table: str, role: str) -> SourceTableAccessDenied:
    """Return the error that names the missing right as a GRANT."""
    said = read_missing_right(error.diag.message_primary)
    if said is None:
        return SourceTableAccessDenied(
            f"The role {role} may not read {table} any more, or row security now hides rows of it.",
            resolution=f"Grant select on {table} to {role}; with row security it needs BYPASSRLS, or to own the table.",
        )
    needed = "usage on its schema" if " schema " in said else f"select on {table}, or on the columns it needs,"
    return SourceTableAccessDenied(
        f"The role {role} may not read {table}: {said}.", resolution=f"Grant {needed} to {role}."
    )


async def describe_source(conn: psycopg.AsyncConnection[Any], source_table: str) -> dict[str, Any] | None:
    """Return the result of `embedd_internal.describe_source()`, also over a session that lacks the function."""
    query = as_query("describe_source").encode()
    try:
        row = await (await conn.execute(query, {"source_table": source_table})).fetchone()
    except (psycopg.errors.SyntaxError, psycopg.errors.InvalidName, psycopg.errors.FeatureNotSupported) as error:
        raise ValidationError(
            "source_table is not a table name.", resolution="Give its name with the schema, as in public.products."
        ) from error
    except psycopg.Error as error:
        raise read_fault(error) from error
    return next(iter(row.values())) if row else None
