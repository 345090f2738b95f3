"""Measure everything in the README's table, and print that table.

    make bench [PEERS=directory of the peer harness] [ARGS="--only backfill,lag --rows 20000"]

Without PEERS, measure embedd and the straight line with the means of this repository. With PEERS, also measure the
installed peers, and embedd once more, through the same harness in the same run."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg

from benchmarks import (
    backfill,
    changes,
    growth,
    idle,
    lag,
    managed,
    many_tables,
    polling,
    query,
    query_load,
    relevance,
    snapshot,
    sql_search,
    startup,
    wakeup,
    writers,
)
from benchmarks.peers import Peers
from benchmarks.place import NotMeasured, Place, embedd, running_place
from benchmarks.report import Report

SCENARIOS: dict[str, Callable[..., None]] = {
    "backfill": backfill.measure,
    "managed": managed.measure,
    "writers": writers.measure,
    "wakeup": wakeup.measure,
    "lag": lag.measure,
    "changes": changes.measure,
    "idle": idle.measure,
    "growth": growth.measure,
    "tables": many_tables.measure,
    "snapshot": snapshot.measure,
    "polling": polling.measure,
    "query": query.measure,
    "query_load": query_load.measure,
    "sql_search": sql_search.measure,
    "startup": startup.measure,
    "relevance": relevance.measure,
}


def main() -> None:
    given = arguments()
    report, failed = Report(), list[str]()
    try:
        peers = Peers(Path(given.peers).absolute()) if given.peers else None
        check_command()
    except NotMeasured as reason:
        sys.exit(str(reason))
    with running_place() as place:
        if peers:
            peers.programs = place.programs
        print(machine(place), flush=True)
        for name in given.only:
            options = {
                "backfill": {"rows": given.rows, "repeats": given.repeats},
                "growth": {"many": given.growth_rows},
                "managed": {"rows": given.rows, "repeats": given.repeats},
            }
            try:
                SCENARIOS[name](place, report, **options.get(name, {}))
                if peers and (compare := peers.scenario(name)):
                    compare(report, **({"rows": given.rows} if name == "backfill" else {}))
            except NotMeasured as reason:
                failed.append(f"{name}: {reason}")
                print(failed[-1], flush=True)
    print("\n" + report.table())
    print("" if given.peers else "\nThe peers were not run: PEERS names no harness.")
    if given.out:
        report.save(given.out)
    if failed:
        sys.exit("Not measured: " + "; ".join(failed))


def check_command() -> None:
    if not Path(embedd()).exists():
        raise NotMeasured(f"There is no {embedd()}. Install embedd beside this Python, or name it in EMBEDD_BIN.")


def arguments() -> argparse.Namespace:
    def names(text: str) -> list[str]:
        chosen = text.split(",")
        if unknown := set(chosen) - SCENARIOS.keys():
            raise argparse.ArgumentTypeError(f"no scenario {sorted(unknown)}; there are {', '.join(SCENARIOS)}")
        return chosen

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=names, default=list(SCENARIOS), help=f"some of {', '.join(SCENARIOS)}")
    parser.add_argument("--peers", default=os.environ.get("PEERS"), help="directory of the peer harness")
    parser.add_argument("--rows", type=int, default=20_000, help="of the backfills")
    parser.add_argument("--repeats", type=int, default=3, help="of the backfills")
    parser.add_argument("--growth-rows", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, help="a file for all details, in JSON")
    return parser.parse_args()


def machine(place: Place) -> str:
    with psycopg.connect(place.url) as connection:
        version = connection.execute("show server_version").fetchone()
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), load {load}; PostgreSQL {version[0] if version else '?'}, "
        f"fsync on; provider of {place.stub.latency_ms:g} ms; all on this machine"
    )


if __name__ == "__main__":
    main()
