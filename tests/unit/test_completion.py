"""The version of the command, and what it tells shells that complete a line."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import embedd_pg


def embedd(*arguments: str, **environment: str) -> str:
    """Run the command as its script does, and return what it prints."""
    script = "import sys; sys.argv[0] = 'embedd'; from embedd_pg.cli import main; main()"
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True).stdout


def test_the_version_is_that_of_the_package() -> None:
    assert embedd("--version") == f"embedd {embedd_pg.__version__}\n"


@pytest.mark.parametrize(
    ("line", "place", "offered"),
    [
        ("embedd sta", "1", {"status"}),
        ("embedd query --fil", "2", {"--filter"}),
        ("embedd keys ", "2", {"create", "list", "revoke"}),
        ("embedd keys create --read", "3", {"--read-only"}),
        ("embedd nonsense --", "2", set()),
    ],
)
def test_a_shell_is_offered_commands_and_their_options(line: str, place: str, offered: set[str]) -> None:
    bash = {"_EMBEDD_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": place}
    assert set(embedd(**bash).split()) >= offered
    assert set(embedd(**bash).split()) == offered or not offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str) -> None:
    # Without this, typer looks for the shell among the processes that started this one.
    named = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    assert "_EMBEDD_COMPLETE" in embedd("--show-completion", shell, **named)
