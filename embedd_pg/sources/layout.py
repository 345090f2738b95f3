"""Which columns of a source table matter, and how: the parsed form of a vector table's `columns`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_INTEGERS = {name: (-(2**bits), 2**bits - 1) for name, bits in (("smallint", 15), ("integer", 31), ("bigint", 63))}
_NUMBER = re.compile(r"-?[0-9]{1,19}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
    key_column: str
    key_type: str
    text: tuple[Column, ...]
    columns: tuple[Column, ...]
    #: SQL over the table's columns, as PostgreSQL wrote it: rows it is not true for are as if they were not there.
    condition: str | None = None

    @classmethod
    def parse(
        cls, *, schema: str, table: str, key_column: str, key_type: str, columns: Sequence[Mapping[str, Any]],
        condition: str | None = None,
    ) -> Layout:  # fmt: skip
        """Embedding columns go by `ordinal`; those without one come last, ties by position (contract, section 3.3)."""
        parsed = [
            Column(c["name"], c.get("name_prefix") or "", c["filter_type"] if c["role"] == "metadata" else None)
            for c in columns
        ]
        ordinals = {c["name"]: float("inf") if c.get("ordinal") is None else float(c["ordinal"]) for c in columns}
        text = sorted((c for c in parsed if c.embedded), key=lambda c: ordinals[c.name])
        return cls(schema, table, key_column, key_type, tuple(text), tuple(parsed), condition)

    def may_hold(self, key: str) -> bool:
        """Whether a text can be a key at all: a cast of one that cannot would refuse the whole statement."""
        if self.key_type in _INTEGERS:
            low, high = _INTEGERS[self.key_type]
            return bool(_NUMBER.fullmatch(key)) and low <= int(key) <= high
        if self.key_type == "uuid":
            return bool(_UUID.fullmatch(key))
        return "\0" not in key

    def fingerprint(self) -> str:
        """What of the layout decides the text: a change means other texts, hence other vectors."""
        return json.dumps([[c.name, c.prefix] for c in self.text], ensure_ascii=False)
