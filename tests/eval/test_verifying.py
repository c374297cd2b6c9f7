"""A run derived again from its replies, and runs that are not what they were told."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from solvitur.agents import Answer, Effort
from solvitur.errors import BadReply
from solvitur.eval import Evaluation, Question, agent_of, evaluate, score
from solvitur.llm import Scripted
from solvitur.runs import Journal, Verification, kept_in, read_journal
from tests.eval.runs import formulating, joiner, problems

WOODS = (42, 50, 93)


def verified(folder: Path) -> Verification:
    return asyncio.run(kept_in(folder, [Evaluation()]).verify())


def run(folder: Path, **how: Any) -> None:
    def reply(request: Any) -> str:
        return formulating(request.messages[-1].content)

    agent = agent_of(Scripted(reply, name="chairs"), Effort(rounds=2, seed=3))
    asyncio.run(evaluate(agent, problems(WOODS), run=folder, **how))


def altered(folder: Path, kind: str, change: Any) -> Path:
    """The same run with one event changed by somebody."""
    other = folder.parent / f"{folder.name} altered"
    with Journal(other / "run.journal") as journal:
        is_changed = False
        for event in read_journal(folder / "run.journal"):
            value = event.value
            if event.kind == kind and not is_changed:
                is_changed = True
                change(value)
            journal.note(event.key, value, kind=event.kind)
    assert is_changed
    return other


@pytest.mark.parametrize("epochs", [1, 2])
def test_a_run_of_our_agent_is_derived_from_its_replies(tmp_path: Path, epochs: int) -> None:
    folder = tmp_path / "run"
    run(folder, epochs=epochs)
    before = list(read_journal(folder / "run.journal"))
    found = verified(folder)
    assert found.differences == ()
    assert found.remarks == ()
    assert found.checked == f"{3 * epochs} answers"
    assert list(read_journal(folder / "run.journal")) == before


def test_another_scorer_of_ours_is_made_again(tmp_path: Path) -> None:
    run(tmp_path / "run", scorer=partial(score, tolerance=0.5))
    assert verified(tmp_path / "run").differences == ()


def test_an_answer_that_the_replies_do_not_give_is_told(tmp_path: Path) -> None:
    run(tmp_path / "run")

    def change(value: dict[str, Any]) -> None:
        value["answer"]["objective"] = 777.0

    (difference,) = verified(altered(tmp_path / "run", "sample", change)).differences
    assert difference.where == "problem 0, epoch 0: the answer"
    assert (difference.recorded, difference.derived) == ("solved 777", "solved 180")


def test_a_score_that_the_answer_does_not_have_is_told(tmp_path: Path) -> None:
    run(tmp_path / "run")

    def change(value: dict[str, Any]) -> None:
        value["score"]["verdict"] = "wrong"

    (difference,) = verified(altered(tmp_path / "run", "sample", change)).differences
    assert difference.where == "problem 0, epoch 0: its score"


def test_a_reply_that_was_changed_is_told(tmp_path: Path) -> None:
    run(tmp_path / "run")

    def change(value: dict[str, Any]) -> None:
        value["reply"]["text"] = value["reply"]["text"].replace("30", "31")

    assert verified(altered(tmp_path / "run", "reply", change)).differences


def test_a_reply_that_is_missing_is_told_and_nobody_is_asked(tmp_path: Path) -> None:
    run(tmp_path / "run")

    other = tmp_path / "other"
    with Journal(other / "run.journal") as journal:
        for event in read_journal(tmp_path / "run" / "run.journal"):
            key = f"{event.key}x" if event.kind == "reply" else event.key
            journal.note(key, event.value, kind=event.kind)
    assert "has no reply of chairs" in verified(other).differences[0].derived


def test_replies_that_could_not_be_read_are_remembered_as_such(tmp_path: Path) -> None:
    def refuse(request: Any) -> str:
        raise BadReply("cut off")

    agent = agent_of(Scripted(refuse, name="chairs"), Effort(rounds=1))
    asyncio.run(evaluate(agent, problems(WOODS), run=tmp_path))
    assert verified(tmp_path).differences == ()


def test_the_answers_of_another_agent_are_only_judged_again(tmp_path: Path) -> None:
    asyncio.run(evaluate(joiner, problems(WOODS), run=tmp_path))
    found = verified(tmp_path)
    assert found.differences == ()
    (remark,) = found.remarks
    assert remark.startswith("the answers are taken as they are")


def test_the_scores_of_another_scorer_are_not_compared(tmp_path: Path) -> None:
    def mine(problem: Any, answer: Answer) -> Any:
        return score(problem, answer)

    asyncio.run(evaluate(joiner, problems(WOODS), scorer=mine, run=tmp_path))
    assert any("scores are taken as they are" in each for each in verified(tmp_path).remarks)


def test_what_is_to_be_tried_again_is_not_compared(tmp_path: Path) -> None:
    async def unlucky(asked: Question) -> Answer:
        if asked.id == "1":
            raise OSError("down")
        return await joiner(asked)

    asyncio.run(evaluate(unlucky, problems(WOODS), run=tmp_path))
    found = verified(tmp_path)
    assert (found.checked, found.differences) == ("2 answers", ())
    assert found.remarks[-1].startswith("1 answers that failed")
