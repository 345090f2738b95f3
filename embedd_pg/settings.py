"""Settings, all from the environment. docs/reference/configuration.md describes them for users."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from embedd_pg.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a process. Times are in seconds."""

    database_url: str | None = field(default=None, repr=False)
    qdrant_url: str | None = None
    qdrant_api_key: str | None = field(default=None, repr=False)
    #: The CA certificates (PEM) for the Qdrant server, instead of the system's.
    qdrant_ca_file: Path | None = None
    qdrant_grpc: bool = False
    qdrant_grpc_port: int = 6334
    #: The layout of collections whose vector table does not set it; None: the server's default.
    qdrant_shard_number: int | None = None
    qdrant_replication_factor: int | None = None
    qdrant_write_consistency_factor: int | None = None
    secret_key: str | None = field(default=None, repr=False)
    previous_secret_key: str | None = field(default=None, repr=False)
    #: References that credentials may use instead of a secret (env:NAME, file:/path): patterns with *, with commas.
    secret_references: str | None = None
    data_dir: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    #: The address and port of the operator's endpoints, metrics and health; None: there are none.
    operator_host: str = "127.0.0.1"
    operator_port: int | None = None
    #: Proxies whose X-Forwarded-For is trusted: addresses and networks.
    trusted_proxies: tuple[str, ...] = ()
    #: The most connections to the API, the most concurrent requests of an organization, and their statement timeout.
    max_connections: int = 1000
    organization_requests: int = 32
    statement_timeout: float = 10.0
    log_level: str = "info"
    #: `text` for people, `json` for programs that collect logs.
    log_format: str = "text"
    hosted: bool = False
    #: Targets that may be connected to although EMBEDD_HOSTED is set: names and networks, separated by commas.
    allowed_targets: str | None = None
    #: Run with the powers of a superuser, which is refused otherwise.
    allow_superuser: bool = False
    #: The most sessions that the process has for its own calls. It has half as many for reading each database, and half
    #: for writing it.
    sessions: int = 8
    #: The longest time that a worker sleeps without looking for work.
    poll_interval: float = 1.0
    #: The time between two comparisons of a polled source, by sync_mode.
    batch_interval: float = 10.0
    cdc_interval: float = 2.0
    #: The same for a source with remote triggers, which report changes in between.
    captured_interval: float = 3600.0
    lease: float = 60.0
    #: The time between two checks of the database's identity, and between two capture checks.
    audit_interval: float = 60.0
    #: The time between two sweeps of a vector table (0: none), and the share of time that a running sweep uses.
    sweep_interval: float = 86_400.0
    sweep_share: float = 0.1
    #: The most concurrent attempts (claimed batches), and the rows in each.
    concurrency: int = 4
    batch_size: int = 256
    #: Megabytes of cached vectors of texts embedded before.
    cache_mb: int = 0

    def comparison_interval(self, name: str) -> float:
        """Return the seconds between two comparisons of a source: those of `batch`, `cdc` or `captured`."""
        seconds: float = getattr(self, f"{name}_interval")
        return seconds

    def qdrant_layout(self) -> dict[str, int]:
        """Return the layout of collections whose vector table does not set it, in the terms of Qdrant's API."""
        named = {
            "shard_number": self.qdrant_shard_number,
            "replication_factor": self.qdrant_replication_factor,
            "write_consistency_factor": self.qdrant_write_consistency_factor,
        }
        return {name: value for name, value in named.items() if value is not None}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the EMBEDD_* variables. Raise ConfigurationError, which names the variable, for an invalid one."""

        default = cls()

        def number(name: str, fallback: float, low: float, high: float) -> float:
            raw = environ.get(name)
            if raw is None or raw == "":
                return fallback
            try:
                value = float(raw)
            except ValueError:
                value = float("nan")
            if not low <= value <= high:
                raise ConfigurationError(f"{name} must be a number between {low:g} and {high:g}.")
            return value

        def text(name: str) -> str | None:
            return environ.get(name) or None

        def count(name: str, high: int) -> int | None:
            return int(number(name, 1, 1, high)) if text(name) else None

        replicas = count("EMBEDD_QDRANT_REPLICATION_FACTOR", 100)
        written = count("EMBEDD_QDRANT_WRITE_CONSISTENCY_FACTOR", 100)
        if written is not None and written > (replicas or 0):
            raise ConfigurationError(
                "EMBEDD_QDRANT_WRITE_CONSISTENCY_FACTOR must not be above EMBEDD_QDRANT_REPLICATION_FACTOR,"
                " which must be set as well."
            )
        data_dir = text("EMBEDD_DATA_DIR")
        ca_file = text("EMBEDD_QDRANT_CA_FILE")
        return cls(
            database_url=text("EMBEDD_DATABASE_URL"),
            qdrant_url=text("EMBEDD_QDRANT_URL"),
            qdrant_api_key=text("EMBEDD_QDRANT_API_KEY"),
            qdrant_ca_file=Path(ca_file).expanduser() if ca_file else None,
            qdrant_grpc=text("EMBEDD_QDRANT_GRPC") == "1",
            qdrant_grpc_port=int(number("EMBEDD_QDRANT_GRPC_PORT", default.qdrant_grpc_port, 1, 65535)),
            qdrant_shard_number=count("EMBEDD_QDRANT_SHARD_NUMBER", 1000),
            qdrant_replication_factor=replicas,
            qdrant_write_consistency_factor=written,
            secret_key=text("EMBEDD_SECRET_KEY"),
            previous_secret_key=text("EMBEDD_PREVIOUS_SECRET_KEY"),
            secret_references=text("EMBEDD_SECRET_REFERENCES"),
            data_dir=Path(data_dir).expanduser() if data_dir else None,
            host=text("EMBEDD_HOST") or default.host,
            port=int(number("EMBEDD_PORT", default.port, 0, 65535)),
            operator_host=text("EMBEDD_OPERATOR_HOST") or default.operator_host,
            operator_port=int(number("EMBEDD_OPERATOR_PORT", 0, 0, 65535)) if text("EMBEDD_OPERATOR_PORT") else None,
            trusted_proxies=_networks("EMBEDD_TRUSTED_PROXIES", text("EMBEDD_TRUSTED_PROXIES") or ""),
            max_connections=int(number("EMBEDD_MAX_CONNECTIONS", default.max_connections, 8, 100_000)),
            organization_requests=int(number("EMBEDD_ORGANIZATION_REQUESTS", default.organization_requests, 1, 10_000)),
            statement_timeout=number("EMBEDD_STATEMENT_TIMEOUT", default.statement_timeout, 0.1, 120),
            log_level=(text("EMBEDD_LOG_LEVEL") or default.log_level).lower(),
            log_format=(text("EMBEDD_LOG_FORMAT") or default.log_format).lower(),
            hosted=text("EMBEDD_HOSTED") == "1",
            allowed_targets=text("EMBEDD_ALLOWED_TARGETS"),
            allow_superuser=text("EMBEDD_ALLOW_SUPERUSER") == "1",
            sessions=int(number("EMBEDD_SESSIONS", default.sessions, 1, 100)),
            poll_interval=number("EMBEDD_POLL_INTERVAL", default.poll_interval, 0.05, 60),
            batch_interval=number("EMBEDD_BATCH_INTERVAL", default.batch_interval, 0.05, 86400),
            cdc_interval=number("EMBEDD_CDC_INTERVAL", default.cdc_interval, 0.05, 86400),
            captured_interval=number("EMBEDD_CAPTURED_INTERVAL", default.captured_interval, 0.05, 86400),
            lease=number("EMBEDD_LEASE", default.lease, 1, 3600),
            audit_interval=number("EMBEDD_AUDIT_INTERVAL", default.audit_interval, 0.1, 3600),
            sweep_interval=number("EMBEDD_SWEEP_INTERVAL", default.sweep_interval, 0, 2_592_000),
            sweep_share=number("EMBEDD_SWEEP_SHARE", default.sweep_share, 0.01, 1),
            concurrency=int(number("EMBEDD_CONCURRENCY", default.concurrency, 1, 64)),
            batch_size=int(number("EMBEDD_BATCH_SIZE", default.batch_size, 1, 10_000)),
            cache_mb=int(number("EMBEDD_CACHE_MB", default.cache_mb, 0, 1_000_000)),
        )


def _networks(name: str, value: str) -> tuple[str, ...]:
    """Return the addresses and networks in a list separated by commas."""
    found = tuple(part.strip() for part in value.split(",") if part.strip())
    for part in found:
        try:
            ipaddress.ip_network(part)
        except ValueError:
            raise ConfigurationError(
                f"{name} must contain addresses and networks, separated by commas.",
                resolution="For example 10.0.0.5,192.168.7.0/24. Host names are not allowed.",
            ) from None
    return found
