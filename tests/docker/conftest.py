"""Real Qdrant servers in containers, for this folder. Without a Docker engine its tests are skipped and say so."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.support.worker import furnished as furnished
from tests.support.worker import nursery as nursery
from tests.support.worker import site as site
from tests.support.worker import vendor as vendor
from tests.support.worker import wait_until
from tests.support.worker import worker_role as worker_role

COMPOSE = Path(__file__).parents[2] / "docker" / "compose.yaml"
IMAGE: str = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["qdrant"]["image"]


@dataclass
class Server:
    """A container with Qdrant. Its ports stay the same when it is killed and started again."""

    container: Any
    host: str
    port: int
    grpc_port: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def kill(self) -> None:
        self.container.get_wrapped_container().kill()

    def start(self) -> None:
        self.container.get_wrapped_container().start()

    def get(self, path: str) -> Any:
        return httpx.get(f"{self.url}{path}", timeout=10, trust_env=False).raise_for_status().json()["result"]

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False


@pytest.fixture(scope="session")
def engine() -> None:
    """Skip the test without a Docker engine."""
    docker = pytest.importorskip("docker", reason="needs the packages of requirements.lock: testcontainers")
    try:
        docker.from_env().ping()
    except docker.errors.DockerException as error:
        pytest.skip(f"needs a Docker engine: {error}")


@contextmanager
def running(*, name: str = "qdrant", network: Any = None, command: str | None = None) -> Iterator[Server]:
    """Run one server. In a network, it is a node of a cluster."""
    from testcontainers.core.container import DockerContainer

    with free_ports() as (port, grpc_port):
        container = DockerContainer(IMAGE).with_bind_ports(6333, port).with_bind_ports(6334, grpc_port)
    if network is not None:
        container.with_network(network).with_network_aliases(name).with_env("QDRANT__CLUSTER__ENABLED", "true")
    if command:
        container.with_command(command)
    with container:
        yield Server(container, container.get_container_host_ip(), port, grpc_port)


@contextmanager
def free_ports() -> Iterator[tuple[int, int]]:
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        yield first.getsockname()[1], second.getsockname()[1]


@pytest.fixture
async def server(engine: None) -> Any:
    """A server of one node."""
    with running() as made:
        await wait_until(made.is_ready, "Qdrant is ready", seconds=60)
        yield made


@pytest.fixture
async def cluster_of_three(engine: None) -> Any:
    """Three servers of one cluster, each of which answers for all."""
    from testcontainers.core.network import Network

    with Network() as network, ExitStack() as stack:
        nodes = []
        for number in (1, 2, 3):
            joins = "" if number == 1 else "--bootstrap http://qdrant-1:6335 "
            command = f"./entrypoint.sh {joins}--uri http://qdrant-{number}:6335"
            node = stack.enter_context(running(name=f"qdrant-{number}", network=network, command=command))
            await wait_until(node.is_ready, f"node {number} is ready", seconds=60)
            nodes.append(node)
        await wait_until(lambda: len(nodes[0].get("/cluster")["peers"]) == 3, "three peers", seconds=60)
        yield nodes
