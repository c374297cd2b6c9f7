"""The families by name, each a plug-in that draws one story."""

import functools
from collections.abc import Callable, Mapping
from importlib import import_module

from solvitur.training.synthesis.draw import Draw
from solvitur.training.synthesis.story import Story

Family = Callable[[Draw], Story]
"""Makes one problem of what it draws: its five elements, and the sentences that say them."""

_MODULES = ("choices", "extended", "matching", "mixes", "networks", "periods")

_known: dict[str, Family] = {}


def family(name: str) -> Callable[[Family], Family]:
    """Register a family under a name."""

    def register(made: Family) -> Family:
        assert name not in _known, name
        _known[name] = made
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
