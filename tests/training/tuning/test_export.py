"""What is exported is what was trained: asked in llama.cpp and read back by PEFT."""

import asyncio
import warnings
from pathlib import Path

import pytest

from solvitur.errors import ConfigError
from solvitur.llm import TUNED, Feature, Local, Message, Model, Reply, Request, Sampling, connect
from solvitur.llm.adapters import Note, read_note
from solvitur.llm.store import sha256
from solvitur.training.tuning import plan_sft, train
from solvitur.training.tuning.base import load_model, load_tokenizer
from solvitur.training.tuning.checkpoint import Checkpoint
from tests.training.tuning.tiny import recipe, write_model

torch = pytest.importorskip("torch")
peft = pytest.importorskip("peft")
gguf = pytest.importorskip("gguf")
pytest.importorskip("xllamacpp")

QUESTION = "What is 2 and 1?"
SHOWN = 12


def asked(model: Model) -> Reply:
    request = Request(
        messages=(Message.user(QUESTION),), logprobs=SHOWN, sampling=Sampling(max_tokens=8)
    )
    return asyncio.run(model.reply(request))


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_llama_cpp_says_what_torch_says(tmp_path: Path, kind: str) -> None:
    wanted = recipe(tmp_path, epochs=20, rate=0.03)
    base = write_model(Path(wanted.base), kind)
    train(plan_sft(wanted))

    tuned = asked(connect(f"local:{base}+{wanted.gguf}", threads=1, context=512))
    plain = asked(Local(base, threads=1, context=512))
    assert tuned.logprobs is not None
    assert plain.logprobs is not None

    model, tokenizer = load_model(wanted), load_tokenizer(wanted.base)
    learning = {name: each for name, each in model.named_parameters() if each.requires_grad}
    checkpoint = Checkpoint(wanted.checkpoint, wanted.fingerprint())
    checkpoint.restore(learning, torch.optim.AdamW(learning.values()))
    text = f"<|im_start|>user\n{QUESTION}<|im_end|>\n<|im_start|>assistant\n"
    said = ""
    for token in tuned.logprobs:
        read = torch.tensor([tokenizer(text + said, add_special_tokens=False)["input_ids"]])
        with torch.no_grad():
            expected = model(read).logits[0, -1].log_softmax(-1)
        names = [tokenizer.decode([n]) for n in range(len(tokenizer))]
        likely = {name: value.item() for name, value in zip(names, expected, strict=True)}
        for name, value in token.top[:6]:
            assert value == pytest.approx(likely[name or "<|im_end|>"], abs=0.02)
        said += token.text
    assert tuned.logprobs[0].top[:3] != plain.logprobs[0].top[:3]


def test_peft_reads_the_adapter_as_it_was(tmp_path: Path) -> None:
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM

    wanted = recipe(tmp_path)
    train(plan_sft(wanted))
    with warnings.catch_warnings(action="ignore"):
        base = AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file="tiny.gguf")
        model = peft.PeftModel.from_pretrained(base, wanted.adapter)
    read = {name: each for name, each in model.named_parameters() if ".lora_" in name}
    kept = load_file(wanted.checkpoint)
    assert read
    assert all(torch.equal(each, kept[name]) for name, each in read.items())


def test_the_same_run_writes_the_same_bytes(tmp_path: Path) -> None:
    first, again = (recipe(tmp_path, out=tmp_path / name) for name in ("first", "again"))
    for wanted in (first, again):
        train(plan_sft(wanted))
    names = sorted(path.name for path in first.adapter.iterdir())
    assert names == ["adapter_config.json", "adapter_model.safetensors"]
    for name in ("adapter.gguf", *(f"adapter/{name}" for name in names)):
        assert (first.out / name).read_bytes() == (again.out / name).read_bytes()


def test_a_tuned_model_is_known_as_one_without_being_told(tmp_path: Path) -> None:
    wanted = recipe(tmp_path)
    train(plan_sft(wanted))
    model = connect(f"local:{wanted.base}+{wanted.gguf}", threads=1, context=512)
    assert model.features & TUNED == {Feature.tuned_elements}


def test_an_adapter_on_another_model_of_the_same_shape_is_refused(tmp_path: Path) -> None:
    wanted = recipe(tmp_path)
    train(plan_sft(wanted))
    other = write_model(tmp_path / "other.gguf", seed=1)
    with pytest.raises(ConfigError, match=r"trained on tiny\.gguf .* and .*other\.gguf is an"):
        asked(connect(f"local:{other}+{wanted.gguf}", threads=1, context=512))


def test_the_adapter_says_what_it_is(tmp_path: Path) -> None:
    wanted = recipe(tmp_path, layers=1, modules="attention", rank=2, alpha=6.0)
    train(plan_sft(wanted))
    reader = gguf.GGUFReader(wanted.gguf)
    assert reader.get_field("general.type").contents() == "adapter"
    assert reader.get_field("adapter.type").contents() == "lora"
    assert reader.get_field("adapter.lora.alpha").contents() == 6.0
    assert read_note(wanted.gguf) == Note(("elements",), "tiny.gguf", sha256(Path(wanted.base)))
    assert sorted(each.name for each in reader.tensors) == [
        f"blk.1.attn_{part}.weight.lora_{side}"
        for part in ("k", "output", "q", "v")
        for side in "ab"
    ]
