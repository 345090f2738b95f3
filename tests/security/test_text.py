"""Names are plain text: characters that act on a terminal or a log are refused on input and removed from output."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import psycopg
import pytest
import structlog

from embedd_pg.cli import output
from embedd_pg.cli.logs import configure_logging
from embedd_pg.cli.output import print_json, show_error, table
from embedd_pg.settings import Settings

Pg = psycopg.Connection[dict[str, Any]]

#: A terminal's commands in seven and in eight bits, forged lines, a rubout, and text that shows in another order.
HOSTILE = [
    "\x1b[2J",
    "\x1b]0;owned\x07",
    "\x9b2J",
    "a\nb",
    "a\rb",
    "a\tb",
    "\x7f",
    "a\x85b",
    "a\u2028b",
    "\u202egpj.exe",
]
ENDPOINT = """select embedd_internal.create_embedder_record(p_provider_type => 'OPENAI', p_fingerprint => sha256('x'),
  p_id => gen_random_uuid(), p_fields => jsonb_build_object('display_name', 'n', 'endpoint_url', 'http://127.0.0.1/v1',
  'model_identifier', 'm', 'dimensionality', 3) || {})"""
#: Every field that takes a name or label, in the function that all doors lead to.
FIELDS = {
    "organization": "select embedd.create_organization(%s)",
    "owner": "select embedd.create_organization('o', owner_name => %s)",
    "user": "select embedd.create_user(%s)",
    "key": "select embedd.create_api_key(%s, sha256('x'), 'sk_live_abcd')",
    "environment": "select embedd.create_environment(%s)",
    "connection": "select embedd.create_connection(%s, 'managed', 'db', 'shop', 'reader')",
    "connection, new name": "select embedd.update_connection('local', name => %s)",
    "database": "select embedd.create_connection('c', 'managed', 'db', %s, 'reader')",
    "role": "select embedd.create_connection('c', 'managed', 'db', 'shop', %s)",
    "embedder": "select embedd.create_embedder(%s, 'local')",
    "embedder, new name": "select embedd.update_embedder('ours', name => %s)",
    "model": "select embedd.create_embedder('e', 'openai', model => %s, base_url => 'http://127.0.0.1/v1')",
    "new model": "select embedd.update_embedder('ours', model => %s)",
    "displayName": ENDPOINT.format("jsonb_build_object('display_name', %s::text)"),
    "modelIdentifier": ENDPOINT.format("jsonb_build_object('model_identifier', %s::text)"),
    "version": ENDPOINT.format("jsonb_build_object('version', %s::text)"),
    "label": ENDPOINT.format("jsonb_build_object('labels', jsonb_build_object('k', %s::text))"),
    "key of a label": ENDPOINT.format("jsonb_build_object('labels', jsonb_build_object(%s::text, 'v'))"),
    "vector table": 'select embedd.create_vector_table(%s, \'public.rows\', \'[{"name": "t", "role": "embedding"}]\','
    " embedder => 'ours')",
    "vector table, new name": "select embedd.update_vector_table('ours', name => %s)",
}


@pytest.fixture
def filled(pg: Pg) -> Pg:
    pg.execute("create table public.rows (id int primary key, t text)")
    pg.execute("select embedd.create_embedder('ours', 'local')")
    columns = '[{"name": "t", "role": "embedding", "name_prefix": "Title:\\n"}]'
    pg.execute("select embedd.create_vector_table('ours', 'public.rows', %s, embedder => 'ours')", [columns])
    return pg


def test_point_12_row_50_names_and_labels_refuse_control_characters(filled: Pg) -> None:
    taken = []
    for field, statement in FIELDS.items():
        for hostile in HOSTILE:
            try:
                with filled.transaction(force_rollback=True):
                    filled.execute(statement.encode(), [hostile])
                taken.append((field, hostile))
            except psycopg.Error as error:
                assert error.sqlstate == "EBV01", (field, hostile, error)
    assert not taken
    for field, statement in FIELDS.items():
        if field in ("environment", "key of a label", "new model"):
            continue
        with filled.transaction(force_rollback=True):
            filled.execute(statement.encode(), ["Grüße, «世界» ‏👩‍💻 №1"])


def test_point_12_a_prefix_may_contain_a_line_break(filled: Pg) -> None:
    row = filled.execute("select columns from embedd.vector_tables").fetchone()
    assert row is not None and json.loads(json.dumps(row["columns"]))[0]["name_prefix"] == "Title:\n"


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "plain"])
def test_point_12_row_50_printed_output_contains_no_control_characters(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], terminal: bool
) -> None:
    for name in ("console", "to_stderr"):
        monkeypatch.setattr(getattr(output, name), "_force_terminal", terminal)
        monkeypatch.setattr(getattr(output, name), "_color_system", None)
        monkeypatch.setattr(getattr(output, name), "_file", io.StringIO())
    shown = table("name", "more")
    for hostile in HOSTILE:
        shown.add_row(output.Text(hostile), hostile)
        output.console.print(f"Revoked {hostile}.", soft_wrap=True)
        show_error(hostile, hostile)
        print_json({"name": hostile})
    output.console.print(shown)
    printed = output.console.file.getvalue() + output.to_stderr.file.getvalue() + capsys.readouterr().out  # type: ignore[attr-defined]
    assert not set(printed) & set("\x1b\x07\x9b\r\t\x7f\x85\u2028\u202e")
    rows = output.console.file.getvalue().splitlines()[-len(HOSTILE) - 1 :]  # type: ignore[attr-defined]
    assert rows[0].split() == ["name", "more"], "no cell has become two lines"


def test_point_12_row_31_the_log_has_one_line_for_each_event(capsys: pytest.CaptureFixture[str]) -> None:
    """Messages of providers and notices of servers stay inside their log line and cannot forge further lines."""
    before = structlog.get_config()
    root, level = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        configure_logging(Settings(log_level="info"))
        for hostile in HOSTILE:
            structlog.get_logger("embedd_pg").info(
                "task failed", error=f"provider says {hostile}12:00:00 [info] forged"
            )
            logging.getLogger("psycopg.pool").warning("error connecting: %s", hostile)
    finally:
        structlog.configure(**before)
        logging.basicConfig(handlers=root, level=level, force=True)
    written = capsys.readouterr().err
    assert len(written.splitlines()) == written.count("\n") == 2 * len(HOSTILE)
    assert not set(written) & set("\x1b\x07\x9b\r\t\x7f\x85\u2028\u202e")
