"""Rotation of the key that stored credentials are sealed with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from embedd_pg.clients import Clients
from embedd_pg.credentials import new_key_text
from embedd_pg.database.call import Database, open_pool
from embedd_pg.errors import ConfigurationError
from embedd_pg.operate import rotation
from embedd_pg.resources import connection, embedder
from embedd_pg.settings import Settings
from embedd_pg.sources.connect import SourceAddress


async def test_rotation_seals_everything_again_and_the_old_key_is_no_longer_needed(installed: str) -> None:
    pool = await open_pool(installed)
    old = Settings(database_url=installed, secret_key=new_key_text())
    clients = Clients(old, Database(pool))
    made = await connection.create(
        clients,
        name="shop",
        mode="managed",
        host="db.example.com",
        database="shop",
        user="reader",
        password="planted-password",
    )
    await embedder.create(clients, name="prod", provider="openai", api_key="sk-planted")

    new = replace(old, secret_key=new_key_text())
    with pytest.raises(ConfigurationError, match="another EMBEDD_SECRET_KEY"):
        await rotation.rotate(Clients(new, clients.database))
    both = Clients(replace(new, previous_secret_key=old.secret_key), clients.database)
    assert await rotation.rotate(both) == 2
    assert await rotation.rotate(both) == 0

    address = await Clients(new, clients.database).connections.address(made["id"])
    assert isinstance(address, SourceAddress)
    assert address.password == "planted-password"
    with pytest.raises(ConfigurationError, match="another EMBEDD_SECRET_KEY"):
        await clients.connections.address(made["id"])
    await pool.close()
