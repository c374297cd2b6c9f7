"""Alignment: the adapter learns which of its own replies are wanted, from right and wrong ones.

Kahneman-Tversky optimization (arXiv 2402.01306). A reply is worth more the likelier it has become
since the training began, and less so the further it already is from a reference point, which is how
far the model has moved on the whole; that is estimated on replies to other questions.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from solvitur.errors import ConfigError
from solvitur.llm.adapters import check_base, read_note
from solvitur.training.sampling import Sample, read_samples
from solvitur.training.tuning.base import load_tokenizer, need_libraries, place
from solvitur.training.tuning.lessons import Example, Pack, encode, packed, row, steps
from solvitur.training.tuning.recipe import KTO
from solvitur.training.tuning.run import Learned, Plan, checkpoint_of, fitting, likelihoods


def plan(recipe: KTO) -> Plan:
    """Read the samples, and plan which of them are read in each step.

    Raises:
        ConfigError: The base, the adapter or the samples do not suit, or the folder holds another
            run.
        MissingExtra: The libraries are not installed.
        ModelUnavailable: The base is not on this machine.
    """
    need_libraries()
    done = checkpoint_of(recipe).step()
    folder, options = place(recipe.base)
    if file := options.get("gguf_file"):
        check_base(recipe.start_gguf, folder / file)
    found = [each for path in recipe.samples for each in read_samples(path) if each.is_whole]
    tokenizer = load_tokenizer(recipe.base)
    examples = [_example(each, tokenizer, recipe) for each in found]
    kept = fitting(examples, recipe, "sample")
    weights = _weights(recipe, kept)
    return Plan(
        recipe,
        lambda model: Preferences(model, recipe, weights),
        "loss of preference",
        frozenset((*read_note(recipe.start_gguf).tasks, *(each.task.value for each in found))),
        tuple(steps(kept, recipe)),
        examples=len(kept),
        too_long=len(examples) - len(kept),
        done=done,
    )


def _example(sample: Sample, tokenizer: Any, recipe: KTO) -> Example:
    made = encode(sample, tokenizer)
    return Example(made.tokens, made.is_learned, is_wanted=recipe.wants(sample))


@dataclass(frozen=True)
class Weights:
    """How much a reply weighs."""

    wanted: float
    unwanted: float


def _weights(recipe: KTO, examples: Sequence[Example]) -> Weights:
    """Give the weights: by default both kinds weigh alike in all.

    Raises:
        ConfigError: All are wanted, or none is.
    """
    wanted = sum(each.is_wanted for each in examples)
    others = len(examples) - wanted
    if not wanted or not others:
        raise ConfigError(
            f"of {len(examples)} samples {wanted} are wanted: some have to be, and some not; "
            "sample more problems, or at other temperatures, or ask for less with 'wanted'"
        )
    half = len(examples) / 2
    return Weights(
        half / wanted if recipe.desirable is None else recipe.desirable,
        half / others if recipe.undesirable is None else recipe.undesirable,
    )


class Preferences:
    """The loss of Kahneman-Tversky optimization, against the adapter as it is now.

    Args:
        model: As it is before the first step.
        recipe: How it is learned.
        weights: What wanted replies and others weigh.
    """

    def __init__(self, model: Any, recipe: KTO, weights: Weights) -> None:
        self._recipe = recipe
        self._weights = weights
        learning = [each for each in model.parameters() if each.requires_grad]
        self._reference = [(each, each.detach().clone()) for each in learning]

    def learn(self, model: Any, packs: Sequence[Pack]) -> Learned:
        """Work out the gradient of one step."""
        examples = [each for pack in packs for each in pack]
        moved = self._moved(model, examples)
        total, ratios = 0.0, []
        for pack in packs:
            with self._as_it_was():
                before = _replies(model, pack, has_gradient=False)
            ratio = _replies(model, pack, has_gradient=True) - before
            losses = kto_losses(
                ratio, [each.is_wanted for each in pack], moved, self._recipe.beta, self._weights
            )
            loss = losses.sum() / len(examples)
            loss.backward()
            total += loss.item()
            ratios += ratio.detach().tolist()
        gains: dict[bool, list[float]] = {True: [], False: []}
        for each, ratio in zip(examples, ratios, strict=True):
            gains[each.is_wanted].append(ratio)
        return Learned(
            total,
            sum(each.learned for each in examples),
            moved,
            _mean(gains[True]),
            _mean(gains[False]),
        )

    def _moved(self, model: Any, examples: Sequence[Example]) -> float:
        """Estimate the reference point: each reply after another question; never below 0."""
        if len(examples) < 2:
            return 0.0
        others = (*examples[1:], examples[0])
        pairs = [mismatched(asked, told) for told, asked in zip(examples, others, strict=True)]
        total = 0.0
        for pack in packed(pairs, self._recipe.pack):
            with self._as_it_was():
                before = _replies(model, pack, has_gradient=False)
            total += (_replies(model, pack, has_gradient=False) - before).sum().item()
        return max(0.0, total / len(pairs))

    @contextmanager
    def _as_it_was(self) -> Iterator[None]:
        """Lend the model the weights that it began with."""
        now = [parameter.data for parameter, _ in self._reference]
        for parameter, before in self._reference:
            parameter.data = before
        try:
            yield
        finally:
            for (parameter, _), each in zip(self._reference, now, strict=True):
                parameter.data = each


def kto_losses(
    ratios: Any, is_wanted: Sequence[bool], moved: float, beta: float, weights: Weights
) -> Any:
    """Give the loss of each reply.

    Args:
        ratios: How much likelier each has become, in nats, as a tensor.
        is_wanted: Which are wanted.
        moved: The reference point, in nats; no gradient goes through it.
        beta: How soon it counts as enough.
        weights: What a reply weighs.

    Returns:
        For a wanted reply its weight times 1 - sigmoid(beta * (ratio - moved)), for another its
        weight times 1 - sigmoid(beta * (moved - ratio)).
    """
    import torch

    signs = torch.tensor([1.0 if each else -1.0 for each in is_wanted], device=ratios.device)
    weigh = [weights.wanted if each else weights.unwanted for each in is_wanted]
    gained = torch.sigmoid(beta * signs * (ratios - moved))
    return torch.tensor(weigh, device=ratios.device) * (1 - gained)


def mismatched(asked: Example, told: Example) -> Example:
    """Put the last reply of one example after the question of another.

    Example:
        >>> one = Example((1, 2, 3), (False, False, True))
        >>> two = Example((4, 5, 6, 7, 8), (False, True, False, True, True))
        >>> mismatched(one, two)
        Example(tokens=(1, 2, 7, 8), is_learned=(False, False, True, True), is_wanted=True)
        >>> mismatched(two, one).tokens
        (4, 5, 6, 3)
    """
    question, reply = asked.tokens[: _reply(asked)], told.tokens[_reply(told) :]
    is_learned = (False,) * len(question) + told.is_learned[_reply(told) :]
    return Example((*question, *reply), is_learned)


def _reply(example: Example) -> int:
    """Where the last reply begins."""
    last = max(at for at, is_learned in enumerate(example.is_learned) if is_learned)
    read = (at for at in range(last, -1, -1) if not example.is_learned[at])
    return next(read, -1) + 1


def _replies(model: Any, pack: Pack, *, has_gradient: bool) -> Any:
    """Give the log-probability of all that is learned of each example."""
    import torch

    with torch.set_grad_enabled(has_gradient):
        said = likelihoods(model, row(pack))
        return torch.stack([part.sum() for part in said.split([each.learned for each in pack])])


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
