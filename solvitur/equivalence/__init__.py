"""Whether two formulations are equivalent: mappings, certificates, counter-examples."""

from solvitur.equivalence.asking import Asked, Mappings, Proposal, ask
from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.program import Column, Program, Row, Violation, exact
from solvitur.equivalence.quasi_karp import QuasiKarp, ask_quasi_karp, quasi_karp
from solvitur.equivalence.symbolic import Definition, mapping_of

__all__ = [
    "Asked",
    "Column",
    "Definition",
    "Image",
    "Mapping",
    "Mappings",
    "Program",
    "Proposal",
    "QuasiKarp",
    "Row",
    "Violation",
    "ask",
    "ask_quasi_karp",
    "exact",
    "mapping_of",
    "quasi_karp",
]
