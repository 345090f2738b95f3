"""Which columns of a source table matter, and how: the parsed form of a vector table's `columns`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from embedd_pg.sources.key import Key


@dataclass(frozen=True, slots=True)
class Column:
    """One configured column. `filter_type` is None for columns that are embedded."""

    name: str
    prefix: str = ""
    filter_type: str | None = None

    @property
    def embedded(self) -> bool:
        return self.filter_type is None


@dataclass(frozen=True, slots=True)
class Layout:
    """A source table: its key, the columns that make the text, in order, and all columns a result comes back with."""

    schema: str
    table: str
    key: Key
    text: tuple[Column, ...]
    columns: tuple[Column, ...]
    #: As it is stored, to be read before it is used: rows it is not true for are as if they were not there.
    condition: str | None = None

    @classmethod
    def parse(
        cls,
        *,
        schema: str,
        table: str,
        key: Sequence[Mapping[str, str]],
        columns: Sequence[Mapping[str, Any]],
        text: Sequence[Sequence[str]],
        condition: str | None = None,
    ) -> Layout:
        """Read the columns as they were sent, and `text` as embedd_internal.text_signature() answers it: name and prefix of
        each embedded column, in the order of the text."""
        parsed = [
            Column(c["name"], c.get("name_prefix") or "", c["filter_type"] if c["role"] == "metadata" else None)
            for c in columns
        ]
        embedded = [Column(name, prefix) for name, prefix in text]
        return cls(schema, table, Key.parse(key), tuple(embedded), tuple(parsed), condition)

    @property
    def name(self) -> str:
        """As people read it."""
        return f"{self.schema}.{self.table}"

    def fingerprint(self) -> str:
        """What of the layout decides the text: a change means other texts, hence other vectors."""
        return json.dumps([[c.name, c.prefix] for c in self.text], ensure_ascii=False)
