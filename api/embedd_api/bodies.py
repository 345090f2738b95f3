"""Request bodies (contract, sections 2.3 to 2.8). Types and sizes only; the rules are in SQL. A field that is not known
is refused by name, so that a misspelt one is never silently ignored."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from embedd_pg.embedding.providers.registry import ADAPTERS
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
    """What every request body has in common."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PostgresqlCredentials(Body):
    """How to reach a PostgreSQL database. The password is stored encrypted and never shown again."""

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
        description="managed keeps vectors in our store, platform in the source database."
    )
    credentials: PostgresqlCredentials


class ChangedCredentials(Body):
    """What of the credentials changes; the rest stays."""

    host: Annotated[str, Field(min_length=1, max_length=253)] | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    database: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    user: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    password: Annotated[str, Field(max_length=10_000)] | None = Field(
        default=None, repr=False, json_schema_extra={"writeOnly": True}
    )
    ssl_mode: Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] | None = None


class UpdateConnection(Body):
    """What changes; the rest stays. New credentials have to be tested again."""

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
        default=None, description="A server of your own that speaks the provider's protocol."
    )


class UpdateEmbeddingProvider(Body):
    """What changes; the rest stays."""

    name: Name | None = None
    api_key: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, repr=False, max_length=10_000, json_schema_extra={"writeOnly": True}
    )
    default_model: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="For vector tables made from now on; the others keep their model."
    )


class EmbedText(Body):
    """A text to embed."""

    text: str = Field(min_length=1, max_length=100_000)
    model: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="The default_model of the embedding provider when left out."
    )
    dimensions: Annotated[int, Field(ge=1, le=16_000)] | None = Field(
        default=None, description="The model's own size when left out."
    )


class Column(Body):
    """One column of a vector table. Embedding columns make the text, metadata columns can be filtered by."""

    name: Identifier
    role: Literal["embedding", "metadata"]
    ordinal: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    name_prefix: Annotated[str, Field(max_length=1000)] | None = None
    filter_type: Literal["keyword", "integer", "float", "boolean"] | None = Field(
        default=None, description="Required for metadata columns."
    )


# Types alone: embedd_internal.check_chunking() has the bounds.
class Chunking(Body):
    """How a long text is cut into passages, each with a vector of its own; a row is found once, by its best one."""

    strategy: Literal["none", "recursive", "sentences", "markdown"] = "none"
    max_tokens: int | None = Field(default=None, description="Of a passage, 16 to 8192; 512 when left out.")
    overlap_tokens: int | None = Field(
        default=None, description="What a passage repeats of the one before, at most; an eighth when left out."
    )


class HnswConfig(Body):
    """The graph that searches walk: larger numbers find more, and take more memory and time to build."""

    m: int | None = Field(default=None, description="Edges of a point, 4 to 512.")
    ef_construct: int | None = Field(default=None, description="Points compared with a new one, 4 to 10,000.")


# Types alone, with HnswConfig: embedd_internal.check_store_settings() has the bounds.
class StoreSettings(Body):
    """How the collection is laid out in Qdrant, in the words of its own API. What is left out is what the installation
    or the Qdrant server has."""

    shard_number: int | None = Field(default=None, description="Shards the points are spread over, 1 to 1000.")
    replication_factor: int | None = Field(
        default=None, description="Copies of each shard, on as many nodes, 1 to 100."
    )
    write_consistency_factor: int | None = Field(
        default=None,
        description="Copies that must have taken a write; at most replication_factor, a majority of it when left out.",
    )
    on_disk: bool | None = Field(default=None, description="Vectors are read from disk instead of kept in memory.")
    on_disk_payload: bool | None = Field(default=None, description="Texts and metadata likewise.")
    quantization: Literal["none", "scalar", "binary"] | None = Field(
        default=None,
        description="Smaller vectors to search by; what they find is ranked by the whole ones.",
    )
    hnsw_config: HnswConfig | None = None


class CreateVectorTable(Body):
    """A source table to make searchable by meaning."""

    name: Name
    connection_id: Identifier
    embedding_provider_id: Identifier
    source_table: Annotated[str, Field(min_length=1, max_length=300, examples=["public.products"])]
    primary_key_column: str = Field(
        min_length=1,
        max_length=2000,
        description="What names a row: one column, or several as SQL identifiers with commas between them.",
        examples=["id", "order_id, line_no"],
    )
    embedding_model: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="The default_model of the embedding provider when left out."
    )
    embedding_dimensions: int = Field(ge=1, le=16_000)
    columns: Annotated[list[Column], Field(min_length=1, max_length=1600)]
    mode: Literal["managed", "platform"] | None = Field(
        default=None, description="The connection's when left out, and it cannot be another."
    )
    sync_mode: Literal["batch", "cdc"] | None = Field(default=None, description="batch when left out.")
    where: Annotated[str, Field(max_length=10_000)] | None = Field(
        default=None,
        description="SQL over the columns of the source table: only rows it is true for are mirrored.",
        examples=["status = 'active' and price > 0"],
    )
    language: Annotated[str, Field(max_length=63)] | None = Field(
        default=None, description="Whose word endings searches by words know: english when left out, simple for none."
    )
    chunking: Chunking | None = Field(default=None, description="None when left out: one row, one vector.")
    store_settings: StoreSettings | None = Field(
        default=None, description="Of mode managed only. They stay as they are while the vector table lives."
    )


class UpdateVectorTable(Body):
    """What changes; the rest stays. Other embedded columns, another model or other dimensions build new vectors beside
    the present ones, which answer until the switch."""

    name: Name | None = None
    columns: Annotated[list[Column], Field(min_length=1, max_length=1600)] | None = None
    embedding_provider_id: Identifier | None = None
    embedding_model: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    embedding_dimensions: Annotated[int, Field(ge=1, le=16_000)] | None = None
    sync_mode: Literal["batch", "cdc"] | None = None
    where: Annotated[str, Field(max_length=10_000)] | None = Field(default=None, description="Blank lifts it.")
    chunking: Chunking | None = None


class Rerank(Body):
    """Let a vendor's model read the best rows with the query, and order them by what it thinks of them."""

    embedder: Identifier = Field(
        description="An embedding provider of voyage, cohere or jina, by id or name; its key is used."
    )
    model: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="The provider's current model when left out."
    )
    candidates: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="How many rows are read, at least limit. 50, or limit, when left out."
    )


class Query(Body):
    """What to look for."""

    # The bounds below describe: embedd_internal.plan_search() checks them for REST and SQL alike, and
    # tests/api/test_rest_in_sql.py holds both equal.

    query: str = Field(min_length=1, max_length=100_000)
    limit: int = Field(default=10, ge=1, le=100)
    min_similarity_score: Annotated[float, Field(ge=0, le=1)] | None = None
    filters: dict[str, Any] | None = Field(
        default=None,
        description='Conditions on metadata columns, for example {"price": {"lte": 150}}.',
    )
    search_mode: SearchMode = Field(
        default="vector",
        description="vector: by meaning; lexical: by words, without the embedding provider; hybrid: by both.",
    )
    rerank: Rerank | None = Field(
        default=None, description="Order the rows found anew; score is then the reranker's. null: do not."
    )


class CreateEnvironment(Body):
    """A new environment."""

    name: str = Field(min_length=1, max_length=50, pattern="^[a-z0-9_-]+$", examples=["staging"])


class CreateApiKey(Body):
    """A new API key."""

    name: Name
    permission: Literal["full", "read_only"] = "full"
    expires_at: Moment | None = Field(
        default=None, description="When it ends. A key made with one that expires ends with it at the latest."
    )
