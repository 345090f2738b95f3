"""Loading of code while other things are waited for."""

from __future__ import annotations

import asyncio
from importlib import import_module
from types import ModuleType


def begin_loading(module: str) -> asyncio.Future[ModuleType]:
    """Begin to load a module in a thread. The result arrives when it is loaded; an import then takes no time.

    The code of a worker takes about as long to load as the database takes to answer its first questions.
    """
    return asyncio.get_running_loop().run_in_executor(None, import_module, module)
