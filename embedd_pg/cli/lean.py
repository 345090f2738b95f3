"""Libraries without the parts that embedd does not use, and that take longer to load than all the rest."""

from __future__ import annotations

import sys
from typing import Any

_MODULES: dict[str, Any] = sys.modules


def load_lean_libraries() -> None:
    """Load structlog without rich, and let httpx load without its command line. To be called before other threads run.

    Both look whether more is installed: rich for coloured tracebacks, which embedd prints as plain text, and click for
    a command called httpx. None in the place of a module is Python's way to say that it cannot be imported.
    """
    _MODULES.setdefault("httpx._main", None)
    if "rich" in _MODULES:
        return
    _MODULES["rich"] = None
    try:
        import structlog  # noqa: F401
    finally:
        del _MODULES["rich"]
