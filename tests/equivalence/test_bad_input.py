"""What is no model, or none that can be compared, gets a reason and no traceback."""

from fractions import Fraction
from pathlib import Path

import pytest

from solvitur.equivalence import Column, Conclusion, Mapping, Program, Row, check
from solvitur.errors import ConfigError
from solvitur.formulation import Formulation

X = Column("x", is_integer=True)
ONE = Fraction(1)


def made(objective: str, *constraints: str) -> Formulation:
    return Formulation.model_validate(
        {
            "variables": [{"name": "x"}, {"name": "y"}],
            "objective": {"sense": "minimize", "expression": objective},
            "constraints": [
                {"name": f"c{n}", "expression": text} for n, text in enumerate(constraints)
            ],
        }
    )


GOOD = made("x + y", "x + 2 * y >= 3")


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (made("x + z"), "'z'"),
        (made("x * y"), "only linear formulations can be compared"),
        (made("x", "sin(x) <= 0"), "linear"),
        (made("1e308 * x * 10"), "too large"),
        (Path("nowhere.json"), "cannot read nowhere.json"),
    ],
)
def test_what_cannot_be_compared_is_unknown_with_the_reason(
    other: Formulation | Path, reason: str
) -> None:
    verdict = check(GOOD, other)
    assert verdict.conclusion is Conclusion.unknown
    assert reason in verdict.reason
    assert check(other, GOOD).reason == verdict.reason


@pytest.mark.parametrize(
    "text",
    [
        "minimize\n obj: x\nsubject to\n c: x >= nan\nend\n",
        "minimize\n obj: nan x\nsubject to\n c: x >= 1\nend\n",
        "minimize\n obj:\nsubject to\nend\n",
        "",
    ],
    ids=["side", "coefficient", "empty", "nothing"],
)
def test_a_file_with_no_numbers_in_it_is_unknown(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.lp"
    path.write_text(text, encoding="utf-8")
    verdict = check(GOOD, path)
    assert verdict.conclusion is Conclusion.unknown
    assert "bad.lp" in verdict.reason


def test_a_number_that_no_solver_takes_is_unknown() -> None:
    huge = Program((X,), (Row("r", {0: Fraction(10) ** 400}, ONE, None),), {0: ONE})
    other = Program((X, Column("y")), (Row("r", {0: ONE, 1: ONE}, ONE, None),), {0: ONE})
    assert check(other, huge, seconds=5).is_equivalent is None


def test_two_unbounded_programs_are_compared_like_any_others() -> None:
    up, down = (Program((X,), (), {0: Fraction(sign)}) for sign in (-1, 1))
    assert check(up, up).conclusion is Conclusion.proved
    verdict = check(up, down)
    assert verdict.conclusion is Conclusion.different
    assert verdict.reason == "one is unbounded and the other solved to an optimum"


def test_one_without_a_solution_differs_from_one_that_has_one() -> None:
    none = made("x + y", "x + 2 * y >= 3", "x <= 1", "y <= 0.5")
    verdict = check(GOOD, none)
    assert verdict.conclusion is Conclusion.different
    assert check(none, none).conclusion in (Conclusion.proved, Conclusion.unknown)
    other = made("x - y", "x + y >= 3", "2 * x + 2 * y <= 5")
    assert check(none, other).conclusion is Conclusion.unknown
    assert "neither has a solution" in check(none, other).reason


def test_programs_without_any_column_are_compared() -> None:
    assert check(Program((), (), {}), Program((), (), {})).is_equivalent is not False
    assert check(Program((), (), {}), GOOD).is_equivalent is False


def test_no_time_is_no_verdict() -> None:
    other = made("x + 3 * y", "x + 2 * y >= 4", "x - y <= 1")
    assert check(GOOD, other, seconds=0).conclusion is Conclusion.unknown


def test_a_mapping_of_the_wrong_size_is_said_to_be_one() -> None:
    verdict = check(GOOD, GOOD, mappings=[(Mapping.identity(1), Mapping.identity(1))])
    assert verdict.conclusion is Conclusion.unknown
    assert verdict.reason.startswith("a mapping from 1 to 1 variables is given")


def test_a_method_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ConfigError, match="there is no method 'guess': take one of proof, quasi"):
        check(GOOD, GOOD, method="guess")  # type: ignore[arg-type]


def test_a_file_may_be_named_by_its_path_as_text(tmp_path: Path) -> None:
    name = tmp_path / "plan.lp"
    name.write_text("Minimize\n obj: 2 x\nSubject To\n c: x >= 1\nEnd\n", encoding="utf-8")
    assert check(str(name), name).is_proved
    assert check(str(tmp_path / "missing.lp"), name).conclusion is Conclusion.unknown
