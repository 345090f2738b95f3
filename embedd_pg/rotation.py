"""Rotation of EMBEDD_SECRET_KEY: every stored credential is opened with the key before and sealed with the present one.

While it goes on, services that have both keys read either; one that is interrupted is simply run again.
"""

from __future__ import annotations

import json

from embedd_pg import endpoint_authentication
from embedd_pg.clients import Clients
from embedd_pg.credentials import Place, SecretBox
from embedd_pg.database.call import Row

_COLUMNS = {"connections": "password", "embedders": "credentials"}


async def rotate(clients: Clients) -> int:
    """Seal everything anew with the present key; how many credentials were under another one.

    Raises ConfigurationError when one was sealed with neither EMBEDD_SECRET_KEY nor EMBEDD_PREVIOUS_SECRET_KEY.
    """
    box = clients.secrets()
    rotated = 0
    for row in await clients.database.rows("list_sealed"):
        if box.is_present(row["envelope"]):
            continue
        place = Place(row["organization_id"], row["kind"], row["id"], _COLUMNS[row["kind"]])
        secret = box.open(row["envelope"], place)
        rotated += await clients.database.value(
            "replace_sealed",
            p_kind=row["kind"],
            p_id=row["id"],
            p_old=json.dumps(row["envelope"]),
            p_new=json.dumps(box.seal(secret, place)),
            p_fingerprint=_fingerprint(box, row, secret),
        )
    return rotated


def _fingerprint(box: SecretBox, row: Row, secret: str) -> bytes | None:
    """Equal embedders are told by a digest under the present key, so it changes too."""
    if row["kind"] != "embedders":
        return None
    document = json.loads(secret) if row["form"] == "endpoint" else endpoint_authentication.of_key(secret)
    return endpoint_authentication.fingerprint(box, document, organization_id=row["organization_id"])
