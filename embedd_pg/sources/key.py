"""The key of a source table: the columns that identify a row, and the one text that stands for it outside the source.

The text of a key of one column is the text of its value. For several columns it is the JSON array of their texts,
without blanks: `["42","7"]`. Trigger functions write the same bytes (key_text() in sql/capture), so that a key has only
one text. The order of these texts differs from the order of the keys. Statements that continue after a key therefore
compare the columns, in the source.
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
        """Return whether the text can be a value of this column."""
        if self.type in _INTEGERS:
            return bool(_NUMBER.fullmatch(text)) and -(2**63) <= int(text) < 2**63
        if self.type == "uuid":
            return bool(_UUID.fullmatch(text))
        return "\0" not in text

    @property
    def cast(self) -> sql.SQL:
        """The type to which values are cast for comparisons. Integer types of all sizes compare with one another and
        use any of their indexes, so a column may be widened to bigint without notice to embedd."""
        return sql.SQL("bigint" if self.type in _INTEGERS else self.type)


@dataclass(frozen=True, slots=True)
class Key:
    """The columns of a key, in the order of its unique index."""

    columns: tuple[KeyColumn, ...]

    @classmethod
    def parse(cls, columns: Sequence[Mapping[str, str]]) -> Key:
        """Return the key made of the `name` and `type` of each column."""
        return cls(tuple(KeyColumn(column["name"], column["type"]) for column in columns))

    def may_hold(self, text: str) -> bool:
        """Return whether a text can be a key. The cast of an impossible one would make the whole statement fail."""
        return bool(self._valid_parts(text))

    def parts(self, text: str) -> tuple[str, ...]:
        """Return the texts of the columns' values. Raise ValueError unless there are as many as the key has columns."""
        parts = (text,) if len(self.columns) == 1 else split(text)
        if len(parts) != len(self.columns):
            raise ValueError(f"no key of {', '.join(column.name for column in self.columns)}")
        return parts

    def _valid_parts(self, text: str) -> tuple[str, ...]:
        """Return the parts, or none if the text cannot be a key."""
        try:
            parts = self.parts(text)
        except ValueError:
            return ()
        return parts if all(map(KeyColumn.may_hold, self.columns, parts)) else ()

    # SQL fragments. Columns are qualified with the relation name `source`: in ORDER BY a bare name would mean an output
    # column first, which is text. A parameter for one key is named `<name>_<place>`; one for many keys holds arrays.

    def order(self) -> sql.Composable:
        """Return the columns to sort by, in the order of the index."""
        return sql.SQL(", ").join(self._names())

    def text(self) -> sql.Composable:
        """Return the expression for the key of a row as one text."""
        if len(self.columns) == 1:
            return sql.SQL("{}::text").format(*self._names())
        texts = [sql.SQL("to_json({}::text)::text").format(name) for name in self._names()]
        return sql.SQL("('[' || {} || ']')").format(sql.SQL(" || ',' || ").join(texts))

    def comparison(self, operator: str, parameter: str) -> sql.Composable:
        """Return a comparison of a row's key with a parameter, in the order of the index."""
        values = [
            sql.SQL("{}::text::{}").format(sql.Placeholder(f"{parameter}_{place}"), column.cast)
            for place, column in enumerate(self.columns)
        ]
        form = "{} {} {}" if len(values) == 1 else "({}) {} ({})"
        return sql.SQL(form).format(self.order(), sql.SQL(operator), sql.SQL(", ").join(values))

    def among(self, parameter: str) -> sql.Composable:
        """Return the condition that a row's key is one of many."""
        arrays = [
            sql.SQL("{}::text[]::{}[]").format(sql.Placeholder(f"{parameter}_{place}"), column.cast)
            for place, column in enumerate(self.columns)
        ]
        form = "{} = any({})" if len(arrays) == 1 else "({}) in (select * from unnest({}))"
        return sql.SQL(form).format(self.order(), sql.SQL(", ").join(arrays))

    def parameters(self, parameter: str, text: str) -> dict[str, str]:
        """Return the parameters of `comparison` for a key."""
        return {f"{parameter}_{place}": part for place, part in enumerate(self.parts(text))}

    def arrays(self, parameter: str, texts: Sequence[str]) -> dict[str, list[str]]:
        """Return the parameters of `among` for those of the texts that can be keys."""
        rows = [parts for text in texts if (parts := self._valid_parts(text))]
        return {f"{parameter}_{place}": [row[place] for row in rows] for place in range(len(self.columns))}

    def _names(self) -> list[sql.Identifier]:
        return [identifier("source", column.name) for column in self.columns]


def join(parts: Sequence[str]) -> str:
    """Return the text of a key of several columns, from the texts of their values."""
    return json.dumps(list(parts), ensure_ascii=False, separators=(",", ":"))


def split(text: str) -> tuple[str, ...]:
    """Return the texts that `join` combined, or none if the text is not a result of `join`."""
    try:
        parts = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts) or join(parts) != text:
        return ()
    return tuple(parts)


def identifier(*names: str) -> sql.Identifier:
    """Return a quoted name, with % doubled: the driver takes % for the start of a parameter, even in names."""
    return sql.Identifier(*(name.replace("%", "%%") for name in names))
