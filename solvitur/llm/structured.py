"""From the text of a reply to an object, without guessing."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from solvitur.llm import rungs
from solvitur.llm.model import Finish, Reply

T = TypeVar("T")

_MOST_TEXT = 1_000_000
_MOST_PROBLEMS = 5
_MOST_INPUT = 60


class Rung(StrEnum):
    """A way to read a reply, from the strictest to the most forgiving."""

    json = "json"
    """The whole text is JSON."""
    fenced = "fenced"
    """JSON in a Markdown fence."""
    tagged = "tagged"
    """JSON between tags, or one tag for each field."""
    embedded = "embedded"
    """JSON with other words around it."""
    literal = "literal"
    """A Python literal."""
    mended = "mended"
    """JSON with its punctuation mended; no word or number lost or made up."""


@dataclass(frozen=True)
class Attempt:
    """A rung that did not hold, and why."""

    rung: Rung
    problem: str


@dataclass(frozen=True)
class Parsed(Generic[T]):
    """The object that a reply says, and how it was read."""

    value: T
    rung: Rung
    tried: tuple[Attempt, ...] = ()
    """The rungs before it."""


@dataclass(frozen=True)
class Unparsed:
    """Why a reply says no such object."""

    reason: str
    """In words that can be fed back to the model."""
    tried: tuple[Attempt, ...] = ()


def parse(text: str, shape: type[T]) -> Parsed[T] | Unparsed:
    """Read a text as an object of a type; never raises because of the text.

    Nothing is cast: ``"3"`` is not 3, ``"False"`` is not False, 7.9 is no integer.
    A key that appears twice, NaN and Infinity are errors. The rungs of `Rung`
    are tried in order and the first that gives a valid object wins.

    Args:
        text: What the model wrote.
        shape: A pydantic model, or any type that pydantic understands.

    >>> parse('Here it is: {"chairs": 3}', dict[str, int]).value
    {'chairs': 3}
    >>> parse('{"chairs": "3"}', dict[str, int]).reason
    "chairs: Input should be a valid integer (got '3')"
    """
    if len(text) > _MOST_TEXT:
        return Unparsed(f"the reply is longer than {_MOST_TEXT:,} characters")
    if not text.strip():
        return Unparsed("the reply is empty")
    problems: dict[Rung, rungs.UnreadError] = {}
    for rung, reader in _readers(shape).items():
        try:
            value = _validated(reader(text), shape)
        except rungs.UnreadError as problem:
            problems[rung] = problem
        else:
            return Parsed(value, rung, _attempts(problems))
    return Unparsed(_most_telling(problems), _attempts(problems))


def read(reply: Reply, shape: type[T]) -> Parsed[T] | Unparsed:
    """Read a reply as `parse` does, unless it was cut or refused."""
    if reply.finish is Finish.length:
        return Unparsed("the reply was cut off before its end; answer in fewer words")
    if reply.finish is Finish.refused:
        return Unparsed(f"the model declined to answer: {reply.text[:200]}")
    return parse(reply.text, shape)


def _readers(shape: Any) -> dict[Rung, Callable[[str], Any]]:
    return {
        Rung.json: rungs.whole,
        Rung.fenced: rungs.fenced,
        Rung.tagged: lambda text: rungs.tagged(text, shape),
        Rung.embedded: rungs.embedded,
        Rung.literal: rungs.literal,
        Rung.mended: rungs.mended,
    }


class _MisfitError(rungs.UnreadError):
    """Data was read, but not of the shape."""


def _validated(data: Any, shape: type[T]) -> T:
    try:
        return TypeAdapter(shape).validate_json(json.dumps(data, allow_nan=False), strict=True)
    except ValidationError as error:
        raise _MisfitError(_in_words(error)) from None
    except RecursionError:
        raise rungs.UnreadError("the data is nested too deeply") from None


def _in_words(error: ValidationError) -> str:
    problems = []
    for each in error.errors(include_url=False)[:_MOST_PROBLEMS]:
        where = ".".join(map(str, each["loc"])) or "the whole"
        got = "" if each["type"] == "missing" else f" (got {repr(each['input'])[:_MOST_INPUT]})"
        problems.append(f"{where}: {each['msg']}{got}")
    if error.error_count() > _MOST_PROBLEMS:
        problems.append(f"and {error.error_count() - _MOST_PROBLEMS} more")
    return "; ".join(problems)


def _attempts(problems: dict[Rung, rungs.UnreadError]) -> tuple[Attempt, ...]:
    return tuple(Attempt(rung, str(problem)) for rung, problem in problems.items())


def _most_telling(problems: dict[Rung, rungs.UnreadError]) -> str:
    """Wrong data says more than broken JSON, and that more than none."""
    found = [each for each in problems.values() if not isinstance(each, rungs.AbsentError)]
    misfits = [each for each in found if isinstance(each, _MisfitError)]
    for problem in misfits or found:
        return str(problem)
    return "there is no JSON in the reply"
