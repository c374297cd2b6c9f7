"""Mappings worth a proof, the cheapest and the likeliest first."""

import re
from collections.abc import Iterator

from solvitur.equivalence.isomorphism import inverse, isomorphism, likeness
from solvitur.equivalence.mapping import Mapping
from solvitur.equivalence.program import Program
from solvitur.equivalence.reduction import Reduced
from solvitur.equivalence.refinement import View
from solvitur.equivalence.verdict import Correspondence, Way


def by_structure(a: Reduced, b: Reduced, deadline: float) -> Iterator[Correspondence]:
    """Give the maps under which both look the same, in the units there are and in others."""
    for way, view in ((Way.structure, View()), (Way.units, View(scales=True))):
        if view.scales and not (_has_continuous(a.program) and _has_continuous(b.program)):
            continue
        found = isomorphism(a.program, b.program, view, deadline)
        yield from _both_ways(a, b, found, way)


def by_name(a: Reduced, b: Reduced) -> Iterator[Correspondence]:
    """Give the map of columns onto those of the same name, where every one has its partner.

    Names are the same that differ in signs only, as ``x[chair]`` and what an LP file makes of it.
    """
    places = {plain(column.name): number for number, column in enumerate(a.program.columns)}
    names = [plain(column.name) for column in b.program.columns]
    if len(places) == a.program.size == b.program.size and places.keys() == set(names):
        found = Mapping.renaming(a.program.size, [places[name] for name in names])
        yield from _both_ways(a, b, found, Way.names)


def plain(name: str) -> str:
    """Leave out what only tells the parts of a name apart.

    >>> plain("x[chair, 2]") == plain("x_chair_2_")
    True
    """
    return _SIGNS.sub("_", name).strip("_")


_SIGNS = re.compile(r"[\W_]+")


def by_likeness(a: Reduced, b: Reduced, deadline: float) -> Iterator[Correspondence]:
    """Give maps that match as much as can be matched, where the two do not look the same."""
    for scales in (False, True):
        if not scales or (_has_continuous(a.program) and _has_continuous(b.program)):
            view = View(bounds=False, scales=scales)
            found = isomorphism(a.program, b.program, view, deadline)
            yield from _both_ways(a, b, found, Way.likeness)
    for view in (View(), View(bounds=False)):
        yield from _both_ways(a, b, likeness(a.program, b.program, view), Way.likeness)


def _both_ways(a: Reduced, b: Reduced, there: Mapping | None, way: Way) -> Iterator[Correspondence]:
    back = None if there is None else inverse(there)
    if there is not None and back is not None:
        yield Correspondence(a, b, there, back, way)


def _has_continuous(program: Program) -> bool:
    return any(not column.is_integer for column in program.columns)
