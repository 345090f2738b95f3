"""The files that newcomers and the tools around a repository look for."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from embedd_pg import __version__

ROOT = Path(__file__).parents[2]
LICENSE = (ROOT / "LICENSE").read_bytes()
YAML = sorted([*(ROOT / ".github").rglob("*.yml"), ROOT / ".pre-commit-config.yaml"])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the wheel and the source distribution."""
    directory = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(directory)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return directory


def test_the_wheel_contains_and_names_the_licence(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (licence,) = [name for name in archive.namelist() if name.endswith("dist-info/licenses/LICENSE")]
        (metadata,) = [name for name in archive.namelist() if name.endswith("dist-info/METADATA")]
        assert archive.read(licence) == LICENSE
        assert "License-Expression: Apache-2.0\n" in archive.read(metadata).decode()
        assert {"embedd_pg/__init__.py", "embedd_api/__init__.py", "embedd_pg/sql/control/comments.sql"} <= set(
            archive.namelist()
        )


def test_the_source_distribution_contains_the_licence(built: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        licence = archive.extractfile(f"{source.name.removesuffix('.tar.gz')}/LICENSE")
        assert licence is not None and licence.read() == LICENSE


def test_the_licence_is_the_text_of_apache_2() -> None:
    text = LICENSE.decode()
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert text.count("\n") > 200, "the whole text"


@pytest.mark.parametrize("path", YAML, ids=lambda path: path.name)
def test_files_for_tools_are_yaml_that_can_be_read(path: Path) -> None:
    assert yaml.safe_load(path.read_text(encoding="utf-8"))


def test_issue_forms_are_complete() -> None:
    forms = [path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"]
    assert len(forms) == 2
    for path in forms:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert {"name", "description", "body"} <= form.keys()
        fields = [part for part in form["body"] if part["type"] != "markdown"]
        assert fields and all(part["id"] and part["attributes"]["label"] for part in fields)
        assert len({part["id"] for part in fields}) == len(fields)


def test_the_workflow_only_calls_the_ci_script() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    steps = [step.get("run") or step["uses"].partition("@")[0] for step in workflow["jobs"]["ci"]["steps"]]
    assert steps == ["actions/checkout", "actions/setup-python", ".ci/run"]


def test_hooks_are_local_and_use_the_environment_of_make() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repository["repo"] for repository in hooks["repos"]] == ["local"]
    assert all(hook["entry"].startswith(".venv/bin/") for hook in hooks["repos"][0]["hooks"])


def test_the_changelog_has_the_format_of_keep_a_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert versions[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", version) for version in versions[1:])
    assert f"[{__version__}]" in text
    kinds = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Before you upgrade"}


def test_the_version_of_the_package_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
