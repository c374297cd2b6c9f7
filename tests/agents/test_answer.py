import json
import math

import pytest

from solvitur.agents import Answer, solve_formulation
from solvitur.agents.answer import Certificate, certificate, from_attempt, rounds
from solvitur.agents.draft import Attempt, Draft
from solvitur.formulation import Formulation
from solvitur.formulation.checks import Code, Finding, Severity, check
from solvitur.solvers import Outcome, solve


def made(*rows: str, sense: str = "maximize") -> Formulation:
    return Formulation.model_validate(
        {
            "variables": [{"name": "x", "domain": "integer"}],
            "objective": {"sense": sense, "expression": "3 * x"},
            "constraints": [{"name": f"r{n}", "expression": row} for n, row in enumerate(rows)],
        }
    )


ROOM = made("2 * x <= 7")


def attempt(formulation: Formulation | None, text: str | None = None) -> Attempt:
    if formulation is None:
        return Attempt(1, Draft("direct", None, "the reply is empty"))
    findings = check(formulation, text)
    return Attempt(1, Draft("direct", formulation), findings, solve(formulation))


def test_a_solved_attempt_gives_figures_words_and_a_certificate() -> None:
    answer = from_attempt(attempt(ROOM), None)
    assert (answer.outcome, answer.objective, answer.variables) == (Outcome.solved, 9, {"x": 3})
    assert answer.answer.startswith("The highest value is 9.")
    assert answer.verification is not None
    assert answer.verification.confirmed is True
    assert (answer.verification.bound, answer.verification.gap) == (9, 0)
    assert answer.verification.problem_class == "MILP"
    assert answer.assumptions == ("x takes whole numbers only", "x is not negative")


@pytest.mark.parametrize(
    ("formulation", "outcome"),
    [
        (made("x <= 3", "x >= 4"), Outcome.infeasible),
        (made("x >= 4"), Outcome.unbounded),
    ],
)
def test_no_answer_has_no_figures(formulation: Formulation, outcome: Outcome) -> None:
    answer = from_attempt(attempt(formulation), None)
    assert (answer.outcome, answer.objective, answer.variables) == (outcome, None, {})
    assert answer.verification is not None
    assert answer.verification.confirmed is None
    assert answer.answer


def test_what_speaks_against_it_is_kept_with_its_place() -> None:
    text = "At least 7 of them earn 3 each, and 44 more."
    checks = {each.code: each for each in from_attempt(attempt(made("x <= 7"), text), text).checks}
    assert checks["reversed"].element == "constraint 'r0'"
    assert checks["forgotten_number"].severity == "warning"
    assert "44" in checks["forgotten_number"].message


def test_no_formulation_is_said_with_its_reason() -> None:
    answer = from_attempt(attempt(None), "text")
    assert (answer.outcome, answer.formulation) == (Outcome.not_formulated, None)
    assert answer.message == "the reply is empty"


def test_a_formulation_that_could_not_be_solved_is_kept_with_the_reason() -> None:
    fault = Finding(Code.invalid, Severity.error, "constraint 'c'", "no such name")
    answer = from_attempt(Attempt(1, Draft("direct", ROOM), (fault,)), "text")
    assert answer.outcome is not Outcome.solved
    assert answer.formulation == ROOM
    assert "no such name" in answer.message


def test_each_round_says_how_it_was_asked_and_how_it_ended() -> None:
    first, second = rounds([attempt(None), attempt(ROOM)])
    assert (first.route, first.outcome, first.objective) == ("direct", "not solved", None)
    assert first.evidence == ("the reply is empty",)
    assert (second.outcome, second.objective, second.evidence) == ("solved", 9, ())


# --- as JSON -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "formulation", [ROOM, made("x <= 3", "x >= 4"), made()], ids=["solved", "infeasible", "open"]
)
def test_an_answer_comes_back_from_json_as_it_was(formulation: Formulation) -> None:
    answer = solve_formulation(formulation)
    assert Answer.model_validate_json(answer.to_json()) == answer


def test_json_has_the_envelope_and_a_version() -> None:
    data = json.loads(solve_formulation(ROOM).to_json())
    assert {"outcome", "objective", "variables", "formulation", "checks", "verification"} <= set(
        data
    )
    assert {"rounds", "model", "usage", "cost", "seconds"} <= set(data)
    assert (data["format"], data["outcome"], data["objective"]) == (1, "solved", 9)


def test_the_formulation_in_json_is_one_that_can_be_given_again() -> None:
    data = json.loads(solve_formulation(ROOM).to_json())
    assert Formulation.from_json(json.dumps(data["formulation"])) == ROOM
    assert "doc" not in json.dumps(data["formulation"])


def test_whole_numbers_are_whole_in_json() -> None:
    assert '"x": 3' in solve_formulation(ROOM).to_json()


def test_letters_of_every_script_are_kept() -> None:
    formulation = ROOM.model_copy(update={"title": "St\u00fchle \u6905\u5b50"})
    assert "St\u00fchle \u6905\u5b50" in solve_formulation(formulation).to_json()


def test_json_has_no_number_that_json_does_not_know() -> None:
    proof = Certificate(
        problem_class="LP",
        solver="by hand",
        stopped="proved",
        bound=math.inf,
        gap=math.nan,
        confirmed=False,
        max_violation=-math.inf,
        rows=1,
        message="",
    )
    answer = Answer(
        outcome=Outcome.limit, verification=proof, variables={"x": {"a": math.nan, "b": 1.5}}
    )
    data = json.loads(answer.to_json(), parse_constant=lambda name: pytest.fail(name))
    assert data["verification"]["bound"] is None
    assert data["variables"] == {"x": {"a": None, "b": 1.5}}
    assert Answer.model_validate_json(answer.to_json()).outcome is Outcome.limit


def test_a_certificate_without_a_point_confirms_nothing() -> None:
    found = certificate(solve(made("x <= 3", "x >= 4")))
    assert (found.confirmed, found.max_violation, found.rows) == (None, None, None)
