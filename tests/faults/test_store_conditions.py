"""Conditions of the server that holds the vectors, caused on the real server: the status names them in the server's own
words, with what to do, and sync goes on once they are over (fault matrix, by number)."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedd_pg.errors import StoreRefused
from tests.support.search import search
from tests.support.small_disk import create_tablespace
from tests.support.small_disk import small_disk as small_disk
from tests.support.worker import Site

VECTORS = "select format('%I.%I', store_schema, store_table) from embedd.generations"
#: A library that is none of PostgreSQL's.
LIBC = next(line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "/libc.so" in line)
#: Lets the server find the C functions of pgvector in another library.
MOVE = """
    update pg_proc set probin = %s where probin is not null and oid in (
      select d.objid from pg_depend d join pg_extension e on e.oid = d.refobjid
       where e.extname = 'vector' and d.classid = 'pg_proc'::regclass)"""


async def test_90_a_full_disk_of_the_vectors_is_named_with_the_servers_words(small_disk: Path, site: Site) -> None:
    await create_tablespace(site.sql, small_disk)
    await site.set_up(rows=500)
    async with site.worker():
        await site.synced()
        await site.do(f"alter table {await site.one(VECTORS)} set tablespace test_small")
        ballast = small_disk / "ballast"
        with ballast.open("wb") as file, pytest.raises(OSError, match="No space left"):
            while True:
                file.write(bytes(8192))
                file.flush()
        await site.do("update articles set price = price + 1")
        said = await site.error()
        assert "could not extend file" in said and "No space left on device" in said and "Make room" in said
        ballast.unlink()
        await site.hurry()
        await site.synced()
        assert (await site.status())["last_error"] is None


#: What becomes of pgvector's library, the words of the server, and a part of the cure.
LIBRARIES = [
    ("$libdir/gone", 'could not access file "', "Install that library"),
    ("$libdir/plpgsql", "could not find function", "Install pgvector 0.8.4"),
    (LIBC, 'incompatible library "', "Install pgvector 0.8.4"),
]


@pytest.mark.parametrize(("library", "words", "cure"), LIBRARIES)
async def test_90_a_library_of_pgvector_that_is_missing_or_does_not_fit_is_named(
    site: Site, library: str, words: str, cure: str
) -> None:
    await site.set_up(rows=3)
    async with site.worker() as running:
        await site.synced()
        before = await site.one("select distinct probin from pg_proc where probin like '%/vector'")
        await site.do(MOVE, library)
        await site.do("update articles set body = 'changed' where id = 1")
        said = await site.error()
        assert words in said and cure in said
        with pytest.raises(StoreRefused, match="searching") as refused:
            await search(running.clients, "articles", "changed")
        assert words in refused.value.message and cure in refused.value.resolution
        await site.do(MOVE, before)
        await site.hurry()
        await site.synced()
