"""SQL functions of embedd for sessions that lack them: another database, a broken installation, a role without rights.

A function in language SQL is one query, which any session can run, even on a standby: `as_query()`. Other functions
become temporary functions of the session, which call one another: `as_temporary()`. Functions that return the text of a
statement on tables of any name are read for that text: `statement()`. All use the function's file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from embedd_pg.database.sql_files import function_text


def body(function: str) -> str:
    """Return the text between the dollar quotes of a function's file."""
    found = re.search(r"^as (\$\w*\$)(.*)\1", function_text(function), re.DOTALL | re.MULTILINE)
    assert found is not None, f"{function} has a body in dollar quotes"
    return found[2]


def as_query(function: str) -> str:
    """Return a function in language SQL as a query for the driver, with its parameters as named placeholders."""
    head = re.search(
        r"^create or replace function \S+?\((.*?)\)\s*returns", function_text(function), re.DOTALL | re.MULTILINE
    )
    assert head is not None, f"{function} has parameters"
    query = body(function).replace("%", "%%")
    for number, parameter in enumerate(head[1].split(","), 1):
        name, kind = parameter.split()[:2]
        query = query.replace(f"${number}", f"%({name})s::{kind}")
    return query


def statement(
    function: str, parameters: Sequence[Any] = (), **names: tuple[str, Sequence[Any]]
) -> tuple[str, list[Any]]:
    """Return the statement whose text a function returns, for the driver, and its values in the order of their places.

    `parameters` replace its numbered ones. `names` replace the names in braces, each by a text with its own values.
    """
    texts, values = list[str](), list[Any]()
    for piece in _pieces(function):
        if _NUMBER.fullmatch(piece):
            texts.append("%s")
            values.append(parameters[int(piece[1:]) - 1])
        else:
            text, own = names.get(piece[1:-1], (piece, ()))
            texts.append(text)
            values += own
    return "".join(texts), values


@cache
def _pieces(function: str) -> list[str]:
    """Cut the text that a function returns before and after each place where something is put in."""
    text = re.search(r"\$text\$(.*)\$text\$", function_text(function), re.DOTALL)
    assert text is not None, f"{function} returns a text"
    return re.split(r"(\{[a-z]+\}|\$[0-9]+)", text[1].replace("%", "%%"))


_NUMBER = re.compile(r"\$[0-9]+")


def as_temporary(functions: Sequence[str]) -> list[str]:
    """Return statements that create these functions in pg_temp, where they call each other. Give callers last."""
    calls = re.compile(rf"\bembedd(?:_internal)?\.({'|'.join(functions)})\(")
    texts = (calls.sub(r"pg_temp.\1(", function_text(name)) for name in functions)
    return [re.sub(r"(?ms)^(comment on function|revoke|grant) .*?;$", "", text) for text in texts]
