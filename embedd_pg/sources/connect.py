"""The sessions on source databases.

They are opened from named fields only, are read-only, and pin every setting that affects the text of a row, so that an
unchanged row always gives the same text.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row
from psycopg_pool import PoolTimeout

from embedd_pg.database.connection import REACHING, Connection
from embedd_pg.database.pool import SessionPool, open_sessions
from embedd_pg.database.pooler import note_direct
from embedd_pg.database.session_settings import SessionSettings, duration
from embedd_pg.errors import SourceUnreachable
from embedd_pg.targets import SELF_HOSTED, TargetRefused, Targets, TargetUnknown

SourcePool = SessionPool

#: With row_security=off a read fails if row security would hide rows, so hidden rows never look deleted. A suspended
#: process must not hold locks that others wait for: transactions contain nothing but SQL, and idle ones are ended.
_SETTINGS = {
    "row_security": "off",
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "5s",
}
#: In sessions that read, operators and types are PostgreSQL's own. Objects of the same name in other schemas of the
#: role's path must not replace them. Statements name tables with their schema. (Only where a user gave a table's name
#: does the role's own path decide which table it means.)
_READING = {"search_path": "pg_catalog, pg_temp", "standard_conforming_strings": "on"}
#: Seconds to connect, and the total for all statements of a session that serves a single request.
PATIENCE = 20.0


def _settings(*, read_only: bool, statement_timeout: float = 120, own_path: bool = False) -> SessionSettings:
    """Return the settings of sessions; with `own_path` their role's search path stays."""
    made = _SETTINGS | {
        "default_transaction_read_only": "on" if read_only else "off",
        "statement_timeout": duration(statement_timeout),
    }
    return SessionSettings(made | _READING if read_only and not own_path else made, read_only=read_only)


@dataclass(frozen=True, slots=True)
class SourceAddress:
    """The address of a source database. Host is a name or an IP address, never a path, list or URL."""

    host: str
    port: int
    database: str
    user: str
    password: str | None = field(default=None, repr=False)
    ssl_mode: str = "prefer"
    #: Whether the server may use authentication methods other than SCRAM; a password in clear text is never sent.
    any_authentication: bool = False


async def open_source(
    address: SourceAddress | str,
    *,
    targets: Targets = SELF_HOSTED,
    size: int = 4,
    read_only: bool = True,
    statement_timeout: float = 120,
) -> SourcePool:
    """Return a pool on a source database; a plain URL means the database in which embedd is installed.

    With `read_only`, every transaction declares itself read-only: a function called by a view could undo the setting
    of the session. Raise SourceUnreachable, whose message names the cause without any secret.
    """
    conninfo = address if isinstance(address, str) else await _conninfo(address, targets)
    return await open_sessions(
        conninfo,
        _settings(read_only=read_only, statement_timeout=statement_timeout),
        size=size,
        kept=0,
        timeout=15,
        statement_timeout=statement_timeout,
        application_name="embedd source",
    )


async def connect_once(address: SourceAddress | str, targets: Targets = SELF_HOSTED) -> Connection:
    """Return one session, which ends by itself after PATIENCE. Raise SourceUnreachable at once, with the cause."""
    try:
        async with asyncio.timeout(PATIENCE):
            conninfo = address if isinstance(address, str) else await _conninfo(address, targets)
            session = await Connection.connect(
                conninfo, autocommit=True, row_factory=dict_row, application_name="embedd test", **REACHING
            )
        session.end_after(PATIENCE)
        await session.make_ready(_settings(read_only=True, own_path=True))
        if not session.pooled:
            note_direct(conninfo)
    except TimeoutError as error:
        raise _silent_error() from error
    except psycopg.OperationalError as error:
        raise explain(error) from error
    return session


@asynccontextmanager
async def request_session(address: SourceAddress | str, targets: Targets) -> AsyncIterator[Connection]:
    """Yield a session for one request. Raise SourceUnreachable, also if the server stops answering."""
    async with await connect_once(address, targets) as session:
        try:
            yield session
        except psycopg.OperationalError as error:
            raise explain(error) from error


def explain(error: psycopg.Error | PoolTimeout) -> SourceUnreachable:
    """Return the reason why a database is unreachable, in embedd's words: the driver's text may contain addresses."""
    text = str(error.__cause__ if isinstance(error, PoolTimeout) and error.__cause__ else error).lower()
    for signs, message, resolution in _CAUSES:
        if any(sign in text for sign in signs):
            return SourceUnreachable(message, resolution=resolution)
    return SourceUnreachable("The database could not be reached.")


_CAUSES = (
    (
        ("password authentication failed", "authentication failed"),
        "The server refused the user or the password.",
        "Check user and password. The server's pg_hba.conf must allow this role from embedd's address.",
    ),
    (
        ("requires a password", "no password supplied"),
        "The server requires a password and none was given.",
        "Give credentials.password.",
    ),
    # This entry comes before "does not exist": without a root certificate, verify-ca reports a missing file.
    (
        ("does not support ssl", "ssl error", "certificate", "sslmode"),
        "The encrypted connection could not be set up.",
        "Check ssl_mode: verify-full needs a certificate that names the host; without TLS use prefer or disable.",
    ),
    (
        ("does not exist",),
        "The database or the role does not exist on that server.",
        "Check credentials.database and credentials.user.",
    ),
    (
        ("no pg_hba.conf entry",),
        "The server does not admit this role, database and address.",
        "Add a line to its pg_hba.conf, or change ssl_mode.",
    ),
    (
        ("authentication method", "require_auth", "auth method", "authentication requirement"),
        "The server did not ask for the password with scram-sha-256. embedd does not send it in any other way.",
        "Set password_encryption = scram-sha-256 on the server and set the role's password again. For a server that"
        " needs no password, give none.",
    ),
    (
        ("startup parameter",),
        "A pooler in front of the server refuses a parameter of the connection.",
        "Remove options from PGOPTIONS; embedd itself sends none.",
    ),
    (
        ("a session shows", "several processes"),
        "Something between embedd and the server does not keep the settings of a session.",
        "Connect to the server itself, or through a pooler that embedd can detect, such as PgBouncer.",
    ),
    (
        ("transaction blocks not allowed",),
        "A pooler in front of the server allows no transactions.",
        "Set its pool_mode to session or transaction.",
    ),
    (
        ("query_wait_timeout",),
        "A pooler in front of the server had no session to spare.",
        "Raise its pool size, or lower EMBEDD_SESSIONS.",
    ),
    (
        ("connection refused",),
        "Nothing listens at that host and port.",
        "Check host and port, and that the server listens there.",
    ),
    (
        ("timeout", "timed out", "does not answer"),
        "The server did not answer in time.",
        "Check the network path and firewalls between embedd and the server.",
    ),
    (("could not translate", "name or service", "nodename"), "The host name is not known.", "Check credentials.host."),
    (
        ("too many connections", "remaining connection slots"),
        "The server has no free connection.",
        "Raise max_connections or free some.",
    ),
)


async def _conninfo(address: SourceAddress, targets: Targets) -> str:
    try:
        checked = await targets.addresses(address.host, address.port)
    except TargetUnknown as error:
        raise SourceUnreachable("The host name is not known.", resolution="Check credentials.host.") from error
    except TargetRefused as error:
        raise SourceUnreachable(
            "That host is not an allowed target.",
            resolution="Use a host this service may reach; its operator may list it in EMBEDD_ALLOWED_TARGETS.",
        ) from error
    fields: dict[str, str | int | None] = {
        # Repeat the name for each address: libpq tries all of them.
        "host": ",".join([address.host] * len(checked)),
        "hostaddr": ",".join(checked),
        "port": address.port,
        "dbname": address.database,
        "user": address.user,
        "password": address.password or "",
        "sslmode": address.ssl_mode,
        # Send none of this host's secrets to a foreign server, even on request: no password file, no client
        # certificate, no Kerberos ticket.
        "passfile": "/dev/null",
        "sslcertmode": "disable",
        "gssencmode": "disable",
        # With SCRAM, a server that does not know the password learns nothing. Without a password nothing can leak.
        "require_auth": "!password" if address.any_authentication or not address.password else "scram-sha-256",
    }
    if address.ssl_mode == "verify-full":
        fields["sslrootcert"] = "system"
    return make_conninfo("", **fields)


def _silent_error() -> SourceUnreachable:
    return SourceUnreachable(
        "The server did not answer in time.",
        resolution="Check the network path and firewalls between embedd and the server.",
    )
