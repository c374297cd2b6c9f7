"""Variables that only keep some entries of another whole; no decisions of their own.

Of a variable over a set all entries have one domain. Where some are to be whole and others not,
those that are whole are equal to a variable of whole numbers, their twin. What is shown to a
person leaves twins out, and a plan is completed by them.
"""

from collections.abc import Mapping

from solvitur.formulation.elements import Domain, Formulation

_ENDING = "_whole"


def twin_name(variable: str) -> str:
    """Name the twin of a variable, and the constraint that makes them equal."""
    return f"{variable}{_ENDING}"


def twin_set(variable: str) -> str:
    """Name the set of what of a variable is whole."""
    return f"{twin_name(variable)}_of"


def twins(formulation: Formulation) -> Mapping[str, str]:
    """Say which variables are twins, and of what.

    Example:
        >>> twins(Formulation.model_validate({
        ...     "sets": [{"name": "P", "elements": ["rye", "wheat"]},
        ...              {"name": "x_whole_of", "elements": ["rye"]}],
        ...     "variables": [{"name": "x", "index": ["P"]},
        ...                   {"name": "x_whole", "index": ["x_whole_of"], "domain": "integer"}],
        ...     "objective": {"sense": "maximize", "expression": "sum(x[p] for p in P)"},
        ...     "constraints": [{"name": "x_whole", "forall": "k in x_whole_of",
        ...                      "expression": "x[k] == x_whole[k]"}]}))
        {'x_whole': 'x'}
    """
    rows = {each.name: each.expression for each in formulation.constraints}
    found = {}
    for variable in formulation.variables:
        twin = twin_name(variable.name)
        for other in formulation.variables:
            is_whole = other.name == twin and other.domain is Domain.integer
            if is_whole and other.index == (twin_set(variable.name),):
                left, _, right = rows.get(twin, "").partition(" == ")
                if left.startswith(f"{variable.name}[") and right.startswith(f"{twin}["):
                    found[twin] = variable.name
    return found
