"""How sure an answer is: what goes into it, how it is weighed, and in which words it is told."""

import asyncio
from typing import Any

import pytest

from solvitur.agents import Answer, solve_formulation, solve_problem
from solvitur.agents.answer import Check, Comparison, Round, RouteResult
from solvitur.agents.confidence import Asked, Confidence, Weights, compared, confidence, weights
from solvitur.agents.reviewing import Review
from solvitur.agents.routes import compared as both
from solvitur.formulation import Formulation
from solvitur.formulation.words.cues import Reading
from solvitur.llm import Scripted
from solvitur.solvers import Outcome
from tests.cli.problems import CHAIRS, TEXT, reply

MEASURED = "local:qwen2.5-coder-1.5b"
PROBLEM = Reading("A chair earns 30. It takes 7 hours of 42. At least 40 words are left over.")
FORGOTTEN = Check(
    code="forgotten_number",
    severity="warning",
    element=None,
    message='the number 40 of the text ("At least 40 words are left over.") is not used',
)


def tried(objective: float | None = 180.0, route: str = "staged", outcome: str = "solved") -> Round:
    return Round(route=route, outcome=outcome, objective=objective, evidence=())


def answer(**fields: Any) -> Answer:
    known: dict[str, Any] = {
        "outcome": Outcome.solved,
        "objective": 180.0,
        "variables": {"x": {"oak": 6, "ash": 0}},
        "rounds": (tried(),),
        "model": MEASURED,
    }
    return Answer(**(known | fields))


ASKED = Asked(frozenset(weights().techniques), weights().rounds, weights().samples[0])


def judged(*reviews: Review, asked: Asked = ASKED, **fields: Any) -> Confidence:
    found = confidence(answer(**fields), PROBLEM, reviews, asked)
    assert found is not None
    return found


# --- what goes into it ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "name", "figure"),
    [
        ({}, "ways", 0),
        ({"rounds": (tried(), tried(180.0001))}, "ways", 0),
        ({"rounds": (tried(), tried(180.0001))}, "repeats", 1),
        ({"rounds": (tried(), tried(route="direct"), tried(180.0001))}, "ways", 1),
        ({"rounds": (tried(), tried(route="direct"), tried(180.0001))}, "repeats", 1),
        ({"rounds": (tried(), tried(90.0, route="direct"))}, "ways", 0),
        ({"rounds": (tried(), tried(90.0))}, "dissent", 1),
        ({"rounds": (tried(), tried(None, outcome="not solved"))}, "dissent", 0),
        ({"rounds": (tried(), tried(90.0))}, "tries", 1),
        ({"rounds": (tried(90.0), tried(route="direct"))}, "at_once", 1),
        ({"checks": (FORGOTTEN,) * 9}, "forgotten", 3),
        ({"outcome": Outcome.infeasible, "objective": None}, "no_answer", 1),
        ({"objective": 0.0}, "zero", 1),
        ({}, "idle", 0.5),
        ({"variables": {"x": 2.5}}, "split", 1),
        ({"variables": {"x": [], "y": float("nan"), "z": 3.0}}, "split", 0),
        ({}, "size", pytest.approx(2.32, abs=0.01)),
        ({}, "doubt", 0.5),
    ],
)
def test_what_is_known_is_put_down_as_a_figure(
    fields: dict[str, Any], name: str, figure: float
) -> None:
    assert judged(**fields).evidence[name] == figure


def test_what_reviewers_said_is_part_of_it() -> None:
    reviews = (
        Review("code", agrees=False, gaps=("a script comes to something else",)),
        Review("second-reading", gaps=("nothing says 'at least 40 words'",)),
        Review("back-translation", probabilities=(("wood", 0.9), ("words", 0.2))),
    )

    evidence = judged(*reviews).evidence

    assert (evidence["script"], evidence["unread"], evidence["doubt"]) == (-1, 1, 0.8)


def test_of_what_is_no_answer_nothing_is_said() -> None:
    for outcome in (Outcome.error, Outcome.no_answer, Outcome.not_formulated, Outcome.budget):
        assert confidence(answer(outcome=outcome, objective=None), PROBLEM, (), ASKED) is None


def test_a_formulation_that_was_given_needed_nobody_to_understand_it() -> None:
    assert solve_formulation(Formulation.model_validate(CHAIRS)).confidence is None


# --- how it is weighed ---------------------------------------------------------------------------


def test_the_weights_never_reward_what_speaks_against_an_answer() -> None:
    known = weights().weights
    against = ("dissent", "forgotten", "invented", "suspicious", "unread", "doubt", "tries")
    assert all(known[name] <= 0 for name in (*against, "no_answer", "zero", "size"))
    assert all(known[name] >= 0 for name in ("ways", "script", "reread"))


def test_less_evidence_against_it_makes_an_answer_surer() -> None:
    clean, doubtful = judged(), judged(rounds=(tried(), tried(90.0)))
    assert doubtful.probability < clean.probability


BY_HAND = Weights(
    made="by hand",
    models=(),
    techniques=(),
    rounds=3,
    samples=(1, 2),
    intercept=1.0,
    weights={"ways": 2.0},
    means={"ways": 0.5},
    scales={"ways": 0.25},
    confident={2: 0.9},
    likely=0.5,
)


def test_the_probability_is_that_of_the_logistic_model() -> None:
    assert BY_HAND.probability({"ways": 0.5}) == pytest.approx(0.7310586)
    assert BY_HAND.probability({"ways": 1.0}) == pytest.approx(0.9933071)
    assert BY_HAND.probability({"ways": -1e9}) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("probability", "samples", "level"),
    [
        (0.9, 2, "confident"),
        (0.89, 2, "likely"),
        (0.99, 1, "likely"),
        (0.5, 1, "likely"),
        (0.49, 2, "unsure"),
    ],
)
def test_the_level_goes_by_the_thresholds_for_as_many_samples(
    probability: float, samples: int, level: str
) -> None:
    assert BY_HAND.level(probability, samples) == level


def test_two_ways_that_agree_make_an_answer_to_two_samples_confident() -> None:
    rounds = (tried(), tried(route="direct"))
    alone = judged(rounds=rounds[:1], asked=ASKED._replace(samples=2))
    agreed = judged(rounds=rounds, asked=ASKED._replace(samples=2))
    assert (alone.level, agreed.level) == ("likely", "confident")
    assert "2 independent ways agree" in agreed.reasons


@pytest.mark.parametrize("model", ["openai:big", "local:other.gguf", None])
def test_of_a_model_that_nobody_measured_that_is_said_and_it_is_never_confident(
    model: str | None,
) -> None:
    clean, doubtful = judged(model=model), judged(model=model, checks=(FORGOTTEN,))
    assert (clean.level, doubtful.level) == ("likely", "unsure")
    assert not clean.is_measured
    assert "by guess, nobody measured this model" in str(clean)


@pytest.mark.parametrize(
    "asked",
    [
        ASKED._replace(rounds=1),
        ASKED._replace(samples=9),
        ASKED._replace(techniques=frozenset({"units"})),
    ],
)
def test_a_measured_model_that_is_asked_otherwise_is_not_measured(asked: Asked) -> None:
    assert not judged(asked=asked).is_measured


def test_scripts_and_tables_were_not_measured() -> None:
    chairs = Formulation.model_validate(
        {
            "sets": [{"name": "I", "source": {"file": "t", "keys": ["i"]}}],
            "variables": [{"name": "x", "index": ["I"]}],
            "objective": {"sense": "minimize", "expression": "sum(x[i] for i in I)"},
        }
    )
    assert judged(formulation=Formulation.model_validate(CHAIRS)).is_measured
    assert not judged(formulation=chairs).is_measured
    assert not judged(route="code").is_measured


# --- in which words ------------------------------------------------------------------------------


def reasons(*reviews: Review, **fields: Any) -> str:
    return "; ".join(judged(*reviews, **fields).reasons)


def test_a_number_that_is_not_used_is_named_without_its_sentence() -> None:
    assert "the number 40 of the text is not used" in reasons(checks=(FORGOTTEN,))
    two = reasons(checks=(FORGOTTEN, FORGOTTEN))
    assert "the number 40 of the text is not used (and 1 more like this)" in two
    assert "every number of the text is used" in reasons()


def test_no_more_reasons_are_told_than_a_line_has_room_for() -> None:
    found = judged(checks=(FORGOTTEN,), objective=0.0, rounds=(tried(0.0), tried(9.0)))
    assert len(found.reasons) == 3


def test_it_is_one_line_whatever_a_model_wrote() -> None:
    hostile = FORGOTTEN.model_copy(update={"message": "one\ntwo\x1b[31m" + "x" * 500})
    line = str(judged(checks=(hostile,)))
    assert line.isprintable()
    assert len(line) < 400


# --- two routes ----------------------------------------------------------------------------------


def test_a_second_route_is_the_first_reason_and_counts() -> None:
    alone = judged()
    same = compared(alone, agree=True, route="formulation")
    other = compared(alone, agree=False, route="formulation")

    assert same.reasons[0] == "a Pyomo script, written on its own, comes to the same"
    assert other.reasons[0] == "a Pyomo script, written on its own, comes to something else"
    assert (same.evidence["script"], other.evidence["script"]) == (1, -1)
    assert other.probability <= alone.probability <= same.probability
    assert compared(alone, agree=None, route="formulation") == alone


def test_answers_of_both_routes_are_judged_together() -> None:
    one = answer(confidence=judged())
    two = answer(route="code", confidence=judged(route="code"))

    found = both(one, two)

    assert found.confidence is not None
    assert found.confidence.evidence["script"] == 1
    assert found.comparison == Comparison(
        formulation=RouteResult(outcome=Outcome.solved, objective=180.0),
        code=RouteResult(outcome=Outcome.solved, objective=180.0),
        agree=True,
        message="both routes agree: 180",
    )


def test_an_answer_from_words_says_how_sure_it_is() -> None:
    found = asyncio.run(solve_problem(TEXT, Scripted([reply(CHAIRS)])))

    assert found.confidence is not None
    assert Answer.model_validate_json(found.to_json()).confidence == found.confidence
