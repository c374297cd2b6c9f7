"""The five elements as data: types, expression language, checks, rendering.

Nothing in here knows a solver or a language model, and nothing is ever executed.
"""

from solvitur.formulation.elements import (
    Constraint,
    Domain,
    Formulation,
    Objective,
    Parameter,
    Sense,
    Set,
    Variable,
)

__all__ = [
    "Constraint",
    "Domain",
    "Formulation",
    "Objective",
    "Parameter",
    "Sense",
    "Set",
    "Variable",
]
