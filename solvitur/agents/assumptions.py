"""What was taken for granted: every choice that the words left open, listed with the answer."""

import re
from collections.abc import Iterator

from solvitur.formulation.elements import Domain, Formulation, Variable
from solvitur.formulation.expression import Piecewise, parse
from solvitur.formulation.printing import show
from solvitur.formulation.words.languages import UNCHECKED, is_english

_STRICT = re.compile(
    r"(?<!no )(?<!not )\b(?:less|fewer|more|greater|smaller|larger) than\b(?! or equal)",
    re.IGNORECASE,
)


def assumptions(formulation: Formulation, text: str | None = None) -> tuple[str, ...]:
    """List what a formulation assumes beyond the words of the problem.

    Args:
        formulation: The five elements.
        text: The word problem, if there is one.

    Raises:
        FormulationError: An expression cannot be read.

    Example:
        >>> from solvitur.formulation import Formulation
        >>> chairs = Formulation.model_validate({
        ...     "variables": [{"name": "x", "domain": "integer"}],
        ...     "objective": {"sense": "maximize", "expression": "30 * x"}})
        >>> assumptions(chairs)
        ('x takes whole numbers only', 'x is not negative')
    """
    return tuple(_assumptions(formulation, text))


def _assumptions(formulation: Formulation, text: str | None) -> Iterator[str]:
    whole = [v.name for v in formulation.variables if v.domain is Domain.integer]
    split = [v.name for v in formulation.variables if v.domain is Domain.continuous]
    if whole:
        yield f"{_list(whole)} {_take(whole)} whole numbers only"
    if split:
        yield f"{_list(split)} may have fractions"
    floored = [v.name for v in formulation.variables if _has_default_floor(v)]
    if floored:
        yield f"{_list(floored)} {'are' if len(floored) > 1 else 'is'} not negative"
    lines = dict.fromkeys(show(line.argument) for line in _lines(formulation))
    for argument in lines:
        yield f"{argument} stays between the first and the last point of its line"
    if text is not None:
        for words in dict.fromkeys(match[0].lower() for match in _STRICT.finditer(text)):
            yield f'"{words}" is read as including the limit itself'
        if not is_english(text):
            yield UNCHECKED


def _lines(formulation: Formulation) -> Iterator[Piecewise]:
    """Give the piecewise-linear functions of variables."""
    variables = {variable.name for variable in formulation.variables}
    expressions = [each.expression for each in formulation.constraints]
    for expression in (formulation.objective.expression, *expressions):
        for node in parse(expression).below():
            if isinstance(node, Piecewise) and not variables.isdisjoint(node.argument.names):
                yield node


def _has_default_floor(variable: Variable) -> bool:
    return variable.lower == 0 and variable.domain is not Domain.binary


def _take(names: list[str]) -> str:
    return "take" if len(names) > 1 else "takes"


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
