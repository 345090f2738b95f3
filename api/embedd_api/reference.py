"""The API description as one page of HTML, rendered once at startup. The page has no script and loads nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any

#: The Content-Security-Policy of the page: it may load and run nothing, and carries its own style.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

_STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent) }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
code, pre { font: 14px/1.5 ui-monospace, monospace }
pre { overflow-x: auto; padding: .5rem; border: 1px solid var(--line) }
details { border-top: 1px solid var(--line); padding: .4rem 0 }
summary { cursor: pointer; overflow-wrap: anywhere }
summary b { display: inline-block; min-width: 4.5rem }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 }
th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; overflow-wrap: anywhere }
h3 { font-size: 1rem; margin: .8rem 0 0 }
"""

_Schema = dict[str, Any]


def page(document: dict[str, Any]) -> str:
    """Return the page for an OpenAPI document."""
    schemas = document["components"]["schemas"]
    info = document["info"]
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        "<meta name=viewport content='width=device-width'>",
        f"<title>{_text(info['title'])} API</title><style>{_STYLE}</style>",
        f"<h1>{_text(info['title'])} API <small>{_text(info['version'])}</small></h1>",
        f"<p>{_text(info['description'])} For programs: <a href=openapi.json>openapi.json</a>.</p>",
        "<p>Send your key as <code>Authorization: Bearer sk_…</code> or <code>x-api-key: sk_…</code>.</p>",
    ]
    for path, methods in document["paths"].items():
        parts += [_operation(path, method, described) for method, described in methods.items()]
    parts += ["<h2>Schemas</h2>", *(_schema(name, schema) for name, schema in schemas.items())]
    return "\n".join(parts)


def _operation(path: str, method: str, described: _Schema) -> str:
    inner = [_table("Parameters", [_parameter(parameter) for parameter in described["parameters"]])]
    if "requestBody" in described:
        inner.append(f"<h3>Body</h3>{_content(described['requestBody'])}")
    rows = [
        (status, _text(answer["description"]), _content(answer) if status < "300" else "")
        for status, answer in described["responses"].items()
    ]
    inner.append(_table("Answers", rows))
    title = f"<b>{method.upper()}</b> <code>{_text(path)}</code> {_text(described['summary'])}"
    return f"<details id={described['operationId']}><summary>{title}</summary>{''.join(inner)}</details>"


def _parameter(parameter: _Schema) -> tuple[str, ...]:
    needed = "required" if parameter["required"] else "optional"
    said = parameter["schema"].get("description", "")
    return f"<code>{_text(parameter['name'])}</code>", f"{parameter['in']}, {needed}", _text(said)


def _content(described: _Schema) -> str:
    """Return links to the schemas of a body."""
    schemas = [content["schema"] for content in described.get("content", {}).values()]
    return " or ".join(_type(inner) for schema in schemas for inner in schema.get("oneOf", [schema]))


def _schema(name: str, schema: _Schema) -> str:
    required = schema.get("required", ())
    rows = [
        (
            f"<code>{_text(field)}</code>",
            _type(inner) + ("" if field in required else ", optional"),
            _text(inner.get("description", "")),
        )
        for field, inner in schema.get("properties", {}).items()
    ]
    said = f"<p>{_text(schema['description'])}</p>" if "description" in schema else ""
    return f"<details id={_text(name)}><summary>{_text(name)}</summary>{said}{_table('Fields', rows)}</details>"


def _type(schema: _Schema) -> str:
    """Describe a type in a few words; a named schema becomes a link."""
    if "$ref" in schema:
        name = _text(schema["$ref"].rpartition("/")[2])
        return f"<a href=#{name}>{name}</a>"
    if "anyOf" in schema:
        return " or ".join(_type(inner) for inner in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return " or ".join(f"<code>{_text(json.dumps(value))}</code>" for value in values)
    if "items" in schema:
        return f"list of {_type(schema['items'])}"
    return _text(str(schema.get("type", "any")))


def _table(title: str, rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    lines = "".join(f"<tr>{''.join(f'<td>{cell}' for cell in row)}" for row in rows)
    return f"<h3>{title}</h3><table>{lines}</table>"


def _text(value: str) -> str:
    return escape(value, quote=True)
