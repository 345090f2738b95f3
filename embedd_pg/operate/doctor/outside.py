"""Checks of external systems: the managed store, and the places of credentials. Findings never contain a secret."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx

from embedd_pg.database import transit
from embedd_pg.embedding.secret_references import ReferenceUse
from embedd_pg.errors import CredentialsRemoved, EmbeddError
from embedd_pg.operate.doctor.finding import Finding, Surroundings, note, ok, wrong


async def store(here: Surroundings) -> list[Finding]:
    settings = here.settings
    wanted = await here.database.value("select exists (select from embedd.generations where store = 'qdrant')")
    if not (settings.qdrant_url or settings.data_dir):
        if not wanted:
            return [ok("No vector table needs the managed store, and none is set.")]
        return [
            wrong(
                "Vector tables of mode managed exist, but no managed store is configured.",
                "Set EMBEDD_QDRANT_URL to a Qdrant server, or EMBEDD_DATA_DIR to keep vectors in a directory.",
            )
        ]
    if not settings.qdrant_url and not wanted:
        return [ok("No vector table needs the managed store.")]
    try:
        await (await here.clients.qdrant()).ping()
    except EmbeddError as error:
        return [wrong(error.message, error.resolution)]
    if settings.qdrant_url and await _is_open(settings.qdrant_url, settings.qdrant_ca_file):
        return [
            note(
                "The managed store answers without a key: any client that reaches it can read and delete all vectors.",
                "Set an API key on the Qdrant server (QDRANT__SERVICE__API_KEY) and EMBEDD_QDRANT_API_KEY here.",
            )
        ]
    return [ok("The managed store answers.")]


async def _is_open(url: str, ca_file: Path | None) -> bool:
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    try:
        async with httpx.AsyncClient(verify=context, timeout=5, trust_env=False) as http:
            return (await http.get(url.rstrip("/") + "/collections")).is_success
    except httpx.HTTPError:
        return False


async def encryption(here: Surroundings) -> list[Finding]:
    """Check whether passwords and keys are sent to other machines without TLS."""
    said = transit.of_settings(here.settings)
    connections = await here.database.rows(
        "select name, host, ssl_mode from embedd_internal.list_credentials()"
        " where kind = 'connection' and host is not null"
    )
    said += [
        f"Connection {row['name']}: {sentence}"
        for row in connections
        if (sentence := transit.of_database(row["host"], row["ssl_mode"], password=True))
    ]
    embedders = await here.database.rows(
        "select name, base_url from embedd_internal.list_credentials()"
        " where kind = 'embedder' and (secret_ref <> '' or stored)"
    )
    said += [
        f"Embedder {row['name']}: {sentence}"
        for row in embedders
        if (sentence := transit.of_url(row["base_url"], secret=True))
    ]
    return [note(sentence) for sentence in said] or [
        ok("No password and no key is sent to another machine without TLS.")
    ]


async def credentials(here: Surroundings) -> list[Finding]:
    """Check that credentials can be read: those referenced on this machine, and with the key those stored."""
    rows = await here.database.rows(
        "select name, organization_id, provider, base_url, secret_ref, secret_removed, stored"
        " from embedd_internal.list_credentials()"
    )
    found: list[Finding] = []
    for row in rows:
        if row["secret_removed"]:
            gone = CredentialsRemoved()
            found.append(note(f"Embedder {row['name']}: {gone.message}", gone.resolution))
        if row["secret_ref"]:
            use = ReferenceUse(row["organization_id"], row["provider"], row["base_url"])
            try:
                here.clients.references.resolve(row["secret_ref"], use, by_sql=True)
            except EmbeddError as error:
                found.append(wrong(f"Embedder {row['name']}: {error.message}", error.resolution))
    if any(row["stored"] for row in rows):
        try:
            here.clients.envelopes.box()
        except EmbeddError as error:
            found.append(wrong(f"Stored credentials cannot be decrypted: {error.message}", error.resolution))
    return [*found, *await _forms(here)] or [ok("All credentials can be read.")]


async def _forms(here: Surroundings) -> list[Finding]:
    """Return credentials that are stored or requested in a less safe way than possible."""
    old = await here.database.rows(
        "select kind, name from embedd_internal.list_credentials() where stored and not bound order by kind, name"
    )
    lax = await here.database.rows("select name from embedd.connections where authentication = 'any' order by name")
    found = [
        wrong(
            f"The credentials of {row['kind']} {row['name']} are not bound to their address.", "embedd secrets rotate"
        )
        for row in old
    ]
    advice = (
        "If its server knows scram-sha-256: select embedd.update_connection(name, authentication => 'scram-sha-256')"
    )
    return found + [
        note(f"The server of connection {row['name']} may ask for its password as md5.", advice) for row in lax
    ]
