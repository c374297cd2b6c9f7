"""Supervised training: the adapter learns to say the replies of lessons."""

from collections.abc import Sequence
from typing import Any

from solvitur.training.tuning.base import load_tokenizer, need_libraries
from solvitur.training.tuning.lessons import Pack, encode, read_instructions, row, steps
from solvitur.training.tuning.recipe import SFT
from solvitur.training.tuning.run import Learned, Plan, checkpoint_of, fitting, likelihoods


def plan(recipe: SFT) -> Plan:
    """Read the lessons, and plan which of them are read in each step.

    Raises:
        ConfigError: The base or the lessons do not suit, or the folder holds another run.
        MissingExtra: The libraries are not installed.
        ModelUnavailable: The base is not on this machine.
    """
    need_libraries()
    done = checkpoint_of(recipe).step()
    tokenizer = load_tokenizer(recipe.base)
    found = [each for path in recipe.lessons for each in read_instructions(path)]
    kept = fitting([encode(each, tokenizer) for each in found], recipe, "lesson")
    return Plan(
        recipe,
        lambda _: Replies(),
        "loss on the replies, in nats a token",
        frozenset(each.task.value for each in found),
        tuple(steps(kept, recipe)),
        examples=len(kept),
        too_long=len(found) - len(kept),
        done=done,
    )


class Replies:
    """The mean loss over the tokens of replies."""

    def learn(self, model: Any, packs: Sequence[Pack]) -> Learned:
        """Work out the gradient of one step."""
        rows = [row(pack) for pack in packs]
        learned, total = sum(len(each.targets) for each in rows), 0.0
        for each in rows:
            loss = -likelihoods(model, each).sum()
            (loss / learned).backward()
            total += loss.item()
        return Learned(total / learned, learned)
