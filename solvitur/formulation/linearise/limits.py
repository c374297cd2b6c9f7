"""The most and the least that an expression can be, as numbers that a row may use."""

import math

from solvitur.formulation.evaluate import show_entry
from solvitur.formulation.expression import Item, Name, Node
from solvitur.formulation.linearise.frames import Frame
from solvitur.formulation.linearise.intervals import Range
from solvitur.formulation.linearise.ranges import Entry
from solvitur.formulation.linearise.rewriting import NotExact, Rewriter
from solvitur.formulation.linearise.trees import brief


def limit(
    rewriter: Rewriter, node: Node, frame: Frame, ranges: list[Range], *, above: bool, name: str
) -> Node:
    """Give the most (`above`), or the least, that an expression can be, for each entry."""
    word, suffix = ("most", "high") if above else ("least", "low")
    return rewriter.added.constant(
        rewriter.place,
        f"{name}_{suffix}",
        frame,
        (found[1 if above else 0] for found in ranges),
        f"the {word} that {brief(node)} can be, from the bounds of its variables",
    )


def require_ends(
    rewriter: Rewriter, node: Node, frame: Frame, ranges: list[Range], *, above: bool, below: bool
) -> None:
    """Raise unless an expression has a most (`above`) and a least (`below`) everywhere."""
    for binding, (low, high) in zip(frame.bindings, ranges, strict=True):
        if (above and math.isinf(high)) or (below and math.isinf(low)):
            rewriter.is_endless = True
            sides = [side for side, wanted in ((True, above), (False, below)) if wanted]
            found = [e for up in sides for e in rewriter.ranges.endless(node, binding, above=up)]
            raise NotExact(_endless(brief(node), found))


def hint(rewriter: Rewriter, kind: str, node: Node) -> str:
    """Name an auxiliary after the one variable that its argument is, or else after its element."""
    names = sorted(node.names & set(rewriter.instance.bounds))
    single = isinstance(node, Name | Item) and len(names) == 1
    return f"{kind}_of_{names[0] if single else rewriter.place.label}"


def _endless(what: str, found: list[tuple[Entry, bool]]) -> str:
    """Say which bounds an expression lacks; those of the first entry that has not all of them."""
    if not found:
        return f"{what} has no limit that follows from the bounds; bound its variables"
    (name, key), _ = found[0]
    missing = sorted({is_upper for entry, is_upper in found if entry == found[0][0]})
    words = " and no ".join("upper" if is_upper else "lower" for is_upper in missing)
    entry = show_entry(name, key)
    so = "" if entry == what else f", so {what} has no limit"
    return (
        f"{entry} has no {words} bound{so}; give '{name}' {'one' if len(missing) < 2 else 'both'}"
    )
