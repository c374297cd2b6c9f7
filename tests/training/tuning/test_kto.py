"""Alignment for real, on a model of a few thousand numbers; its loss against numpy."""

import asyncio
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from solvitur.errors import ConfigError
from solvitur.llm import Recording
from solvitur.runs import Interruption
from solvitur.training import Sample, Task
from solvitur.training.tuning import KTO, Step, plan_kto, plan_sft, train
from solvitur.training.tuning.base import load_model, load_tokenizer
from solvitur.training.tuning.kto import Preferences, Weights, kto_losses, mismatched
from solvitur.training.tuning.lessons import Example, encode, row
from solvitur.training.tuning.losses import read_losses
from solvitur.training.tuning.run import likelihoods
from tests.training.tuning.tiny import recipe, write_model

torch = pytest.importorskip("torch")
pytest.importorskip("peft")
pytest.importorskip("gguf")


def sample(number: int, is_right: bool, *, is_whole: bool = True) -> Sample:
    """A question, and a reply that is right or one too high."""
    ask = {"role": "user", "content": f"What is {number} and 1?"}
    say = {"role": "assistant", "content": f"It is {number + 1 + (not is_right)}."}
    return Sample(
        id=f"sum/{number}/{is_right}",
        task=Task.code,
        messages=(ask, say),
        learn=(1,),
        model="local:tiny",
        temperature=1.0,
        seed=0,
        is_whole=is_whole,
        executes=True,
        feasible=is_right,
        is_right=is_right,
    )


def write_samples(path: Path, *samples: Sample) -> Path:
    async def write() -> None:
        for each in samples:
            await Recording(path).step(each.id, lambda each=each: found(each))  # type: ignore[misc]

    async def found(each: Sample) -> Any:
        return each.model_dump(mode="json")

    asyncio.run(write())
    return path


def mixed() -> list[Sample]:
    return [sample(number, is_right) for number in range(6) for is_right in (True, False)]


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of supervised training."""
    folder = tmp_path_factory.mktemp("sft")
    wanted = recipe(folder, out=folder / "sft")
    train(plan_sft(wanted))
    return folder


def aligned(folder: Path, tuned: Path, **fields: Any) -> KTO:
    """A run of alignment that begins where the supervised one ended."""
    samples = folder / "samples.jsonl"
    if not samples.exists():
        write_samples(samples, *mixed())
    told = {
        "base": str(tuned / "tiny.gguf"),
        "after": tuned / "sft",
        "samples": (samples,),
        "out": folder / "kto",
        "precision": "float32",
        "device": "cpu",
        "threads": 1,
        "pack": 160,
        "packs": 2,
        "rate": 0.003,
        "epochs": 4,
    }
    return KTO(**(told | fields))


# --- the loss ------------------------------------------------------------------------------------


def test_the_loss_is_that_of_the_paper() -> None:
    """Computed anew in numpy, in the form that the paper has: weight - value."""
    draw = np.random.default_rng(0)
    ratios, is_right = draw.normal(0, 5, 40), draw.random(40) < 0.4
    moved, beta, weights = 1.7, 0.3, Weights(1.5, 0.8)
    gain = 1 / (1 + np.exp(-beta * (ratios - moved)))
    loss = 1 / (1 + np.exp(-beta * (moved - ratios)))
    value = np.where(is_right, 1.5 * gain, 0.8 * loss)
    found = kto_losses(torch.tensor(ratios), is_right.tolist(), moved, beta, weights)
    np.testing.assert_allclose(found.numpy(), np.where(is_right, 1.5, 0.8) - value, rtol=1e-6)


def test_its_gradient_pulls_right_replies_up_and_wrong_ones_down() -> None:
    """d/dr of w (1 - s(b (r - z))) is -w b s (1 - s), and for a wrong reply the opposite."""
    ratios = torch.tensor([0.4, 0.4], dtype=torch.float64, requires_grad=True)
    kto_losses(ratios, [True, False], 0.1, 0.5, Weights(2.0, 3.0)).sum().backward()
    s = 1 / (1 + math.exp(-0.5 * 0.3))
    expected = [-2.0 * 0.5 * s * (1 - s), 3.0 * 0.5 * s * (1 - s)]
    assert ratios.grad.tolist() == pytest.approx(expected)


def test_at_the_start_nothing_has_moved_and_each_side_loses_half_its_weight(
    tmp_path: Path, tuned: Path
) -> None:
    first = train(plan_kto(aligned(tmp_path, tuned)))[0]
    assert (first.moved, first.wanted, first.unwanted) == (0.0, 0.0, 0.0)
    assert first.loss == pytest.approx(0.5)


def test_what_a_step_comes_to_is_what_the_replies_one_by_one_come_to(
    tmp_path: Path, tuned: Path
) -> None:
    """The reference is moved away from, and every part is computed apart from the others."""
    wanted = aligned(tmp_path, tuned)
    model, tokenizer = load_model(wanted), load_tokenizer(wanted.base)
    objective = Preferences(model, wanted, Weights(1.2, 0.7))
    examples = [encode(each, tokenizer) for each in mixed()[:5]]
    is_right = [each.is_right for each in mixed()[:5]]
    labelled = [
        type(each)(each.tokens, each.is_learned, right)
        for each, right in zip(examples, is_right, strict=True)
    ]
    pairs = [mismatched(b, a) for a, b in zip(examples, [*examples[1:], examples[0]], strict=True)]

    def said() -> tuple[np.ndarray, np.ndarray]:
        def of(each: Example) -> float:
            return float(likelihoods(model, row((each,))).sum())

        with torch.no_grad():
            return np.array([*map(of, examples)]), np.array([*map(of, pairs)])

    before, before_pairs = said()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter += 0.05 * torch.randn(parameter.shape, generator=generator)
    now, now_pairs = said()
    moved = max(0.0, (now_pairs - before_pairs).mean())
    signs = np.where(is_right, 1, -1)
    weigh = np.where(is_right, 1.2, 0.7)
    expected = weigh * (1 - 1 / (1 + np.exp(-wanted.beta * signs * (now - before - moved))))

    found = objective.learn(model, [tuple(labelled[:2]), tuple(labelled[2:])])
    assert found.loss == pytest.approx(expected.mean(), rel=1e-4)
    assert found.moved == pytest.approx(moved, rel=1e-3, abs=1e-4)
    ratios = now - before
    assert found.wanted == pytest.approx(ratios[np.array(is_right)].mean(), rel=1e-3)
    assert found.unwanted == pytest.approx(ratios[~np.array(is_right)].mean(), rel=1e-3)


# --- runs ----------------------------------------------------------------------------------------


def log_odds(wanted: KTO) -> float:
    """How much likelier right replies are than wrong ones, in nats on average."""
    model, tokenizer = load_model(wanted), load_tokenizer(wanted.base)
    with torch.no_grad():
        said = [likelihoods(model, row((encode(each, tokenizer),))).sum() for each in mixed()]
    right, wrong = (
        [s.item() for s, each in zip(said, mixed(), strict=True) if each.is_right is is_right]
        for is_right in (True, False)
    )
    return sum(right) / len(right) - sum(wrong) / len(wrong)


def test_right_replies_become_likelier_than_wrong_ones(tmp_path: Path, tuned: Path) -> None:
    wanted = aligned(tmp_path, tuned, epochs=30, rate=0.01)
    done = train(plan_kto(wanted))
    assert done[-1].wanted is not None
    assert done[-1].unwanted is not None
    assert done[-1].wanted > done[-1].unwanted + 1
    assert done[-1].loss < done[0].loss - 0.05
    began, ended = log_odds(wanted), log_odds(aligned(tmp_path, tuned, after=wanted.out))
    assert ended > began + 1
    assert read_losses(wanted.losses, len(done)) == done


def test_a_weight_of_nothing_for_wrong_replies_only_pulls_up(tmp_path: Path, tuned: Path) -> None:
    done = train(plan_kto(aligned(tmp_path, tuned, undesirable=0.0, desirable=1.0, epochs=8)))
    assert done[-1].wanted is not None
    assert done[-1].wanted > 0.5


def test_a_run_that_was_stopped_goes_on_as_if_nothing_had_been(tmp_path: Path, tuned: Path) -> None:
    """What it is compared with stays the adapter of the supervised run, and not the last step."""
    wanted, interruption = aligned(tmp_path, tuned), Interruption()

    def stop_at_two(step: Step) -> None:
        if step.step == 2:
            interruption.ask()

    assert len(train(plan_kto(wanted), stop_at_two, interruption)) == 3
    done = train(plan_kto(wanted))
    calm = train(plan_kto(wanted.model_copy(update={"out": tmp_path / "calm"})))
    assert len(done) > 3
    assert [replace(each, seconds=0) for each in done] == [
        replace(each, seconds=0) for each in calm
    ]


def test_what_is_wanted_may_be_less_than_right(tmp_path: Path, tuned: Path) -> None:
    def counted(**fields: Any) -> int:
        packs = plan_kto(aligned(tmp_path, tuned, epochs=1, **fields)).steps
        return sum(each.is_wanted for step in packs for pack in step for each in pack)

    path = write_samples(
        tmp_path / "some.jsonl",
        *(
            sample(n, n > 4).model_copy(update={"executes": n > 1, "feasible": n > 2 or None})
            for n in range(6)
        ),
    )
    asked: dict[str, Any] = {"samples": (path,)}
    assert counted(**asked) == 1
    assert counted(**asked, wanted="feasible") == 3
    assert counted(**asked, wanted="executes") == 4


def test_the_adapter_keeps_its_settings_and_what_it_learned(tmp_path: Path, tuned: Path) -> None:
    from solvitur.llm.adapters import read_note

    wanted = aligned(tmp_path, tuned)
    train(plan_kto(wanted))
    assert read_note(wanted.gguf).tasks == ("code", "elements")
    before, after = (path / "adapter_config.json" for path in (wanted.start, wanted.adapter))
    assert after.read_text() == before.read_text()


def test_samples_that_were_cut_off_are_left_out(tmp_path: Path, tuned: Path) -> None:
    path = write_samples(tmp_path / "cut.jsonl", *mixed(), sample(8, True, is_whole=False))
    assert plan_kto(aligned(tmp_path, tuned, samples=(path,))).examples == 12


def test_samples_of_one_kind_teach_no_preference(tmp_path: Path, tuned: Path) -> None:
    path = write_samples(tmp_path / "good.jsonl", sample(1, True), sample(2, True))
    with pytest.raises(
        ConfigError, match="of 2 samples 2 are wanted: some have to be, and some not"
    ):
        plan_kto(aligned(tmp_path, tuned, samples=(path,)))


def test_an_adapter_of_another_base_is_refused(tmp_path: Path, tuned: Path) -> None:
    other = write_model(tmp_path / "other.gguf", seed=1)
    with pytest.raises(ConfigError, match=r"was trained on tiny\.gguf .* is another file"):
        plan_kto(aligned(tmp_path, tuned, base=str(other)))
