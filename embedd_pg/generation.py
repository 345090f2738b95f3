"""A generation: one physical store of a vector table for one embedding configuration, as workers and queries see it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from embedd_pg.database.call import Database
from embedd_pg.embedding.chunking import Chunking, max_passages
from embedd_pg.embedding.providers.catalogue import check_model
from embedd_pg.filters.tree import FieldType
from embedd_pg.sources.layout import Layout
from embedd_pg.stores.base import Source, StoreTable


@dataclass(frozen=True, slots=True)
class Generation:
    """Everything needed to read the source, embed and write, except live clients; secrets are still sealed."""

    id: int
    vector_table_id: str
    name: str
    organization_id: str
    connection_id: str
    sync_mode: str
    polled: bool
    #: Whether triggers in the database of its connection may tell of changes, by which capture, and if they do.
    remote: bool
    remote_capture_id: int | None
    followed: bool
    #: The columns whose changes matter, besides the key.
    tracked: tuple[str, ...]
    #: Whether its organization's tier bounds how many rows it may hold.
    metered: bool
    #: Whether its embedder has a budget of tokens a month.
    budgeted: bool
    #: Whether its embedder may take only so much a minute.
    paced: bool
    layout: Layout
    store: str
    #: Whether the store is a table of the database the ledger is in: then one transaction can write to both.
    beside: bool
    store_schema: str | None
    table: StoreTable
    #: None: it was deleted.
    embedder_id: str | None
    provider: str
    model: str
    dimensions: int
    base_url: str | None
    credentials: Mapping[str, Any] | None = field(repr=False)
    credentials_form: str | None
    secret_ref: str | None
    #: What the credentials are bound to, and whether they were removed when that changed.
    credentials_address: str | None
    secret_removed: bool
    #: Where requests go now; `base_url` is what the vectors were made with.
    live_base_url: str | None
    api_path: str | None
    #: Tokens of a text that its embedder says the model takes.
    max_sequence_length: int | None
    #: None: a text has one vector.
    chunking: Chunking | None

    def fingerprint(self) -> bytes:
        """What besides the text decides the vector (sync protocol, section 6)."""
        chunking = [self.chunking.fingerprint()] if self.chunking else []
        return self._digest(self.layout.fingerprint(), *chunking)

    def model_fingerprint(self) -> bytes:
        """What decides the vector of a text, and whose it is: no organization profits from what another embedded."""
        return self._digest(self.organization_id)

    def _digest(self, *more: str) -> bytes:
        parts = (self.provider, self.base_url or "", self.model, str(self.dimensions), *more)
        return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).digest()

    def max_row_tokens(self) -> int:
        """What the text of a row is cut to: more than its passages can hold need not be looked at."""
        if self.chunking is None:
            return self.max_text_tokens()
        return max_passages(self.dimensions) * min(self.chunking.max_tokens, self.max_text_tokens())

    def max_text_tokens(self) -> int:
        """The most the model takes of one text. From the embedder or the catalogue, not from a live client: deletes
        must get through, and stores be compared, when the provider cannot be opened."""
        if self.max_sequence_length is not None:
            return self.max_sequence_length
        limits = check_model(self.provider, self.model, dimensions=self.dimensions, base_url=self.base_url)
        return limits.max_text_tokens


async def load_generation(database: Database, generation_id: int) -> Generation | None:
    """The generation as it is configured now; None when it is gone."""
    row = await database.value("load_generation", p_generation_id=generation_id)
    return parse_generation(row) if row else None


def parse_generation(row: Mapping[str, Any]) -> Generation:
    """From the JSON of embedd_internal.load_generation()."""
    columns = row["columns"]
    chunking = Chunking.parse(row["chunking"])
    fields = {c["name"]: FieldType(c["filter_type"]) for c in columns if c["role"] == "metadata"}
    return Generation(
        id=row["id"],
        vector_table_id=row["vector_table_id"],
        name=row["name"],
        organization_id=row["organization_id"],
        connection_id=row["connection_id"],
        sync_mode=row["sync_mode"],
        polled=row["polled"],
        remote=row["remote"],
        remote_capture_id=row["remote_capture_id"],
        followed=row["followed"],
        tracked=tuple(row["tracked"]),
        metered=row["metered"],
        budgeted=row["budgeted"],
        paced=row["paced"],
        layout=Layout.parse(
            schema=row["source_schema"],
            table=row["source_name"],
            key=row["key"],
            columns=columns,
            condition=row["condition"],
        ),
        store=row["store"],
        beside=row["beside"],
        store_schema=row["store_schema"],
        table=StoreTable(
            row["store_table"],
            row["vector_table_id"],
            row["dimensions"],
            fields,
            row["language"],
            chunked=chunking is not None,
            settings=row["store_settings"],
            source=_source(row) if row["beside"] else None,
        ),
        embedder_id=row["embedder_id"],
        provider=row["provider"],
        model=row["model"],
        dimensions=row["dimensions"],
        base_url=row["base_url"],
        credentials=row["credentials"],
        credentials_form=row["credentials_form"],
        secret_ref=row["secret_ref"],
        credentials_address=row.get("address"),
        secret_removed=bool(row.get("secret_removed")),
        live_base_url=row["live_base_url"],
        api_path=row["api_path"],
        max_sequence_length=row["max_sequence_length"],
        chunking=chunking,
    )


def _source(row: Mapping[str, Any]) -> Source:
    names, types = zip(*((column["name"], column["type"]) for column in row["key"]), strict=True)
    return Source(row["source_schema"], row["source_name"], names, types)
