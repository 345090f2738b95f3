"""Random conditions over one table, most of them valid, and the rows on which their results are compared."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

TABLE = r'''
create type mood as enum ('ok', 'sad', 'it''s so');
create domain small as int check (value < 1000);
create table things (
  id int primary key, whole int, little smallint, large bigint, price numeric, weight double precision, share real,
  title text, label varchar(20), code char(3), flag boolean, day date, moment timestamp, instant timestamptz, hour time,
  span interval, "Mixed ""name""" text, data jsonb, plain json, tags text[], numbers int[], feeling mood, bounded small,
  token uuid);
insert into things values
  (1, 1, 2, 3, 1.5, 2.5, 0.5, 'abc', 'ok', 'a', true, '2024-01-31', '2024-01-31 10:00', '2024-01-31 10:00+00', '10:00',
   '1 day', 'it''s', '{"a": {"b": 1}, "k": "abc"}', '{"k": "1"}', '{abc,x}', '{1,2}', 'ok', 5,
   '123e4567-e89b-12d3-a456-426614174000'),
  (2, -7, 0, 1099511627776, 0, -1.5, 100, '', 'a\b%', 'xyz', false, '2026-12-01', '2026-12-01', '2026-12-01',
   '23:59', '-02:00:00', 'x', '[1, 2]', '[]', '{}', '{}', 'sad', 0, null),
  (4, 2, 2, 2, 2, 2, 2, 'ABC', 'abc ', 'abc', true, '2024-02-29', '2024-02-29 12:30:00.5', '2024-02-29 12:30+05',
   '00:00', '1 mon', 'ABC', '"text"', '"x"', '{null}', '{null,3}', 'it''s so', 999, null);
insert into things (id) values (3);
'''

_COLUMNS = {
    "whole": ["whole", "little", "id", '"whole"', "bounded"],
    "number": ["price", "whole", "little", "large", "PRICE"],
    "float": ["weight", "share"],
    "text": ["title", "label", "code", '"Mixed ""name"""', "Title"],
    "boolean": ["flag"],
    "date": ["day"],
    "timestamp": ["moment"],
    "timestamptz": ["instant"],
    "time": ["hour"],
    "interval": ["span"],
    "jsonb": ["data"],
    "uuid": ["token"],
    "enum": ["feeling"],
}
_TEXTS = ["'abc'", "'it''s'", "''", "'a\\b%'", "'ABC'", "'%b_'", "'  x '", "'ä'", "'now'", "'$1 -- /* ; '"]
_CONSTANTS = {
    "whole": ["0", "1", "2", "-1", "- 7", "(3)", "2147483647", "'2'"],
    "number": ["0", "1.5", "2.50", "-1", "1e2", "9223372036854775000", "(0)::numeric", "'1.5'", "99999999999999999999"],
    "float": ["0.5", "2", "'2.5'::double precision", "1e10", "'-1'::integer"],
    "text": [*_TEXTS, "'abc'::text", "('abc')::character varying"],
    "boolean": ["true", "false", "'t'"],
    "date": ["'2024-01-31'", "'2024-02-29'::date"],
    "timestamp": ["'2024-01-31 10:00'", "'2024-02-29 12:30:00.5'::timestamp without time zone", "'2024-01-31'"],
    "timestamptz": [
        "'2024-01-31 10:00+00'",
        "'2024-02-29'::timestamptz",
        "'2026-12-01 01:00+01'::timestamp with time zone",
    ],
    "time": ["'10:00'", "'23:59:00'::time"],
    "interval": ["'1 day'", "'1 day 02:00:00'::interval", "'-02:00:00'"],
    "jsonb": ["'{\"a\": 1}'", "'[1, 2]'::jsonb"],
    "uuid": ["'123e4567-e89b-12d3-a456-426614174000'"],
    "enum": ["'ok'", "'sad'", "'it''s so'::public.mood"],
}
_ODD = [
    "'now'::timestamptz",
    "'today'::date",
    "pg_sleep(0)",
    "now()",
    "current_date",
    "(select 1)",
    "evil(1)",
    "public.evil(1)",
    "things",
    "ctid",
    "things.whole",
    "md5(1)",
    "repeat('a', 9)",
    "$1",
    "E'a'",
    "U&'a'",
    "date '2024-01-01'",
    "row(1)",
    "plain",
    "array[1]",
    "'a' 'b'",
    "random()",
    "instant::date",
    "day::text",
    "feeling::text",
    "'2024-13-01'::date",
    "nosuch",
    "title[1]",
    "whole::bit",
    "count(*)",
    "title ~ 'a'",
    "title like 'a' escape 'b'",
    "case when true then 1 end",
    "whole !",
    "@ whole",
    'title collate "C"',
    "'x'::public.nosuch",
    "'1'::public.small",
    "interval '1 day'",
    "extract(year from day)",
    "tags",
    "1_000",
]
_NAMED = re.compile("|".join(name.strip('"') for names in _COLUMNS.values() for name in names))
_LIKE = ["like", "not like", "ilike", "not ilike", "~~", "!~~", "~~*", "!~~*"]
_COMPARISONS = ["=", "<>", "!=", "<", "<=", ">", ">="]


class Conditions:
    """A generator of conditions. It is deterministic for a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def one(self) -> str:
        """Return a condition. One in twenty contains a part that may be invalid."""
        made = self.truth(self._random.randint(1, 3))
        if self._random.random() < 0.05:
            operator = self._random.choice([*_COMPARISONS, "+", "||", "like", "is distinct from"])
            odd = f"({self._random.choice(_ODD)} {operator} {self._value(1)})"
            made = self._random.choice([f"{made} and {odd}", f"{odd} or {made}", odd])
        return made

    def truth(self, depth: int) -> str:
        if depth <= 0:
            return self._test()
        how = self._random.random()
        if how < 0.35:
            return self._test()
        if how < 0.85:
            parts = [self._part(depth) for _ in range(self._random.randint(2, 3))]
            return self._random.choice([" and ", " or ", " AND\n"]).join(parts)
        return f"not {self._part(depth)}"

    def _part(self, depth: int) -> str:
        return f"({self.truth(depth - 1)})" if self._random.random() < 0.6 else self._test()

    def _test(self) -> str:
        pick, family = self._random.choice, self._random.choice(list(_COLUMNS))
        left = self._of(family, 2)
        # PostgreSQL evaluates parts without a column before it looks for functions that are not immutable.
        while not _NAMED.search(left):
            left = self._of(family, 2)
        # Sometimes use another family, which both checks mostly refuse.
        other = family if self._random.random() < 0.98 else pick(list(_COLUMNS))
        tests: list[Callable[[], str]] = [
            lambda: f"{left} {pick(_COMPARISONS)} {self._of(other, 2)}",
            lambda: f"{left} {pick(_COMPARISONS)} {self._of(other, 1)}",
            lambda: f"{left} {pick(['is', 'is not'])} distinct from {self._of(other, 1)}",
            lambda: f"{left} is {pick(['null', 'not null'])}",
            lambda: f"{left} {pick(['in', 'not in'])} ({', '.join(self._constant(other) for _ in range(3))})",
            lambda: f"{left} {pick(['between', 'not between'])} {self._constant(other)} and {self._of(other, 1)}",
            lambda: self._array(family, other),
            lambda: f"{self._of('text', 2)} {pick(_LIKE)} {self._of('text', 0)}",
            lambda: pick(
                [
                    "flag",
                    "flag is true",
                    "flag is not true",
                    "flag is false",
                    "flag = false",
                    "plain is null",
                    "data is not null",
                ]
            ),
            lambda: pick(
                [
                    "'abc' = any(tags)",
                    "whole = any(numbers)",
                    "title <> all(tags)",
                    "cardinality(tags) > 0",
                    "whole >= any (numbers)",
                ]
            ),
        ]
        return pick(tests)()

    def _array(self, family: str, other: str) -> str:
        among = f"array[{', '.join(self._constant(other) for _ in range(2))}]"
        if family == "text" and self._random.random() < 0.5:
            among = f"(({among})::text[])"
        return f"{self._column(family)} {self._random.choice(['= any', '<> all', '= ANY'])} ({among})"

    def _value(self, depth: int) -> str:
        return self._of(self._random.choice(list(_COLUMNS)), depth)

    def _column(self, family: str) -> str:
        return self._random.choice(_COLUMNS[family])

    def _constant(self, family: str) -> str:
        return "null" if self._random.random() < 0.03 else self._random.choice(_CONSTANTS[family])

    def _of(self, family: str, depth: int) -> str:
        """Return a value of a family, made of columns and constants, without expressions whose evaluation may fail."""
        pick = self._random.choice
        if depth <= 0 or self._random.random() < 0.5:
            return self._column(family) if self._random.random() < 0.75 else self._constant(family)
        of, less = self._of, depth - 1
        made: dict[str, list[Callable[[], str]]] = {
            "whole": [
                lambda: f"length({of('text', less)})",
                lambda: f"({of('whole', 0)} % 3)",
                lambda: f"- {self._column('whole')}",
                lambda: f"coalesce({self._column('whole')}, {self._constant('whole')})",
                lambda: "strpos(title, 'b')",
                lambda: "day - day",
                lambda: f"abs({pick(['whole', 'little', 'bounded'])})",
                lambda: "whole / 2",
                lambda: f"({self._column('whole')})::bigint",
                lambda: "array_length(tags, 1)",
                lambda: "mod(whole, 5)",
                lambda: "(1 + 2 * 3 - little)",
            ],
            "number": [
                lambda: f"({self._column('number')} + {pick(['1', '2.5', 'price'])})",
                lambda: f"{self._column('number')} * 2 - 1",
                lambda: f"round(price, {pick(['0', '1'])})",
                lambda: f"greatest({self._column('number')}, {pick(['1', '0.5'])})",
                lambda: f"({self._column('number')})::numeric(30, 1)",
                lambda: f"nullif({self._column('number')}, 0)",
                lambda: "price % 2",
            ],
            "float": [
                lambda: f"{self._column('float')} / 2",
                lambda: "weight + price",
                lambda: "floor(weight)",
                lambda: "ceil(share)",
            ],
            "text": [
                lambda: (
                    f"{pick(['lower', 'upper', 'btrim', 'reverse', 'md5', 'pg_catalog.lower'])}({of('text', less)})"
                ),
                lambda: f"({of('text', 0)} || {of('text', 0)})",
                lambda: "data ->> 'k'",
                lambda: "(data -> 'a') ->> 'b'",
                lambda: "plain ->> 'k'",
                lambda: f"{pick(['left', 'right', chr(34) + 'left' + chr(34)])}({self._column('text')}, 2)",
                lambda: "data ->> 0",
                lambda: f"({self._column('whole')})::text",
                lambda: "substr(title, 2, 1)",
                lambda: "replace(title, 'a', '$')",
                lambda: "token::text",
                lambda: f"coalesce({self._column('text')}, {of('text', less)})",
                lambda: "least(title, label)",
                lambda: "label::text",
                lambda: "flag::text",
            ],
            "boolean": [
                lambda: f"({self._test()})" if depth > 1 else "flag",
                lambda: "starts_with(title, 'a')",
                lambda: "coalesce(flag, false)",
            ],
            "date": [lambda: f"day {pick('+-')} {pick(['1', 'little'])}", lambda: "moment::date"],
            "timestamp": [
                lambda: f"moment {pick('+-')} span",
                lambda: "day::timestamp",
                lambda: "coalesce(moment, day)",
                lambda: "day + '1 day'::interval",
            ],
            "interval": [
                lambda: "moment - moment",
                lambda: "instant - instant",
                lambda: "span + span",
                lambda: "- span",
            ],
            "jsonb": [lambda: "data -> 'a'", lambda: "data -> 'a' -> 'b'"],
        }
        return pick(made.get(family) or [lambda: self._column(family)])()
