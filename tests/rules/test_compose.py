"""The containers that docker/ starts: images of a fixed version, the same for all Qdrant nodes, no open port, no unused
right."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from embedd_pg.settings import Settings
from embedd_pg.stores.qdrant.engine import MIN_VERSION

DOCKER = Path(__file__).parents[2] / "docker"
FILES = sorted(DOCKER.glob("compose*.yaml"))
#: A tag that names one build of one version, with a digest where docker/pin.sh has put one.
EXACT = re.compile(r"[a-z/]+:v?\d+\.\d+\.\d+(-pg\d+|-slim-[a-z]+)?(@sha256:[0-9a-f]{64})?")


def parsed(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read


def services() -> list[tuple[str, str, dict[str, Any]]]:
    return [(path.name, name, service) for path in FILES for name, service in parsed(path)["services"].items()]


def test_compose_files_exist_for_one_node_and_for_three() -> None:
    assert [path.name for path in FILES] == ["compose.cluster.yaml", "compose.yaml"]
    assert len({parsed(path)["name"] for path in FILES}) == 1


@pytest.mark.parametrize(("file", "name", "service"), services())
def test_images_have_a_version_and_ports_are_this_machines_alone(file: str, name: str, service: dict[str, Any]) -> None:
    if "image" in service:
        assert EXACT.fullmatch(service["image"]), (file, name)
        assert service["healthcheck"]["test"] and service["restart"] == "unless-stopped"
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:"), (file, name, port)
    for volume in service.get("volumes", []):
        place, _, options = volume.partition(":")
        assert place in parsed(DOCKER / file)["volumes"] or ((DOCKER / place).is_file() and options.endswith(":ro"))


def test_the_base_image_has_an_exact_version() -> None:
    bases = re.findall(r"^FROM (\S+)", (DOCKER / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(bases) == 2 and len(set(bases)) == 1 and EXACT.fullmatch(bases[0])


@pytest.mark.parametrize(("file", "name", "service"), services())
def test_a_container_has_no_unused_rights(file: str, name: str, service: dict[str, Any]) -> None:
    if (file, name) == ("compose.cluster.yaml", "embedd"):
        return  # only what compose.yaml does not say of it
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in service["tmpfs"] and "privileged" not in service and "cap_add" not in service


def test_all_qdrant_nodes_have_one_supported_version() -> None:
    images = {service["image"] for _, name, service in services() if name.startswith("qdrant")}
    (image,) = images
    assert tuple(map(int, re.findall(r"\d+", image)[:2])) >= MIN_VERSION


def test_the_nodes_of_the_cluster_know_the_first_and_share_its_key() -> None:
    cluster = parsed(DOCKER / "compose.cluster.yaml")["services"]
    key = cluster["embedd"]["environment"]["EMBEDD_QDRANT_API_KEY"]
    nodes = {name: service for name, service in cluster.items() if name.startswith("qdrant")}
    assert list(nodes) == ["qdrant", "qdrant-2", "qdrant-3"]
    for name, node in nodes.items():
        bootstrap = [] if name == "qdrant" else ["--bootstrap", "http://qdrant:6335"]
        assert node["command"] == ["./entrypoint.sh", *bootstrap, "--uri", f"http://{name}:6335"]
        assert node["environment"]["QDRANT__CLUSTER__ENABLED"] == "true"
        assert node["environment"]["QDRANT__SERVICE__API_KEY"] == key
        assert node["volumes"] == [f"{name}:/qdrant/storage"]
        assert ("ports" in node) == (name == "qdrant")


def test_the_settings_of_the_cluster_are_valid() -> None:
    environment = parsed(DOCKER / "compose.cluster.yaml")["services"]["embedd"]["environment"]
    settings = Settings.from_environment({name: str(value) for name, value in environment.items()})
    assert settings.qdrant_layout() == {"shard_number": 6, "replication_factor": 3}
