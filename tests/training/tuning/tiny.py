"""A model of a few thousand random numbers, as a GGUF file that both sides read."""

from pathlib import Path
from typing import Any

import numpy as np

from solvitur.training import Instruction, Task
from solvitur.training.tuning import SFT

WIDTH, INNER, LAYERS, HEADS, PAIRS = 32, 64, 2, 4, 2
CONTEXT = 4096
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def _characters() -> list[str]:
    """The 128 ASCII characters, as byte-level vocabularies write them."""
    return [chr(n) if 33 <= n <= 126 else chr(256 + (n if n < 33 else 33)) for n in range(128)]


VOCABULARY = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *_characters(), "Ċ" + "a"]


def write_model(path: Path, kind: str = "llama", seed: int = 0, loud: float = 0.25) -> Path:
    """Write a model; of the kind llama or qwen2, and as sure of itself as it is loud."""
    import gguf

    draw = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, kind)
    _describe(writer)

    def add(name: str, *shape: int, scale: float = 0.25) -> None:
        writer.add_tensor(name, (scale * draw.standard_normal(shape)).astype(np.float32))

    def ones(name: str) -> None:
        writer.add_tensor(name, np.ones(WIDTH, np.float32))

    narrow = WIDTH // HEADS * PAIRS
    add("token_embd.weight", len(VOCABULARY), WIDTH, scale=1.0)
    add("output.weight", len(VOCABULARY), WIDTH, scale=loud)
    ones("output_norm.weight")
    for at in range(LAYERS):
        ones(f"blk.{at}.attn_norm.weight")
        ones(f"blk.{at}.ffn_norm.weight")
        for part, size in (("q", WIDTH), ("k", narrow), ("v", narrow)):
            add(f"blk.{at}.attn_{part}.weight", size, WIDTH)
            if kind == "qwen2":
                add(f"blk.{at}.attn_{part}.bias", size)
        add(f"blk.{at}.attn_output.weight", WIDTH, WIDTH)
        add(f"blk.{at}.ffn_gate.weight", INNER, WIDTH)
        add(f"blk.{at}.ffn_up.weight", INNER, WIDTH)
        add(f"blk.{at}.ffn_down.weight", WIDTH, INNER)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_lessons(path: Path, count: int = 6) -> Path:
    """Write lessons of one question and one reply."""
    path.write_text("".join(f"{lesson(n).model_dump_json()}\n" for n in range(count)))
    return path


def lesson(number: int) -> Instruction:
    """One question and one reply."""
    ask = {"role": "user", "content": f"What is {number} and 1?"}
    say = {"role": "assistant", "content": f"It is {number + 1}."}
    return Instruction(id=f"sum/{number}", task=Task.elements, messages=(ask, say), learn=(1,))


def recipe(folder: Path, **fields: Any) -> SFT:
    """A run of a few steps on a model and lessons that it writes first."""
    told = {
        "base": str(write_model(folder / "tiny.gguf")),
        "lessons": (write_lessons(folder / "lessons.jsonl"),),
        "out": folder / "out",
        "precision": "float32",
        "device": "cpu",
        "threads": 1,
        "pack": 160,
        "rate": 0.01,
        "epochs": 4,
    }
    return SFT(**(told | fields))


def _describe(writer: Any) -> None:
    import gguf

    writer.add_name("tiny")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(PAIRS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(VOCABULARY))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(VOCABULARY)
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_token_types([control] * 3 + [normal] * (len(VOCABULARY) - 3))
    writer.add_token_merges(["Ċ a"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(0)
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)
