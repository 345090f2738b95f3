"""Every error a user can meet, declared once.

A class is its REST code, its SQLSTATE (what the SQL functions raise) and its resolution (what to do next);
the message says what is wrong. HTTP statuses are the API's business and live there.
"""

from __future__ import annotations

import re
from typing import ClassVar


class EmbeddError(Exception):
    """Something went wrong inside embedd."""

    code: ClassVar[str] = "internal_error"
    sqlstate: ClassVar[str | None] = None
    resolution: str = "Try again; if it stays, report the request id."

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


class ValidationError(EmbeddError):
    """The request is not valid."""

    code, sqlstate = "validation_error", "EBV01"
    resolution = "Correct the named field and send the request again."


class CredentialsRemoved(ValidationError):
    """The credentials of the embedding provider were removed when its address changed."""

    resolution = (
        "Send them again: PUT /v1/embedding-providers/{id} with api_key, or PUT /v1/embedders/{id} with credentials."
    )


class Unauthorized(EmbeddError):
    """The API key is missing or not known."""

    code = "unauthorized"
    resolution = "Send a valid key in the header 'Authorization: Bearer sk_...'."


class KeyRevoked(EmbeddError):
    """This API key was revoked."""

    code = "key_revoked"
    resolution = "Create a new key with 'embedd keys create' and use that one."


class PermissionDenied(EmbeddError):
    """This API key may only read."""

    code, sqlstate = "permission_denied", "EBP01"
    resolution = "Use a key with the permission 'full'."


class SourceTableAccessDenied(EmbeddError):
    """The source table cannot be read with these credentials."""

    code, sqlstate = "source_table_access_denied", "EBP02"
    resolution = "Grant SELECT on the source table to the role of the connection."


class TierLimitReached(EmbeddError):
    """The tier's quota is used up."""

    code, sqlstate = "tier_limit_reached", "EBP03"
    resolution = "Delete something of the kind, or move to a larger tier."


class InsufficientPermission(EmbeddError):
    """Your role does not allow this."""

    code, sqlstate = "insufficient_permission", "EBP04"
    resolution = "Ask an owner or admin of the organization."


class EnvironmentNotFound(EmbeddError):
    """There is no such environment."""

    code, sqlstate = "environment_not_found", "EBN01"
    resolution = "Check the X-Environment-Id header."


class ConnectionNotFound(EmbeddError):
    """There is no such connection."""

    code, sqlstate = "connection_not_found", "EBN02"
    resolution = "List the connections to see which exist in this environment."


class EmbeddingProviderNotFound(EmbeddError):
    """There is no such embedding provider."""

    code, sqlstate = "embedding_provider_not_found", "EBN03"
    resolution = "List the embedding providers to see which exist in this environment."


class VectorTableNotFound(EmbeddError):
    """There is no such vector table."""

    code, sqlstate = "vector_table_not_found", "EBN04"
    resolution = "List the vector tables to see which exist in this environment."


class TaskNotFound(EmbeddError):
    """There is no such task."""

    code, sqlstate = "task_not_found", "EBN05"
    resolution = "List the tasks to see which exist."


class ApiKeyNotFound(EmbeddError):
    """There is no such API key."""

    code, sqlstate = "api_key_not_found", "EBN06"
    resolution = "List the API keys to see which exist."


class OrganizationNotFound(EmbeddError):
    """There is no such organization."""

    code, sqlstate = "org_not_found", "EBN07"
    resolution = "List the organizations to see which exist."


class UserNotFound(EmbeddError):
    """There is no such user."""

    code, sqlstate = "user_not_found", "EBN08"
    resolution = "List the users to see which exist in this organization."


class NotFound(EmbeddError):
    """There is nothing at this address."""

    code = "not_found"
    resolution = "See /openapi.json for what exists."


class MethodNotAllowed(EmbeddError):
    """This address does not answer that method."""

    code = "method_not_allowed"
    resolution = "See /openapi.json for the methods of each address."


class BackfillInProgress(EmbeddError):
    """A backfill of this vector table is already running."""

    code, sqlstate = "backfill_in_progress", "EBC01"
    resolution = "Wait for it to end; its progress shows in the sync status."


class SyncAlreadyPaused(EmbeddError):
    """Sync of this vector table is already paused."""

    code, sqlstate = "sync_already_paused", "EBC02"
    resolution = "Resume it before pausing again."


class SyncNotPaused(EmbeddError):
    """Sync of this vector table is not paused."""

    code, sqlstate = "sync_not_paused", "EBC03"
    resolution = "Only a paused table can be resumed."


class SyncNotRunning(EmbeddError):
    """Sync of this vector table is not running, so it cannot be paused."""

    code, sqlstate = "sync_not_running", "EBC04"
    resolution = "Wait until its backfill has finished."


class NameTaken(EmbeddError):
    """The name is already in use."""

    code, sqlstate = "name_taken", "EBC05"
    resolution = "Choose another name, or drop what holds it."


class ConnectionConflict(EmbeddError):
    """Vector tables still use this connection."""

    code, sqlstate = "connection_conflict", "EBC06"
    resolution = "Drop those vector tables first."


class TaskEnded(EmbeddError):
    """The task has already ended."""

    code, sqlstate = "task_ended", "EBC07"
    resolution = "Only a pending or running task can be cancelled."


class VerificationInProgress(EmbeddError):
    """A verification of this vector table is already running."""

    code, sqlstate = "verification_in_progress", "EBC11"
    resolution = "Wait for it to end, or cancel its task."


class EnvironmentConflict(EmbeddError):
    """The environment still holds connections or vector tables."""

    code, sqlstate = "environment_conflict", "EBC10"
    resolution = "Delete them first."


class EmbedderExists(EmbeddError):
    """An embedder with the same configuration already exists."""

    code, sqlstate = "embedding_provider_exists", "EBC08"
    resolution = "Use that one, or change its provider, endpoint, path, model or credentials."


class EmbeddingProviderConflict(EmbeddError):
    """Vector tables still use this embedding provider."""

    code, sqlstate = "embedding_provider_conflict", "EBC09"
    resolution = "Drop those vector tables or move them to another embedding provider first."


class EmbedderInUse(EmbeddError):
    """Model, dimensions and distribution cannot change while the embedder is in use."""

    code, sqlstate = "embedding_provider_in_use", "EBF01"
    resolution = "Create another embedder and move the vector tables to it, or drop them first."


class ConnectionNotReady(EmbeddError):
    """The connection has not been tested successfully."""

    code, sqlstate = "connection_not_ready", "EBR01"
    resolution = "Test the connection first: POST /v1/connections/{id}/test."


class VectorTableNotReady(EmbeddError):
    """The vector table cannot be queried yet."""

    code, sqlstate = "vector_table_not_ready", "EBR02"
    resolution = "Request a backfill and wait until sync_status is 'synced'."


class EmbeddingProviderError(EmbeddError):
    """The embedding provider did not answer as it should."""

    code = "embedding_provider_error"
    resolution = "Check the provider's status and the credentials of the embedder."


class EmbedderDeleted(EmbeddingProviderError):
    """The embedding provider of this vector table was deleted, so no text can be embedded."""

    code = "embedding_provider_missing"
    resolution = "Give the vector table another one: PUT /v1/vector-tables/{id} with embedding_provider_id."


class StoreError(EmbeddError):
    """The vector store did not answer as it should."""

    code = "vector_store_error"
    resolution = "Check that the vector store runs and can be reached."


class StoreBusyElsewhere(StoreError):
    """The local vector store is in use by another process."""

    resolution = (
        "Local mode has one owner. Set EMBEDD_QDRANT_URL to a Qdrant server, use platform mode, or stop the other"
        " process."
    )


class ConfigurationError(EmbeddError):
    """A setting is missing or wrong."""

    code = "configuration_error"
    resolution = "Set it and start again."


class DatabaseRightMissing(ConfigurationError):
    """The role of EMBEDD_DATABASE_URL lacks a right in the database of embedd."""

    resolution = (
        "As the owner of the schema embedd: grant it embedd_worker for a worker, embedd_admin for the REST API and to"
        " manage, embedd_reader for status and search; 'embedd doctor' names each right that is missing."
    )


class SchemaVersionError(EmbeddError):
    """The embedd schema of this database does not fit this program."""

    code, sqlstate = "schema_version", "EBX01"
    resolution = "Run 'embedd migrate' with the newer of the two."


class InstanceConflict(EmbeddError):
    """This database does not own its vector stores."""

    code, sqlstate = "instance_conflict", "EBX02"
    resolution = "Run 'embedd adopt' if it is to take them over, 'embedd detach' to give it stores of its own."


class InstanceMoved(EmbeddError):
    """This database was failed over, restored, or its tokens were set back."""

    code, sqlstate = "instance_moved", "EBX03"
    resolution = "Nothing: a worker raises the tokens and compares all rows by itself."


class ServiceMissing(EmbeddError):
    """SQL cannot ask the service: the helper in plpython3u or its configuration is missing."""

    code, sqlstate = "service_missing", "EBS01"
    resolution = "Run 'embedd migrate --plpython' as a superuser and write embedd_service.json."


class ServiceUnreachable(EmbeddError):
    """SQL cannot reach the service."""

    code, sqlstate = "service_unreachable", "EBS02"
    resolution = "Check that 'embedd serve' runs, and url in embedd_service.json."


class ServiceRefused(EmbeddError):
    """The service refuses what SQL asks of it, or does not answer as it should."""

    code, sqlstate = "service_refused", "EBS03"
    resolution = "Check url and api_key in embedd_service.json."


class DatabaseUnavailable(EmbeddError):
    """The database of embedd cannot be reached."""

    code = "database_unavailable"
    resolution = "Check EMBEDD_DATABASE_URL and that the server runs; the request can be repeated."


class SourceUnreachable(EmbeddError):
    """The source database cannot be reached."""

    code = "source_unreachable"
    resolution = "Check host, port, network, credentials and ssl_mode."


_DENIED = re.compile(r"permission denied for ([a-z ]+) \S{1,130}")


def denied(said: str | None) -> str | None:
    """What PostgreSQL says of a right that is missing, as in: permission denied for table jobs. None where it says
    anything else: a server of somebody else may say what it likes, and that is not repeated."""
    return said if said and _DENIED.fullmatch(said) else None
