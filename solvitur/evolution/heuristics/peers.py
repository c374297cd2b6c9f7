"""Heuristics from elsewhere: populations of EoH and LLM4AD, and results of our own."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from solvitur.errors import ConfigError
from solvitur.evolution.heuristics.candidate import Heuristic, check_code
from solvitur.evolution.heuristics.problem import Function

_CODES = ("code", "function", "program")
_IDEAS = ("algorithm", "idea", "description", "thought")


def read_population(path: Path, function: Function) -> tuple[Heuristic, ...]:
    """Read the heuristics in a file, each program once, in their order.

    It is JSON: a list of individuals, an object with such a list, or an individual a line, as EoH
    (``population_generation_*.json``, ``samples_*.json``) and LLM4AD (``pop_*.json``) write it.
    Code is only read. What does not define the function of the problem is left out.

    Args:
        path: The file.
        function: What a heuristic has to define.

    Raises:
        ConfigError: It cannot be read, or no heuristic in it defines the function.
    """
    try:
        individuals = list(_individuals(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ConfigError(f"{path} is no population: it is not JSON ({error})") from error
    found: dict[str, Heuristic] = {}
    fault = "there is no code in it"
    for each in individuals:
        code = _first(each, _CODES)
        if not code:
            continue
        failure = check_code(code, function)
        if failure is None:
            found.setdefault(code, Heuristic(" ".join(_first(each, _IDEAS).split()), code))
        else:
            fault = failure.message
    if not found:
        raise ConfigError(f"{path} has no heuristic for this problem: {fault}")
    return tuple(found.values())


def _individuals(text: str) -> Iterator[Mapping[str, Any]]:
    """Find individuals in any depth of lists and objects, or a line each."""
    try:
        told = json.loads(text)
    except ValueError:
        told = [json.loads(line) for line in text.splitlines() if line.strip()]
    waiting = [told]
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, list):
            waiting = [*each, *waiting]
        elif isinstance(each, dict):
            if _first(each, _CODES):
                yield each
            else:
                waiting = [*(v for v in each.values() if isinstance(v, list | dict)), *waiting]


def _first(individual: Mapping[str, Any], names: tuple[str, ...]) -> str:
    values = (individual.get(name) for name in names)
    return next((value for value in values if isinstance(value, str) and value.strip()), "")
