"""Tokens: cut a condition into PostgreSQL's tokens, and refuse those that no condition may contain, before parsing.

embedd_internal.read_condition() does the same in plain SQL, as the only check before PostgreSQL plans a condition.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from embedd_pg.conditions import vocabulary as known
from embedd_pg.conditions.refusal import USUAL, VIEW, Refused, refusal, shorten

_TOKEN = re.compile(
    r'"(?:[^"]|"")+"'
    r"|'(?:[^']|'')*'"
    r"|[A-Za-z_][A-Za-z0-9_]*"
    r"|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_.])"
    r"|[-+*/<>=~!@#%^&|`?]+"
    r"|::"
    r"|[ \t\n\r\f]+"
    r"|(?s:.)"
)
#: Further words in the names of types.
_MORE = frozenset({"precision", "varying", "with", "without", "time", "zone"})
_OPENING = {"(", "["}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the condition, and the position of its first character, counted from 1."""

    text: str
    place: int

    @property
    def name(self) -> str | None:
        """The name it stands for, if it is an identifier."""
        if self.text.startswith('"') and len(self.text) > 1:
            return self.text[1:-1].replace('""', '"')
        return self.text.lower() if re.match(r"[A-Za-z_]", self.text) else None

    @property
    def word(self) -> str:
        """The token in lower case, for comparison with keywords and operators; never equal to one for a quoted name."""
        return self.text.lower()


def check_tokens(condition: str) -> None:
    """Refuse a text that contains anything but columns, constants and the words of the vocabulary."""
    if len(condition) > known.MAX_LENGTH:
        raise refusal(f"it has {len(condition)} characters, but at most {known.MAX_LENGTH} are allowed", VIEW)
    if "\0" in condition or any("\ud800" <= character <= "\udfff" for character in condition):
        raise refusal("it contains a character that PostgreSQL cannot store")
    place, tokens = 1, []
    for match in _TOKEN.finditer(condition):
        if match.group()[0] not in " \t\n\r\f":
            tokens.append(Token(match.group(), place))
        place += len(match.group())
    _Check(tokens).run()


@dataclass(slots=True)
class _Check:
    tokens: list[Token]
    depth: int = 0

    def run(self) -> None:
        places = iter(range(len(self.tokens)))
        for place in places:
            for _ in range(self._token(place)):
                next(places)
        if self.depth:
            raise refusal("a bracket is not closed")

    def _at(self, place: int) -> str:
        """Return the token at a place in lower case, or an empty text outside the condition."""
        return self.tokens[place].word if 0 <= place < len(self.tokens) else ""

    def _token(self, place: int) -> int:
        """Check one token. Return how many tokens after it were checked with it."""
        token = self.tokens[place]
        if token.word in _OPENING:
            self.depth += 1
            if self.depth > known.MAX_DEPTH:
                raise _at(token, f"brackets are more than {known.MAX_DEPTH} deep", VIEW)
        elif token.word in (")", "]"):
            self.depth -= 1
            if self.depth < 0:
                raise _at(token, "this bracket was not opened")
        elif token.word == "::":
            return self._type(place)
        elif token.word in known.OPERATORS or token.word == "," or (token.text[0].isdecimal() and token.text.isascii()):
            pass
        elif token.text[0] == "'" and len(token.text) > 1:
            before = self._at(place - 1)
            if not (before in known.OPERATORS | known.WORDS | _OPENING or before in ("", ",")):
                raise _at(token, "a text follows another value", "Write casts as in '2026-01-31'::date.")
        elif token.name is not None:
            return self._name(place)
        else:
            raise _at(token, "this is not allowed in a condition", "Leave out comments, E'', $$, ; and the like.")
        return 0

    def _name(self, place: int) -> int:
        token, quoted = self.tokens[place], self.tokens[place].text[0] == '"'
        if not quoted and token.word in known.WORDS:
            if token.word in ("any", "all") and self._at(place - 1) not in known.COMPARISONS:
                raise _at(token, "any and all must follow a comparison", "Write status = any(array['a', 'b']).")
            return 0
        if token.name == "pg_catalog" and self._at(place + 1) == ".":
            if self._at(place + 3) != "(":
                raise _at(token, "only functions may have the schema pg_catalog here")
            return 1
        if self._at(place + 1) == "(":
            if token.name not in known.FUNCTIONS or (quoted and token.name in known.CHOICES):
                listed = ", ".join(sorted(known.FUNCTIONS))
                raise _at(token, "a condition must not call this function", f"{VIEW} Allowed are {listed}.")
        elif self._at(place + 1) == "." or self._at(place - 1) == ".":
            raise _at(token, "names of schemas and tables are not allowed here", USUAL)
        elif not quoted and token.word in known.KEYWORDS:
            raise _at(token, "this is a keyword of SQL", f'If it is a column, write "{token.word}". {USUAL}')
        return 0

    def _type(self, place: int) -> int:
        """Check the type after `::`. A type with a schema must be an enum, which the parser checks."""
        first = self.tokens[place + 1] if place + 1 < len(self.tokens) else Token("", self.tokens[place].place)
        if first.name is None:
            raise _at(first, "the name of a type is missing")
        if self._at(place + 2) == ".":
            return 3
        read, words = 1, [first.word]
        while self._at(place + read + 1) in _MORE:
            read += 1
            words.append(self._at(place + read))
        if " ".join(words) not in known.SPELLINGS:
            listed = ", ".join(sorted(known.TYPES))
            raise _at(first, "a condition cannot cast to this type", f"Allowed are {listed}, enums with schema.")
        if self._at(place - 1)[:1] == "'" and self._at(place + read + 1) == "[":
            raise _at(first, "an array must be written with its elements", "Write array['a', 'b'].")
        return read


def _at(token: Token, what: str, cure: str = USUAL) -> Refused:
    return refusal(f'at character {token.place}, "{shorten(token.text)}": {what}', cure)
