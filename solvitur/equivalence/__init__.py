"""Whether two formulations are equivalent: mappings, certificates, counter-examples."""

import importlib
from typing import TYPE_CHECKING, Any

from solvitur.equivalence.asking import Asked, Mappings, Proposal, ask
from solvitur.equivalence.ladder import Ladder
from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.program import Column, Program, Row, Violation, exact
from solvitur.equivalence.quasi_karp import QuasiKarp, ask_quasi_karp, quasi_karp
from solvitur.equivalence.symbolic import Definition, mapping_of
from solvitur.equivalence.verdict import (
    Conclusion,
    Correspondence,
    CounterExample,
    Profile,
    Verdict,
    Way,
)

if TYPE_CHECKING:
    from solvitur.equivalence.advised import check_advised, check_quasi_karp
    from solvitur.equivalence.checking import check

__all__ = [
    "Asked",
    "Column",
    "Conclusion",
    "Correspondence",
    "CounterExample",
    "Definition",
    "Image",
    "Ladder",
    "Mapping",
    "Mappings",
    "Profile",
    "Program",
    "Proposal",
    "QuasiKarp",
    "Row",
    "Verdict",
    "Violation",
    "Way",
    "ask",
    "ask_quasi_karp",
    "check",
    "check_advised",
    "check_quasi_karp",
    "exact",
    "mapping_of",
    "quasi_karp",
]

_LATE = {
    "check": "checking",
    "check_advised": "advised",
    "check_quasi_karp": "advised",
}
"""Where what loads numpy is."""


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module 'solvitur.equivalence' has no attribute {name!r}")
    module = importlib.import_module(f"solvitur.equivalence.{_LATE[name]}")
    return getattr(module, name)
