"""The functions of the schema that the programs of a version call, with their arguments. The list is written for every
release:

python -m tests.migration.called > tests/migration/released/VERSION.json
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from embedd_pg.database.migrate import script
from tests.support.postgres import running_cluster

ROOT = Path(__file__).parents[2]


def parsed(root: Path) -> Iterator[ast.AST]:
    """All there is in the programs below `root`."""
    for package in ("embedd_pg", "api/embedd_api"):
        for path in (root / package).rglob("*.py"):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def named(root: Path) -> Iterator[str]:
    """Return all possible names of functions: whole strings, and names called in SQL."""
    for node in parsed(root):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
            yield from re.findall(r"\bembedd(?:_internal)?\.(\w+)\(", node.value)


def prepared(root: Path) -> Iterator[str]:
    """Return the functions called without an actor (`database.rows("function", …)`)."""
    for node in parsed(root):
        match node:
            case ast.Call(func=ast.Attribute(attr="rows" | "row" | "value"), args=[ast.Constant(value=str(name))]):
                yield name


def signatures(connection: psycopg.Connection[Any]) -> list[dict[str, Any]]:
    """All functions: their parameters in order (name, type, whether it must be given), result type, result columns."""
    return connection.cursor(row_factory=dict_row).execute(_SIGNATURES).fetchall()


def called(root: Path, connection: psycopg.Connection[Any]) -> list[dict[str, Any]]:
    """The functions that programs below `root` call. `prepared`: their sessions prepare the statement, as workers do,
    and such a one bears no change of the result, not even more columns."""
    names, kept = set(named(root)), set(prepared(root))
    return [
        function | {"prepared": function["name"] in kept}
        for function in signatures(connection)
        if function["name"] in names
    ]


_SIGNATURES = """
with argument as (
  select p.oid, a.number, coalesce(p.proargnames[a.number], '') as name, coalesce(p.proargmodes[a.number], 'i') as mode,
         format_type(a.type, null) as type
    from pg_proc p, unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality a (type, number)
   where p.pronamespace in (to_regnamespace('embedd'), to_regnamespace('embedd_internal'))
)
select p.pronamespace::regnamespace::text as schema, p.proname::text as name,
       format_type(p.prorettype, null) as returns, p.proretset as set,
       (select coalesce(json_agg(json_build_array(name, type, number <= p.pronargs - p.pronargdefaults)
                                 order by number), '[]')
          from argument a where a.oid = p.oid and mode = 'i') as parameters,
       (select coalesce(json_agg(json_build_array(name, type) order by number), '[]')
          from argument a where a.oid = p.oid and mode in ('t', 'o')) as columns
  from pg_proc p
 where p.prokind = 'f' and p.pronamespace in (to_regnamespace('embedd'), to_regnamespace('embedd_internal'))
 order by p.proname, p.oid
"""


def main() -> None:
    """Print what the programs of this checkout call, a line for each function."""
    with running_cluster() as cluster, cluster.fresh_database() as dsn, psycopg.connect(dsn) as connection:
        connection.execute(script().encode())
        lines = ",\n".join(json.dumps(function) for function in called(ROOT, connection))
        sys.stdout.write(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
