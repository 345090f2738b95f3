"""The layout of a source table: the parsed form of a vector table's `columns`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from embedd_pg.filter_types import FilterType
from embedd_pg.sources.key import Key


@dataclass(frozen=True, slots=True)
class Column:
    """One configured column. `filter_type` is None for columns that are embedded."""

    name: str
    prefix: str = ""
    filter_type: FilterType | None = None

    @property
    def embedded(self) -> bool:
        return self.filter_type is None


@dataclass(frozen=True, slots=True)
class Layout:
    """A source table: its key, its embedded columns in the order of the text, and all columns that results contain."""

    schema: str
    table: str
    key: Key
    text: tuple[Column, ...]
    columns: tuple[Column, ...]
    #: The condition as stored, to be parsed before use. Rows for which it is not true are ignored.
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
        """Return the layout of `columns` as they were sent. `text` has the name and prefix of each embedded column, in
        the order of the text, as embedd_internal.text_signature() answers it."""
        parsed = [
            Column(c["name"], c.get("name_prefix") or "", c["filter_type"] if c["role"] == "metadata" else None)
            for c in columns
        ]
        embedded = [Column(name, prefix) for name, prefix in text]
        return cls(schema, table, Key.parse(key), tuple(embedded), tuple(parsed), condition)

    @property
    def name(self) -> str:
        """The table's name for messages."""
        return f"{self.schema}.{self.table}"

    def fingerprint(self) -> str:
        """Return the part of the layout that determines texts: if it changes, all texts and vectors change."""
        return json.dumps([[c.name, c.prefix] for c in self.text], ensure_ascii=False)
