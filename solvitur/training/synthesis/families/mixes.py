"""Families that decide how many, or how much, of several things: a line of data for each."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from solvitur.training.synthesis.draw import Draw
from solvitur.training.synthesis.english import plural
from solvitur.training.synthesis.families.registry import family
from solvitur.training.synthesis.limits import LIMITS
from solvitur.training.synthesis.mix import Mix
from solvitur.training.synthesis.story import Story
from solvitur.training.synthesis.vocabulary import noun_of

_EARNS = ("earns", "brings in", "yields", "makes")


@dataclass(frozen=True)
class Shape:
    """What a family of mixes is made of."""

    themes: tuple[str, ...]
    goal: str
    """What the plan is judged by: "gains", "costs", the "count" of things, or "margin"."""
    scarce: tuple[int, int] = (0, 0)
    """How many things are scarce, from and to."""
    needed: tuple[int, int] = (0, 0)
    always: tuple[str, ...] = ()
    """Further limits that it always has."""
    sometimes: tuple[str, ...] = ()
    """Further limits, of which it has up to three."""


def story(draw: Draw, shape: Shape) -> Story:
    """Draw one problem of a shape."""
    mix = Mix(draw, draw.one(shape.themes))
    goal = _goal(mix, shape.goal)
    others = [text for text in mix.setting.uses if text.partition(";")[0] != goal]
    for text in draw.some(others, draw.whole(*shape.scarce)):
        mix.ceiling(text)
    for text in draw.some(mix.setting.gives, draw.whole(*shape.needed)):
        mix.floor(text)
    mix.rows = [*mix.rows[1:], mix.rows[0]] if goal and draw.chance(0.8) else mix.rows
    mix.tell_quantities()
    _say_whether_whole(mix)
    for name in (*shape.always, *draw.some(shape.sometimes, draw.one((0, 1, 1, 2, 2, 3)))):
        LIMITS[name](mix)
    return mix.story


def _say_whether_whole(mix: Mix) -> None:
    """Say now and then what the things say anyway: that they are counted, or measured."""
    if mix.draw.chance(0.1):
        unit, made = mix.setting.unit, mix.setting.verb[2]
        whole = f"only whole {mix.many} can be {made}"
        if unit:
            whole = f"the amounts need not be whole numbers of {plural(unit)}"
        mix.story.tell(whole, limits=True)


def _goal(mix: Mix, goal: str) -> str:
    """Set the goal; give the quantity that it is about, where it is one."""
    if goal == "count":
        sum_of = f"total {noun_of(mix.setting.unit)} of {mix.many}"
        mix.story.aim("minimize", mix.total(), sum_of)
        mix.ask("minimize", sum_of)
        return ""
    if goal == "margin":
        price = mix.quantity("price;money;30:90:1", "sells for")
        cost = mix.quantity("production cost;money;5:28:1", "has")
        margin = f"({price.name}[{mix.loop}] - {cost.name}[{mix.loop}])"
        each = f"{margin} * {mix.x}[{mix.loop}] for {mix.loop} in {mix.items}"
        mix.story.aim("maximize", f"sum({each})", "revenue minus cost")
        mix.ask("maximize", mix.draw.one(("profit", "total profit", "revenue minus the cost")))
        return ""
    is_gain = goal == "gains"
    text = mix.draw.one(mix.setting.gains if is_gain else mix.setting.costs)
    verb = mix.draw.one(_EARNS) if is_gain else "costs"
    mix.aim("maximize" if is_gain else "minimize", text, verb)
    return text.partition(";")[0]


_EACH = ("floor", "ceiling", "each", "range")
_PARTS = ("share max", "share min")
_ORDERS = ("more", "ratio", "difference max")
_SHAPES: Mapping[str, Shape] = {
    "product-mix": Shape(("workshops",), "gains", (2, 3), sometimes=(*_EACH, "total max", "pair")),
    "process-output": Shape(("mills",), "gains", (2, 3), sometimes=(*_EACH, "total max", "pair")),
    "at-most-a-part": Shape(
        ("workshops", "mills"), "gains", (1, 2), always=("share max",), sometimes=(*_EACH, *_PARTS)
    ),
    "twice-as-many": Shape(
        ("workshops", "mills"), "gains", (1, 2), always=("ratio",), sometimes=(*_EACH, "total max")
    ),
    "more-of-one": Shape(
        ("workshops", "stores"), "gains", (1, 2), always=("more",), sometimes=_EACH
    ),
    "difference": Shape(
        ("workshops", "mills"), "gains", (1, 2), always=("difference",), sometimes=_EACH
    ),
    "weighted-sums": Shape(
        ("workshops", "mills", "stores"), "gains", (1, 1), always=("weighted",), sometimes=_EACH
    ),
    "price-and-cost": Shape(("workshops",), "margin", (1, 2), sometimes=(*_EACH, "total max")),
    "capacity-in-all": Shape(
        ("workshops", "mills"), "gains", (1, 1), always=("total max",), sometimes=("pair", *_EACH)
    ),
    "store-shelves": Shape(("stores",), "gains", (2, 3), sometimes=(*_EACH, *_PARTS, "ratio")),
    "diet": Shape(("diets",), "costs", (0, 1), (2, 3), sometimes=("ceiling", "share max", "each")),
    "feed-mix": Shape(("feeds",), "costs", (0, 1), (2, 3), sometimes=("ceiling", "share max")),
    "blend-to-order": Shape(
        ("feeds",), "costs", (0, 1), (1, 2), always=("total",), sometimes=(*_PARTS, "ceiling")
    ),
    "fleet": Shape(("fleets",), "costs", (0, 1), (1, 1), sometimes=(*_EACH, *_ORDERS, *_PARTS)),
    "fewest": Shape(
        ("fleets", "staff", "machines"), "count", (0, 1), (1, 1), sometimes=(*_EACH, "share max")
    ),
    "reach": Shape(("campaigns",), "gains", (1, 2), sometimes=(*_EACH, *_PARTS, *_ORDERS)),
    "campaign-cost": Shape(("campaigns",), "costs", (0, 1), (1, 1), sometimes=(*_EACH, *_PARTS)),
    "staff-cost": Shape(("staff",), "costs", (0, 1), (1, 1), sometimes=(*_EACH, *_ORDERS, *_PARTS)),
    "most-output": Shape(("machines",), "gains", (1, 2), sometimes=(*_EACH, *_ORDERS, *_PARTS)),
    "least-input": Shape(("machines",), "costs", (0, 1), (1, 1), sometimes=(*_EACH, *_PARTS)),
    "either-or-both": Shape(("workshops",), "gains", (1, 2), always=("either",), sometimes=_EACH),
}

MIXES = tuple(_SHAPES)
"""The names of these families."""

for _name, _shape in _SHAPES.items():
    family(_name, weight=2)(functools.partial(story, shape=_shape))
