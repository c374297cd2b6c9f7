"""Whether two formulations are equivalent: mappings, certificates, counter-examples."""

from typing import TYPE_CHECKING, Any

from solvitur.equivalence.asking import Asked, Mappings, Proposal, ask
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
    from solvitur.equivalence.checking import check

__all__ = [
    "Asked",
    "Column",
    "Conclusion",
    "Correspondence",
    "CounterExample",
    "Definition",
    "Image",
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
    "exact",
    "mapping_of",
    "quasi_karp",
]


def __getattr__(name: str) -> Any:
    if name != "check":  # where numpy is loaded
        raise AttributeError(f"module 'solvitur.equivalence' has no attribute {name!r}")
    from solvitur.equivalence.checking import check

    return check
