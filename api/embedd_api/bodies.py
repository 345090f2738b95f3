"""Request bodies (contract, sections 2.3 to 2.8). They check types and sizes; all other rules are in SQL. An unknown
field is refused by name, so that a misspelt one is never silently ignored."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from embedd_pg.embedding.providers.registry import ADAPTERS
from embedd_pg.filter_types import FilterType
from embedd_pg.search.search import SearchMode

Name = Annotated[str, Field(min_length=1, max_length=100)]
Identifier = Annotated[str, Field(min_length=1, max_length=200)]
Secret = Annotated[str, Field(repr=False, max_length=10_000, json_schema_extra={"writeOnly": True})]

Moment = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$",
        max_length=40,
        json_schema_extra={"format": "date-time"},
    ),
]


class Body(BaseModel):
    """The base class of request bodies."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PostgresqlCredentials(Body):
    """The address and login of a PostgreSQL database. The password is stored encrypted and never shown again."""

    host: str = Field(min_length=1, max_length=253, description="One host name or IP address.")
    port: int = Field(default=5432, ge=1, le=65535)
    database: str = Field(min_length=1, max_length=200)
    user: str = Field(min_length=1, max_length=200)
    password: Secret
    ssl_mode: Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] = "prefer"


class CreateConnection(Body):
    """A source database to connect to."""

    name: Name
    mode: Literal["managed", "platform"] = Field(
        description="managed keeps vectors in Qdrant, platform in the source database."
    )
    credentials: PostgresqlCredentials


class ChangedCredentials(Body):
    """Credentials to change; fields that are left out stay as they are."""

    host: Annotated[str, Field(min_length=1, max_length=253)] | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    database: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    user: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    password: Annotated[str, Field(max_length=10_000)] | None = Field(
        default=None, repr=False, json_schema_extra={"writeOnly": True}
    )
    ssl_mode: Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] | None = None


class UpdateConnection(Body):
    """Changes to a connection; fields that are left out stay as they are. New credentials must be tested again."""

    name: Name | None = None
    credentials: ChangedCredentials | None = None


class CreateEmbeddingProvider(Body):
    """A stored embedding configuration."""

    name: Name
    provider: str = Field(json_schema_extra={"enum": [*sorted(ADAPTERS)]})
    api_key: Annotated[str, Field(min_length=1)] | None = Field(
        default=None,
        repr=False,
        max_length=10_000,
        json_schema_extra={"writeOnly": True},
        description="Required unless the provider is local or has a base_url. Stored encrypted, never shown again.",
    )
    default_model: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    base_url: Annotated[str, Field(min_length=1, max_length=2000)] | None = Field(
        default=None, description="Your own server that speaks the provider's protocol."
    )


class UpdateEmbeddingProvider(Body):
    """Changes to an embedding provider; fields that are left out stay as they are."""

    name: Name | None = None
    api_key: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, repr=False, max_length=10_000, json_schema_extra={"writeOnly": True}
    )
    default_model: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="The default of vector tables created from now on; existing ones keep their model."
    )


class EmbedText(Body):
    """A text to embed."""

    text: str = Field(min_length=1, max_length=100_000)
    model: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="The default_model of the embedding provider when left out."
    )
    dimensions: Annotated[int, Field(ge=1, le=16_000)] | None = Field(
        default=None, description="The model's default size when left out."
    )


class Column(Body):
    """One column of a vector table. Embedding columns form the text that is embedded; metadata columns can be
    filtered."""

    name: Identifier
    role: Literal["embedding", "metadata"]
    ordinal: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    name_prefix: Annotated[str, Field(max_length=1000)] | None = None
    filter_type: FilterType | None = Field(default=None, description="Required for metadata columns.")


# Only types are checked here: embedd_internal.check_chunking() checks the bounds.
class Chunking(Body):
    """The rule that cuts long texts into passages. Each passage has its own vector; a search returns a row once, ranked
    by its best passage."""

    strategy: Literal["none", "recursive", "sentences", "markdown"] = "none"
    max_tokens: int | None = Field(
        default=None, description="The largest size of a passage, 16 to 8192; 512 when left out."
    )
    overlap_tokens: int | None = Field(
        default=None,
        description="The most tokens a passage repeats of the previous one; an eighth of max_tokens when left out.",
    )


class HnswConfig(Body):
    """The graph used by searches: larger numbers improve recall and cost more memory and build time."""

    m: int | None = Field(default=None, description="Edges per point, 4 to 512.")
    ef_construct: int | None = Field(default=None, description="Candidates compared with each new point, 4 to 10,000.")


# Only types are checked here and in HnswConfig: embedd_internal.check_store_settings() checks the bounds.
class StoreSettings(Body):
    """The layout of the collection in Qdrant, in the terms of Qdrant's API. A setting that is left out takes the
    default of the installation, or else of the Qdrant server."""

    shard_number: int | None = Field(default=None, description="Shards that the points are spread over, 1 to 1000.")
    replication_factor: int | None = Field(
        default=None, description="Copies of each shard, each on its own node, 1 to 100."
    )
    write_consistency_factor: int | None = Field(
        default=None,
        description="Copies that must confirm a write; at most replication_factor, a majority of it when left out.",
    )
    on_disk: bool | None = Field(default=None, description="Read vectors from disk instead of keeping them in memory.")
    on_disk_payload: bool | None = Field(
        default=None, description="Read texts and metadata from disk instead of keeping them in memory."
    )
    quantization: Literal["none", "scalar", "binary"] | None = Field(
        default=None,
        description="Search with compressed vectors; the rows found are ranked by the full vectors.",
    )
    hnsw_config: HnswConfig | None = None


class CreateVectorTable(Body):
    """A source table to make searchable."""

    name: Name
    connection_id: Identifier
    embedding_provider_id: Identifier
    source_table: Annotated[str, Field(min_length=1, max_length=300, examples=["public.products"])]
    primary_key_column: str = Field(
        min_length=1,
        max_length=2000,
        description="The key of a row: one column, or several as SQL identifiers separated by commas.",
        examples=["id", "order_id, line_no"],
    )
    embedding_model: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="The default_model of the embedding provider when left out."
    )
    embedding_dimensions: int = Field(ge=1, le=16_000)
    columns: Annotated[list[Column], Field(min_length=1, max_length=1600)]
    mode: Literal["managed", "platform"] | None = Field(
        default=None, description="Must be the mode of the connection, which is the default."
    )
    sync_mode: Literal["batch", "cdc"] | None = Field(default=None, description="batch when left out.")
    where: Annotated[str, Field(max_length=10_000)] | None = Field(
        default=None,
        description="An SQL condition on columns of the source table: only rows for which it is true are mirrored.",
        examples=["status = 'active' and price > 0"],
    )
    language: Annotated[str, Field(max_length=63)] | None = Field(
        default=None,
        description="Language whose word endings lexical search ignores: english when left out; simple ignores none.",
    )
    chunking: Chunking | None = Field(default=None, description="When left out, each row has one vector.")
    store_settings: StoreSettings | None = Field(
        default=None, description="For mode managed only. They cannot be changed later."
    )


class UpdateVectorTable(Body):
    """Changes to a vector table; fields that are left out stay as they are. A change of the embedded columns, the model
    or the dimensions builds new vectors; the present ones answer queries until the new ones are complete."""

    name: Name | None = None
    columns: Annotated[list[Column], Field(min_length=1, max_length=1600)] | None = None
    embedding_provider_id: Identifier | None = None
    embedding_model: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    embedding_dimensions: Annotated[int, Field(ge=1, le=16_000)] | None = None
    sync_mode: Literal["batch", "cdc"] | None = None
    where: Annotated[str, Field(max_length=10_000)] | None = Field(
        default=None, description="A blank text removes the condition."
    )
    chunking: Chunking | None = None


class Rerank(Body):
    """Reranking: a provider's model reads the best rows together with the query and orders them by relevance."""

    embedder: Identifier = Field(
        description="The id or name of an embedding provider of voyage, cohere or jina; its key is used."
    )
    model: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="The provider's current reranking model when left out."
    )
    candidates: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None,
        description="The number of rows to rerank, at least limit; the larger of 50 and limit when left out.",
    )


class Query(Body):
    """A query of a vector table."""

    # The bounds below document the API: embedd_internal.plan_search() checks them for REST and SQL alike, and
    # tests/api/test_rest_in_sql.py ensures that both agree.

    query: str = Field(min_length=1, max_length=100_000)
    limit: int = Field(default=10, ge=1, le=100)
    min_similarity_score: Annotated[float, Field(ge=0, le=1)] | None = None
    filters: dict[str, Any] | None = Field(
        default=None,
        description='Conditions on metadata columns, for example {"price": {"lte": 150}}.',
        examples=[{"price": {"lte": 150}, "published": {"gte": "now-7d"}, "$not": {"tags": {"any": ["old"]}}}],
    )
    search_mode: SearchMode = Field(
        default="vector",
        description="vector: by meaning; lexical: by words, without the embedding provider; hybrid: by both.",
    )
    rerank: Rerank | None = Field(
        default=None, description="Rerank the rows found; score is then the reranker's. null: do not rerank."
    )
    select: Annotated[list[str], Field(max_length=2000)] | None = Field(
        default=None,
        description="What results show besides id and score: columns, and the fields similarity_score, embedded_text"
        " and passage. Everything when left out.",
        examples=[["name", "price", "similarity_score"]],
    )


class CreateEnvironment(Body):
    """A new environment."""

    name: str = Field(min_length=1, max_length=50, pattern="^[a-z0-9_-]+$", examples=["staging"])


class CreateApiKey(Body):
    """A new API key."""

    name: Name
    permission: Literal["full", "read_only"] = "full"
    expires_at: Moment | None = Field(
        default=None, description="When the key expires. One created with an expiring key expires no later than that."
    )
