"""Embedder: a stored configuration of an embedding vendor, as embedd_internal.embedder_configuration() answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from embedd_pg.credentials import Place
from embedd_pg.embedding.providers.base import Limits
from embedd_pg.envelopes import credentials_place


@dataclass(frozen=True, slots=True)
class Embedder:
    """All that opens a vendor's client, with the secrets still sealed."""

    id: str
    public_id: str
    organization_id: str
    provider: str
    #: None: requests name their model.
    model: str | None
    #: Size of the vectors; None: the catalogue knows it.
    dimensions: int | None
    base_url: str | None
    api_path: str | None
    credentials: Mapping[str, Any] | None = field(repr=False)
    #: `endpoint`: the envelope holds the whole authentication as JSON; None: it holds a key.
    credentials_form: str | None
    #: Names a secret of the operator instead of an envelope.
    secret_ref: str | None
    #: Whether the credentials were removed because the address they are bound to changed.
    secret_removed: bool
    #: The address that the credentials are bound to.
    address: str
    #: The most that one text and one request may hold.
    limits: Limits

    @classmethod
    def parse(cls, row: Mapping[str, Any]) -> Embedder:
        """Read the JSON of load_embedder() or plan_embedding() in SQL, or of `embedder` in a generation."""
        return cls(
            id=row["id"],
            public_id=row["public_id"],
            organization_id=row["organization_id"],
            provider=row["provider"],
            model=row["model"],
            dimensions=row["dimensionality"],
            base_url=row["base_url"],
            api_path=row["api_path"],
            credentials=row["credentials"],
            credentials_form=row["credentials_form"],
            secret_ref=row["secret_ref"],
            secret_removed=row["secret_removed"],
            address=row["address"],
            limits=Limits(**row.get("limits", {})),
        )

    @property
    def place(self) -> Place:
        """Where the credentials are sealed."""
        return credentials_place(self.organization_id, self.public_id, self.address)
