"""From nothing to a tuned model that solves: synthesize, SFT, sample, KTO, export, solve.

On the smallest embedded model, with 64 examples: some minutes. What is to be seen is that the parts
fit, and that so little already teaches the form of a reply.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from solvitur.agents import Effort, solve_problem
from solvitur.agents.direct import drafted, prompt
from solvitur.errors import ModelUnavailable
from solvitur.llm import Feature, Model, Recording, Request, Sampling, connect
from solvitur.llm.catalog import CATALOG
from solvitur.llm.store import locate
from solvitur.training import (
    Row,
    Sample,
    SamplingPlan,
    Task,
    instructions,
    sample,
    synthesize,
    write_instructions,
)
from solvitur.training.instructions import asked_of
from solvitur.training.tuning import KTO, SFT, Step, plan_kto, plan_sft, train

for library in ("torch", "peft", "gguf", "xllamacpp"):
    pytest.importorskip(library)

BASE = "smollm2-135m"
SHORT = ["shifts", "days-off", "fewest", "machine-balance"]
"""Families whose problems and formulations are short. The toy is asked about the first of them:
with lessons of nothing else it makes no mistakes to learn from."""
LESSONS, FRESH, ASKED = 64, 4, 4
LONGEST = 500
"""Tokens of a reply; a right one has some 300."""


@dataclass(frozen=True)
class Toy:
    """What came of the pipeline."""

    supervised: Sequence[Step]
    samples: Sequence[Sample]
    aligned: Sequence[Step]
    gguf: Path
    others: Sequence[Row]
    """Problems that nothing was learned from."""


def make(folder: Path) -> Toy:
    """Go through all of it in a folder."""
    learned = synthesize(LESSONS, seed=1, only=SHORT).rows
    fresh = synthesize(FRESH + ASKED, seed=77, only=SHORT[:1]).rows
    lessons = folder / "lessons.jsonl"
    lessons.write_text(write_instructions(instructions(learned, [Task.elements]).instructions))
    wanted = SFT(base=BASE, lessons=(lessons,), out=folder / "sft", layers=8, rate=2e-3)
    supervised = train(plan_sft(wanted))

    tuned, samples = connect(f"local:{BASE}+{wanted.gguf}"), folder / "samples.jsonl"
    how = SamplingPlan((Task.elements,), count=2, temperatures=(0.3, 1.0))
    said = asyncio.run(sample(fresh[:FRESH], tuned, how, Recording(samples)))
    aligning = KTO(base=BASE, after=wanted.out, samples=(samples,), out=folder / "kto")
    aligned = train(plan_kto(aligning))
    return Toy(supervised, said, aligned, aligning.gguf, fresh[FRESH:])


def valid(model: Model, rows: Sequence[Row]) -> int:
    """Count the problems to which it writes five elements that can be read, held to no schema."""

    async def is_valid(row: Row) -> bool:
        messages, shared = prompt(asked_of(row, model))
        drawing = Sampling(max_tokens=LONGEST)
        request = Request(messages=messages, shared=shared, sampling=drawing)
        return drafted(await model.reply(request)).formulation is not None

    return sum(asyncio.run(is_valid(row)) for row in rows)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    try:
        locate(CATALOG[BASE])
    except ModelUnavailable as error:
        pytest.skip(str(error))
    return make(tmp_path_factory.mktemp("toy"))


def test_sixty_four_lessons_are_learned(toy: Toy) -> None:
    losses = [step.loss for step in toy.supervised]
    assert sum(losses[-5:]) < 0.6 * sum(losses[:5])


def test_the_tuned_toy_writes_more_valid_formulations_than_its_base(toy: Toy) -> None:
    base, tuned = connect(f"local:{BASE}"), connect(f"local:{BASE}+{toy.gguf}")
    assert valid(tuned, toy.others) > valid(base, toy.others)


def test_its_own_replies_align_it(toy: Toy) -> None:
    assert len({each.is_right for each in toy.samples}) == 2
    assert toy.aligned[0].moved == 0.0


def test_it_is_asked_without_worked_examples_and_solves(toy: Toy) -> None:
    model = connect(f"local:{BASE}+{toy.gguf}")
    assert Feature.tuned_elements in model.features
    answer = asyncio.run(solve_problem(toy.others[0].text, model, Effort(rounds=1)))
    assert len(answer.rounds) == 1
