"""Embedder: a stored configuration of an embedding vendor, as returned by embedd_internal.embedder_configuration()."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from embedd_pg.credentials import Place
from embedd_pg.embedding.providers.base import Limits
from embedd_pg.envelopes import credentials_place


@dataclass(frozen=True, slots=True)
class Embedder:
    """The data for opening a vendor's client. Its secrets are still encrypted."""

    id: str
    public_id: str
    organization_id: str
    provider: str
    #: The default model; None: each request names its model.
    model: str | None
    #: The size of vectors; None: the catalogue's default.
    dimensions: int | None
    base_url: str | None
    api_path: str | None
    credentials: Mapping[str, Any] | None = field(repr=False)
    #: `endpoint`: the envelope contains the whole authentication as JSON; None: it contains a key.
    credentials_form: str | None
    #: The reference to a secret of the operator, used instead of an envelope.
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
        """The place to which the envelope of the credentials is bound."""
        return credentials_place(self.organization_id, self.public_id, self.address)
