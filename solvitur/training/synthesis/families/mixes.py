"""Families that decide how many, or how much, of several things: a line of data for each."""

from dataclasses import dataclass

from solvitur.training.synthesis.draw import Draw
from solvitur.training.synthesis.families.registry import family
from solvitur.training.synthesis.further import LIMITS
from solvitur.training.synthesis.mix import Mix
from solvitur.training.synthesis.story import Story

_TAKES = ("needs", "takes", "requires", "uses")
_EARNS = ("earns", "brings in", "yields")


@dataclass(frozen=True)
class Shape:
    """What a family of mixes is made of."""

    themes: tuple[str, ...]
    sense: str
    """Which way the goal goes: "maximize" what is gained, or "minimize" what is paid."""
    scarce: tuple[int, int] = (0, 0)
    """How many things are scarce, from and to."""
    needed: tuple[int, int] = (0, 0)
    always: tuple[str, ...] = ()
    """Further limits that it always has."""
    sometimes: tuple[str, ...] = ()
    """Further limits, of which it has up to two."""
    most: int = 4
    """Things at most."""


def story(draw: Draw, shape: Shape) -> Story:
    """Draw one problem of a shape."""
    mix = Mix(draw, draw.one(shape.themes), shape.most)
    setting = mix.setting
    for text in draw.some(setting.uses, draw.whole(*shape.scarce)):
        mix.ceiling(text, _TAKES)
    for text in draw.some(setting.gives, draw.whole(*shape.needed)):
        mix.floor(text, ("brings",))
    if shape.sense == "maximize":
        mix.aim(shape.sense, draw.one(setting.gains), _EARNS)
    else:
        mix.aim(shape.sense, draw.one(setting.costs), ("costs",))
    mix.tell_quantities()
    for name in (*shape.always, *draw.some(shape.sometimes, draw.whole(0, 2))):
        LIMITS[name](mix)
    return mix.story


_SINGLE = ("floor", "ceiling", "each")
_SHAPES = {
    "product-mix": Shape(
        ("workshops",), "maximize", (2, 3), sometimes=(*_SINGLE, "total max", "pair")
    ),
    "at-most-a-part": Shape(
        ("workshops",), "maximize", (1, 2), always=("share max",), sometimes=(*_SINGLE, "share min")
    ),
    "twice-as-many": Shape(
        ("workshops",), "maximize", (1, 2), always=("ratio",), sometimes=(*_SINGLE, "total max")
    ),
    "diet": Shape(("diets",), "minimize", (0, 1), (2, 3), sometimes=("ceiling", "share max")),
    "fleet": Shape(
        ("fleets",), "minimize", (0, 1), (1, 1), sometimes=(*_SINGLE, "more", "share min", "ratio")
    ),
}

for _name, _shape in _SHAPES.items():
    family(_name)(lambda draw, shape=_shape: story(draw, shape))  # type: ignore[misc]
