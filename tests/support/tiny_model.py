"""Writes a tiny embedding model with random weights, for tests against a real server where no model can be downloaded.

    pip install 'llama-cpp-python[server]' gguf     # compiles llama.cpp, some ten minutes on two cores
    python tests/support/tiny_model.py tiny.gguf
    python -m llama_cpp.server --model tiny.gguf --embedding true --port 8181

It needs nothing of this repository and runs with that other Python.
"""

from __future__ import annotations

import string
import sys

import numpy as np
from gguf import GGUFWriter, PoolingType, TokenType

SIZE, HEADS, FEED, CONTEXT = 64, 4, 128, 512
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
#: A word is made of its letters, the first of them marked as the beginning.
LETTERS = string.ascii_lowercase + string.digits + string.punctuation
TOKENS = [*SPECIAL, *(f"\N{LOWER ONE EIGHTH BLOCK}{letter}" for letter in LETTERS), *LETTERS]


def write(path: str) -> None:
    model = GGUFWriter(path, "bert")
    model.add_context_length(CONTEXT)
    model.add_embedding_length(SIZE)
    model.add_block_count(1)
    model.add_feed_forward_length(FEED)
    model.add_head_count(HEADS)
    model.add_layer_norm_eps(1e-12)
    model.add_causal_attention(False)
    model.add_pooling_type(PoolingType.MEAN)
    model.add_tokenizer_model("bert")
    model.add_token_list(TOKENS)
    model.add_token_types([TokenType.CONTROL if token in SPECIAL else TokenType.NORMAL for token in TOKENS])
    model.add_token_type_count(2)
    model.add_pad_token_id(0)
    model.add_unk_token_id(1)
    model.add_bos_token_id(2)
    model.add_eos_token_id(3)
    model.add_mask_token_id(4)
    chance = np.random.default_rng(1)

    def weights(name: str, *shape: int) -> None:
        model.add_tensor(f"{name}.weight", chance.normal(0, 0.5, shape).astype(np.float32))

    def norm(name: str) -> None:
        model.add_tensor(f"{name}.weight", np.ones(SIZE, np.float32))
        model.add_tensor(f"{name}.bias", np.zeros(SIZE, np.float32))

    weights("token_embd", len(TOKENS), SIZE)
    weights("position_embd", CONTEXT, SIZE)
    weights("token_types", 2, SIZE)
    norm("token_embd_norm")
    for part in ("q", "k", "v", "output"):
        weights(f"blk.0.attn_{part}", SIZE, SIZE)
    norm("blk.0.attn_output_norm")
    weights("blk.0.ffn_up", FEED, SIZE)
    weights("blk.0.ffn_down", SIZE, FEED)
    norm("blk.0.layer_output_norm")
    model.write_header_to_file()
    model.write_kv_data_to_file()
    model.write_tensors_to_file()
    model.close()


if __name__ == "__main__":
    write(sys.argv[1])
