"""Request bodies of GoodMem's face. They check types and enumerations; all other rules are in SQL. A null field counts
as absent and an unknown field is ignored: the published clients send both."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

ProviderType = Literal["OPENAI", "VLLM", "TEI", "LLAMA_CPP", "VOYAGE", "COHERE", "JINA"]
DistributionType = Literal["DENSE", "SPARSE"]
Modality = Literal["TEXT", "IMAGE", "AUDIO", "VIDEO"]

_HEX = "[0-9a-fA-F]"
UUID_FORM = f"^{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}$"

Uuid = Annotated[str, Field(pattern=UUID_FORM)]
Int32 = Annotated[int, Field(ge=1, le=2_147_483_647)]
Labels = dict[str, str]


class GoodmemBody(BaseModel):
    """The base class of GoodMem's request bodies; JSON names are in camelCase."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, alias_generator=to_camel)


class SecretReference(GoodmemBody):
    """The place of a secret: env:NAME or file:/path, if the operator allows it."""

    uri: Annotated[str, Field(min_length=1, max_length=1000)]
    hints: dict[str, str] | None = None


class ApiKeyAuth(GoodmemBody):
    """A key sent in a header. Exactly one of inlineSecret and secretRef must be given."""

    inline_secret: Annotated[str, Field(max_length=10_000)] | None = Field(
        default=None, repr=False, json_schema_extra={"writeOnly": True}
    )
    secret_ref: SecretReference | None = None
    header_name: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    prefix: Annotated[str, Field(max_length=100)] | None = Field(default=None, repr=False)


class GcpAdcAuth(GoodmemBody):
    """Google's application default credentials."""

    scopes: list[str] | None = None
    quota_project_id: str | None = None


class EndpointAuthentication(GoodmemBody):
    """Credentials of the endpoint. They are stored encrypted and never shown again."""

    kind: Literal["CREDENTIAL_KIND_UNSPECIFIED", "CREDENTIAL_KIND_API_KEY", "CREDENTIAL_KIND_GCP_ADC"]
    api_key: ApiKeyAuth | None = None
    gcp_adc: GcpAdcAuth | None = None
    labels: Labels | None = None

    def document(self) -> dict[str, Any]:
        """Return the JSON as it was sent, without absent fields."""
        return self.model_dump(by_alias=True, exclude_none=True)


class EmbedderCreationRequest(GoodmemBody):
    """A new embedder."""

    display_name: str = Field(min_length=1, max_length=255)
    provider_type: ProviderType
    endpoint_url: str = Field(min_length=1, max_length=2000, examples=["https://api.openai.com/v1"])
    model_identifier: str = Field(min_length=1, max_length=500)
    dimensionality: Int32
    distribution_type: DistributionType
    description: str | None = None
    api_path: str | None = Field(default=None, description="/embeddings when left out.")
    max_sequence_length: Int32 | None = None
    supported_modalities: list[Modality] | None = None
    credentials: EndpointAuthentication | None = None
    labels: Labels | None = None
    version: str | None = None
    monitoring_endpoint: str | None = None
    owner_id: Uuid | None = Field(default=None, description="The caller when left out.")
    embedder_id: Uuid | None = None


class UpdateEmbedderRequest(GoodmemBody):
    """Changes to an embedder; fields that are left out stay as they are."""

    display_name: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    endpoint_url: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    model_identifier: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    dimensionality: Int32 | None = None
    distribution_type: DistributionType | None = None
    description: str | None = None
    api_path: str | None = Field(default=None, description="A blank text restores /embeddings.")
    max_sequence_length: Int32 | None = None
    supported_modalities: list[Modality] | None = None
    credentials: EndpointAuthentication | None = None
    replace_labels: Labels | None = Field(
        default=None, description="Replaces all labels. Cannot be combined with mergeLabels."
    )
    merge_labels: Labels | None = Field(default=None, description="Sets these labels; the others stay.")
    version: str | None = None
    monitoring_endpoint: str | None = None
