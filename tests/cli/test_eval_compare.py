"""``solvitur eval compare``: two runs side by side."""

from functools import partial
from pathlib import Path

import pytest

from solvitur.agents import Answer
from solvitur.eval import Question, score
from tests.cli.conftest import Run
from tests.eval import runs
from tests.eval.runs import careless, here, joiner


@pytest.fixture
def both(home: Path) -> tuple[str, str]:
    one = runs.run(home / "one", joiner, scorer=here)
    other = runs.run(home / "other", careless, scorer=here)
    return str(one.folder), str(other.folder)


def lines(shown: str) -> list[str]:
    return [" ".join(line.split()) for line in shown.splitlines()]


def test_figures_stand_beside_each_other_with_what_that_proves(
    run: Run, both: tuple[str, str]
) -> None:
    done = run("eval", "compare", *both)
    assert (done.code, done.err) == (0, "")
    shown = lines(done.out)
    assert shown[0] == f"A: chairs, tests.eval.runs.joiner; {both[0]}"
    assert "name tests.eval.runs.joiner tests.eval.runs.careless" in shown
    assert "3 problems answered by both" in shown
    assert "SA, solving accuracy 100.0 % 33.3 % +66.7 (-5.9 to +93.9) 3" in shown
    assert "A is right more often on 2 problems, B on 0, and on 1 they are alike." in shown
    assert "(McNemar's exact test, p = 0.5)." in shown
    assert not [line for line in shown if line.startswith("tokens")]


def test_a_flip_is_shown_with_both_formulations_side_by_side(
    run: Run, both: tuple[str, str]
) -> None:
    shown = run("eval", "compare", *both, "--limit", "1").out
    assert max(map(len, shown.splitlines()[2:])) <= 80  # behind the names of the folders
    assert "A is better on: 1, 2" in shown
    assert "- `x`, integer, >= 0: chairs            - `x`, continuous, >= 0: chairs" in shown
    assert "label: 210" in shown
    assert "The two formulations: not equivalent: " in shown
    assert "too much wood" not in shown
    assert "1 more flip (--limit shows more of them, --json has all)" in shown


def test_an_answer_without_a_formulation_stands_beside_one_with(
    run: Run, both: tuple[str, str]
) -> None:
    shown = run("eval", "compare", *both).out
    (row,) = (line for line in lines(shown) if "Message:" in line)
    assert row == "Sets: Message:"


def test_all_of_it_is_there_for_programs(run: Run, both: tuple[str, str]) -> None:
    found = run("eval", "compare", both[1], both[0], "--json").envelope
    assert found["problems"] == [["0", "0"], ["1", "1"], ["2", "2"]]
    assert found["flips"] == {"better": 0, "worse": 2, "same": 1, "p_value": 0.5}
    first = found["figures"][0]
    assert (first["name"], first["difference"]["problems"]) == ("SA, solving accuracy", 3)
    assert first["difference"]["value"] == pytest.approx(-2 / 3)
    flip = found["flipped"][0]
    assert (flip["problem"], flip["difference"]) == ("1", -1.0)
    assert flip["a"][0]["formulation"]["variables"][0]["name"] == "x"
    assert flip["b"][0]["verdict"] == "right"
    assert flip["equivalence"]["conclusion"] == "not equivalent"
    assert flip["equivalence"]["reason"]


def test_what_cannot_be_compared_is_said(run: Run, home: Path) -> None:
    one = runs.run(home / "one", joiner, woods=(42, 50), labels={0: None}, scorer=here)
    other = runs.run(
        home / "other", joiner, woods=(50, 42), labels={0: 4}, scorer=partial(score, readings=False)
    )
    done = run("eval", "compare", str(one.folder), str(other.folder))
    assert (
        "2 problems answered by both; not in accuracy: 1 with another label in B, 1 without a "
        "verdict in both" in done.out
    )
    assert done.err.startswith("They were judged by different scorers")


def test_a_run_that_is_not_at_its_end_is_told(run: Run, home: Path) -> None:
    async def failing(asked: Question) -> Answer:
        if asked.id == "1":
            raise ConnectionError("the server is down")
        return await joiner(asked)

    one = runs.run(home / "one", failing, scorer=here)
    other = runs.run(home / "other", joiner, scorer=here)
    done = run("eval", "compare", str(one.folder), str(other.folder))
    assert done.err.startswith("A is not at its end: 1 final answer missing.")


def test_what_a_model_says_moves_nothing_on_the_terminal(run: Run, home: Path) -> None:
    async def hostile(asked: Question) -> Answer:
        return Answer(outcome="error", message="\x1b[2J\u202egone [bold]")

    one = runs.run(home / "one", joiner, scorer=here)
    other = runs.run(home / "other", hostile, scorer=here)
    shown = run("eval", "compare", str(one.folder), str(other.folder)).out
    assert "\\x1b[2J\\u202egone [bold]" in shown
    assert "\x1b[2J" not in shown


def test_a_run_that_is_not_there_is_said(run: Run, both: tuple[str, str]) -> None:
    done = run("eval", "compare", both[0], "elsewhere")
    assert done.code == 2
    assert "there is no run 'elsewhere'" in done.err
