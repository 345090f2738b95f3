"""Operations for Alembic migrations: `import embedd_pg.alembic` in a migration, then `op.create_vector_table(…)`.

Each operation calls the SQL function of the same name in the migration's own transaction, or prints the call with
`--sql`. The hooks `include_name` and `include_object` exclude embedd's objects from `--autogenerate`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import TextClause, text

from embedd_pg.database.migrate import script
from embedd_pg.database.sql_files import LINES
from embedd_pg.errors import ConfigurationError

__all__ = ["include_name", "include_object", "is_ours"]

Columns = Sequence[Mapping[str, Any]]
#: The names of vector stores in platform mode, and the prefix of the names of triggers on source tables.
_STORE = re.compile(r"embedd_vt_[0-9a-f]{8}_")
_TRIGGER = "zz_embedd_"
_SCHEMAS = ("embedd", "embedd_internal")


def is_ours(name: str | None, type_: str, schema: str | None = None) -> bool:
    """Return whether a database object belongs to embedd: its schemas and their contents, vector stores, triggers."""
    named = name or ""
    if type_ == "schema":
        return named in _SCHEMAS
    return schema in _SCHEMAS or _STORE.match(named) is not None or named.startswith((_TRIGGER, "embedd."))


def include_name(name: str | None, type_: str, parent_names: Mapping[str, str | None]) -> bool:
    """Exclude embedd's objects from reflection, as `context.configure(include_name=include_name)`."""
    of_ours = type_ != "schema" and is_ours(parent_names.get("table_name"), "table", parent_names.get("schema_name"))
    return not of_ours and not is_ours(name, type_, parent_names.get("schema_name"))


def include_object(found: Any, name: str | None, type_: str, reflected: bool, compare_to: Any) -> bool:
    """Exclude embedd's objects from comparison, as `context.configure(include_object=include_object)`."""
    table = getattr(found, "table", None)
    return not is_ours(name, type_, getattr(found, "schema", None)) and not (
        table is not None and is_ours(table.name, "table", table.schema)
    )


@Operations.register_operation("install_embedd")
class InstallEmbedd(MigrateOperation):
    """Install schema embedd, or bring it up to the version of this program."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.sql = script(lines, transaction=False)

    @classmethod
    def install_embedd(cls, operations: Operations, *, capture_only: bool = False) -> None:
        """Run `embedd migrate` inside this migration's transaction. `capture_only` installs only the part that triggers
        of a remote source database need. The only way to undo it is `embedd uninstall`."""
        operations.invoke(cls(("capture",) if capture_only else LINES))


class SqlCall(MigrateOperation):
    """A call of one of embedd's SQL functions; parameters that are None are left out."""

    function: str

    def __init__(self, undo: SqlCall | None = None, **named: Any) -> None:
        self._undo = undo
        self.sql = _call(self.function, named)

    def reverse(self) -> MigrateOperation:
        if self._undo is None:
            raise ConfigurationError(
                f"{self.function} cannot be undone: the previous values are not known.",
                resolution="Write the downgrade by hand, with the previous values.",
            )
        return self._undo


@Operations.register_operation("create_embedder")
class CreateEmbedder(SqlCall):
    """Store an embedding configuration."""

    function = "create_embedder"

    @classmethod
    def create_embedder(
        cls,
        operations: Operations,
        name: str,
        provider: str,
        *,
        model: str | None = None,
        api_key_ref: str | None = None,
        base_url: str | None = None,
    ) -> None:
        """Store an embedding configuration. `api_key_ref` names the place of the key: env:NAME or file:/path."""
        named = {"name": name, "provider": provider, "model": model, "api_key_ref": api_key_ref, "base_url": base_url}
        operations.invoke(cls(DeleteEmbedder(embedder=name), **named))


@Operations.register_operation("update_embedder")
class UpdateEmbedder(SqlCall):
    """Change an embedding configuration."""

    function = "update_embedder"

    @classmethod
    def update_embedder(
        cls,
        operations: Operations,
        embedder: str,
        *,
        name: str | None = None,
        model: str | None = None,
        api_key_ref: str | None = None,
        base_url: str | None = None,
    ) -> None:
        """Change the given values; `name` renames the embedder."""
        named: dict[str, Any] = {"name": name, "model": model, "api_key_ref": api_key_ref, "base_url": base_url}
        operations.invoke(cls(None, embedder=embedder, **named))


@Operations.register_operation("delete_embedder")
class DeleteEmbedder(SqlCall):
    """Delete an embedding configuration that no vector table uses."""

    function = "delete_embedder"

    @classmethod
    def delete_embedder(cls, operations: Operations, embedder: str) -> None:
        """Delete an embedding configuration that no vector table uses."""
        operations.invoke(cls(embedder=embedder))


@Operations.register_operation("create_vector_table")
class CreateVectorTable(SqlCall):
    """Make a source table searchable."""

    function = "create_vector_table"

    @classmethod
    def create_vector_table(
        cls,
        operations: Operations,
        name: str,
        source_table: str,
        columns: Columns,
        *,
        backfill: bool = False,
        **more: Any,
    ) -> None:
        """Make a source table searchable; `backfill` also requests that its rows be embedded. `more` holds further
        parameters of embedd.create_vector_table(): embedder, mode, where, language, chunking and so on."""
        named = {"name": name, "source_table": source_table, "columns": columns, **more}
        operations.invoke(cls(DropVectorTable(vector_table=name), **named))
        if backfill:
            operations.invoke(Backfill(vector_table=name))


@Operations.register_operation("update_vector_table")
class UpdateVectorTable(SqlCall):
    """Change a vector table."""

    function = "update_vector_table"

    @classmethod
    def update_vector_table(cls, operations: Operations, vector_table: str, **changes: Any) -> None:
        """Change a vector table. `changes` holds parameters of embedd.update_vector_table(): name (renames it),
        columns, embedder, embedding_model, where, chunking and so on."""
        operations.invoke(cls(vector_table=vector_table, **changes))


@Operations.register_operation("drop_vector_table")
class DropVectorTable(SqlCall):
    """Delete a vector table."""

    function = "drop_vector_table"

    @classmethod
    def drop_vector_table(cls, operations: Operations, vector_table: str) -> None:
        """Delete a vector table; a worker removes the vectors. The source table is not changed."""
        operations.invoke(cls(vector_table=vector_table))


@Operations.register_operation("backfill_vector_table")
class Backfill(SqlCall):
    """Bring every row of a vector table up to date."""

    function = "backfill"

    @classmethod
    def backfill_vector_table(cls, operations: Operations, vector_table: str) -> None:
        """Request that every row be brought up to date; a worker does it after the commit."""
        operations.invoke(cls(vector_table=vector_table))


def _execute(operations: Operations, operation: InstallEmbedd | SqlCall) -> None:
    operations.execute(_verbatim(operation.sql))


_implementation: Callable[[type[MigrateOperation]], Callable[[Any], Any]] = Operations.implementation_for
for _operation in (
    InstallEmbedd,
    CreateEmbedder,
    UpdateEmbedder,
    DeleteEmbedder,
    CreateVectorTable,
    UpdateVectorTable,
    DropVectorTable,
    Backfill,
):
    _implementation(_operation)(_execute)


def _verbatim(statement: str) -> TextClause:
    """Return SQL as a clause in which no colon begins a parameter."""
    return text(statement.replace(":", r"\:"))


def _call(function: str, named: Mapping[str, Any]) -> str:
    arguments = (f'"{name}" => {_literal(value)}' for name, value in named.items() if value is not None)
    return f"select embedd.{function}({', '.join(arguments)})"


def _literal(value: Any) -> str:
    """Return a value as an SQL literal; lists and mappings become JSON."""
    if isinstance(value, bool | int):
        return str(value).lower()
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False)
    quoted = value.replace("'", "''")
    # E'' has the same meaning under every setting of standard_conforming_strings.
    return "E'{}'".format(quoted.replace("\\", "\\\\")) if "\\" in quoted else f"'{quoted}'"
