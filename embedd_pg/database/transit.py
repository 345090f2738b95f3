"""Secrets in transit: where a password or key leaves this machine without TLS, or with TLS that others can prevent."""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from embedd_pg.settings import Settings

_ENCRYPTED = ("require", "verify-ca", "verify-full")


def is_here(host: str) -> bool:
    """Return whether a host name means this machine: a socket's path, localhost, or a loopback address."""
    if host in ("", "localhost") or host.startswith(("/", "@")):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def of_database(host: str, ssl_mode: str, *, password: bool) -> str | None:
    """Return a sentence if a database password might be sent unencrypted."""
    if not password or ssl_mode in _ENCRYPTED or is_here(host):
        return None
    return (
        f"With ssl_mode {ssl_mode} password and rows may travel to {host} unencrypted: an attacker on the network can"
        " prevent encryption. Use verify-full, or require where the certificate cannot be verified."
    )


def of_url(url: str | None, *, secret: bool) -> str | None:
    """Return a sentence if a key is sent to an HTTP address without TLS."""
    parts = urlsplit(url or "")
    if not secret or parts.scheme != "http" or is_here(parts.hostname or ""):
        return None
    return f"The key and all texts travel to {parts.hostname} unencrypted. Use an address that begins with https://."


def of_settings(settings: Settings) -> list[str]:
    """Return the unencrypted secrets that a process's settings cause, and a remote Qdrant that requires no key."""
    found = [_of_own_database(settings.database_url)]
    stored = of_url(settings.qdrant_url, secret=bool(settings.qdrant_api_key))
    found.append(stored and f"EMBEDD_QDRANT_URL: {stored}")
    if (
        settings.qdrant_url
        and not settings.qdrant_api_key
        and not is_here(urlsplit(settings.qdrant_url).hostname or "")
    ):
        found.append(
            "EMBEDD_QDRANT_API_KEY is not set: any client that reaches that Qdrant can read and delete all vectors."
        )
    return [sentence for sentence in found if sentence]


def _of_own_database(url: str | None) -> str | None:
    try:
        named = conninfo_to_dict(url or "")
    except ProgrammingError:
        return None  # the connection attempt reports the error
    ssl_mode = str(named.get("sslmode") or os.environ.get("PGSSLMODE") or "prefer")
    hosts = str(named.get("host") or named.get("hostaddr") or os.environ.get("PGHOST") or "").split(",")
    password = bool(named.get("password") or os.environ.get("PGPASSWORD"))
    for host in hosts:
        if sentence := of_database(host, ssl_mode, password=password):
            return f"EMBEDD_DATABASE_URL: {sentence}".replace("ssl_mode", "sslmode")
    return None
