"""The SQL of how-to pages runs as written, page by page, on a database with the tables of the pages."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import DictRow

PAGES = Path(__file__).parents[2] / "docs" / "how-to"
SQL = re.compile(r"^( *)```sql\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
#: Pages whose SQL needs no other server and no separate role. docs/how-to/dba.md has its own test.
NAMES = ("choose-a-mode", "from-pgai", "troubleshooting", "use-other-models")


def blocks(name: str) -> list[str]:
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    return [textwrap.dedent(block) for _, block in SQL.findall(text)]


@pytest.mark.parametrize("name", NAMES)
def test_the_sql_of_a_page_runs_as_it_is_written(pg: psycopg.Connection[DictRow], name: str) -> None:
    pg.execute("create table articles (id bigint primary key, title text, body text, published boolean)")
    assert blocks(name)
    for block in blocks(name):
        pg.execute(block.encode())
