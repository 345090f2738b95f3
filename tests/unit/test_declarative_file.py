"""The content of a declarative file, and the place that its errors name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from embedd_pg.operate.declarative.file import FileRefused, parse, read

TABLE = "vector_tables:\n  v:\n    source_table: t\n    columns:\n      - {name: a, role: embedding}\n"
CONNECTION = "connections:\n  c: {host: h, database: d, user: u, mode: managed"


def test_sections_and_entries_are_read_as_written() -> None:
    wanted = parse(TABLE + "embedders: {}\n")
    assert wanted.vector_tables == {"v": {"source_table": "t", "columns": [{"name": "a", "role": "embedding"}]}}
    assert wanted.embedders == {}
    assert wanted.connections is None
    assert parse("embedders:\n").embedders == {}


def test_json_is_read_with_any_indentation() -> None:
    content = {"embedders": {"e": {"provider": "local", "base_url": "http://x/\ty"}}}
    assert parse(json.dumps(content, indent="\t"), "embedd.json").embedders == content["embedders"]


def test_anchors_and_merges_of_yaml_work() -> None:
    wanted = parse("embedders:\n  a: &a {provider: local}\n  b: *a\n")
    assert wanted.embedders == {"a": {"provider": "local"}, "b": {"provider": "local"}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the file must be a mapping: name, colon, value."),
        ("- a", "line 1: the file must be a mapping: name, colon, value."),
        ("a: [", "line 1: "),
        ("\n\nembeders: {}", "line 3: embeders is not known."),
        ("embedders: []", "line 1: embedders must be a mapping."),
        ("embedders: {e: 1}", "line 1: embedders.e must be a mapping: name, colon, value."),
        ("embedders: {1: {provider: local}}", "line 1: the name 1 must be text."),
        ("embedders:\n  e:\n    model: m", "line 2: the embedder e needs provider."),
        ("embedders:\n  e:\n    provider: local\n    modell: m", "line 4: embedders.e.modell is not known."),
        ("embedders:\n  e:\n    provider: local\n    model:", "line 4: embedders.e.model must be text."),
        ("embedders:\n  e: {provider: local}\n  e: {provider: local}", "line 3: e is repeated."),
        ("embedders:\n  e:\n    provider: yes", "line 3: embedders.e.provider must be text."),
        (CONNECTION + ", port: '1'}", "line 2: connections.c.port must be a whole number."),
        (CONNECTION + ", port: true}", "line 2: connections.c.port must be a whole number."),
        ("connections:\n  local: {}", "line 2: the connection local is this database itself and always exists."),
        (TABLE.replace("role", "rolle"), "line 5: vector_tables.v.columns.0.rolle is not known."),
        (TABLE + "    where: [a]", "line 6: vector_tables.v.where must be text."),
        (TABLE + "    chunking: none", "line 6: vector_tables.v.chunking must be a mapping."),
        (TABLE + "    columns: []", "line 6: columns is repeated."),
        ("a: &a [*a]", "line 1: "),
        ("embedders: !!python/object/apply:os.system ['true']", "line 1: could not determine a constructor"),
    ],
)
def test_invalid_content_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(FileRefused) as caught:
        parse(text)
    assert caught.value.message.startswith(f"embedd.yaml, {message}"[:-1]), caught.value.message


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (CONNECTION + ", password: canary}", "password of the connection c"),
        ("embedders: {e: {provider: openai, api_key: canary}}", "api_key of the embedder e"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(text: str, field: str) -> None:
    with pytest.raises(FileRefused) as caught:
        parse(text)
    assert f"{field} must name the place of the secret" in caught.value.message
    assert "canary" not in caught.value.message + caught.value.resolution


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"absent\.yaml cannot be read: No such file"):
        read(tmp_path / "absent.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"\xe4")
    with pytest.raises(FileRefused, match="it is not UTF-8"):
        read(tmp_path / "latin.yaml")
