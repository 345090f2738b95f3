"""`embedd query`: find the rows nearest to a text, through the running API if there is one, else in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.table import Table
from rich.text import Text

from embedd_pg.cli.locate import find_settings, open_clients, read_running, read_secret
from embedd_pg.cli.logs import configure_logging
from embedd_pg.cli.options import AsJson, DataDir
from embedd_pg.cli.output import console, print_json, table, to_stderr
from embedd_pg.cli.running import run
from embedd_pg.clients import Clients
from embedd_pg.database.call import Actor
from embedd_pg.errors import EmbeddError
from embedd_pg.search.rerank import Rerank
from embedd_pg.search.search import SearchMode, search

Result = Mapping[str, Any]

#: Seconds to wait for the API: a provider and a reranker may take a minute each.
PATIENCE = 150.0


class ApiUnavailable(EmbeddError):
    """The API does not answer."""

    code = "api_unavailable"
    resolution = "Check the log of 'embedd up', or start it again."


def query(
    name: Annotated[str, typer.Argument(help="The vector table, by name or id.")],
    text: Annotated[str, typer.Argument(help="The text to search for.")],
    limit: Annotated[int, typer.Option(help="The largest number of rows, 1 to 100.")] = 10,
    filter: Annotated[str | None, typer.Option(help='A filter on rows, as JSON: {"price": {"lte": 150}}')] = None,
    min_score: Annotated[float | None, typer.Option(help="Only rows with at least this score, 0 to 1.")] = None,
    search_mode: Annotated[
        SearchMode, typer.Option(help="By meaning (vector), by words (lexical) or by both (hybrid).")
    ] = "vector",
    rerank: Annotated[
        str | None,
        typer.Option(help="Reorder the rows by a vendor's model, given an embedder of voyage, cohere or jina."),
    ] = None,
    rerank_model: Annotated[
        str | None, typer.Option(help="With --rerank: the vendor's model.  [default: its current one]")
    ] = None,
    candidates: Annotated[
        int | None, typer.Option(help="With --rerank: rows to reorder, up to 1000.  [default: 50]")
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(help="Show only this column, or field of a result; repeat it for several.  [default: all]"),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Find the rows that match a text best."""
    body = _body(limit, filter, min_score, search_mode)
    body |= {"rerank": _rerank(rerank, rerank_model, candidates), "select": select or None}
    run(_query(name, text, body, data_dir=data_dir, as_json=as_json))


def _body(limit: int, filter: str | None, min_score: float | None, search_mode: SearchMode) -> dict[str, Any]:
    try:
        filters = None if filter is None else json.loads(filter)
    except ValueError as error:
        raise typer.BadParameter(f"not valid JSON ({error}).", param_hint="--filter") from error
    return {"limit": limit, "min_similarity_score": min_score, "filters": filters, "search_mode": search_mode}


def _rerank(embedder: str | None, model: str | None, candidates: int | None) -> dict[str, Any] | None:
    if embedder is None:
        if model is not None or candidates is not None:
            raise typer.BadParameter("these options need --rerank.", param_hint="--rerank-model, --candidates")
        return None
    return {"embedder": embedder, "model": model, "candidates": candidates}


async def _query(name: str, text: str, body: dict[str, Any], *, data_dir: Path | None, as_json: bool) -> None:
    settings = find_settings(data_dir)
    configure_logging(settings, quiet=True)
    async with open_clients(settings) as clients:
        answer = await _ask(clients, name, text, body)
    if as_json:
        print_json({field: answer[field] for field in ("results", "partial") if field in answer})
        return
    console.print(as_table(answer["results"]) if answer["results"] else "No row matches.")
    if partial := answer.get("partial"):
        done, total = partial["rows_processed"], partial["rows_total"]
        counted = f"{done:,} rows" if total is None else f"{done:,} of {total:,} rows"
        to_stderr.print(f"This answer is partial: the backfill has processed {counted}.")


async def _ask(clients: Clients, name: str, text: str, body: dict[str, Any]) -> Mapping[str, Any]:
    directory = clients.settings.data_dir
    running = read_running(directory) if directory else None
    key = read_secret(directory / "api.key") if directory else None
    if running is None or key is None:
        reranked = body["rerank"] and Rerank(**body["rerank"])
        found = await search(clients, name, text, actor=Actor(), **body | {"rerank": reranked})
        return found.as_json()
    identity = await clients.database.value("get_vector_table", Actor(), vector_table=name)  # its first column
    body = {key: value for key, value in body.items() if value is not None}
    return await _ask_api(running.api_url, key, identity, {"query": text, **body})


async def _ask_api(api_url: str, key: str, identity: str, body: dict[str, Any]) -> Mapping[str, Any]:
    try:
        async with httpx.AsyncClient(base_url=api_url, timeout=PATIENCE, trust_env=False) as http:
            headers = {"Authorization": f"Bearer {key}"}
            answer = await http.post(f"/v1/vector-tables/{identity}/query", json=body, headers=headers)
    except httpx.HTTPError as error:
        raise ApiUnavailable(f"The API at {api_url} does not answer.") from error
    if answer.is_success:
        found: Mapping[str, Any] = answer.json()
        return found
    try:
        failure = answer.json()["error"]
    except (ValueError, KeyError) as error:
        raise EmbeddError(f"The API answered with status {answer.status_code}.") from error
    raise EmbeddError(failure["message"], resolution=failure["resolution"])


def as_table(results: Sequence[Result], *, hide: Sequence[str] = ()) -> Table:
    """Return results as a table: score, key, the matching passage if texts are cut, then the row's columns.

    Long texts are cut to the width of the terminal.
    """
    columns = [name for name in results[0]["metadata"] if name not in hide]
    passages = ["passage"] if any("passage" in result for result in results) else []
    made = table("score", "key", *passages, *columns, right=("score",))
    for column in made.columns[2:]:
        column.overflow, column.no_wrap = "ellipsis", True
    for result in results:
        values = (Text(_format(result["metadata"].get(name))) for name in columns)
        found = (Text(" ".join(result.get(name, "").split())) for name in passages)
        made.add_row(Text(f"{result['score']:.3f}", style="green"), Text(str(result["id"])), *found, *values)
    return made


def _format(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
