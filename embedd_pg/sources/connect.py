"""Opens sessions on source databases: from named fields only, read-only, and with every setting that shows in a row's
text pinned, so that the same row always reads the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from embedd_pg.database.connection import Connection, connection_class
from embedd_pg.errors import SourceUnreachable
from embedd_pg.targets import SELF_HOSTED, TargetRefused, Targets, TargetUnknown

SourcePool = AsyncConnectionPool[psycopg.AsyncConnection[dict[str, object]]]

#: row_security=off makes a read that row security would thin out fail, so hidden rows never look deleted. A process
#: that stands still in a transaction must not keep others from the rows it holds: nothing but SQL happens in one.
_OPTIONS = (
    "-c default_transaction_read_only={read_only} -c row_security=off -c TimeZone=UTC -c DateStyle=ISO,YMD"
    " -c IntervalStyle=postgres -c extra_float_digits=1 -c bytea_output=hex -c statement_timeout={statement_timeout}"
    " -c lock_timeout=10s -c idle_in_transaction_session_timeout=5s"
)
#: In sessions that read, operators and types are PostgreSQL's own: those that somebody put into a schema of the usual
#: path must not be taken for them. Tables are named with their schema. (Where a table is looked for by the name that a
#: user gave it, the role's own path says what that means.)
_READING = " -c search_path=pg_catalog,pg_temp -c standard_conforming_strings=on"
#: Seconds for connecting, and for all that is asked, in a session that a request has to itself.
PATIENCE = 20.0


def _options(*, read_only: bool, statement_timeout: float = 120) -> str:
    return _OPTIONS.format(read_only="on" if read_only else "off", statement_timeout=round(statement_timeout * 1000))


@dataclass(frozen=True, slots=True)
class SourceAddress:
    """How to reach a source database. Host is a name or an address, never a path, list or URL."""

    host: str
    port: int
    database: str
    user: str
    password: str | None = field(default=None, repr=False)
    ssl_mode: str = "prefer"
    #: Whether the server may ask for the password in other ways than SCRAM, though never in clear.
    any_authentication: bool = False


class _Pool(AsyncConnectionPool[psycopg.AsyncConnection[dict[str, object]]]):
    """After a restart of the server every idle session is dead: the first that turns out to be takes the others with
    it. Each would cost an attempt, and each attempt that fails a longer rest, for minutes after all is well."""

    async def putconn(self, conn: psycopg.AsyncConnection[dict[str, object]]) -> None:
        await super().putconn(conn)
        if conn.broken:
            await self.drain()


async def open_source(
    address: SourceAddress | str,
    *,
    targets: Targets = SELF_HOSTED,
    size: int = 4,
    read_only: bool = True,
    statement_timeout: float = 120,
) -> SourcePool:
    """A pool on a source database; a plain URL means the database embedd is installed in. With `read_only` every
    transaction on it says so itself: the setting of a session could be undone by what a view calls.

    Raises SourceUnreachable, whose message names the cause without any secret.
    """
    conninfo = address if isinstance(address, str) else await _conninfo(address, targets)
    options = _options(read_only=read_only, statement_timeout=statement_timeout)
    pool: SourcePool = _Pool(
        conninfo,
        min_size=0,
        max_size=size,
        timeout=15,
        reconnect_timeout=20,
        open=False,
        connection_class=connection_class(statement_timeout),
        configure=_reads_only if read_only else None,
        kwargs={
            "autocommit": True,
            "row_factory": dict_row,
            "application_name": "embedd source",
            "connect_timeout": 10,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 15_000,
            "options": options + _READING if read_only else options,
        },
    )
    await pool.open()
    return pool


async def _reads_only(conn: psycopg.AsyncConnection[dict[str, object]]) -> None:
    await conn.set_read_only(True)


async def connect_once(address: SourceAddress | str, targets: Targets = SELF_HOSTED) -> Connection:
    """One session, which ends by itself after PATIENCE: fails at once, and says why."""
    try:
        async with asyncio.timeout(PATIENCE):
            conninfo = address if isinstance(address, str) else await _conninfo(address, targets)
            session = await Connection.connect(
                conninfo,
                autocommit=True,
                row_factory=dict_row,
                connect_timeout=10,
                application_name="embedd test",
                options=_options(read_only=True),
            )
    except TimeoutError as error:
        raise _silent() from error
    except psycopg.OperationalError as error:
        raise explain(error) from error
    session.end_after(PATIENCE)
    return session


@asynccontextmanager
async def request_session(address: SourceAddress | str, targets: Targets) -> AsyncIterator[Connection]:
    """A session for what a request has to ask. SourceUnreachable, also when the server falls silent."""
    async with await connect_once(address, targets) as session:
        try:
            yield session
        except psycopg.OperationalError as error:
            raise explain(error) from error


def explain(error: psycopg.Error | PoolTimeout) -> SourceUnreachable:
    """Why a database cannot be reached, in our words: the driver's text may hold addresses and is not passed on."""
    text = str(error).lower()
    for signs, message, resolution in _CAUSES:
        if any(sign in text for sign in signs):
            return SourceUnreachable(message, resolution=resolution)
    return SourceUnreachable("The database could not be reached.")


_CAUSES = (
    (
        ("password authentication failed", "authentication failed"),
        "The server refused the user or the password.",
        "Check user and password; the server's pg_hba.conf must allow this role from here.",
    ),
    (
        ("requires a password", "no password supplied"),
        "The server wants a password and none was given.",
        "Give credentials.password.",
    ),
    # Before the next: it is a certificate file that does not exist when verify-ca has nothing to verify with.
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
        "The server did not ask for the password as scram-sha-256, and it is told in no other way.",
        "Set password_encryption = scram-sha-256 on the server and the role's password anew; to a server that wants no"
        " password, give none.",
    ),
    (
        ("connection refused",),
        "Nothing listens at that host and port.",
        "Check host and port, and that the server listens there.",
    ),
    (
        ("timeout", "timed out", "does not answer"),
        "The server did not answer in time.",
        "Check the network path and firewalls between here and the server.",
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
        # One name for each address: a name with several is tried at all of them.
        "host": ",".join([address.host] * len(checked)),
        "hostaddr": ",".join(checked),
        "port": address.port,
        "dbname": address.database,
        "user": address.user,
        "password": address.password or "",
        "sslmode": address.ssl_mode,
        # Nothing of ours that lies about here goes to another's server, whatever it asks for: no password file, no
        # client certificate, no Kerberos ticket.
        "passfile": "/dev/null",
        "sslcertmode": "disable",
        "gssencmode": "disable",
        # With SCRAM a server that does not know the password learns nothing. Without a password nothing can be told.
        "require_auth": "!password" if address.any_authentication or not address.password else "scram-sha-256",
    }
    if address.ssl_mode == "verify-full":
        fields["sslrootcert"] = "system"
    return make_conninfo("", **fields)


def _silent() -> SourceUnreachable:
    return SourceUnreachable(
        "The server did not answer in time.",
        resolution="Check the network path and firewalls between here and the server.",
    )
