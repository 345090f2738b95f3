"""The end of a command: its exit status, and its error message."""

from __future__ import annotations

import pytest
import typer

from embedd_pg.cli.running import run
from embedd_pg.errors import ConfigurationError


async def fail(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (typer.Exit(3), 3, ""),
        (ConfigurationError("Nothing is set."), 1, "Nothing is set."),
        (ValueError("a secret"), 1, "Something went wrong inside embedd (ValueError)."),
    ],
)
def test_a_command_ends_with_its_status_and_reports_each_error_once(
    capsys: pytest.CaptureFixture[str], error: BaseException, status: int, said: str
) -> None:
    with pytest.raises((typer.Exit, SystemExit)) as caught:
        run(fail(error))
    ended = caught.value
    assert (ended.code if isinstance(ended, SystemExit) else ended.exit_code) == status
    told = capsys.readouterr().err
    assert told.startswith(said)
    assert bool(told) == bool(said)
    assert "a secret" not in told
