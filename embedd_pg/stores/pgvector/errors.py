"""Errors of PostgreSQL as a vector store, in words that may be shown."""

from __future__ import annotations

import psycopg
from psycopg import errors

from embedd_pg.database.refused import refusal
from embedd_pg.errors import RowsRefused, StoreError, StoreRefused, read_missing_right


def explain(error: psycopg.Error, doing: str, *, schema: str, co_located: bool) -> StoreError:
    """Return the error of a store in `schema` that failed at `doing`. The words of a user's server may be anything, so
    only embedd's own database is quoted."""
    if isinstance(error, errors.InvalidSchemaName):
        return StoreError(f"There is no schema {schema}.", resolution="Create it, or name another.")
    if isinstance(error, errors.InsufficientPrivilege):
        said = read_missing_right(error.diag.message_primary) or f"it needs rights in schema {schema}"
        return StoreError(
            f"The role of the connection lacks a right, {doing}: {said}.",
            resolution=f"A worker needs 'usage, create on schema {schema}', a search 'select' on the table.",
        )
    if doing.startswith("writing") and _is_about_rows(error):
        return RowsRefused(f"The vector store (pgvector) refuses a value of this row (SQLSTATE {error.sqlstate}).")
    failed, found = f"The vector store (pgvector) failed at {doing}", refusal(error)
    if found is not None and co_located:
        return StoreRefused(f"{failed}: {found.said}.", resolution=found.resolution)
    if found is not None and found.condition is not None and found.condition.cause is not None:
        return StoreError(f"{failed}: {found.condition.cause}.", resolution=found.resolution)
    return StoreError(f"{failed}.")


def _is_about_rows(error: psycopg.Error) -> bool:
    """Return whether an error is about the values of a row: they fit no type, or no index, of the table of vectors.
    Vectors of another size are not: they would be refused for every row."""
    if type(error) is errors.DataException:
        return False
    return isinstance(error, psycopg.DataError | errors.ProgramLimitExceeded)
