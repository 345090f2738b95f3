"""The report: a table with a row for each question and a column for each product."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OURS, PEER, COCOINDEX, LINE = "embedd-pg", "pgai", "CocoIndex", "straight line"
OURS_IN_HARNESS = "embedd-pg, harness"
COLUMNS = (OURS, LINE, OURS_IN_HARNESS, PEER, COCOINDEX)


@dataclass
class Report:
    """Figures by question and column, in order of arrival; `wanted` by question."""

    wanted: dict[str, str] = field(default_factory=dict)
    figures: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Everything in full, for the file.
    details: list[dict[str, Any]] = field(default_factory=list)

    def put(self, question: str, column: str, figure: str, *, wanted: str | None = None, **details: Any) -> None:
        """Record one figure and show it at once."""
        self.figures.setdefault(question, {})[column] = figure
        if wanted is not None:
            self.wanted[question] = wanted
        self.details.append({"question": question, "column": column, "figure": figure, **details})
        print(f"{question} | {column}: {figure} {json.dumps(details) if details else ''}", flush=True)

    def table(self) -> str:
        """Return the table in Markdown, without empty columns."""
        used = [c for c in COLUMNS if any(c in figures for figures in self.figures.values())]
        lines = ["| | " + " | ".join([*used, "wanted"]) + " |", "|---" * (len(used) + 2) + "|"]
        for question, figures in self.figures.items():
            cells = [figures.get(column, "") for column in used] + [self.wanted.get(question, "")]
            lines.append(f"| {question} | " + " | ".join(cells) + " |")
        return "\n".join(lines)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self.details, indent=1) + "\n")


def rate(value: float) -> str:
    """Format 1234.5 as 1,230: a noisy machine gives no more than three digits."""
    if value == 0:
        return "0"
    digits = max(0, len(str(int(abs(value)))) - 3)
    return f"{round(value, -digits):,.0f}" if abs(value) >= 10 else f"{value:.2g}"
