"""The SQL uses only features of PostgreSQL 14.

Its server is not available wherever the tests run, so names are compared with a list, and syntax of version 15 with
patterns. Features later than 15 also fail when the suite runs on 15 and 16 (make test-versions)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SQL = sorted((ROOT / "sql").rglob("*.sql"))
LISTED = (Path(__file__).with_name("newer_than_14.txt")).read_text(encoding="utf-8")
NEWER = set(re.sub(r"^#.*$", "", LISTED, flags=re.MULTILINE).split())

#: What 14 cannot read, and an example of each, which shows that the pattern finds it.
SYNTAX = {
    r"\bmerge\s+into\b": "merge into t using s on true when matched then delete",
    r"\bnulls\s+(not\s+)?distinct\b": "unique nulls not distinct (a)",
    r"\bsecurity_invoker\b": "create view v with (security_invoker) as select 1",
    r"\bon\s+parameter\b": "grant set on parameter work_mem to r",
    r"\bset\s+(null|default)\s*\(": "references t on delete set null (a)",
    r"\bset\s+access\s+method\b": "alter table t set access method heap",
    r"\bunlogged\s+sequence\b": "create unlogged sequence s",
    r"\bis\s+(not\s+)?json\b": "check (a is json)",
    r"\bjson_(table|exists|query|value|scalar|serialize|array|arrayagg|objectagg)\s*\(": "json_value(a, '$.b')",
    r"(?<![\w.$])\d+_\d": "select 1_000",
    r"(?<![\w.$'])0[xob][0-9a-f]+\b": "select 0xff",
    r"\bwith\s+(inherit|set)\s+(true|false|option)\b": "grant a to b with inherit true",
    r"\brandom\s*\(\s*[^)\s]": "random(1, 6)",
    r"\breturning\b[^;]*\b(old|new)\.": "update t set a = 1 returning old.a",
    r"\breturning\s+with\b": "update t set a = 1 returning with (old as o) o.a",
    r"\)\s*virtual\b": "a int generated always as (b) virtual",
    r"\bnot\s+enforced\b": "check (a > 0) not enforced",
    r"\bwithout\s+overlaps\b": "primary key (a, b without overlaps)",
    r"\bon_error\b": "copy t from stdin (on_error ignore)",
    r"@extschema:": "@extschema:other@.f()",
}


def code(path: Path) -> str:
    """A file in lower case, without its comments."""
    return re.sub(r"--.*", "", path.read_text(encoding="utf-8")).lower()


@pytest.mark.parametrize(("pattern", "example"), SYNTAX.items(), ids=list(SYNTAX.values()))
def test_no_syntax_is_newer_than_postgresql_14(pattern: str, example: str) -> None:
    assert re.search(pattern, example)
    assert [str(path.relative_to(ROOT)) for path in SQL if re.search(pattern, code(path))] == []


def test_no_name_is_newer_than_postgresql_14() -> None:
    assert {"regexp_like", "uuidv7", "pg_stat_io", "indnullsnotdistinct", "transaction_timeout"} <= NEWER
    used = {str(path.relative_to(ROOT)): set(re.findall(r"[a-z_0-9]+", code(path))) & NEWER for path in SQL}
    assert {path: names for path, names in used.items() if names} == {}
