"""Checks that the documentation holds together: links and anchors resolve, every page is reachable from docs/README.md,
and the pages that code cites exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WIDTH = 120
#: What is searched, besides the files at the top.
FOLDERS = (".github", "api", "benchmarks", "docker", "docs", "embedd_pg", "sql", "tests")
#: Released files are frozen, and cite the pages of their time.
FROZEN = ROOT / "tests" / "migration" / "released"
FENCE = re.compile(r"^( *)(```+)[^\n]*\n.*?^\1\2\n", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")
#: A path to a page, as comments, messages and tests name it.
PATH = re.compile(r"(?<![\w./-])(docs/[\w./-]+\.md|[A-Z_]{5,}\.md)\b")
ABSENT = re.compile(r"(?<![\w/])(?:contract|design|findings|style)/[a-z]+(?:-[a-z]+|\.md)")
#: A file or folder of the repository, as pages name it in `code`.
NAMED = re.compile(r"`((?:api|benchmarks|docker|embedd_pg|sql|tests)/[\w./-]+)`")
PROTOCOL = re.compile(r"protocol(?:,|'s) sections? (\d+)")
CONTRACT = re.compile(r"contract, (?:sections? )?(\d+(?:\.\d+)?)(?: to (\d+\.\d+))?")


def files() -> Iterator[Path]:
    """Every text file of the repository that may cite a page."""
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.suffix != ".lock")
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and FROZEN not in path.parents:
                yield path


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


PAGES = [path for path in files() if path.suffix == ".md"]
CODE = [path for path in files() if path.suffix in {".py", ".sql", ".toml", ".yaml", ".yml", ".sh", ""}]


@cache
def prose(page: Path) -> str:
    """The text of a page without its code blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors that GitHub gives the headings of a page."""
    found: list[str] = []
    for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).strip().replace(" ", "-")
        repeated = sum(re.fullmatch(rf"{re.escape(slug)}(-\d+)?", one) is not None for one in found)
        found.append(f"{slug}-{repeated}" if repeated else slug)
    return frozenset(found)


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """The relative links of a page: the file each leads to, and its anchor."""
    for target in LINK.findall(prose(page)):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        yield ((page.parent / path).resolve() if path else page), anchor


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_relative_links_and_anchors_resolve(page: Path) -> None:
    for target, anchor in links(page):
        assert target.exists(), f"{named(page)} links to {target}, which does not exist"
        assert ROOT in target.parents, f"{named(page)} links to {target}, outside the repository"
        if anchor:
            assert anchor in anchors(target), f"{named(page)} links to #{anchor}, which {named(target)} lacks"


def test_every_page_is_reachable_from_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    reached, todo = {index}, [index]
    while todo:
        for target, _ in links(todo.pop()):
            if target.suffix == ".md" and target.is_file() and target not in reached:
                reached.add(target)
                todo.append(target)
    missing = {named(page) for page in PAGES if (ROOT / "docs") in page.parents} - {named(page) for page in reached}
    assert not missing, "link them from docs/README.md or from a page it leads to"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_prose_keeps_to_the_width_of_the_code(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if len(line) > WIDTH and not line.lstrip().startswith("|")]


def test_a_page_that_code_cites_exists() -> None:
    cited = {(named(path), page) for path in CODE for page in PATH.findall(text(path))}
    assert {page for _, page in cited} >= {"docs/how-to/dba.md"}, "the pattern finds what is cited"
    assert not {(where, page) for where, page in cited if not (ROOT / page).is_file()}


def test_nothing_cites_documents_that_are_not_in_the_repository() -> None:
    assert not {(named(path), page) for path in [*CODE, *PAGES] for page in ABSENT.findall(text(path))}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_files_that_a_page_names_exist(page: Path) -> None:
    assert not [name for name in NAMED.findall(prose(page)) if not (ROOT / name).exists()]


def test_the_page_on_architecture_names_every_part() -> None:
    parts = {path.stem for path in (ROOT / "embedd_pg").iterdir() if not path.name.startswith(("_", "."))} - {"py"}
    said = prose(ROOT / "docs" / "explanation" / "architecture.md")
    assert not {part for part in parts if f"`{part}`" not in said}


def test_sections_of_the_sync_protocol_and_the_contract_exist() -> None:
    protocol = headings("docs/explanation/sync-protocol.md", r"^## (\d+)\. ")
    contract = headings("docs/evidence/contract.md", r"^### E([\d.]+) ")
    of_protocol = {(named(path), section) for path in CODE for section in PROTOCOL.findall(text(path))}
    of_contract = {
        (named(path), section) for path in CODE for pair in CONTRACT.findall(text(path)) for section in pair if section
    }
    assert of_protocol and of_contract
    assert not {(where, section) for where, section in of_protocol if section not in protocol}
    assert not {(where, section) for where, section in of_contract if section not in contract}


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def headings(page: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE))
