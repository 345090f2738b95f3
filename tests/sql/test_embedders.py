"""create_embedder() and create_connection(): stored values, refusals, and secrets that are never repeated."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from tests.sql.calls import Pg, Refusal, acting_as, refused, row, rows, value

RAW_KEY = "sk-proj-0123456789abcdef"


def embedder(pg: Pg, **named: Any) -> str:
    return str(value(pg, "create_embedder", **({"name": "e", "provider": "openai", "api_key_ref": "env:KEY"} | named)))


def refused_embedder(pg: Pg, **named: Any) -> Refusal:
    return refused(pg, "create_embedder", **({"name": "e", "provider": "openai", "api_key_ref": "env:KEY"} | named))


def connection(pg: Pg, **named: Any) -> str:
    return str(value(pg, "create_connection", **(WHOLE | named)))


WHOLE = {"name": "c", "mode": "managed", "host": "db.example.com", "database": "shop", "username": "reader"}


@pytest.mark.parametrize(
    "named",
    [
        {"api_key_ref": "env:OPENAI_API_KEY", "model": "text-embedding-3-small"},
        {"api_key_ref": "file:/run/secrets/openai"},
        {"api_key_ref": None, "credentials": json.dumps({"ciphertext": "x"})},
        {"api_key_ref": None, "base_url": "http://localhost:11434/v1", "model": "anything"},
        {"api_key_ref": None, "provider": "local"},
        {"provider": "voyage", "model": "voyage-3.5"},
        {"provider": "gemini", "model": "gemini-embedding-001"},
        {"provider": "cohere", "model": "embed-v4.0"},
        {"provider": "voyage", "model": "a model nobody knows"},
        {"provider": "jina", "api_key_ref": None, "base_url": "http://own", "model": "mine"},
        {"provider": "tei", "api_key_ref": None, "base_url": "http://localhost:8080"},
    ],
)
def test_an_embedder_is_listed_without_its_credentials(pg: Pg, named: dict[str, Any]) -> None:
    made = embedder(pg, **named)
    listed = row(pg, "get_embedder", embedder="e")
    assert made.startswith("emb_")
    assert (listed["id"], listed["default_model"]) == (made, named.get("model"))
    assert made == "emb_" + str(listed["embedder_id"]).replace("-", "")
    assert not {"credentials", "secret_ref", "api_key_ref"} & set(listed)
    assert listed in rows(pg, "list_embedders")


def test_an_embedder_is_named_by_name_by_either_id_and_by_nothing_else(pg: Pg) -> None:
    listed = row(pg, "get_embedder", embedder=embedder(pg))
    assert row(pg, "get_embedder", embedder=str(listed["embedder_id"])) == listed
    assert refused(pg, "get_embedder", embedder="E") == Refusal(
        "EBN03",
        "There is no embedder 'E' in this environment.",
        "List the embedders to see which exist; name one by its name or id.",
    )


PROVIDERS = "Use one of: cohere, gemini, jina, local, openai, tei, voyage."
NAME_TOLD = Refusal("EBV01", "name must have 1 to 100 characters.", "Give the embedder a name.")
URL_TOLD = Refusal(
    "EBV01",
    "base_url must be an http or https address.",
    "For example http://localhost:11434/v1, without user, query or fragment.",
)


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({"name": ""}, NAME_TOLD),
        ({"name": None}, NAME_TOLD),
        ({"name": "n" * 101}, NAME_TOLD),
        ({"provider": "acme"}, Refusal("EBV01", "provider 'acme' is not known.", PROVIDERS)),
        ({"provider": None}, Refusal("EBV01", "provider '' is not known.", PROVIDERS)),
        (
            {"model": "voyage-3.5"},
            Refusal(
                "EBV01",
                "embedding_model 'voyage-3.5' is not an embedding model of the provider openai.",
                "It belongs to voyage. embedd.models() lists the models of each provider.",
            ),
        ),
        ({"base_url": "localhost:11434"}, URL_TOLD),
        ({"base_url": "ftp://host/"}, URL_TOLD),
        ({"base_url": "http://user:pw@host/"}, URL_TOLD),
        ({"base_url": "http://host/?x=1"}, URL_TOLD),
        ({"base_url": "http://host/#x"}, URL_TOLD),
        ({"base_url": "http://host /"}, URL_TOLD),
        (
            {"provider": "voyage", "api_key_ref": None},
            Refusal("EBV01", "The provider voyage needs an api_key.", "In SQL: api_key_ref => 'env:VOYAGE_API_KEY'."),
        ),
        (
            {"provider": "tei"},
            Refusal(
                "EBV01",
                "The provider tei needs a base_url.",
                "Give the address of the server, for example http://localhost:8080.",
            ),
        ),
        (
            {"provider": "local", "model": "mine"},
            Refusal(
                "EBV01",
                "embedding_model 'mine' is not a model of the provider local.",
                "Use one of: all-MiniLM-L6-v2.",
            ),
        ),
    ],
)
def test_an_invalid_embedder_is_refused_with_the_reason(pg: Pg, named: dict[str, Any], told: Refusal) -> None:
    assert refused_embedder(pg, **named) == told


@pytest.mark.parametrize("key", [RAW_KEY, f"env:{RAW_KEY}", f"file:{RAW_KEY}", "", "env:", "file:relative"])
def test_a_raw_key_is_refused_and_not_repeated(pg: Pg, key: str) -> None:
    told = refused_embedder(pg, api_key_ref=key)
    assert told == Refusal(
        "EBV01",
        "api_key_ref must name where the key is, not be the key.",
        "Write env:OPENAI_API_KEY or file:/run/secrets/openai; the worker reads it there.",
    )
    with pytest.raises(psycopg.Error) as caught, pg.transaction():
        embedder(pg, api_key_ref=RAW_KEY)
    diagnosis = caught.value.diag
    said = [getattr(diagnosis, field) for field in dir(diagnosis) if not field.startswith("_")]
    assert not [text for text in said if isinstance(text, str) and RAW_KEY in text]


def test_names_are_unique_only_within_an_environment(pg: Pg) -> None:
    embedder(pg)
    assert refused_embedder(pg) == Refusal(
        "EBC05", "An embedder named 'e' already exists.", "Choose another name, or drop the existing one first."
    )
    assert embedder(pg, allow_duplicate_name=True)
    pg.execute("insert into embedd.environments (organization_id, name) values ('org_self_hosted', 'dev')")
    acting_as(pg, environment="dev")
    assert embedder(pg)
    assert len(rows(pg, "list_embedders")) == 1


def test_a_model_of_your_own_server_needs_its_dimensions(pg: Pg) -> None:
    def check(**named: Any) -> Any:
        defaults = {"p_provider": "openai", "p_model": "mine", "p_dimensions": None, "p_base_url": "http://h"}
        return value(pg, "check_model", **(defaults | named))

    assert check(p_dimensions=99) == 99
    assert check(p_model="text-embedding-3-small") == 1536
    assert check(p_model="text-embedding-3-small", p_dimensions=512) == 512
    assert refused(
        pg, "check_model", p_provider="openai", p_model="mine", p_dimensions=None, p_base_url="http://h"
    ).message.endswith("the size of its vectors must be given.")
    said = "Give the size of the vectors of this model."
    for wrong in (0, -1, 16001):
        told = refused(
            pg, "check_model", p_provider="openai", p_model="mine", p_dimensions=wrong, p_base_url="http://h"
        )
        assert told == Refusal("EBV01", "embedding_dimensions must be between 1 and 16000.", said)
    nameless = refused(pg, "check_model", p_provider="openai", p_model="", p_dimensions=9, p_base_url="http://h")
    assert nameless == Refusal("EBV01", "embedding_model must not be empty.", "Name the model to embed with.")


def test_a_known_model_must_yield_the_size_except_where_openais_protocol_is_spoken(pg: Pg) -> None:
    def check(provider: str, model: str, dimensions: int) -> Any:
        return value(
            pg, "check_model", p_provider=provider, p_model=model, p_dimensions=dimensions, p_base_url="http://h"
        )

    assert check("openai", "text-embedding-ada-002", 7) == 7
    assert check("cohere", "embed-v4.0", 256) == 256
    assert check("cohere", "mine", 7) == check("tei", "embed-v4.0", 7) == 7
    for provider, model, sizes in (
        ("cohere", "embed-v4.0", "256, 512, 1024, 1536"),
        ("jina", "jina-embeddings-v3", "1 to 1024"),
        ("voyage", "voyage-3-lite", "512"),
    ):
        told = refused(pg, "check_model", p_provider=provider, p_model=model, p_dimensions=3000, p_base_url="http://h")
        assert told == Refusal("EBV01", f"The model {model} does not yield 3000 dimensions.", f"Its sizes are {sizes}.")


def test_a_connection_starts_untested_and_is_listed_without_its_password(pg: Pg) -> None:
    made = connection(pg, password=json.dumps({"ciphertext": "x"}))
    listed = row(pg, "get_connection", connection="c")
    assert (listed["id"], listed["status"], listed["port"], listed["ssl_mode"]) == (made, "created", 5432, "prefer")
    assert made.startswith("conn_")
    assert "password" not in listed
    assert [c["name"] for c in rows(pg, "list_connections")] == ["local", "c"]


MODE_TOLD = Refusal(
    "EBV01",
    "mode must be managed or platform.",
    "managed keeps vectors in Qdrant, platform in the source database.",
)
HOST_TOLD = Refusal(
    "EBV01",
    "credentials.host must be a host name or an IP address.",
    "Give one host, without path, scheme, port or list.",
)
PORT_TOLD = Refusal("EBV01", "credentials.port must be between 1 and 65535.", "PostgreSQL uses 5432.")
EMPTY_TOLD = Refusal(
    "EBV01",
    "credentials.database and credentials.user must not be empty.",
    "Name the database and the role to connect as.",
)
SSL_TOLD = Refusal(
    "EBV01",
    "credentials.ssl_mode is not one PostgreSQL knows.",
    "Use disable, allow, prefer, require, verify-ca or verify-full.",
)


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({"name": ""}, Refusal("EBV01", "name must have 1 to 100 characters.", "Give the connection a name.")),
        ({"mode": None}, MODE_TOLD),
        ({"mode": "cloud"}, MODE_TOLD),
        ({"host": None}, HOST_TOLD),
        ({"host": ""}, HOST_TOLD),
        ({"host": "/var/run/postgresql"}, HOST_TOLD),
        ({"host": "@abstract"}, HOST_TOLD),
        ({"host": "a,b"}, HOST_TOLD),
        ({"host": "postgres://a"}, HOST_TOLD),
        ({"host": "a\nb"}, HOST_TOLD),
        ({"host": "h" * 254}, HOST_TOLD),
        ({"port": 0}, PORT_TOLD),
        ({"port": 65536}, PORT_TOLD),
        ({"port": None}, PORT_TOLD),
        ({"database": ""}, EMPTY_TOLD),
        ({"username": None}, EMPTY_TOLD),
        ({"ssl_mode": "on"}, SSL_TOLD),
        ({"ssl_mode": None}, SSL_TOLD),
        (
            {"name": "local"},
            Refusal(
                "EBC05",
                "A connection named 'local' already exists.",
                "Choose another name, or drop the existing one first.",
            ),
        ),
    ],
)
def test_an_invalid_connection_is_refused_with_the_reason(pg: Pg, named: dict[str, Any], told: Refusal) -> None:
    assert refused(pg, "create_connection", **(WHOLE | named)) == told


def test_the_result_of_a_connection_test_is_kept_until_the_next(pg: Pg) -> None:
    made = connection(pg)
    found = json.dumps({"capture_line": False})
    assert value(pg, "finish_connection_test", p_connection_id=made, p_found=found, p_error=None) == "poll"
    tested = row(pg, "get_connection", connection="c")
    assert (tested["status"], tested["capture"], tested["last_error"]) == ("connected", "poll", None)
    assert tested["last_tested_at"] is not None
    assert value(pg, "finish_connection_test", p_connection_id=made, p_found=None, p_error="no route") == "poll"
    failed = row(pg, "get_connection", connection=made)
    assert (failed["status"], failed["capture"], failed["last_error"]) == ("failed", "poll", "no route")


def test_sql_decides_how_changes_over_a_connection_are_noticed(pg: Pg) -> None:
    far = connection(pg)
    (local,) = pg.execute("select id from embedd.connections where host is null").fetchall()
    for made, usable, capture in ((far, False, "poll"), (far, True, "remote_trigger"), (local["id"], True, "trigger")):
        found = json.dumps({"capture_line": usable})
        assert value(pg, "finish_connection_test", p_connection_id=made, p_found=found, p_error=None) == capture
        assert row(pg, "get_connection", connection=made)["capture"] == capture
    assert value(pg, "finish_connection_test", p_connection_id="conn_none", p_found="{}", p_error=None) is None


@pytest.mark.parametrize("capture", ["poll", "remote_trigger", "trigger"])
def test_earlier_programs_name_the_kind_of_capture_themselves(pg: Pg, capture: str) -> None:
    made = connection(pg)
    value(pg, "record_connection_test", p_connection_id=made, p_capture=capture, p_error=None)
    kept = "poll" if capture == "trigger" else capture  # a connection with a host is never this database
    tested = row(pg, "get_connection", connection=made)
    assert (tested["status"], tested["capture"]) == ("connected", kept)
    value(pg, "record_connection_test", p_connection_id=made, p_capture=None, p_error="no route")
    failed = row(pg, "get_connection", connection=made)
    assert (failed["status"], failed["capture"], failed["last_error"]) == ("failed", kept, "no route")


def test_a_connection_of_another_environment_does_not_exist(pg: Pg) -> None:
    made = connection(pg)
    pg.execute("insert into embedd.environments (organization_id, name) values ('org_self_hosted', 'dev')")
    acting_as(pg, environment="dev")
    assert rows(pg, "list_connections") == []
    for reference in (made, "c", None):
        assert refused(pg, "get_connection", connection=reference).sqlstate == "EBN02"
