"""The supply chain: packages are pinned by the hashes of their files, and sources hold no secrets."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import psycopg
import pytest
import yaml
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.migration.dump import program
from tests.support import postgres

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
#: One package each, the lines with its hashes included.
ENTRIES = re.findall(r"^\S.*(?:\n .*)*", LOCK, re.MULTILINE)


def forged(directory: Path, name: str, version: str) -> None:
    """A wheel that calls itself what the list wants and is something else."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": "print('not what you wanted')\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(directory / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in {**files, f"{info}/RECORD": "".join(f"{path},,\n" for path in files)}.items():
            wheel.writestr(path, text)


@pytest.mark.parametrize("file", ["Makefile", "docker/Dockerfile"])
def test_point_17_row_37_a_tampered_package_is_not_installed(file: str, tmp_path: Path) -> None:
    (entry,) = (entry for entry in ENTRIES if entry.startswith("idna=="))
    (tmp_path / "requirements.lock").write_text(entry)
    forged(tmp_path, "idna", re.split(r"[=\s\\]+", entry)[1])
    (options,) = re.findall(r"pip install (.*-r requirements.lock)$", (ROOT / file).read_text(), re.MULTILINE)
    pip = [sys.executable, "-m", "pip", "install", "--no-index", "--find-links", ".", "--target", "site"]
    installed = subprocess.run(
        [*pip, *options.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert installed.returncode != 0 and "DO NOT MATCH THE HASHES" in installed.stderr
    assert not (tmp_path / "site" / "idna").exists()


def test_point_17_row_37_every_package_is_pinned_with_the_hashes_of_its_files() -> None:
    pinned = re.compile(r"[a-z0-9-]+==[\w.]+( ; sys_platform != 'win32')?( \\\n    --hash=sha256:[0-9a-f]{64})+")
    assert [entry for entry in ENTRIES if not pinned.fullmatch(entry)] == []
    names = {entry.partition("==")[0] for entry in ENTRIES}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    wanted += [one for extra in project["project"]["optional-dependencies"].values() for one in extra]
    needed = {re.split(r"[\[>=<~!;\s]", one)[0].lower().replace("_", "-") for one in wanted}
    assert needed <= names, "what pyproject.toml names is in the list"


# Images.


FAKE_DOCKER = """#!/bin/sh
for image; do :; done
case $image in *qdrant*) echo "sha256:$(printf %064d 1)" ;; *) echo "sha256:$(printf %064d 2)" ;; esac
"""


def test_point_17_images_can_be_pinned_to_the_digests_of_their_tags(tmp_path: Path) -> None:
    """The script asks a registry; here a stand-in answers in place of docker."""
    shutil.copytree(ROOT / "docker", tmp_path / "docker")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "docker").write_text(FAKE_DOCKER)
    (tmp_path / "bin" / "docker").chmod(0o755)
    path = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}

    def pin(*arguments: str) -> str:
        command = ["sh", str(tmp_path / "docker" / "pin.sh"), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=path).stdout

    shown = pin()
    assert "@sha256" not in (tmp_path / "docker" / "compose.yaml").read_text()
    assert pin("--write") == shown == pin("--write"), "a second time changes nothing"
    for name in ("compose.yaml", "compose.cluster.yaml", "Dockerfile"):
        pinned = (tmp_path / "docker" / name).read_text()
        images = re.findall(r"^(?:FROM| +image:) (\S+)", pinned, re.MULTILINE)
        assert images and all(re.fullmatch(r"\S+:\S+@sha256:0{63}[12]", image) for image in images), name
        assert re.sub(r"@sha256:\w+", "", pinned) == (ROOT / "docker" / name).read_text()


def test_point_17_row_34_compose_starts_no_qdrant_without_a_key() -> None:
    for file in ("compose.yaml", "compose.cluster.yaml"):
        services = yaml.safe_load((ROOT / "docker" / file).read_text())["services"]
        nodes = {name: service for name, service in services.items() if name.startswith("qdrant")}
        key = services["embedd"]["environment"]["EMBEDD_QDRANT_API_KEY"]
        assert re.fullmatch(r"\$\{QDRANT_API_KEY:\?.+\}", key), "without one compose refuses to start"
        assert nodes and all(node["environment"]["QDRANT__SERVICE__API_KEY"] == key for node in nodes.values())
        assert all(port.startswith("127.0.0.1:") for node in nodes.values() for port in node.get("ports", []))


def test_point_04_row_44_the_superuser_of_compose_cannot_log_in_and_embedd_is_not_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The script that the image runs at its first start, run on a separate server."""
    monkeypatch.delenv("EMBEDD_TEST_DSN", raising=False)
    used = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())["services"]
    assert used["embedd"]["environment"]["EMBEDD_DATABASE_URL"].startswith("postgresql://app:${POSTGRES_PASSWORD")
    assert "./postgres-init.sh:/docker-entrypoint-initdb.d/embedd.sh:ro" in used["postgres"]["volumes"]
    with postgres.running_cluster() as cluster:
        server = conninfo_to_dict(cluster.dsn())
        superuser = str(server.get("user", "postgres"))
        place = {"PGHOST": str(server["host"]), "PGPORT": str(server.get("port") or 5432), "POSTGRES_USER": superuser}
        path = f"{Path(program('psql', cluster.dsn())).parent}:{os.environ['PATH']}"
        with psycopg.connect(cluster.dsn(), autocommit=True) as root:
            root.execute(sql.SQL("alter role {} password 'canary'").format(sql.Identifier(superuser)))
            subprocess.run(
                ["sh", str(ROOT / "docker" / "postgres-init.sh")],
                check=True,
                capture_output=True,
                env={**place, "PATH": path, "POSTGRES_PASSWORD": "canary", "PGPASSWORD": "canary"},
            )
            words = root.execute("select rolname, rolpassword from pg_authid where rolcanlogin").fetchall()
        assert dict(words)[superuser] is None
        with psycopg.connect(cluster.dsn("app", user="app")) as app:
            assert app.execute("select rolsuper from pg_roles where rolname = 'app'").fetchone() == (False,)
            owner = "select pg_get_userbyid(datdba) from pg_database where datname = 'app'"
            assert app.execute(owner).fetchone() == ("app",)
            assert app.execute("select count(*) from pg_extension where extname = 'vector'").fetchone() == (1,)


# Our own sources.


#: What looks like a secret that works somewhere: keys of vendors and clouds, private keys.
SECRET = re.compile(
    r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{60}|\bAKIA[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}\b"
    r"|\bgh[pousr]_[0-9A-Za-z]{36}\b|\bxox[abprs]-[0-9A-Za-z-]{20}|\bsk-(?:proj-|ant-)?[0-9A-Za-z_]{32}"
    r"|\bsk_live_[0-9A-Za-z]{40}|\bpypi-[0-9A-Za-z_-]{60}|\bhf_[0-9A-Za-z]{30}"
)


def test_row_38_no_secret_is_in_the_repository() -> None:
    planted = ["AKIA" + "A1" * 8, "ghp_" + "a1B2" * 9, "sk-proj-" + "x9" * 20, "sk_live_" + "Ab3" * 15]
    planted.append("-----BEGIN " + "PRIVATE KEY-----\n" + "MIIE" * 16)
    assert all(SECRET.search(f"key = '{one}'") for one in planted), "what is looked for would be found"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found = []
    for name in filter(None, listed.split("\0")):
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        found += [f"{name}: {match[0][:12]}…" for match in SECRET.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("S602", "import subprocess\n\nsubprocess.run('x', shell=True)\n"),
        ("S608", "def f(name: str) -> str:\n    return f'select * from {name}'\n"),
        ("S105", "password = 'hunter2'\n"),
        ("S301", "import pickle\n\npickle.loads(b'')\n"),
        ("S501", "import httpx\n\nhttpx.get('https://x', verify=False)\n"),
    ],
)
@pytest.mark.parametrize("place", ["embedd_pg/planted.py", "api/embedd_api/planted.py"])
def test_row_38_make_check_finds_dangerous_code(rule: str, code: str, place: str) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--stdin-filename", place, "--output-format", "concise", "-"],
        cwd=ROOT,
        input=code,
        capture_output=True,
        text=True,
    )
    assert rule in found.stdout
    assert "ruff check ." in (ROOT / "Makefile").read_text() and "/mypy\n" in (ROOT / "Makefile").read_text()
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["strict"] is True
