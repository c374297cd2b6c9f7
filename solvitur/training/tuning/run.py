"""A run of training, whatever is learned by: steps, checkpoints, and the adapter at the end."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from solvitur.errors import ConfigError
from solvitur.runs.interruption import Interruption
from solvitur.training.tuning.base import load_model
from solvitur.training.tuning.checkpoint import Checkpoint
from solvitur.training.tuning.export import export
from solvitur.training.tuning.lessons import Example, Pack, Row
from solvitur.training.tuning.losses import Step, draw, read_losses, write_losses
from solvitur.training.tuning.recipe import Recipe
from solvitur.writing import write_at_once

_LONGEST = 1.0
"""Where the gradient is cut off."""


@dataclass(frozen=True)
class Learned:
    """What a step came to; see `Step`."""

    loss: float
    learned: int
    moved: float | None = None
    wanted: float | None = None
    unwanted: float | None = None


class Objective(Protocol):
    """What a model learns by."""

    def learn(self, model: Any, packs: Sequence[Pack]) -> Learned:
        """Work out the gradient of one step, and what the loss is before it is made."""


@dataclass(frozen=True)
class Plan:
    """What a run will read, and what it learns by."""

    recipe: Recipe
    objective: Callable[[Any], Objective]
    """Gives it, for the model as it is before the first step."""
    title: str
    """What its loss is of."""
    tasks: frozenset[str]
    """What the model learns to be asked."""
    steps: tuple[tuple[Pack, ...], ...]
    examples: int
    """How many are learned."""
    too_long: int
    """How many are left out, as they do not fit into a pack."""
    done: int
    """Steps that earlier processes did."""

    def tokens(self, until: int | None = None) -> int:
        """Count what is read up to a step; by default in all."""
        return sum(_size(packs) for packs in self.steps[:until])


def fitting(examples: Sequence[Example], recipe: Recipe, what: str) -> list[Example]:
    """Leave out what does not fit into a pack.

    Args:
        examples: What there is to learn.
        recipe: How it is learned.
        what: What an example is called.

    Raises:
        ConfigError: None fits.
    """
    found = [each for each in examples if len(each.tokens) <= recipe.pack]
    if not found:
        longest = max((len(each.tokens) for each in examples), default=0)
        raise ConfigError(
            f"no {what} has at most pack = {recipe.pack} tokens (there are {len(examples)}, of "
            f"{longest:,} tokens at most)"
        )
    return found


def checkpoint_of(recipe: Recipe) -> Checkpoint:
    """The file from which a run goes on."""
    return Checkpoint(recipe.checkpoint, recipe.fingerprint())


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
        ConfigError: The rate is too high to learn anything, or what suits neither base nor folder.
    """
    recipe = planned.recipe
    recipe.out.mkdir(parents=True, exist_ok=True)
    model = load_model(recipe)
    run = _Run(model, planned)
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

    def __init__(self, model: Any, planned: Plan) -> None:
        import torch

        self._model = model
        self._plan = planned
        self._recipe = recipe = planned.recipe
        self._objective = planned.objective(model)
        named = model.named_parameters()
        self._learning = {name: each for name, each in named if each.requires_grad}
        self._optimizer = torch.optim.AdamW(self._learning.values(), weight_decay=0.0)
        self._checkpoint = checkpoint_of(recipe)
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
        found = self._learn(packs, rate)
        seconds = round(time.monotonic() - start, 3)
        number, tokens = len(self.done) + 1, _size(packs)
        self.done.append(
            Step(step=number, rate=rate, tokens=tokens, seconds=seconds, **asdict(found))
        )

    def _learn(self, packs: Sequence[Pack], rate: float) -> Learned:
        import torch

        self._model.train()
        found = self._objective.learn(self._model, packs)
        if not math.isfinite(found.loss):
            raise ConfigError(
                f"the loss has become {found.loss}, and nothing is learned any more: begin anew in "
                "another folder with a lower 'rate'"
            )
        torch.nn.utils.clip_grad_norm_(self._learning.values(), _LONGEST)
        self._optimizer.param_groups[0]["lr"] = rate
        self._optimizer.step()
        self._optimizer.zero_grad()
        return found

    def save(self) -> None:
        """Keep where it stands."""
        # First the losses: what they tell of steps after the checkpoint is left out again.
        write_losses(self._recipe.losses, self.done)
        self._checkpoint.save(len(self.done), self._learning, self._optimizer)
        write_at_once(self._recipe.plot, draw(self.done, self._plan.title).encode())


def likelihoods(model: Any, made: Row) -> Any:
    """Give the log-probability of each token that is learned, in nats."""
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
    targets = numbers(made.targets)
    return -torch.nn.functional.cross_entropy(said.float(), targets, reduction="none")


def _rate(recipe: Recipe, number: int, count: int) -> float:
    """The learning rate of a step: up along a line, down along a cosine, never zero."""
    rising = math.ceil(recipe.warmup * count)
    if number <= rising:
        return recipe.rate * number / rising
    return recipe.rate * (1 + math.cos(math.pi * (number - rising - 1) / (count - rising))) / 2


def _size(packs: Sequence[Pack]) -> int:
    return sum(len(each.tokens) for pack in packs for each in pack)
