"""The key of a source table: what names a row, and the one text it has everywhere outside that table.

A key of one column is the text of its value. One of several is the JSON array of their texts, without blanks:
`["42","7"]`. Trigger functions write the same bytes (key_text() in sql/capture), so one key has one text.
That text sorts otherwise than the key does, so whatever goes on behind a key compares the columns, in the source.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql

_INTEGERS = {"smallint", "integer", "bigint"}
_NUMBER = re.compile(r"-?[0-9]{1,19}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """One column of a key and its PostgreSQL type, as format_type() writes it."""

    name: str
    type: str

    def may_hold(self, text: str) -> bool:
        """Whether the text can be a value of this column at all."""
        if self.type in _INTEGERS:
            return bool(_NUMBER.fullmatch(text)) and -(2**63) <= int(text) < 2**63
        if self.type == "uuid":
            return bool(_UUID.fullmatch(text))
        return "\0" not in text

    @property
    def cast(self) -> sql.SQL:
        """The type that values are given to compare them. Integers of all sizes compare with one another, by any of
        their indexes, so a column may grow to bigint behind our back."""
        return sql.SQL("bigint" if self.type in _INTEGERS else self.type)


@dataclass(frozen=True, slots=True)
class Key:
    """The columns of a key, in the order of the index that makes them unique."""

    columns: tuple[KeyColumn, ...]

    @classmethod
    def parse(cls, columns: Sequence[Mapping[str, str]]) -> Key:
        """From `name` and `type` of each column."""
        return cls(tuple(KeyColumn(column["name"], column["type"]) for column in columns))

    def may_hold(self, text: str) -> bool:
        """Whether a text can be a key at all: a cast of one that cannot would refuse the whole statement."""
        return bool(self._held(text))

    def parts(self, text: str) -> tuple[str, ...]:
        """The texts of the columns' values; ValueError if it is no text of a key of so many columns."""
        parts = (text,) if len(self.columns) == 1 else split(text)
        if len(parts) != len(self.columns):
            raise ValueError(f"no key of {', '.join(column.name for column in self.columns)}")
        return parts

    def _held(self, text: str) -> tuple[str, ...]:
        """The parts; none when the text cannot be a key."""
        try:
            parts = self.parts(text)
        except ValueError:
            return ()
        return parts if all(map(KeyColumn.may_hold, self.columns, parts)) else ()

    # In SQL. The columns are those of a relation named `source`: a bare name in ORDER BY would mean a column of the
    # answer first, and that is text. Parameters of a key are named `<name>_<place>`; those of many hold arrays.

    def order(self) -> sql.Composable:
        """The columns to sort by, in the order of their index."""
        return sql.SQL(", ").join(self._names())

    def text(self) -> sql.Composable:
        """The key of a row as one text."""
        if len(self.columns) == 1:
            return sql.SQL("{}::text").format(*self._names())
        texts = [sql.SQL("to_json({}::text)::text").format(name) for name in self._names()]
        return sql.SQL("('[' || {} || ']')").format(sql.SQL(" || ',' || ").join(texts))

    def compared(self, operator: str, parameter: str) -> sql.Composable:
        """How a row's key stands to that of a parameter. Rows are compared as the index sorts them."""
        values = [
            sql.SQL("{}::text::{}").format(sql.Placeholder(f"{parameter}_{place}"), column.cast)
            for place, column in enumerate(self.columns)
        ]
        form = "{} {} {}" if len(values) == 1 else "({}) {} ({})"
        return sql.SQL(form).format(self.order(), sql.SQL(operator), sql.SQL(", ").join(values))

    def among(self, parameter: str) -> sql.Composable:
        """Whether a row's key is one of many."""
        arrays = [
            sql.SQL("{}::text[]::{}[]").format(sql.Placeholder(f"{parameter}_{place}"), column.cast)
            for place, column in enumerate(self.columns)
        ]
        form = "{} = any({})" if len(arrays) == 1 else "({}) in (select * from unnest({}))"
        return sql.SQL(form).format(self.order(), sql.SQL(", ").join(arrays))

    def parameters(self, parameter: str, text: str) -> dict[str, str]:
        """What `compared` takes for a key."""
        return {f"{parameter}_{place}": part for place, part in enumerate(self.parts(text))}

    def arrays(self, parameter: str, texts: Sequence[str]) -> dict[str, list[str]]:
        """What `among` takes for those of the texts that can be keys."""
        rows = [parts for text in texts if (parts := self._held(text))]
        return {f"{parameter}_{place}": [row[place] for row in rows] for place in range(len(self.columns))}

    def _names(self) -> list[sql.Identifier]:
        return [identifier("source", column.name) for column in self.columns]


def join(parts: Sequence[str]) -> str:
    """The one text of a key of several columns, from the texts of their values."""
    return json.dumps(list(parts), ensure_ascii=False, separators=(",", ":"))


def split(text: str) -> tuple[str, ...]:
    """The texts that `join` made a text of; none when it did not make it."""
    try:
        parts = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts) or join(parts) != text:
        return ()
    return tuple(parts)


def identifier(*names: str) -> sql.Identifier:
    """A quoted name. The driver takes % for the start of a parameter, in names too."""
    return sql.Identifier(*(name.replace("%", "%%") for name in names))
