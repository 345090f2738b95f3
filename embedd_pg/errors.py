"""Every error a user can meet, declared once.

A class holds its REST code, its HTTP status, its SQLSTATE if SQL functions raise it, and a resolution that says what to
do next. Its docstring is the default message and says what is wrong. SQL functions raise errors with their own message
and hint, which replace these; so an error that only SQL raises declares no resolution.
"""

from __future__ import annotations

import re
from typing import ClassVar


class EmbeddError(Exception):
    """Something went wrong inside embedd."""

    code: ClassVar[str] = "internal_error"
    sqlstate: ClassVar[str | None] = None
    #: The HTTP status of the answer. With None the answer is 500 internal_error, and the message goes to the log only.
    status: ClassVar[int | None] = None
    resolution: str = "Try again; if the error persists, report the request id."

    by_sqlstate: ClassVar[dict[str, type[EmbeddError]]] = {}

    def __init_subclass__(cls) -> None:
        if "sqlstate" in cls.__dict__ and cls.sqlstate:
            EmbeddError.by_sqlstate[cls.sqlstate] = cls

    def __init__(self, message: str | None = None, *, resolution: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())
        if resolution:
            self.resolution = resolution

    @property
    def message(self) -> str:
        return str(self.args[0])

    def for_users(self) -> EmbeddError:
        """Return the error as users see it. One without a status becomes internal_error: its message is for the log."""
        return EmbeddError() if self.status is None else self

    @property
    def advice(self) -> str:
        """The message and what to do, as a status shows them."""
        return self.message if self.resolution == EmbeddError.resolution else f"{self.message} {self.resolution}"


class ValidationError(EmbeddError):
    """The request is not valid."""

    code, sqlstate, status = "validation_error", "EBV01", 422
    resolution = "Correct the named field and send the request again."


class CredentialsRemoved(ValidationError):
    """The credentials of the embedding provider were removed when its address changed."""

    resolution = (
        "Send them again: PUT /v1/embedding-providers/{id} with api_key, or PUT /v1/embedders/{id} with credentials."
    )


class Unauthorized(EmbeddError):
    """The API key is missing or not known."""

    code, status = "unauthorized", 401
    resolution = "Send a valid key in the header 'Authorization: Bearer sk_...'."


class KeyRevoked(EmbeddError):
    """This API key was revoked."""

    code, status = "key_revoked", 401
    resolution = "Create a new key with 'embedd keys create' and use that one."


class PermissionDenied(EmbeddError):
    """This API key may only read."""

    code, status = "permission_denied", 403
    resolution = "Use a key with the permission 'full'."


class SourceTableAccessDenied(EmbeddError):
    """The source table cannot be read with these credentials."""

    code, sqlstate, status = "source_table_access_denied", "EBP02", 403
    resolution = "Grant SELECT on the source table to the role of the connection."


class TierLimitReached(EmbeddError):
    """The tier's quota is used up."""

    code, sqlstate, status = "tier_limit_reached", "EBP03", 403


class InsufficientPermission(EmbeddError):
    """Your role does not allow this."""

    code, sqlstate, status = "insufficient_permission", "EBP04", 403


class OrganizationDeleting(EmbeddError):
    """This organization is being deleted."""

    code, status = "org_deleting", 403
    resolution = "Use a key of another organization."


class EnvironmentNotFound(EmbeddError):
    """There is no such environment."""

    code, sqlstate, status = "environment_not_found", "EBN01", 404
    resolution = "Check the X-Environment-Id header."


class ConnectionNotFound(EmbeddError):
    """There is no such connection."""

    code, sqlstate, status = "connection_not_found", "EBN02", 404
    resolution = "List the connections to see which exist in this environment."


class EmbedderNotFound(EmbeddError):
    """There is no such embedding provider."""

    code, sqlstate, status = "embedding_provider_not_found", "EBN03", 404
    resolution = "List the embedding providers to see which exist in this environment."


class VectorTableNotFound(EmbeddError):
    """There is no such vector table."""

    code, sqlstate, status = "vector_table_not_found", "EBN04", 404
    resolution = "List the vector tables to see which exist in this environment."


class TaskNotFound(EmbeddError):
    """There is no such task."""

    code, sqlstate, status = "task_not_found", "EBN05", 404
    resolution = "List the tasks to see which exist."


class ApiKeyNotFound(EmbeddError):
    """There is no such API key."""

    code, sqlstate, status = "api_key_not_found", "EBN06", 404
    resolution = "List the API keys to see which exist."


class OrganizationNotFound(EmbeddError):
    """There is no such organization."""

    code, sqlstate, status = "org_not_found", "EBN07", 404


class UserNotFound(EmbeddError):
    """There is no such user."""

    code, sqlstate, status = "user_not_found", "EBN08", 404


class NotFound(EmbeddError):
    """There is nothing at this address."""

    code, status = "not_found", 404
    resolution = "See /openapi.json for what exists."


class MethodNotAllowed(EmbeddError):
    """This address does not answer that method."""

    code, status = "method_not_allowed", 405
    resolution = "See /openapi.json for the methods of each address."


class BackfillInProgress(EmbeddError):
    """A backfill of this vector table is already running."""

    code, sqlstate, status = "backfill_in_progress", "EBC01", 409


class SyncAlreadyPaused(EmbeddError):
    """Sync of this vector table is already paused."""

    code, sqlstate, status = "sync_already_paused", "EBC02", 409


class SyncNotPaused(EmbeddError):
    """Sync of this vector table is not paused."""

    code, sqlstate, status = "sync_not_paused", "EBC03", 409


class SyncNotRunning(EmbeddError):
    """Sync of this vector table is not running, so it cannot be paused."""

    code, sqlstate, status = "sync_not_running", "EBC04", 409


class NameTaken(EmbeddError):
    """The name is already in use."""

    code, sqlstate, status = "name_taken", "EBC05", 409


class ConnectionConflict(EmbeddError):
    """Vector tables still use this connection."""

    code, sqlstate, status = "connection_conflict", "EBC06", 409


class TaskEnded(EmbeddError):
    """The task has already ended."""

    code, sqlstate, status = "task_ended", "EBC07", 409


class VerificationInProgress(EmbeddError):
    """A verification of this vector table is already running."""

    code, sqlstate, status = "verification_in_progress", "EBC11", 409


class EnvironmentConflict(EmbeddError):
    """The environment still holds connections or vector tables."""

    code, sqlstate, status = "environment_conflict", "EBC10", 409


class EmbedderExists(EmbeddError):
    """An embedder with the same configuration already exists."""

    code, sqlstate, status = "embedding_provider_exists", "EBC08", 409


class EmbedderConflict(EmbeddError):
    """Vector tables still use this embedding provider."""

    code, sqlstate, status = "embedding_provider_conflict", "EBC09", 409


class EmbedderInUse(EmbeddError):
    """Model, dimensions and distribution cannot change while the embedder is in use."""

    code, sqlstate, status = "embedding_provider_in_use", "EBF01", 412


class WorkerOutdated(EmbeddError):
    """A worker of an earlier version is running, which could not do this."""

    code, sqlstate, status = "worker_outdated", "EBC12", 409


class ConnectionNotReady(EmbeddError):
    """The connection has not been tested successfully."""

    code, sqlstate, status = "connection_not_ready", "EBR01", 422


class VectorTableNotReady(EmbeddError):
    """The vector table cannot be queried yet."""

    code, sqlstate, status = "vector_table_not_ready", "EBR02", 422


class SourceChanged(EmbeddError):
    """The source table no longer has the shape its vector table was created for."""

    code, status = "source_changed", 409
    resolution = "Put the table or column back, or create the vector table again for the new shape."


class EmbeddingProviderError(EmbeddError):
    """The embedding provider did not answer as expected."""

    code, status = "embedding_provider_error", 502
    resolution = "Check the provider's status and the credentials of the embedder."


class EmbedderDeleted(EmbeddingProviderError):
    """The embedding provider of this vector table was deleted, so no text can be embedded."""

    code, status = "embedding_provider_missing", 422
    resolution = "Give the vector table another one: PUT /v1/vector-tables/{id} with embedding_provider_id."


class StoreError(EmbeddError):
    """The vector store did not answer as expected."""

    code, status = "vector_store_error", 503
    resolution = "Check that the vector store runs and can be reached."


class StoreRefused(StoreError):
    """The database of embedd, which holds the vectors, refuses a statement."""

    def for_users(self) -> EmbeddError:
        """Hide the words of the server, which are for the operator."""
        return StoreError()


class RowsRefused(StoreError):
    """The vector store refuses the contents of a row."""

    resolution = "Change the row; or let the store accept it, and call embedd.retry_dead_letters()."


class ConfigurationError(EmbeddError):
    """A setting is missing or wrong."""

    code, status = "configuration_error", 500
    resolution = "Set it and start again."


class DatabaseRightMissing(ConfigurationError):
    """The role of EMBEDD_DATABASE_URL lacks a right in the database of embedd."""

    resolution = (
        "As the owner of the schema embedd: grant it embedd_worker for a worker, embedd_admin for the REST API and"
        " management, embedd_reader for status and search; 'embedd doctor' names each right that is missing."
    )


class SchemaVersionError(EmbeddError):
    """The embedd schema of this database does not fit this program."""

    code, sqlstate, status = "schema_version", "EBX01", 500
    resolution = "Run 'embedd migrate' if the schema is older; upgrade embedd-pg if the program is older."


class InstanceConflict(EmbeddError):
    """This database does not own its vector stores."""

    code, sqlstate, status = "instance_conflict", "EBX02", 409
    resolution = "Run 'embedd adopt' to take them over, or 'embedd detach' to get new, empty ones."


class InstanceMoved(EmbeddError):
    """This database was failed over, restored, or its tokens were set back."""

    code, sqlstate, status = "instance_moved", "EBX03", 503
    resolution = "No action is needed: a worker raises the tokens and compares all rows."


class ServiceMissing(EmbeddError):
    """The search is not prepared, or SQL cannot ask the service: its helper or its configuration is missing."""

    code, sqlstate, status = "service_missing", "EBS01", 502


class ServiceUnreachable(EmbeddError):
    """No worker answers in time, or SQL cannot reach the service."""

    code, sqlstate, status = "service_unreachable", "EBS02", 502


class ServiceRefused(EmbeddError):
    """A worker or the service refuses what SQL asks of it, or the service does not answer as it should."""

    code, sqlstate, status = "service_refused", "EBS03", 502


class DatabaseUnavailable(EmbeddError):
    """The database of embedd cannot be reached."""

    code, status = "database_unavailable", 503
    resolution = "Check EMBEDD_DATABASE_URL and that the server runs; the request can be repeated."


class DatabaseRefused(DatabaseUnavailable):
    """The database of embedd refuses a connection or a statement."""

    resolution = "See the log of the database server; the request can be repeated."

    def for_users(self) -> EmbeddError:
        """Hide the words of the server, which are for the operator."""
        return DatabaseUnavailable()


class WorkersMissing(EmbeddError):
    """No worker looks for changes."""

    code, status = "workers_missing", 503
    resolution = "Start a worker, or see what its log says. Queries are answered meanwhile, from what is in the store."


class SourceUnreachable(EmbeddError):
    """The source database cannot be reached."""

    code, status = "source_unreachable", 502
    resolution = "Check host, port, network, credentials and ssl_mode."


_MISSING_RIGHT = re.compile(r"permission denied for ([a-z ]+) \S{1,130}")


def read_missing_right(said: str | None) -> str | None:
    """Return PostgreSQL's message about a missing right, such as "permission denied for table jobs"; None for any other
    message. The messages of a user's server may hold anything, so they are not repeated to others."""
    return said if said and _MISSING_RIGHT.fullmatch(said) else None
