"""Rotation of EMBEDD_SECRET_KEY: decrypt every stored credential with the previous key and encrypt it with the new one.

During a rotation, services that have both keys read either form. An interrupted rotation is simply run again. Envelopes
of the previous format are sealed again as well; once none is left, no service opens that format any more.
"""

from __future__ import annotations

import json

from embedd_pg.clients import Clients
from embedd_pg.credentials import Place, SecretBox
from embedd_pg.database.call import Row
from embedd_pg.embedding import endpoint_authentication
from embedd_pg.envelopes import credentials_place, password_places
from embedd_pg.errors import ConfigurationError


async def rotate(clients: Clients) -> int:
    """Seal all credentials with the present key. Return the number of those that were sealed otherwise.

    Raise ConfigurationError, which names the credential, if one cannot be opened: it was sealed with neither
    EMBEDD_SECRET_KEY nor EMBEDD_PREVIOUS_SECRET_KEY, or for another place or address.
    """
    box = clients.envelopes.box()
    rotated = 0
    for row in await clients.database.rows("list_envelopes"):
        if box.is_present(row["envelope"]):
            continue
        places = _places(row)
        try:
            secret = await clients.envelopes.open(row["envelope"], *places)
        except ConfigurationError as error:
            raise ConfigurationError(
                f"{row['kind']} {row['id']}: {error.message}", resolution=error.resolution
            ) from error
        rotated += await clients.database.value(
            "replace_sealed",
            p_kind=row["kind"],
            p_id=row["id"],
            p_old=json.dumps(row["envelope"]),
            p_new=json.dumps(box.seal(secret, places[0])),
            p_fingerprint=_fingerprint(box, row, secret),
        )
    await clients.database.value("retire_envelopes")
    return rotated


async def require_key(clients: Clients) -> None:
    """Raise ConfigurationError if credentials are stored and EMBEDD_SECRET_KEY is missing.

    Without the key nothing that needs them would work, and new credentials could not be stored.
    """
    if clients.settings.secret_key is not None:
        return
    if any(row["stored"] for row in await clients.database.rows("list_credentials")):
        clients.envelopes.box()


def _places(row: Row) -> list[Place]:
    """Return the places for which a row of list_envelopes() may have been sealed; the first is the present one."""
    if row["kind"] == "connections":
        return password_places(row | row["address"])
    return [credentials_place(row["organization_id"], row["id"], row["address"])]


def _fingerprint(box: SecretBox, row: Row, secret: str) -> bytes | None:
    """Return the digest by which equal embedders are recognised. It is made with the present key, so it changes too."""
    if row["kind"] != "embedders":
        return None
    document = json.loads(secret) if row["form"] == "endpoint" else endpoint_authentication.of_key(secret)
    return endpoint_authentication.fingerprint(box, document, organization_id=row["organization_id"])
