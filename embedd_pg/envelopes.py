"""Envelopes: the stored form of passwords and keys. Names the place each is sealed for, seals and opens them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from embedd_pg.credentials import VERSION, Place, SecretBox, version_of
from embedd_pg.database.call import Database
from embedd_pg.errors import ConfigurationError
from embedd_pg.settings import Settings

#: From the weakest to the strongest.
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


class Envelopes:
    """Opens the envelopes of one installation with the keys of its settings."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database

    def box(self) -> SecretBox:
        """The box that seals and opens; without EMBEDD_SECRET_KEY a ConfigurationError."""
        return SecretBox.from_text(self._settings.secret_key, self._settings.previous_secret_key)

    async def open(self, envelope: Mapping[str, Any], *places: Place) -> str:
        """Open an envelope sealed for one of these places. ConfigurationError, also for a version no longer taken."""
        if version_of(envelope) < VERSION and await self._database.value("oldest_envelope") == VERSION:
            raise ConfigurationError(
                "A stored credential is sealed in a form that is not accepted any more.",
                resolution="Send the password or the key again.",
            )
        return self.box().open(envelope, *places)


def credentials_place(organization_id: str, embedder_id: str, address: str) -> Place:
    """Where the credentials of an embedder are sealed, given its public id and what embedder_address() answers."""
    return Place(organization_id, "embedders", embedder_id, "credentials", address)


def password_places(row: Mapping[str, Any]) -> list[Place]:
    """Where the password of a connection may have been sealed: for the ssl_mode it has now, or for a weaker one."""
    return [
        Place(
            row["organization_id"],
            "connections",
            row["id"],
            "password",
            f"{row['username']}\x1f{row['host']}\x1f{row['port']}\x1f{mode}",
        )
        for mode in reversed(SSL_MODES[: SSL_MODES.index(row["ssl_mode"]) + 1])
    ]


def seal_api_key(box: SecretBox, api_key: str, *, organization_id: str, embedder_id: str, address: str) -> str:
    """Seal an embedder's key for what embedder_address() answers; JSON text for create_embedder()."""
    return json.dumps(box.seal(api_key, credentials_place(organization_id, embedder_id, address)))


def seal_password(box: SecretBox, password: str, row: Mapping[str, Any]) -> str:
    """Seal a connection's password for `row` as connection_secret() answers it after the change; JSON text for
    create_connection()."""
    return json.dumps(box.seal(password, password_places(row)[0]))
