"""Functions of embedd as statements for sessions that lack them."""

from __future__ import annotations

from embedd_pg.database.inline import as_temporary


def test_a_temporary_function_is_sent_without_its_comment() -> None:
    for text in as_temporary(["uninstall_parts", "uninstall"]):
        assert "comment on function" not in text
        assert text.rstrip().endswith("$$;")


def test_temporary_functions_call_each_other() -> None:
    _, caller = as_temporary(["uninstall_parts", "uninstall"])
    assert "pg_temp.uninstall_parts(" in caller
    assert "embedd.uninstall_parts(" not in caller
