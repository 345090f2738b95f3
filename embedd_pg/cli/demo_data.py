"""The data of `embedd demo`: the sample catalogue or a user's file, the queries, and the changes to make."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import embedd_pg.embedded
from embedd_pg.cli.output import console, show_statement, table
from embedd_pg.clients import Clients
from embedd_pg.errors import StoreError, ValidationError
from embedd_pg.search.request import SearchRequest
from embedd_pg.search.search import search
from embedd_pg.sources.csv_file import FILTER_TYPES, CsvTable, read_csv, require_column
from embedd_pg.stores.base import Hit

Query = tuple[str, dict[str, Any] | None]
Mode = Literal["managed", "platform"]

_QUERIES: tuple[Query, ...] = (
    ("something warm for hiking", None),
    ("something warm for hiking", {"in_stock": True, "price": {"lte": 150}}),
    ("a present for somebody who loves coffee", None),
)


@dataclass(frozen=True, slots=True)
class Data:
    """A table to load, the roles of its columns, and the queries. `path` is None for the sample catalogue."""

    table: CsvTable
    name: str
    columns: Sequence[dict[str, Any]]
    queries: Sequence[Query]
    path: Path | None = None
    hidden: Sequence[str] = ()
    mode: Mode = "managed"

    @property
    def source(self) -> str:
        return f"public.{self.table.name}"

    def create_statement(self) -> str:
        """Return the statement that makes the table searchable, formatted as if written by hand."""
        lines = (json.dumps(column, ensure_ascii=False, separators=(",", ":")) for column in self.columns)
        entries = "[\n    " + ",\n    ".join(lines) + "]"
        identifier = f'public."{self.table.name}"' if self.table.name[0].isdigit() else self.source
        return (
            "select embedd.create_vector_table(\n"
            f"  name => {quote(self.name)},\n"
            f"  source_table => {quote(identifier)},\n"
            "  embedder => 'local',\n"
            + (f"  mode => {quote(self.mode)},\n" if self.mode != "managed" else "")
            + f"  columns => {quote(entries)});"
        )


def quote(text: str) -> str:
    """Return an SQL string constant."""
    return "'" + text.replace("'", "''") + "'"


def sample_data(queries: Sequence[str]) -> Data:
    """Return the sample catalogue of 395 invented products."""
    columns: list[dict[str, Any]] = [
        {"name": "name", "role": "embedding", "ordinal": 1, "name_prefix": "Product: "},
        {"name": "description", "role": "embedding", "ordinal": 2},
        {"name": "category", "role": "metadata", "filter_type": "keyword"},
        {"name": "price", "role": "metadata", "filter_type": "float"},
        {"name": "in_stock", "role": "metadata", "filter_type": "boolean"},
    ]
    table = read_csv(Path(embedd_pg.embedded.__file__).with_name("products.csv"))
    asked = tuple((query, None) for query in queries)
    return Data(table, "products-search", columns, asked or _QUERIES, hidden=("description",))


def own_data(path: Path, text: str, filters: Sequence[str], queries: Sequence[str]) -> Data:
    """Read a user's file, and check it before anything is started."""
    kinds = dict(_filter(entry) for entry in filters)
    embedded = [name.strip() for name in text.split(",") if name.strip()]
    table = read_csv(path, filters=kinds)
    for name in embedded:
        require_column(list(table.columns), name, "--text")
        if name in kinds:
            raise ValidationError(f"The column {name!r} is named by --text and by --filter.", resolution="Choose one.")
    columns: list[dict[str, Any]] = [
        {"name": name, "role": "embedding", "ordinal": number} for number, name in enumerate(embedded, 1)
    ]
    columns += [{"name": name, "role": "metadata", "filter_type": kind} for name, kind in kinds.items()]
    return Data(table, f"{table.name}-search", columns, [(query, None) for query in queries], path)


def _filter(entry: str) -> tuple[str, str]:
    name, _, kind = entry.rpartition(":")
    if not name or kind not in FILTER_TYPES:
        raise ValidationError(
            f"--filter {entry}: write it as column:type.", resolution=f"Types are {', '.join(FILTER_TYPES)}."
        )
    return name, kind


@dataclass(frozen=True, slots=True)
class _Change:
    statement: str
    query: str
    #: Whether the results show the change.
    shows: Callable[[Sequence[Hit]], bool]
    outcome: str


def _has(key: str, word: str) -> Callable[[Sequence[Hit]], bool]:
    return lambda hits: any(hit.key == key and word in str(hit.metadata["description"]) for hit in hits)


_PREPARED = """\
call embedd.prepare_search('products-search', 'wool blanket', filters => '{"price": {"lte": 150}}');"""
_JOINED = """\
select p.name, p.price, s.score::numeric(6, 3)
  from embedd.search('products-search', 'wool blanket', filters => '{"price": {"lte": 150}}') s
  join public.products p on p.id = s.pk_value::bigint
 order by s.score desc
 limit 5;"""


async def show_join(conn: Any) -> None:
    """Show that a worker prepares a search in SQL, which can be joined with any table."""
    await conn.execute(show_statement(_PREPARED))
    cursor = await conn.execute(show_statement(_JOINED))
    found = await cursor.fetchall()
    shown = table(*(column.name for column in cursor.description), right=("price", "score"))
    for row in found:
        shown.add_row(*(str(value) for value in row.values()))
    console.print(shown)


_CHANGES = (
    _Change(
        "update public.products set\n"
        "  description = 'Mesh hammock that hangs under a desk, for a cat to nap in.'\n"
        "where id = 9;",
        "a place for my cat to sleep",
        _has("9", "hammock"),
        "finds it",
    ),
    _Change(
        "insert into public.products values (1000, 'Pocket Telescope',\n"
        "  'Folding brass telescope for looking at the moons of Jupiter.',\n"
        "  'outdoors', 85, 12, true);",
        "looking at the planets",
        _has("1000", "Jupiter"),
        "finds it",
    ),
    _Change(
        "delete from public.products where id = 1000;",
        "looking at the planets",
        lambda hits: all(hit.key != "1000" for hit in hits),
        "no longer finds it",
    ),
)


async def show_changes(clients: Clients, conn: Any, name: str) -> None:
    """Make each change, and measure the time from its COMMIT until a query finds it."""
    for change in _CHANGES:
        await conn.execute(show_statement(change.statement))
        committed = time.perf_counter()
        while not change.shows((await search(clients, name, SearchRequest(change.query, 5))).hits):
            if time.perf_counter() - committed > 60:
                raise StoreError("A change did not become searchable within a minute.")
            await asyncio.sleep(0.005)
        lag = (time.perf_counter() - committed) * 1000
        console.print(f'  [green]{lag:4.0f} ms[/] after COMMIT, "{change.query}" {change.outcome}\n')
