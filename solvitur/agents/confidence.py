"""How sure an answer is: what is known about it, weighed by how often such answers were right.

The weights are those of a regularised logistic model, fitted on problems that no table in docs/
uses (`benchmarks/confidence.py`, which also wrote `confidence.json` beside this file). They hold
for the models they were measured on. Of any other model the answer says that nobody measured it.
"""

import functools
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from solvitur.agents.reviewing import Review
from solvitur.formulation.checks import Code
from solvitur.formulation.elements import Formulation
from solvitur.formulation.printing import cut, one_line
from solvitur.formulation.words.cues import Reading
from solvitur.solvers.solution import Outcome

if TYPE_CHECKING:
    from solvitur.agents.answer import Answer, Check, Round

Level = Literal["confident", "likely", "unsure"]
Evidence = Mapping[str, float]
"""By name, what is known about an answer; 0 is what says nothing, or what is best."""

_MOST = 3
"""Beyond so many of a kind, more of them say no more."""
_REASONS = 3
"""Reasons that are told."""
_LONGEST = 120
_WHOLE = 1e-6
"""How near to a whole number is one."""
_UNMEASURED = {"clean": 0.7, "doubtful": 0.4}
"""What is told of a model that nobody measured, where nothing speaks against its answer or some
thing does: a guess from what is published of larger models, and no measurement."""
_DOUBTS = ("dissent", "forgotten", "invented", "suspicious", "unread", "no_answer")


class Confidence(BaseModel):
    """How sure an answer is, and what that rests on."""

    model_config = ConfigDict(frozen=True)

    probability: float
    """Of being what was asked for, as far as that was measured."""
    level: Level
    """``confident`` where such answers were right 19 times of 20, ``likely`` where more were right
    than wrong."""
    reasons: tuple[str, ...]
    """What it rests on, what weighs most first."""
    is_measured: bool
    """Whether it was measured how often this model, asked so, is right; else it is a guess."""
    evidence: dict[str, float]
    """Everything that went into it, as figures."""

    def __str__(self) -> str:
        """Say it in one line."""
        share = f"about {self.probability:.0%}"
        told = share if self.is_measured else f"{share} by guess, nobody measured this model so"
        return f"{self.level} ({told}): {'; '.join(self.reasons)}"


class Asked(NamedTuple):
    """How a model was asked, as far as it decides how often it is right."""

    techniques: frozenset[str]
    rounds: int
    samples: int


def confidence(
    answer: "Answer", reading: Reading, reviews: Sequence[Review], asked: Asked
) -> Confidence | None:
    """Judge an answer that a model made of a text; ``None`` where there is no answer.

    Args:
        answer: With its checks and its rounds.
        reading: The problem.
        reviews: What reviewers said of the attempt that it came from.
        asked: How the model was asked.
    """
    if not answer.outcome.is_conclusive:
        return None
    known = _Known(answer, reading, tuple(reviews))
    words = {name: tell(known) for name, tell in _WORDS.items()}
    figures = {**_figures(known), "samples": float(asked.samples)}
    return _judged(figures, words, _is_measured(answer, asked))


def compared(found: Confidence, *, agree: bool | None, route: str) -> Confidence:
    """Judge again, knowing whether a second route to the same problem agrees.

    Args:
        found: What was known before.
        agree: Whether it agrees; ``None`` where it came to no answer.
        route: The route that the answer came by.
    """
    if agree is None:
        return found
    evidence = {**found.evidence, "script": 1.0 if agree else -1.0}
    other = "a Pyomo script" if route == "formulation" else "the five elements"
    told = _of_script(other, agree)
    again = _judged(evidence, {"script": told}, found.is_measured)
    reasons = tuple(dict.fromkeys((told, *found.reasons)))[:_REASONS]
    return again.model_copy(update={"reasons": reasons})


@dataclass(frozen=True)
class _Known:
    """An answer, the problem, and what reviewers said of it."""

    answer: "Answer"
    reading: Reading
    reviews: tuple[Review, ...]

    @property
    def codes(self) -> list[str]:
        return [check.code for check in self.answer.checks]

    @functools.cached_property
    def came(self) -> "list[Round]":
        """The rounds that came to an answer."""
        ends = {outcome.value for outcome in Outcome if outcome.is_conclusive}
        return [tried for tried in self.answer.rounds if tried.outcome in ends]

    @functools.cached_property
    def agreeing(self) -> "list[Round]":
        """Those that came to this one."""
        return [tried for tried in self.came if self._is_same(tried)]

    @property
    def ways(self) -> int:
        """How many ways of asking came to this value; that two find none says little."""
        return 0 if self.answer.objective is None else len({each.route for each in self.agreeing})

    @property
    def repeats(self) -> int:
        """How many more attempts came to it by a way that had done so already."""
        return 0 if self.answer.objective is None else len(self.agreeing) - self.ways

    def _is_same(self, tried: "Round") -> bool:
        one, other = tried.objective, self.answer.objective
        if tried.outcome != self.answer.outcome.value:
            return False
        if one is None or other is None:
            return one is other
        return math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-5)

    @property
    def script(self) -> float:
        """Whether a script comes to the same (1), to something else (-1), or to nothing (0)."""
        said = [review.agrees for review in self.reviews if review.agrees is not None]
        return 0.0 if not said else 1.0 if any(said) else -1.0

    @property
    def second_readings(self) -> list[Review]:
        return [review for review in self.reviews if review.reviewer == "second-reading"]

    @property
    def gaps(self) -> list[str]:
        return [gap for review in self.second_readings for gap in review.gaps]

    @property
    def chances(self) -> list[tuple[float, str]]:
        """How likely each constraint is in the text, the least likely first."""
        pairs = [pair for review in self.reviews for pair in review.probabilities]
        return sorted((chance, name) for name, chance in pairs)

    @property
    def suspicious(self) -> "list[Check]":
        """What the checks found beside numbers and units."""
        apart = (Code.forgotten_number, Code.invented_number, Code.units)
        return [check for check in self.answer.checks if check.code not in apart]


def _figures(known: _Known) -> dict[str, float]:
    answer, codes = known.answer, known.codes
    values = list(_numbers(answer.variables))
    return {
        "ways": min(_MOST, max(0, known.ways - 1)),
        "repeats": min(_MOST, known.repeats),
        "dissent": min(_MOST, len(known.came) - len(known.agreeing)),
        "script": known.script,
        "forgotten": min(_MOST, codes.count(Code.forgotten_number)),
        "invented": min(_MOST, codes.count(Code.invented_number)),
        "suspicious": min(_MOST, len(known.suspicious)),
        "unread": min(_MOST, len(known.gaps)),
        "reread": float(bool(known.second_readings)),
        "doubt": 1 - known.chances[0][0] if known.chances else 0.5,
        "tries": min(_MOST, len(answer.rounds) - 1),
        "no_answer": float(answer.outcome in (Outcome.infeasible, Outcome.unbounded)),
        "zero": float(answer.objective == 0),
        "idle": _share(value == 0 for value in values),
        "split": float(any(abs(value - round(value)) > _WHOLE for value in values)),
        "size": math.log2(1 + len(known.reading.all_numbers)),
        "at_once": float(any(tried.route == "direct" for tried in known.agreeing[:1])),
    }


def _numbers(values: Any) -> Iterable[float]:
    if isinstance(values, dict):
        for inner in values.values():
            yield from _numbers(inner)
    elif isinstance(values, int | float) and math.isfinite(values):
        yield float(values)


def _share(said: Iterable[bool]) -> float:
    listed = list(said)
    return sum(listed) / len(listed) if listed else 0.0


# --- in words ------------------------------------------------------------------------------------


def _ways_in_words(known: _Known) -> str:
    return f"{known.ways} independent ways agree" if known.ways > 1 else ""


def _repeats_in_words(known: _Known) -> str:
    return f"{known.repeats + 1} attempts of one way agree" if known.repeats else ""


def _dissent_in_words(known: _Known) -> str:
    others = len(known.came) - len(known.agreeing)
    if not others:
        return ""
    return f"{others} of {len(known.came)} attempts came to something else"


def _script_in_words(known: _Known) -> str:
    return _of_script("a Pyomo script", known.script > 0) if known.script else ""


def _of_script(other: str, agrees: bool) -> str:
    return f"{other}, written on its own, comes to {'the same' if agrees else 'something else'}"


def _forgotten_in_words(known: _Known) -> str:
    told = _first(known.answer.checks, Code.forgotten_number)
    return told or ("every number of the text is used" if known.reading.all_numbers else "")


def _invented_in_words(known: _Known) -> str:
    return _first(known.answer.checks, Code.invented_number)


def _suspicious_in_words(known: _Known) -> str:
    return _first(known.suspicious)


def _first(checks: "Iterable[Check]", code: Code | None = None) -> str:
    """Say the first of some findings, without the sentence that it quotes."""
    found = [check for check in checks if code is None or check.code == code]
    if not found:
        return ""
    told = cut(re.sub(r' \(".*?"\)', "", one_line(found[0].message)), _LONGEST)
    return told if len(found) == 1 else f"{told} (and {len(found) - 1} more like this)"


def _unread_in_words(known: _Known) -> str:
    return cut(one_line(known.gaps[0]), _LONGEST) if known.gaps else ""


def _reread_in_words(known: _Known) -> str:
    is_whole = known.second_readings and not known.gaps
    return "read again by sentence, nothing is left out" if is_whole else ""


def _doubt_in_words(known: _Known) -> str:
    if not known.chances:
        return ""
    chance, name = known.chances[0]
    if chance >= 0.5:
        return "every constraint, put in words again, is found in the text"
    return f"the constraint {cut(one_line(name), 40)!r}, put in words again, is not in the text"


def _tries_in_words(known: _Known) -> str:
    tries = len(known.answer.rounds)
    return f"it took {tries} attempts" if tries > 1 else "the first attempt had no need of repair"


def _no_answer_in_words(known: _Known) -> str:
    if known.answer.outcome not in (Outcome.infeasible, Outcome.unbounded):
        return ""
    return f"it came out {known.answer.outcome.value}, which is seldom what a text means"


def _zero_in_words(known: _Known) -> str:
    return "the best value is 0, which is seldom meant" if known.answer.objective == 0 else ""


def _size_in_words(known: _Known) -> str:
    return f"the text states {len(known.reading.all_numbers)} numbers"


_WORDS: dict[str, Callable[[_Known], str]] = {
    "ways": _ways_in_words,
    "repeats": _repeats_in_words,
    "dissent": _dissent_in_words,
    "script": _script_in_words,
    "forgotten": _forgotten_in_words,
    "invented": _invented_in_words,
    "suspicious": _suspicious_in_words,
    "unread": _unread_in_words,
    "reread": _reread_in_words,
    "doubt": _doubt_in_words,
    "tries": _tries_in_words,
    "no_answer": _no_answer_in_words,
    "zero": _zero_in_words,
    "size": _size_in_words,
}
"""By kind of evidence, how it is told; what has no words here weighs without being told."""


# --- weighed -------------------------------------------------------------------------------------


class Weights(BaseModel):
    """A fitted logistic model, with how it was made."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    made: str
    """By which command, on which problems, with how many of them right."""
    models: tuple[str, ...]
    """Names of the models that it was measured on."""
    techniques: tuple[str, ...]
    """Those that were in use."""
    rounds: int
    samples: tuple[int, ...]
    intercept: float
    weights: dict[str, float]
    """By kind of evidence, what one standard deviation of it is worth in log-odds."""
    means: dict[str, float]
    scales: dict[str, float]
    confident: dict[int, float]
    """By the number of samples, from which probability on answers are called confident; those
    asked for otherwise never are."""
    likely: float

    def level(self, probability: float, samples: int) -> Level:
        """Give the level of an answer for which so many samples were asked."""
        if probability >= self.confident.get(samples, math.inf):
            return "confident"
        return "likely" if probability >= self.likely else "unsure"

    def contributions(self, evidence: Evidence) -> dict[str, float]:
        """Give what each kind of evidence adds to the log-odds."""
        return {
            name: weight
            * (evidence.get(name, self.means[name]) - self.means[name])
            / self.scales[name]
            for name, weight in self.weights.items()
        }

    def probability(self, evidence: Evidence) -> float:
        """Give the probability that an answer with this evidence is right."""
        odds = self.intercept + math.fsum(self.contributions(evidence).values())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


@functools.cache
def weights() -> Weights:
    """Give the weights that come with the package."""
    text = files("solvitur.agents").joinpath("confidence.json").read_text("utf-8")
    return Weights.model_validate_json(text)


def _is_measured(answer: "Answer", asked: Asked) -> bool:
    """Only answers from words alone were measured, by way of the five elements."""
    known = weights()
    is_asked_so = asked.techniques == set(known.techniques) and asked.rounds == known.rounds
    return (
        answer.model in known.models
        and is_asked_so
        and asked.samples in known.samples
        and answer.route == "formulation"
        and not (answer.formulation and _has_tables(answer.formulation))
    )


def _has_tables(formulation: Formulation) -> bool:
    sets, parameters = formulation.sets, formulation.parameters
    return any(s.source for s in sets) or any(p.source for p in parameters)


def _judged(evidence: Evidence, words: Mapping[str, str], is_measured: bool) -> Confidence:
    known = weights()
    if is_measured:
        probability = known.probability(evidence)
        level = known.level(probability, int(evidence["samples"]))
    else:
        is_doubtful = any(evidence[name] for name in _DOUBTS) or evidence["script"] < 0
        probability = _UNMEASURED["doubtful" if is_doubtful else "clean"]
        level = "unsure" if is_doubtful else "likely"
    return Confidence(
        probability=round(probability, 3),
        level=level,
        reasons=_reasons(known.contributions(evidence), words),
        is_measured=is_measured,
        evidence={name: round(float(value), 4) for name, value in evidence.items()},
    )


def _reasons(contributions: Mapping[str, float], words: Mapping[str, str]) -> tuple[str, ...]:
    """Give the words of what weighs most; ties go by name."""
    told = [name for name in contributions if words.get(name)]
    told.sort(key=lambda name: (-abs(contributions[name]), name))
    return tuple(words[name] for name in told[:_REASONS])
