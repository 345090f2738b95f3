"""The log as JSON: one object a line, with the date and the fields of the event, libraries included."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta

import pytest
import structlog

from embedd_pg.cli.logs import configure_logging
from embedd_pg.errors import ConfigurationError
from embedd_pg.settings import Settings


@pytest.fixture(autouse=True)
def handlers_of_before() -> object:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before, level


def test_each_line_is_an_object_with_the_time_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_format="json"))
    structlog.get_logger("embedd").warning("row_set_aside", vector_table="vt_1", at=timedelta(seconds=2))
    logging.getLogger("a library").warning("it said: %s", "postgresql://me:hidden@host/db\nand more")
    try:
        raise ValueError("two\nlines")
    except ValueError:
        structlog.get_logger("embedd").error("attempt_broke", exc_info=True)
    ours, theirs, failed = map(json.loads, capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["level"], ours["vector_table"]) == ("row_set_aside", "warning", "vt_1")
    assert datetime.fromisoformat(ours["timestamp"]).utcoffset() == timedelta(0)
    assert theirs["event"].startswith("it said: postgresql://me:***@host/db")
    assert "ValueError" in failed["exception"]


def test_an_unknown_format_is_refused() -> None:
    settings = Settings.from_environment({"EMBEDD_LOG_FORMAT": "xml"})
    with pytest.raises(ConfigurationError, match="EMBEDD_LOG_FORMAT is 'xml'"):
        configure_logging(settings)
