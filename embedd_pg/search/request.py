"""The request of a search: REST, the commands and workers make the same one, which plan_search() in SQL checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from embedd_pg.search.rerank import Rerank
from embedd_pg.stores.base import storable_text

SearchMode = Literal["vector", "lexical", "hybrid"]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What to find in a vector table, with the fields of the REST body (contract, section 2.8)."""

    query: str | None = None
    #: 1 to 100.
    limit: int = 10
    #: The lowest cosine similarity, 0 to 1.
    min_similarity_score: float | None = None
    #: Conditions on metadata (contract, section 3.7).
    filters: Any = None
    #: `vector` ranks by meaning, with the cosine similarity as score; `lexical` by words, without the provider, with a
    #: score like that of BM25; `hybrid` by both, with a weighted mean of the two scores, each scaled to 0 to 1.
    search_mode: SearchMode = "vector"
    #: The columns and fields that results show; None for all.
    select: Sequence[str] | None = None
    #: A vendor's model that orders the best rows; the score is the model's.
    rerank: Rerank | None = None
    #: The keys of rows whose vectors are searched by, `positive` and `negative`, in the place of the query's vector.
    like: Mapping[str, Any] | None = None
    #: A vector of the caller, in the place of the query's vector.
    query_vector: Sequence[float] | None = None
    #: The lowest score of a result in any mode.
    score_threshold: float | None = None
    #: The keys of rows to leave out.
    without: Sequence[str] | None = None
    #: The cursor of the page before, `*` for the first of several pages.
    cursor: str | None = None

    @classmethod
    def parse(cls, fields: Mapping[str, Any]) -> SearchRequest:
        """Read the fields of a JSON object, by their names."""
        rerank = fields.get("rerank")
        return cls(**{**fields, "rerank": None if rerank is None else Rerank(**rerank)})

    @property
    def text(self) -> str:
        """The query as stores and providers can take it, empty if there is none."""
        return storable_text(self.query or "")

    @property
    def is_embedded(self) -> bool:
        """Whether the search is by the vector of its text."""
        return self.search_mode != "lexical" and self.like is None and self.query_vector is None

    def as_plannable(self, shown: Sequence[str] = ()) -> dict[str, Any]:
        """Return the request as plan_search() takes it; rows that were `shown` on earlier pages are left out, too."""
        return {
            "query": self.text,
            "limit": self.limit,
            "min_similarity_score": self.min_similarity_score,
            "filters": self.filters,
            "search_mode": self.search_mode,
            "rerank": self.rerank and asdict(self.rerank),
            "select": self.select,
            "like": self.like,
            "query_vector": self.query_vector is not None,
            "score_threshold": self.score_threshold,
            "without": [*(self.without or ()), *shown],
        }
