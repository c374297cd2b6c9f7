"""Whether two formulations are equivalent: mappings, certificates, counter-examples."""

from solvitur.equivalence.mapping import Image, Mapping
from solvitur.equivalence.program import Column, Program, Row, Violation, exact

__all__ = ["Column", "Image", "Mapping", "Program", "Row", "Violation", "exact"]
