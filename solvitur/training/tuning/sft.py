"""Supervised training: the adapter learns to say the replies of lessons."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from solvitur.errors import ConfigError
from solvitur.runs.interruption import Interruption
from solvitur.training.tuning.base import load_model, load_tokenizer, need_libraries
from solvitur.training.tuning.checkpoint import Checkpoint
from solvitur.training.tuning.export import export
from solvitur.training.tuning.lessons import Pack, Row, encode, read_instructions, row, steps
from solvitur.training.tuning.losses import Step, draw, read_losses, write_losses
from solvitur.training.tuning.recipe import Recipe
from solvitur.writing import write_at_once

_LONGEST = 1.0
"""Where the gradient is cut off."""


@dataclass(frozen=True)
class Plan:
    """What a run will read."""

    recipe: Recipe
    steps: tuple[tuple[Pack, ...], ...]
    lessons: int
    """How many are learned."""
    too_long: int
    """How many are left out, as they do not fit into a pack."""
    done: int
    """Steps that earlier processes did."""
    tasks: frozenset[str]
    """What the lessons teach to be asked."""

    def tokens(self, until: int | None = None) -> int:
        """Count what is read up to a step; by default in all."""
        return sum(_size(packs) for packs in self.steps[:until])


def plan(recipe: Recipe) -> Plan:
    """Read the lessons, and plan which of them are read in each step.

    Raises:
        ConfigError: The base or the lessons do not suit, or the folder holds another run.
        MissingExtra: The libraries are not installed.
        ModelUnavailable: The base is not on this machine.
    """
    need_libraries()
    done = _checkpoint(recipe).step()
    tokenizer = load_tokenizer(recipe.base)
    found = [each for path in recipe.lessons for each in read_instructions(path)]
    examples = [encode(each, tokenizer) for each in found]
    fitting = [each for each in examples if len(each.tokens) <= recipe.pack]
    if not fitting:
        longest = max((len(each.tokens) for each in examples), default=0)
        raise ConfigError(
            f"no lesson has at most pack = {recipe.pack} tokens (there are {len(examples)}, of "
            f"{longest:,} tokens at most)"
        )
    planned = tuple(steps(fitting, recipe))
    tasks = frozenset(each.task.value for each in found)
    return Plan(recipe, planned, len(fitting), len(examples) - len(fitting), done, tasks)


def train(
    planned: Plan,
    on_step: Callable[[Step], None] = lambda _: None,
    interruption: Interruption | None = None,
) -> list[Step]:
    """Train, from the last checkpoint on where there is one, and export the adapter at the end.

    The same recipe and lessons give the same losses on the same processor with as many threads.
    A run that was killed goes on from its last checkpoint as if nothing had been.

    Args:
        planned: What is read.
        on_step: Told what came of each step.
        interruption: Asks to end after the step that is being done; it is kept.

    Returns:
        All steps, those of earlier processes as well.

    Raises:
        ConfigError: The rate is too high to learn anything; or see `plan`.
    """
    recipe = planned.recipe
    recipe.out.mkdir(parents=True, exist_ok=True)
    model = load_model(recipe)
    run = _Run(model, recipe)
    for number in range(len(run.done) + 1, len(planned.steps) + 1):
        run.step(planned.steps[number - 1], _rate(recipe, number, len(planned.steps)))
        is_asked = interruption is not None and interruption.was_asked
        if is_asked or number == len(planned.steps) or number % recipe.save_every == 0:
            run.save()
        on_step(run.done[-1])
        if is_asked:
            break
    if len(run.done) == len(planned.steps):
        export(model, recipe, planned.tasks)
    return run.done


class _Run:
    """A model that learns, and where it stands."""

    def __init__(self, model: Any, recipe: Recipe) -> None:
        import torch

        self._model = model
        self._recipe = recipe
        named = model.named_parameters()
        self._learning = {name: each for name, each in named if each.requires_grad}
        self._optimizer = torch.optim.AdamW(self._learning.values(), weight_decay=0.0)
        self._checkpoint = _checkpoint(recipe)
        last = self._checkpoint.restore(self._learning, self._optimizer)
        self.done = read_losses(recipe.losses, last)
        if len(self.done) < last:
            raise ConfigError(
                f"{recipe.losses} lacks steps that {recipe.checkpoint} has done; put it back, or "
                "delete both to begin anew"
            )

    def step(self, packs: Sequence[Pack], rate: float) -> None:
        """Learn from some packs."""
        start = time.monotonic()
        loss, learned = self._learn([row(pack) for pack in packs], rate)
        seconds = round(time.monotonic() - start, 3)
        number = len(self.done) + 1
        self.done.append(Step(number, loss, rate, _size(packs), learned, seconds))

    def _learn(self, rows: Sequence[Row], rate: float) -> tuple[float, int]:
        """Give the mean loss before anything is changed, and over how many tokens it is."""
        import torch

        learned, total = sum(len(each.targets) for each in rows), 0.0
        self._model.train()
        for each in rows:
            loss = loss_of(self._model, each)
            (loss / learned).backward()
            total += loss.item()
        if not math.isfinite(total):
            raise ConfigError(
                f"the loss has become {total}, and nothing is learned any more: begin anew in "
                "another folder with a lower 'rate'"
            )
        torch.nn.utils.clip_grad_norm_(self._learning.values(), _LONGEST)
        self._optimizer.param_groups[0]["lr"] = rate
        self._optimizer.step()
        self._optimizer.zero_grad()
        return total / learned, learned

    def save(self) -> None:
        """Keep where it stands."""
        # First the losses: what they tell of steps after the checkpoint is left out again.
        write_losses(self._recipe.losses, self.done)
        self._checkpoint.save(len(self.done), self._learning, self._optimizer)
        write_at_once(self._recipe.plot, draw(self.done).encode())


def loss_of(model: Any, made: Row) -> Any:
    """Give the loss of a row, summed over the tokens that are learned."""
    import torch

    def numbers(values: list[int]) -> Any:
        return torch.tensor(values, device=model.device)

    # Only where a token is learned is it worked out how likely each of the vocabulary is: that
    # saves much time and memory. Positions that begin anew keep the examples of a pack apart.
    said = model(
        input_ids=numbers(made.tokens)[None],
        position_ids=numbers(made.positions)[None],
        logits_to_keep=numbers(made.sources),
        use_cache=False,
    ).logits[0]
    return torch.nn.functional.cross_entropy(said.float(), numbers(made.targets), reduction="sum")


def _rate(recipe: Recipe, number: int, count: int) -> float:
    """The learning rate of a step: up along a line, down along a cosine, never zero."""
    rising = math.ceil(recipe.warmup * count)
    if number <= rising:
        return recipe.rate * number / rising
    return recipe.rate * (1 + math.cos(math.pi * (number - rising - 1) / (count - rising))) / 2


def _checkpoint(recipe: Recipe) -> Checkpoint:
    return Checkpoint(recipe.checkpoint, recipe.fingerprint())


def _size(packs: Sequence[Pack]) -> int:
    return sum(len(each.tokens) for pack in packs for each in pack)
