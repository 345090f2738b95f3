"""Random changes that users may make to `articles` (tests/support/worker.py). Parameters: keys a and b, texts t and u,
price p. `former` holds earlier states of rows; it is no source table."""

from __future__ import annotations

from typing import Any

import psycopg

FORMER = "create table former (like articles)"
REMEMBER = "insert into former select * from articles where id = %(a)s"

STATEMENTS = {
    "insert": "insert into articles values (%(a)s, %(t)s, %(u)s, %(p)s) on conflict do nothing",
    "upsert": "insert into articles values (%(a)s, %(t)s, %(u)s, %(p)s)"
    " on conflict (id) do update set title = excluded.title, body = excluded.body, price = excluded.price",
    "text": "update articles set body = %(t)s where id = %(a)s",
    "metadata": "update articles set price = %(p)s where id = %(a)s",
    "untracked": "update articles set notes = %(t)s where id = %(a)s",
    "set back": "update articles a set title = f.title, body = f.body, price = f.price from former f"
    " where f.id = a.id and a.id = %(a)s",
    "delete": "delete from articles where id = %(a)s",
    "change of key": "update articles set id = %(b)s where id = %(a)s"
    " and not exists (select from articles where id = %(b)s)",
    "swap of keys": "update articles set id = -id where id in (%(a)s, %(b)s);"
    "update articles set id = case id when -%(a)s then %(b)s else %(a)s end where id < 0 and -id in (%(a)s, %(b)s)",
    "many": "update articles set body = %(t)s where id %% 2 = %(a)s %% 2 and id < 30",
    "many new": "insert into articles select i, %(t)s, 'text ' || i, %(p)s from generate_series(%(a)s, %(a)s + 5) i"
    " on conflict (id) do update set title = excluded.title",
    "gone and back": "delete from articles where id = %(a)s;"
    "insert into articles values (%(a)s, %(t)s, %(u)s, %(p)s) on conflict do nothing",
    "copy": "delete from articles where id between %(a)s and %(a)s + 3;copy articles (id, title, price) from stdin",
    "truncate": "truncate articles",
    "truncate and reload": "create temp table kept as table articles; truncate articles;"
    "insert into articles table kept; drop table kept",
}
TRUNCATES = [name for name in STATEMENTS if name.startswith("truncate")]
USUAL = [name for name in STATEMENTS if name not in TRUNCATES]


async def carry_out(session: psycopg.AsyncConnection[Any], name: str, given: dict[str, Any]) -> None:
    """Make the change within the transaction that the caller has begun."""
    if name not in TRUNCATES:
        await session.execute(REMEMBER.encode(), given)
    for statement in STATEMENTS[name].split(";"):
        if statement.startswith("copy"):
            async with session.cursor() as cursor, cursor.copy(statement.encode()) as copy:
                for key in range(given["a"], given["a"] + 4):
                    await copy.write_row((key, given["t"], key))
        else:
            await session.execute(statement.encode(), given or None)
