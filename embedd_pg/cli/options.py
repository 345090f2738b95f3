"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path | None,
    typer.Option(help="Where `embedd up` keeps everything.  [default: EMBEDD_DATA_DIR or ~/.local/share/embedd]"),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON for scripts.")]
