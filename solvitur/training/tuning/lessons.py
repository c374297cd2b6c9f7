"""Lessons as tokens: which of them are learned, and how several are read at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from solvitur.errors import ConfigError
from solvitur.training.instructions import Instruction
from solvitur.training.synthesis.draw import Draw
from solvitur.training.synthesis.rows import read_text
from solvitur.training.tuning.recipe import Recipe


@dataclass(frozen=True)
class Example:
    """A conversation as the model reads it."""

    tokens: tuple[int, ...]
    is_learned: tuple[bool, ...]
    """For each token, whether the model learns to say it there."""
    is_wanted: bool = True
    """Whether what is learned is to be said, or not to be said."""

    @property
    def learned(self) -> int:
        """How many tokens are learned; the first of all is given."""
        return sum(self.is_learned[1:])


Pack = tuple[Example, ...]
"""Examples that are read at once; none of them sees another."""


@dataclass(frozen=True)
class Row:
    """A pack as numbers for the model."""

    tokens: list[int]
    positions: list[int]
    """Of each token in its example: where they begin anew, so does what attention sees."""
    sources: list[int]
    """Places after which a token is learned."""
    targets: list[int]
    """The tokens that are learned, one for each of these places."""


def read_instructions(path: Path) -> list[Instruction]:
    """Read what `write_instructions` wrote.

    Raises:
        ConfigError: It cannot be read, or a line is no instruction, or learns what nobody says.
    """
    found = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            each = Instruction.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise ConfigError(f"{path}, line {number}: {where}: {first['msg']}") from error
        _check(each, f"{path}, line {number}")
        found.append(each)
    return found


def _check(each: Instruction, where: str) -> None:
    for message in each.messages:
        if not {"role", "content"} <= message.keys():
            raise ConfigError(f"{where}: a message has a role and a content")
    for place in each.learn:
        if not 0 <= place < len(each.messages) or each.messages[place]["role"] != "assistant":
            raise ConfigError(f"{where}: message {place} is to be learned, and is no reply")
    if not each.learn:
        raise ConfigError(f"{where}: nothing of it is learned")


def encode(each: Instruction, tokenizer: Any) -> Example:
    """Write a conversation as tokens, by the model's own template.

    A reply is cut into tokens apart from what it replies to, as it is when it is written.

    Args:
        each: The conversation.
        tokenizer: The model's, as transformers has it.

    Raises:
        ConfigError: The template does not keep to what it wrote of earlier messages.
    """

    def render(messages: Sequence[dict[str, str]], is_asking: bool) -> str:
        return str(
            tokenizer.apply_chat_template(
                list(messages), tokenize=False, add_generation_prompt=is_asking
            )
        )

    tokens: list[int] = []
    is_learned: list[bool] = []
    for text, learned in _pieces(each, render, str(tokenizer.eos_token)):
        cut = tokenizer(text, add_special_tokens=False)["input_ids"]
        tokens += cut
        is_learned += [learned] * len(cut)
    return Example(tuple(tokens), tuple(is_learned))


def _pieces(
    each: Instruction, render: Callable[[Sequence[dict[str, str]], bool], str], end: str
) -> list[tuple[str, bool]]:
    """Cut a conversation into what is read and what is learned, by turns."""
    pieces, written = [], ""
    for place in sorted(each.learn):
        asked = render(each.messages[:place], True)
        told = render(each.messages[: place + 1], False)
        if not asked.startswith(written) or not told.startswith(asked):
            raise ConfigError(
                "the chat template of this model writes earlier messages otherwise when others "
                "follow; lessons with one reply each can be learned by it, and no others"
            )
        reply = told[len(asked) :]
        reply = reply[: reply.find(end) + len(end)] if end in reply else reply
        pieces += [(asked[len(written) :], False), (reply, True)]
        written = asked + reply
    return pieces


def steps(examples: Sequence[Example], recipe: Recipe) -> list[tuple[Pack, ...]]:
    """Plan what is read in each step: the same for the same seed.

    Args:
        examples: What is learned; none is longer than a pack.
        recipe: How it is learned.
    """
    planned: list[tuple[Pack, ...]] = []
    for epoch in range(recipe.epochs):
        order = Draw(f"{recipe.seed}/epoch {epoch}").order(list(examples))
        filled = packed(order, recipe.pack)
        planned += [
            tuple(filled[at : at + recipe.packs]) for at in range(0, len(filled), recipe.packs)
        ]
    return planned[: recipe.steps]


def packed(examples: Iterable[Example], size: int) -> list[Pack]:
    """Put examples together, each where it first has room.

    Example:
        >>> three, five = Example((7,) * 3, (True,) * 3), Example((8,) * 5, (True,) * 5)
        >>> [[len(each.tokens) for each in pack] for pack in packed([five, five, three], 8)]
        [[5, 3], [5]]
    """
    examples = list(examples)
    least = min((len(each.tokens) for each in examples), default=0)
    packs: list[list[Example]] = []
    has_room: dict[int, int] = {}
    for each in examples:
        need = len(each.tokens)
        at = next((at for at, room in has_room.items() if room >= need), None)
        if at is None:
            at = len(packs)
            packs.append([])
            has_room[at] = size
        packs[at].append(each)
        has_room[at] -= need
        if has_room[at] < least:
            del has_room[at]
    return [tuple(pack) for pack in packs]


def row(pack: Pack) -> Row:
    """Write a pack as numbers.

    Example:
        >>> row((Example((5, 6, 7), (False, False, True)), Example((8, 9), (False, True))))
        Row(tokens=[5, 6, 7, 8, 9], positions=[0, 1, 2, 0, 1], sources=[1, 3], targets=[7, 9])
    """
    made = Row([], [], [], [])
    for each in pack:
        start = len(made.tokens)
        for at, (token, is_learned) in enumerate(zip(each.tokens, each.is_learned, strict=True)):
            if is_learned and at:
                made.sources.append(start + at - 1)
                made.targets.append(token)
        made.tokens.extend(each.tokens)
        made.positions.extend(range(len(each.tokens)))
    return made
