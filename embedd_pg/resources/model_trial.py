"""Warnings about the model of an embedder, and the trial of one that is not in the catalogue.

The catalogue is open: any model may be named with the size of its vectors. Only the provider knows whether the model
and the size exist, so one request with two short texts tries them before anything is created.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor
from embedd_pg.embedding.embedder import Embedder
from embedd_pg.embedding.providers.tokens import estimate_tokens
from embedd_pg.errors import ConfigurationError, EmbeddingProviderError, ValidationError

log = structlog.get_logger(__name__)

#: Two texts: a single vector of another size could be caused by its text.
TEXTS = ("a red bicycle", "a blue kettle")
#: Seconds after which a trial fails.
PATIENCE = 20.0


async def try_model(
    clients: Clients,
    embedder: str | None,
    model: str | None,
    dimensions: int | None,
    *,
    vector_table: str | None = None,
    actor: Actor | None = None,
) -> list[str]:
    """Return warnings about the model of a vector table that is about to be created, or changed (`vector_table` is its
    id).

    A model that is not in the catalogue is tried if the embedder has a key. Raise ValidationError with the cause when
    the trial fails; EmbedderNotFound or CredentialsRemoved.
    """
    plan = await clients.database.value(
        "plan_vector_table",
        actor or Actor(),
        p_embedder=embedder,
        p_model=model,
        p_dimensions=dimensions,
        p_vector_table=vector_table,
    )
    if plan is None or plan["warning"] is None:
        return []
    warning: str = plan["warning"]
    if not plan["catalogued"]:
        warning = f"{warning} {await _try(clients, plan)}"
    log.warning("model_warning", provider=plan["provider"], model=plan["model"], warning=warning)
    return [warning]


async def _try(clients: Clients, plan: Mapping[str, Any]) -> str:
    """Embed two texts and return a sentence on the outcome. Raise ValidationError when the model cannot be used."""
    size = plan["dimensionality"]
    if not (plan["credentials"] or plan["secret_ref"] or plan["secret_removed"]):
        return "It was not tried, as the embedding provider has no key."
    try:
        async with asyncio.timeout(PATIENCE):
            provider = await clients.provider(Embedder.parse(plan))
            _, tokens = await provider.embed(TEXTS, "document")
    except ConfigurationError as error:
        # Another process may have the package or the secret that this one lacks.
        return f"It was not tried: {error.message}"
    except TimeoutError:
        raise _refusal(plan, f"it did not answer within {PATIENCE:.0f} seconds.") from None
    except EmbeddingProviderError as error:
        raise _refusal(plan, error.message) from error
    counted = sum(map(estimate_tokens, TEXTS)) if tokens is None else tokens
    clients.usage.add_embedding(plan["id"], plan["model"], counted)
    return f"It was tried, and yields {size} dimensions."


def _refusal(plan: Mapping[str, Any], cause: str) -> ValidationError:
    size = plan["dimensionality"]
    return ValidationError(
        f"embedding_model {plan['model']!r} was tried with {size} dimensions and cannot be used: {cause}",
        resolution="Check embedding_model, embedding_dimensions, and the key and address of the embedding provider.",
    )
