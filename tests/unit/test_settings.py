"""Settings come from the environment; a malformed one is named, and their repr shows no secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from embedd_pg.errors import ConfigurationError
from embedd_pg.settings import Settings

ROOT = Path(__file__).parents[2]


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()


def test_an_empty_variable_counts_as_unset() -> None:
    assert Settings.from_environment({"EMBEDD_PORT": "", "EMBEDD_QDRANT_URL": "", "EMBEDD_HOST": ""}) == Settings()


def test_every_kind_of_value_is_read() -> None:
    settings = Settings.from_environment(
        {
            "EMBEDD_DATABASE_URL": "postgresql://u@h/d",
            "EMBEDD_DATA_DIR": "~/embedd",
            "EMBEDD_PORT": "0",
            "EMBEDD_POLL_INTERVAL": "0.25",
            "EMBEDD_HOSTED": "1",
            "EMBEDD_LOG_LEVEL": "DEBUG",
        }
    )
    assert settings.database_url == "postgresql://u@h/d"
    assert settings.data_dir == Path.home() / "embedd"
    assert (settings.port, settings.poll_interval, settings.hosted) == (0, 0.25, True)
    assert settings.log_level == "debug"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EMBEDD_PORT", "eighty"),
        ("EMBEDD_PORT", "65536"),
        ("EMBEDD_PORT", "-1"),
        ("EMBEDD_CONCURRENCY", "0"),
        ("EMBEDD_LEASE", "nan"),
        ("EMBEDD_POLL_INTERVAL", "inf"),
        ("EMBEDD_BATCH_SIZE", "1e9"),
        ("EMBEDD_QDRANT_SHARD_NUMBER", "0"),
        ("EMBEDD_QDRANT_REPLICATION_FACTOR", "101"),
        ("EMBEDD_QDRANT_WRITE_CONSISTENCY_FACTOR", "two"),
        ("EMBEDD_QDRANT_GRPC_PORT", "0"),
    ],
)
def test_a_malformed_number_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} must be a number between"):
        Settings.from_environment({name: value})


def test_the_layout_of_collections_is_read_with_the_names_of_qdrant() -> None:
    assert Settings.from_environment({}).qdrant_layout() == {}
    settings = Settings.from_environment(
        {
            "EMBEDD_QDRANT_SHARD_NUMBER": "6",
            "EMBEDD_QDRANT_REPLICATION_FACTOR": "3",
            "EMBEDD_QDRANT_WRITE_CONSISTENCY_FACTOR": "2",
            "EMBEDD_QDRANT_CA_FILE": "~/ca.pem",
            "EMBEDD_QDRANT_GRPC_PORT": "16334",
        }
    )
    assert settings.qdrant_layout() == {"shard_number": 6, "replication_factor": 3, "write_consistency_factor": 2}
    assert (settings.qdrant_ca_file, settings.qdrant_grpc_port) == (Path.home() / "ca.pem", 16334)


@pytest.mark.parametrize("replicas", ["", "2"])
def test_the_write_consistency_factor_cannot_exceed_the_replication_factor(replicas: str) -> None:
    environment = {"EMBEDD_QDRANT_REPLICATION_FACTOR": replicas, "EMBEDD_QDRANT_WRITE_CONSISTENCY_FACTOR": "3"}
    with pytest.raises(ConfigurationError, match="EMBEDD_QDRANT_WRITE_CONSISTENCY_FACTOR must not be above"):
        Settings.from_environment(environment)


def test_secrets_are_not_in_the_repr_of_settings() -> None:
    settings = Settings(database_url="postgresql://u:canary@h/d", qdrant_api_key="canary", secret_key="canary")
    assert "canary" not in repr(settings)


def test_every_setting_is_documented() -> None:
    code = (ROOT / "embedd_pg/settings.py").read_text(encoding="utf-8")
    documented = (ROOT / "docs/reference/configuration.md").read_text(encoding="utf-8")
    names = set(re.findall(r'"(EMBEDD_[A-Z_]+)"', code))
    assert names
    assert {name for name in names if f"`{name}`" not in documented} == set()
