"""The local model: all-MiniLM-L6-v2 in plain numpy, fast enough to fill a table on two cores.

It computes no padding. Texts are sorted by length and packed one after another into one long matrix of tokens, so that
every dense layer is a single large matrix product. Only attention respects the boundaries of texts, once per run of
texts of equal length. A packed text needs no mask and does not affect others: its vector is the same in any batch, up
to the rounding of the matrix product.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from embedd_pg.embedded.local_weights import DIMENSIONS, Floats, Layer, Weights, read_model

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Large enough for matrix products at full speed. Small enough to keep the activations in cache, and to divide a request
# among processors.
_PACK_TOKENS = 768
# Attention scores computed at once, so that they stay in the cache, too.
_SCORES = 2**18
# GELU(x) = x/2 * (1 + tanh(x * (c0 + c1 x^2 + c2 x^4))): a minimax fit of the erf form, off by at most 2.6e-5.
# Above x^2 = 64, where tanh has long reached 1, the polynomial would turn back, so x^2 is bounded.
_GELU = (np.float32(0.797507884), np.float32(0.037005646), np.float32(-0.000351516754))
_GELU_SQUARE_BOUND = np.float32(64.0)


@dataclass(frozen=True, slots=True)
class _Pack:
    """Texts end to end. `runs` are (first token, texts, tokens of each), `rows` the places of the results."""

    ids: NDArray[np.intp]
    positions: NDArray[np.intp]
    starts: NDArray[np.intp]
    lengths: NDArray[np.intp]
    runs: tuple[tuple[int, int, int], ...]
    rows: NDArray[np.intp]


class _Scratch:
    """The activations of one thread, reused for all packs, because allocating memory for each pack would cost time."""

    def __init__(self, hidden: int, heads: int, inner: int) -> None:
        rows = _PACK_TOKENS
        self.qkv: Floats = np.empty((rows, 3 * hidden + heads), np.float32)
        self.context: Floats = np.empty((rows, hidden), np.float32)
        self.hidden: Floats = np.empty((rows, hidden), np.float32)
        self.other: Floats = np.empty((rows, hidden), np.float32)
        self.inner: Floats = np.empty((rows, inner), np.float32)
        self.gate: Floats = np.empty((64, inner), np.float32)


#: Calls a function with each pack and returns the results in order.
Spread = Callable[[Callable[[_Pack], Floats], Iterable[_Pack]], Iterable[Floats]]


class LocalModel:
    """The model in memory, which threads may share. `load_local_model` creates one."""

    dimensions = DIMENSIONS

    def __init__(self, tokenizer: Tokenizer, weights: Weights) -> None:
        self._tokenizer = tokenizer
        self._weights = weights
        self._threads = threading.local()

    def embed(self, texts: Sequence[str], spread: Spread = map) -> Floats:
        """Return unit vectors of shape (len(texts), 384). A text is cut after 256 tokens.

        `spread` calls a function with each pack, as `map` of an executor does in several threads.
        """
        vectors: Floats = np.zeros((len(texts), DIMENSIONS), np.float32)
        if texts:
            encodings = self._tokenizer.encode_batch_fast([_encodable(text) for text in texts])
            packs = list(_packs([encoding.ids for encoding in encodings]))
            for pack, found in zip(packs, spread(self._forward, packs), strict=True):
                vectors[pack.rows] = found
        return vectors

    def _scratch(self) -> _Scratch:
        scratch: _Scratch | None = getattr(self._threads, "scratch", None)
        if scratch is None:
            layer = self._weights.layers[0]
            scratch = _Scratch(layer.up.shape[0], self._weights.heads, layer.up.shape[1])
            self._threads.scratch = scratch
        return scratch

    def _forward(self, pack: _Pack) -> Floats:
        weights, scratch, count = self._weights, self._scratch(), len(pack.ids)
        hidden, other = scratch.hidden[:count], scratch.other[:count]
        np.take(weights.words, pack.ids, axis=0, out=hidden, mode="clip")
        np.take(weights.positions, pack.positions, axis=0, out=other, mode="clip")
        hidden += other
        _normalize(hidden, weights.norm, weights.epsilon)
        for layer in weights.layers:
            context = _attend(hidden, layer, pack.runs, scratch=scratch, heads=weights.heads)
            np.matmul(context, layer.attended, out=other)
            other += layer.attended_bias
            hidden += other
            _normalize(hidden, layer.attended_norm, weights.epsilon)
            inner = scratch.inner[:count]
            np.matmul(hidden, layer.up, out=inner)
            _gelu_twice(inner, layer.up_bias, scratch.gate)
            np.matmul(inner, layer.down, out=other)
            other += layer.down_bias
            hidden += other
            _normalize(hidden, layer.down_norm, weights.epsilon)
        pooled: Floats = np.add.reduceat(hidden, pack.starts, axis=0)
        # Dividing by the number of tokens is unnecessary: mean and sum differ only in length, and the norm becomes 1.
        pooled /= np.sqrt(np.einsum("ij,ij->i", pooled, pooled))[:, None]
        return pooled


def _encodable(text: str) -> str:
    """Replace lone surrogates by question marks, because the tokenizer takes only UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _packs(ids: list[list[int]]) -> Iterator[_Pack]:
    """Yield packs no larger than the scratch, with texts in order of length, so that runs are long."""
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]), reverse=True)
    chosen: list[int] = []
    tokens = 0
    for row in order:
        if tokens + len(ids[row]) > _PACK_TOKENS:
            yield _pack(ids, chosen)
            chosen, tokens = [], 0
        chosen.append(row)
        tokens += len(ids[row])
    if chosen:
        yield _pack(ids, chosen)


def _pack(ids: list[list[int]], rows: list[int]) -> _Pack:
    lengths = np.array([len(ids[row]) for row in rows], np.intp)
    starts = np.concatenate(([0], np.cumsum(lengths[:-1]))).astype(np.intp)
    runs: list[tuple[int, int, int]] = []
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        if runs and runs[-1][2] == length:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1, length)
        else:
            runs.append((start, 1, length))
    flat = np.concatenate([np.asarray(ids[row], np.intp) for row in rows])
    positions = np.arange(len(flat), dtype=np.intp) - np.repeat(starts, lengths)
    return _Pack(flat, positions, starts, lengths, tuple(runs), np.array(rows, np.intp))


def _attend(
    hidden: Floats, layer: Layer, runs: Sequence[tuple[int, int, int]], *, scratch: _Scratch, heads: int
) -> Floats:
    """Compute the attention of each text to itself. Every value head carries a column of ones, so that one product
    yields both the weighted values and the sum of the weights to divide them by."""
    count, width = hidden.shape
    size = width // heads
    qkv, context = scratch.qkv[:count], scratch.context[:count]
    np.matmul(hidden, layer.qkv, out=qkv)
    qkv += layer.qkv_bias
    for start, texts, length in runs:
        part = slice(start, start + texts * length)
        queries = qkv[part, :width].reshape(texts, length, heads, size).transpose(0, 2, 1, 3)
        keys = qkv[part, width : 2 * width].reshape(texts, length, heads, size).transpose(0, 2, 3, 1)
        values = qkv[part, 2 * width :].reshape(texts, length, heads, size + 1).transpose(0, 2, 1, 3)
        target = context[part].reshape(texts, length, heads, size).transpose(0, 2, 1, 3)
        at_once = max(1, _SCORES // (texts * length * length))
        for first in range(0, heads, at_once):
            block = slice(first, first + at_once)
            scores = np.matmul(queries[:, block], keys[:, block])
            scores -= scores.max(axis=-1, keepdims=True)
            np.exp(scores, out=scores)
            weighted = np.matmul(scores, values[:, block])
            np.divide(weighted[..., :size], weighted[..., size:], out=target[:, block])
    return context


def _gelu_twice(inner: Floats, bias: Floats, gate: Floats) -> None:
    """Replace `inner` by 2 GELU(inner + bias), in blocks that stay in cache; `down` contains the factor 1/2."""
    c0, c1, c2 = _GELU
    for start in range(0, len(inner), len(gate)):
        values = inner[start : start + len(gate)]
        values += bias
        square = np.multiply(values, values, out=gate[: len(values)])
        np.minimum(square, _GELU_SQUARE_BOUND, out=square)
        # c2 s^2 + c1 s + c0 by Horner's method needs s twice; completing the square saves the second buffer.
        square += c1 / (2 * c2)
        np.multiply(square, square, out=square)
        square *= c2
        square += c0 - c1 * c1 / (4 * c2)
        square *= values
        np.tanh(square, out=square)
        square += np.float32(1)
        values *= square


def _normalize(values: Floats, norm: tuple[Floats, Floats], epsilon: float) -> None:
    values -= values.mean(axis=1, keepdims=True)
    spread = np.einsum("ij,ij->i", values, values)
    spread /= values.shape[1]
    spread += np.float32(epsilon)
    np.sqrt(spread, out=spread)
    values /= spread[:, None]
    values *= norm[0]
    values += norm[1]


def load_local_model() -> LocalModel:
    """Return the model, checked and ready. Raise ConfigurationError if it is missing or damaged."""
    threadpool_limits(1, user_api="blas")
    return LocalModel(*read_model())
