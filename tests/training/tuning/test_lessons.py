"""Which tokens are learned, and how lessons are read together."""

from pathlib import Path
from typing import Any

import pytest

from solvitur.errors import ConfigError
from solvitur.training import Instruction, Task
from solvitur.training.tuning import SFT
from solvitur.training.tuning.lessons import (
    Example,
    encode,
    packed,
    read_instructions,
    row,
    steps,
)
from tests.training.tuning.tiny import lesson, write_lessons

TALK = Instruction(
    id="talk",
    task=Task.steps,
    messages=(
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "one?"},
        {"role": "assistant", "content": "yes"},
        {"role": "user", "content": "two?"},
        {"role": "assistant", "content": "no"},
    ),
    learn=(4,),
)


class Characters:
    """A tokenizer with a token for each character, and a template like ChatML."""

    eos_token = "$"

    def __init__(self, forgets: bool = False) -> None:
        self._forgets = forgets

    def apply_chat_template(
        self, messages: list[dict[str, str]], *, tokenize: bool, add_generation_prompt: bool
    ) -> str:
        assert not tokenize
        shown = messages[-1:] if self._forgets else messages
        text = "".join(f"<{each['role']}>{each['content']}$\n" for each in shown)
        return text + "<assistant>" * add_generation_prompt

    def __call__(self, text: str, *, add_special_tokens: bool) -> dict[str, list[int]]:
        assert not add_special_tokens
        return {"input_ids": [ord(character) for character in text]}


def told(each: Instruction, tokenizer: Any = None) -> tuple[str, str]:
    """All that is read, and what of it is learned."""
    made = encode(each, tokenizer or Characters())
    learned = (t for t, is_learned in zip(made.tokens, made.is_learned, strict=True) if is_learned)
    return "".join(map(chr, made.tokens)), "".join(map(chr, learned))


def example(length: int, token: int = 7) -> Example:
    return Example((token,) * length, (False,) + (True,) * (length - 1))


def test_only_the_reply_is_learned_and_that_it_ends() -> None:
    assert told(lesson(2)) == ("<user>What is 2 and 1?$\n<assistant>It is 3.$", "It is 3.$")


def test_a_reply_that_is_not_to_be_learned_is_only_read() -> None:
    text, learned = told(TALK)
    assert "yes$" in text
    assert learned == "no$"


def test_several_replies_of_one_conversation_are_learned() -> None:
    text, learned = told(TALK.model_copy(update={"learn": (2, 4)}))
    assert learned == "yes$no$"
    assert text == told(TALK)[0]


def test_a_template_that_forgets_cannot_teach_two_replies() -> None:
    with pytest.raises(ConfigError, match="chat template of this model writes earlier messages"):
        told(TALK.model_copy(update={"learn": (2, 4)}), Characters(forgets=True))


def test_each_token_is_learned_from_the_one_before_it() -> None:
    made = row((encode(lesson(1), Characters()), encode(lesson(2), Characters())))
    says = "".join(chr(made.tokens[source + 1]) for source in made.sources)
    assert says == "".join(map(chr, made.targets)) == "It is 2.$It is 3.$"


def test_positions_begin_anew_with_each_example() -> None:
    assert row((example(3), example(2))).positions == [0, 1, 2, 0, 1]


def test_packs_hold_each_example_once_and_no_more_than_fits() -> None:
    examples = [example(2 + n % 30, token=n) for n in range(200)]
    packs = packed(examples, 40)
    assert sorted(each.tokens for pack in packs for each in pack) == sorted(
        each.tokens for each in examples
    )
    assert all(sum(len(each.tokens) for each in pack) <= 40 for pack in packs)
    assert sum(len(each.tokens) for each in examples) > 0.9 * 40 * len(packs)


def test_each_epoch_reads_everything_in_another_order_that_the_seed_decides() -> None:
    examples = [example(10, token=n) for n in range(12)]

    def plan(**fields: Any) -> Any:
        told = {"base": "x", "lessons": ("x",), "out": "x", "epochs": 2, "pack": 20, "packs": 2}
        return steps(examples, SFT(**(told | fields)))

    planned = plan()
    assert [len(packs) for packs in planned] == [2] * 6
    assert planned[:3] != planned[3:]
    read = [each.tokens[0] for packs in planned for pack in packs for each in pack]
    assert sorted(read[:12]) == sorted(read[12:]) == list(range(12))
    assert planned == plan()
    assert planned != plan(seed=1)
    assert plan(steps=4) == planned[:4]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert read_instructions(write_lessons(tmp_path / "l.jsonl", 2)) == [lesson(0), lesson(1)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"learn": (0,)}, "line 2: message 0 is to be learned, and is no reply"),
        ({"learn": (9,)}, "line 2: message 9 is to be learned"),
        ({"learn": ()}, "line 2: nothing of it is learned"),
        ({"messages": ({"role": "user"},)}, "line 2: a message has a role and a content"),
        ({"task": "frob"}, "line 2: task: "),
    ],
)
def test_a_line_that_is_no_lesson_is_named(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    path = write_lessons(tmp_path / "l.jsonl", 1)
    with path.open("a") as file:
        bad = lesson(1).model_copy(update=change)
        file.write(bad.model_dump_json(warnings=False))
    with pytest.raises(ConfigError, match=words):
        read_instructions(path)
