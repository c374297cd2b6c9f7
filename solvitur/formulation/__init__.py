"""The five elements as data: types, expression language, checks, rendering.

Nothing in here knows a solver or a language model, and nothing is ever executed.
"""

from solvitur.formulation.difference import Difference, diff
from solvitur.formulation.elements import (
    Constraint,
    Domain,
    Formulation,
    Objective,
    Parameter,
    Sense,
    Set,
    Source,
    Variable,
)
from solvitur.formulation.latex.document import to_latex
from solvitur.formulation.markdown import from_markdown, to_markdown
from solvitur.formulation.python_script import to_python
from solvitur.formulation.tables.data import Data

__all__ = [
    "Constraint",
    "Data",
    "Difference",
    "Domain",
    "Formulation",
    "Objective",
    "Parameter",
    "Sense",
    "Set",
    "Source",
    "Variable",
    "diff",
    "from_markdown",
    "to_latex",
    "to_markdown",
    "to_python",
]
