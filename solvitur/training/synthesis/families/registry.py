"""The families by name, each a plug-in that draws one story."""

import functools
from collections.abc import Callable, Mapping
from importlib import import_module

from solvitur.training.synthesis.draw import Draw
from solvitur.training.synthesis.story import Story

Family = Callable[[Draw], Story]
"""Makes one problem of what it draws: its five elements, and the sentences that say them."""

_MODULES = ("choices", "layouts", "matching", "mixes", "networks", "periods", "richer_mixes")

_known: dict[str, Family] = {}
_weights: dict[str, int] = {}


def family(name: str, weight: int = 1) -> Callable[[Family], Family]:
    """Register a family under a name, and how often it comes in turn."""

    def register(made: Family) -> Family:
        assert name not in _known, name
        _known[name], _weights[name] = made, weight
        return made

    return register


@functools.cache
def families() -> Mapping[str, Family]:
    """Give every family by its name, in the order of the alphabet.

    Example:
        >>> "product-mix" in families()
        True
    """
    for module in _MODULES:
        import_module(f"solvitur.training.synthesis.families.{module}")
    return dict(sorted(_known.items()))


def turns() -> tuple[str, ...]:
    """Give the names in the order in which families come: one with weight 2 comes twice a round."""
    names = tuple(families())
    return tuple(n for turn in range(max(_weights.values())) for n in names if _weights[n] > turn)
