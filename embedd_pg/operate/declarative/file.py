"""The file of a declarative configuration: connections, embedders and vector tables by name, as YAML or JSON.

Unknown, repeated or wrongly typed entries are refused, with their place in the file. The file contains no secrets, only
references to them, as `env:NAME` or `file:/path`. Reading the file contacts no server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from embedd_pg.errors import EmbeddError

#: The fields of each resource.
FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "connections": {
        "host": str,
        "database": str,
        "user": str,
        "mode": str,
        "port": int,
        "password": str,
        "ssl_mode": str,
    },
    "embedders": {"provider": str, "model": str, "api_key": str, "base_url": str},
    "vector_tables": {
        "source_table": str,
        "columns": list,
        "embedder": str,
        "connection": str,
        "primary_key_column": str,
        "embedding_model": str,
        "embedding_dimensions": int,
        "mode": str,
        "sync_mode": str,
        "where": str,
        "language": str,
        "chunking": dict,
        "store_settings": dict,
    },
}
NEEDED = {
    "connections": ("host", "database", "user", "mode"),
    "embedders": ("provider",),
    "vector_tables": ("source_table", "columns"),
}
COLUMN: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "role": str,
    "ordinal": (int, float),
    "name_prefix": str,
    "filter_type": str,
}
SECRETS = ("password", "api_key")
_TYPES = {str: "text", int: "a whole number", list: "a list", dict: "a mapping", (int, float): "a number"}
_REFERENCE = re.compile(r"(env|file):.+")
_WORD = {"connections": "connection", "embedders": "embedder", "vector_tables": "vector table"}

Path_ = tuple[str | int, ...]
Thing = dict[str, Any]


class FileRefused(EmbeddError):
    """The file contains something that embedd does not understand."""

    code = "file_refused"
    resolution = "Correct it and start again; nothing was changed."


@dataclass(frozen=True, slots=True)
class Wanted:
    """The state wanted by the file. A section missing from the file is None: the plan leaves its resources alone."""

    connections: Mapping[str, Thing] | None = None
    embedders: Mapping[str, Thing] | None = None
    vector_tables: Mapping[str, Thing] | None = None


@dataclass(slots=True)
class _Document:
    """The content, and the line on which each part of it begins."""

    name: str
    content: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)

    def refuse(self, path: Path_, message: str, resolution: str | None = None) -> FileRefused:
        line = next((self.lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.lines), 1)
        return FileRefused(f"{self.name}, line {line}: {message}", resolution=resolution)


def read(path: Path) -> Wanted:
    """Read and check a file. Raise FileRefused."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise FileRefused(f"{path} cannot be read: {reason}.", resolution="Name another file.") from error
    return parse(text, path.name)


def parse(text: str, name: str = "embedd.yaml") -> Wanted:
    """Check the text of a file. Raise FileRefused."""
    document = _Document(name)
    try:
        # Tabs between tokens are valid JSON but not YAML. In strings, both formats write tabs as escapes.
        loader = yaml.SafeLoader(text.replace("\t", " ") if text.lstrip().startswith("{") else text)
        node = loader.get_single_node()
        if node is not None:
            _note_lines(document, node, ())
            document.content = loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{name}, line {mark.line + 1}" if mark else name
        raise FileRefused(f"{place}: {getattr(error, 'problem', None) or 'not valid YAML'}.") from error
    _check_keys(document, (), document.content, dict.fromkeys(FIELDS, dict), "of the file")
    sections = {section: things or {} for section, things in document.content.items()}
    for section, things in sections.items():
        for thing, said in things.items():
            _check_thing(document, section, thing, said)
    return Wanted(**sections)


def _note_lines(document: _Document, node: yaml.Node, path: Path_) -> None:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > 6:
        raise document.refuse(path, "this is nested too deeply.")
    if isinstance(node, yaml.SequenceNode):
        for number, child in enumerate(node.value):
            _note_lines(document, child, (*path, number))
    elif isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            inner = (*path, str(key.value))
            again = inner in document.lines
            document.lines[inner] = key.start_mark.line + 1
            if again:
                raise document.refuse(inner, f"{key.value} is repeated.")
            _note_lines(document, child, inner)


def _check_thing(document: _Document, section: str, name: Any, said: Any) -> None:
    path: Path_ = (section, str(name))
    if not isinstance(name, str):
        raise document.refuse(path, f"the name {name} must be text.", f"Write it in quotes: '{name}'.")
    if section == "connections" and name == "local":
        raise document.refuse(path, "the connection local is this database itself and always exists.", "Leave it out.")
    what = f"{_WORD[section]} {name}"
    _check_keys(document, path, said, FIELDS[section], f"of a {_WORD[section]}")
    for needed in NEEDED[section]:
        if needed not in said:
            raise document.refuse(path, f"the {what} needs {needed}.")
    for secret in SECRETS:
        if secret in said and not _REFERENCE.fullmatch(said[secret]):
            # Do not repeat the value: it may be the secret itself.
            raise document.refuse(
                (*path, secret),
                f"{secret} of the {what} must name the place of the secret, not contain it.",
                "Write env:NAME or file:/path. If this was a secret, it is now in the file's history: change it.",
            )
    for number, column in enumerate(said.get("columns", [])):
        _check_keys(document, (*path, "columns", number), column, COLUMN, "of a column")


def _check_keys(
    document: _Document, path: Path_, said: Any, known: Mapping[str, type | tuple[type, ...]], of: str
) -> None:
    """Check that a mapping has known keys and values of their types. A section may be empty."""
    if not isinstance(said, dict):
        raise document.refuse(path, f"{_format_path(path) or 'the file'} must be a mapping: name, colon, value.")
    for key, value in said.items():
        inner = (*path, str(key))
        if key not in known:
            raise document.refuse(inner, f"{_format_path(inner)} is not known.", f"Keys {of}: {', '.join(known)}.")
        kind = known[key]
        if (value is None and path) or (value is not None and not _is(value, kind)):
            hint = "Leave the key out to keep the present value." if value is None else None
            raise document.refuse(inner, f"{_format_path(inner)} must be {_TYPES[kind]}.", hint)


def _is(value: Any, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _format_path(path: Path_) -> str:
    return ".".join(map(str, path))


def each(wanted: Wanted, section: str) -> Iterator[tuple[str, Thing]]:
    """Yield the resources of a section, if the file has it."""
    yield from (getattr(wanted, section) or {}).items()
