"""Training for real, on a model of a few thousand numbers."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from solvitur.errors import ConfigError
from solvitur.runs import Interruption
from solvitur.training.tuning import SFT, Step, plan_sft, train
from solvitur.training.tuning.base import load_model, load_tokenizer
from solvitur.training.tuning.lessons import encode, row
from solvitur.training.tuning.losses import read_losses
from solvitur.training.tuning.run import likelihoods
from tests.training.tuning.tiny import LAYERS, lesson, recipe, write_lessons, write_model

torch = pytest.importorskip("torch")
pytest.importorskip("peft")
pytest.importorskip("gguf")


def losses(done: list[Step]) -> list[float]:
    return [each.loss for each in done]


def trained(wanted: SFT) -> list[Step]:
    return train(plan_sft(wanted))


def test_the_replies_are_learned(tmp_path: Path) -> None:
    wanted = recipe(tmp_path, epochs=40, rate=0.02)
    done = trained(wanted)
    assert done[-1].loss < done[0].loss / 2
    assert read_losses(wanted.losses, len(done)) == done
    assert wanted.plot.read_text().startswith("<svg ")


def test_the_same_seed_gives_the_same_losses_and_another_seed_others(tmp_path: Path) -> None:
    first, again, other = (
        trained(recipe(tmp_path, out=tmp_path / name, seed=seed))
        for name, seed in (("first", 0), ("again", 0), ("other", 1))
    )
    assert losses(first) == losses(again)
    assert losses(first) != losses(other)


def test_nothing_but_the_reply_moves_the_weights(tmp_path: Path) -> None:
    wanted = recipe(tmp_path)
    model, tokenizer = load_model(wanted), load_tokenizer(wanted.base)
    example = encode(lesson(3), tokenizer)
    learned = sum(example.is_learned)
    assert tokenizer.decode(example.tokens[-learned:]) == "It is 4.<|im_end|>"
    unlearned = replace(example, is_learned=(False,) * len(example.tokens))

    def gradients(*pack: Any) -> list[Any]:
        model.zero_grad()
        (-likelihoods(model, row(pack)).sum()).backward()
        return [each.grad.clone() for each in model.parameters() if each.requires_grad]

    own = gradients(example)
    assert any(each.abs().max() > 0 for each in own)
    beside = gradients(example, unlearned)
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(own, beside, strict=True))


def test_examples_in_one_pack_do_not_see_each_other(tmp_path: Path) -> None:
    wanted = recipe(tmp_path)
    model, tokenizer = load_model(wanted), load_tokenizer(wanted.base)
    examples = [encode(lesson(n), tokenizer) for n in range(3)]
    with torch.no_grad():
        apart = sum(likelihoods(model, row((each,))).sum().item() for each in examples)
        together = likelihoods(model, row(tuple(examples))).sum().item()
    assert together == pytest.approx(apart, rel=1e-5)


def test_only_the_adapter_learns_and_only_in_the_layers_that_are_asked_for(tmp_path: Path) -> None:
    model = load_model(recipe(tmp_path, layers=1, modules="attention", precision="bfloat16"))
    learning = {name for name, each in model.named_parameters() if each.requires_grad}
    assert len(learning) == 2 * 4
    assert all(f"layers.{LAYERS - 1}.self_attn." in name and ".lora_" in name for name in learning)
    kinds = {each.requires_grad: each.dtype for each in model.parameters()}
    assert kinds == {True: torch.float32, False: torch.bfloat16}


def test_packs_of_one_step_count_by_their_tokens(tmp_path: Path) -> None:
    whole = trained(recipe(tmp_path, out=tmp_path / "whole", pack=1000, epochs=2))
    parts = trained(recipe(tmp_path, out=tmp_path / "parts", pack=90, packs=99, epochs=2))
    assert losses(parts) == pytest.approx(losses(whole), rel=1e-4)


def test_what_is_worked_out_again_is_the_same(tmp_path: Path) -> None:
    kept = trained(recipe(tmp_path, out=tmp_path / "kept"))
    again = trained(recipe(tmp_path, out=tmp_path / "again", recompute=True))
    assert losses(again) == pytest.approx(losses(kept), rel=1e-5)


def test_a_run_whose_losses_are_lost_does_not_go_on(tmp_path: Path) -> None:
    wanted = recipe(tmp_path)
    trained(wanted)
    wanted.losses.unlink()
    with pytest.raises(ConfigError, match=r"loss\.jsonl lacks steps that .* has done; put it back"):
        trained(wanted)


def test_a_run_that_was_killed_goes_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    wanted = recipe(tmp_path, epochs=60, save_every=3)
    file = tmp_path / "run.toml"
    file.write_text(
        'base = "tiny.gguf"\nlessons = ["lessons.jsonl"]\nout = "out"\nprecision = "float32"\n'
        'device = "cpu"\nthreads = 1\npack = 160\nrate = 0.01\nepochs = 60\nsave_every = 1\n'
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "solvitur", "train", "sft", str(file)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while len(read_losses(wanted.losses, 999)) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL

    planned = plan_sft(wanted)
    assert 2 <= planned.done < len(planned.steps)
    heard: list[Step] = []
    done = train(planned, heard.append)
    assert heard == done[planned.done :]
    assert losses(done) == losses(trained(wanted.model_copy(update={"out": tmp_path / "calm"})))


def test_a_run_that_is_interrupted_keeps_its_last_step(tmp_path: Path) -> None:
    planned, interruption = plan_sft(recipe(tmp_path)), Interruption()

    def stop_at_two(step: Step) -> None:
        if step.step == 2:
            interruption.ask()

    assert len(train(planned, stop_at_two, interruption)) == 3
    assert not planned.recipe.gguf.exists()
    again = plan_sft(planned.recipe)
    assert again.done == 3
    assert len(train(again)) == len(again.steps)
    assert planned.recipe.gguf.exists()


def test_a_loss_that_is_no_number_is_said_and_not_kept(tmp_path: Path) -> None:
    wanted = recipe(tmp_path, save_every=1)
    write_model(tmp_path / "tiny.gguf", loud=1e38)
    with pytest.raises(ConfigError, match=r"the loss has become nan, .* a lower 'rate'"):
        trained(wanted)
    assert not wanted.checkpoint.exists()


def test_a_folder_of_another_run_is_refused(tmp_path: Path) -> None:
    trained(recipe(tmp_path))
    with pytest.raises(ConfigError, match=r"is of a run with other settings or lessons; name"):
        plan_sft(recipe(tmp_path, rank=4))
    write_lessons(tmp_path / "lessons.jsonl", 5)
    with pytest.raises(ConfigError, match="other settings or lessons"):
        plan_sft(recipe(tmp_path, lessons=(write_lessons(tmp_path / "others.jsonl", 5),)))


def test_a_checkpoint_that_is_none_is_said(tmp_path: Path) -> None:
    wanted = recipe(tmp_path)
    wanted.out.mkdir()
    wanted.checkpoint.write_bytes(b"\x00" * 64)
    with pytest.raises(ConfigError, match=r"checkpoint\.safetensors is damaged .* delete it"):
        plan_sft(wanted)


def test_lessons_that_are_too_long_are_left_out_and_counted(tmp_path: Path) -> None:
    long = lesson(1).model_copy(update={"messages": (*_long(), lesson(1).messages[1])})
    path = write_lessons(tmp_path / "mixed.jsonl", 2)
    path.write_text(f"{path.read_text()}{long.model_dump_json()}\n")
    planned = plan_sft(recipe(tmp_path, lessons=(path,)))
    assert (planned.examples, planned.too_long) == (2, 1)
    with pytest.raises(ConfigError, match=r"no lesson has at most pack = 16 tokens"):
        plan_sft(recipe(tmp_path, lessons=(path,), pack=16))


def _long() -> tuple[dict[str, str]]:
    return ({"role": "user", "content": "many words " * 40},)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"layers": 9}, "layers = 9: this model has 2"),
        ({"base": "gpt"}, r"base = 'gpt' is no \.gguf file, .* the embedded models are qwen2"),
    ],
)
def test_what_does_not_suit_the_base_is_said(
    tmp_path: Path, fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        trained(recipe(tmp_path, **fields))
