"""Envelopes: the encrypted form in which passwords and keys are stored. This module seals and opens them, and names the
place (organization, object, address) that each is sealed for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from embedd_pg.credentials import VERSION, Place, SecretBox, version_of
from embedd_pg.database.call import Database
from embedd_pg.errors import ConfigurationError
from embedd_pg.settings import Settings

#: The values of ssl_mode, from the weakest to the strongest.
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


class Envelopes:
    """Opens the envelopes of one installation with the keys of its settings."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database

    def box(self) -> SecretBox:
        """Return the box that seals and opens. Raise ConfigurationError without EMBEDD_SECRET_KEY."""
        return SecretBox.from_text(self._settings.secret_key, self._settings.previous_secret_key)

    async def open(self, envelope: Mapping[str, Any], *places: Place) -> str:
        """Open an envelope that was sealed for one of these places. Raise ConfigurationError if it was sealed for
        another place or in a version that is no longer accepted."""
        if version_of(envelope) < VERSION and await self._database.value("oldest_envelope") == VERSION:
            raise ConfigurationError(
                "A stored credential is sealed in a form that is no longer accepted.",
                resolution="Send the password or the key again.",
            )
        return self.box().open(envelope, *places)


def credentials_place(organization_id: str, embedder_id: str, address: str) -> Place:
    """Return the place that the credentials of an embedder are sealed for, given its public id and the value of
    embedder_address()."""
    return Place(organization_id, "embedders", embedder_id, "credentials", address)


def password_places(row: Mapping[str, Any]) -> list[Place]:
    """Return the places that the password of a connection may be sealed for: with its present ssl_mode, or a weaker
    one."""
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
    """Seal an embedder's key for an address of embedder_address(). Return JSON text for create_embedder()."""
    return json.dumps(box.seal(api_key, credentials_place(organization_id, embedder_id, address)))


def seal_password(box: SecretBox, password: str, row: Mapping[str, Any]) -> str:
    """Seal a connection's password for `row`, the row that connection_secret() returns after the change. Return JSON
    text for create_connection()."""
    return json.dumps(box.seal(password, password_places(row)[0]))
