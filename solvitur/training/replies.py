"""What a model should have answered: a formulation in the forms that models are asked for."""

import json
from typing import Any

from solvitur.formulation.elements import Formulation
from solvitur.formulation.python_script import to_python
from solvitur.training.synthesis.draw import plain

_ORDER = (
    *("name", "elements", "index", "range", "domain", "forall", "sense", "lower", "upper"),
    *("value", "values", "over", "expression", "default", "unit", "doc"),
)
"""Of the keys of an element: the order of the schema that a model is held to."""
_RUN = 'pyo.SolverFactory("highs").solve(model)'
_DOMAINS = (
    ("domain=pyo.Integers, bounds=(0, None)", "domain=pyo.NonNegativeIntegers"),
    ("domain=pyo.Reals, bounds=(0, None)", "domain=pyo.NonNegativeReals"),
    ("domain=pyo.Binary, bounds=(0, None)", "domain=pyo.Binary"),
)


def elements(formulation: Formulation) -> dict[str, Any]:
    """Give the five elements as JSON data, as short as they can be said.

    Example:
        >>> chairs = Formulation.model_validate({
        ...     "parameters": [{"name": "wood", "value": 40}],
        ...     "variables": [{"name": "x", "doc": "chairs"}],
        ...     "objective": {"sense": "maximize", "expression": "30 * x"}})
        >>> elements(chairs)["parameters"], elements(chairs)["variables"]
        ([{'name': 'wood', 'value': 40}], [{'name': 'x', 'domain': 'continuous', 'doc': 'chairs'}])
    """
    data = formulation.model_dump(mode="json", exclude_defaults=True)
    for variable, declared in zip(data["variables"], formulation.variables, strict=True):
        variable["domain"] = declared.domain.value
    return {
        key: [_ordered(each) for each in value] if isinstance(value, list) else _ordered(value)
        for key, value in data.items()
    }


def _ordered(element: Any) -> Any:
    if isinstance(element, str):  # the title
        return element
    return {key: _plain(element[key]) for key in _ORDER if key in element}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return plain(value) if isinstance(value, float) and value.is_integer() else value


def as_json(formulation: Formulation) -> str:
    """Write the five elements as a model should, on one line."""
    return json.dumps(elements(formulation), ensure_ascii=False)


def as_markdown(formulation: Formulation) -> str:
    """Write the five sections of Markdown."""
    text = formulation.to_markdown()
    return text[text.index("## ") :].strip()


def as_code(formulation: Formulation) -> str:
    """Write the Pyomo program in a fence, in the form that the code route asks for.

    Example:
        >>> print(as_code(Formulation.model_validate({
        ...     "variables": [{"name": "x", "domain": "integer", "upper": 4}, {"name": "y"}],
        ...     "objective": {"sense": "maximize", "expression": "3 * x - y"}})))
        ```python
        import pyomo.environ as pyo
        <BLANKLINE>
        model = pyo.ConcreteModel()
        <BLANKLINE>
        # Variables
        x = model.x = pyo.Var(domain=pyo.Integers, bounds=(0, 4))
        y = model.y = pyo.Var(domain=pyo.NonNegativeReals)
        <BLANKLINE>
        # Objective
        model.objective = pyo.Objective(expr=3 * x - y, sense=pyo.maximize)
        <BLANKLINE>
        pyo.SolverFactory("highs").solve(model)
        ```
    """
    script = to_python(formulation)
    body = script[script.index("import pyomo") : script.index("\nif __name__")].strip()
    for written, asked in _DOMAINS:
        body = body.replace(written, asked)
    return f"```python\n{body}\n\n{_RUN}\n```"
