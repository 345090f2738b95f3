"""SQL functions of embedd for sessions that lack them: another database, a broken installation, a role without rights.

A function in language SQL is one query, which any session can run, even on a standby: `as_query()`. Other functions
become temporary functions of the session, which call one another: `as_temporary()`. Both use the function's file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from embedd_pg.database.sql_files import function_text


def body(function: str) -> str:
    """Return the text between the dollar quotes of a function's file."""
    found = re.search(r"^as (\$\w*\$)(.*)\1", function_text(function), re.DOTALL | re.MULTILINE)
    assert found is not None, f"{function} has a body in dollar quotes"
    return found[2]


def as_query(function: str) -> str:
    """Return a function in language SQL as a query for the driver, with its parameters as named placeholders."""
    head = re.search(r"\((.*?)\)\s*returns", function_text(function), re.DOTALL)
    assert head is not None, f"{function} has parameters"
    query = body(function).replace("%", "%%")
    for number, parameter in enumerate(head[1].split(","), 1):
        name, kind = parameter.split()[:2]
        query = query.replace(f"${number}", f"%({name})s::{kind}")
    return query


def as_temporary(functions: Sequence[str]) -> list[str]:
    """Return statements that create these functions in pg_temp, where they call each other. Give callers last."""
    calls = re.compile(rf"\bembedd(?:_internal)?\.({'|'.join(functions)})\(")
    texts = (calls.sub(r"pg_temp.\1(", function_text(name)) for name in functions)
    return [re.sub(r"(?m)^(comment on function|revoke|grant) .*$", "", text) for text in texts]
