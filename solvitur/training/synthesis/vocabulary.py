"""The words that problems are told in, kept as data beside this file."""

import functools
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from solvitur.training.synthesis.english import plural

AREAS = ("acre", "hectare")
"""Units of land: it is planted, and neither sold nor made."""


class Quantity(BaseModel):
    """What one unit of a thing takes or brings: "parcel;; 10:120:5; moves; moved".

    Example:
        >>> flour = Quantity.read("flour; gram; 100:900:50")
        >>> flour.unit, flour.high, Quantity.read("plank;; 2:9:1").unit
        ('gram', 900.0, '')
    """

    model_config = ConfigDict(frozen=True)

    name: str
    unit: str
    """Of measure; empty for what is counted, and "money" for money."""
    low: float
    high: float
    step: float
    verb: str = ""
    """What one unit does with it: "contains"; empty for what the family says."""
    need: str = ""
    """What has to be done with so much of it: "delivered"."""

    @property
    def is_money(self) -> bool:
        """Whether it is a sum of money."""
        return self.unit == "money"

    @classmethod
    def read(cls, text: str) -> "Quantity":
        """Read the short form of the files."""
        name, unit, span, *rest = (part.strip() for part in text.split(";"))
        low, high, step = map(float, span.split(":"))
        verb, need = [*rest, "", ""][:2]
        return cls(name=name, unit=unit, low=low, high=high, step=step, verb=verb, need=need)


class Setting(BaseModel):
    """Somebody who decides how many, or how much, of several things."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: str
    """With its article: "a bakery"."""
    verb: tuple[str, str, str]
    """"bake", "bakes", "baked"."""
    group: str
    """What all the things are: "item"; of what is measured, what they make together."""
    unit: str = ""
    """Of what is measured: "kilogram"."""
    things: tuple[str, ...]
    uses: tuple[str, ...] = ()
    """What is taken by one unit, and scarce."""
    gives: tuple[str, ...] = ()
    """What is brought by one unit, and needed."""
    gains: tuple[str, ...] = ()
    """What there should be much of."""
    costs: tuple[str, ...] = ()
    """What there should be little of."""
    counts: tuple[int, int] = (5, 60)
    """How many, or how much, of one thing there is in a plan."""

    @property
    def known(self) -> str:
        """Who it is, known by now: "the bakery"."""
        return f"the {self.who.partition(' ')[2]}"


class Thing(BaseModel):
    """One of the things that are decided, in the forms in which a sentence needs it."""

    model_config = ConfigDict(frozen=True)

    name: str
    unit: str

    @property
    def bare(self) -> str:
        """The thing: "rye loaves", "barley"."""
        return self.name if self.unit else plural(self.name)

    @property
    def one(self) -> str:
        """One unit: "rye loaf", "kilogram of barley"."""
        return f"{self.unit} of {self.name}" if self.unit else self.name

    @property
    def quantity(self) -> str:
        """How it is decided: "number of rye loaves", "amount of barley", "area of wheat"."""
        return f"{noun_of(self.unit)} of {self.bare}"

    @property
    def key(self) -> str:
        """Its name in a set."""
        return self.bare.replace(" ", "_").replace("-", "_")


def noun_of(unit: str) -> str:
    """Say what is measured in a unit; of what is counted, that is a number.

    Example:
        >>> noun_of(""), noun_of("acre"), noun_of("liter")
        ('number', 'area', 'amount')
    """
    if not unit:
        return "number"
    return "area" if unit in AREAS else "amount"


@functools.cache
def settings(theme: str) -> tuple[Setting, ...]:
    """Give the settings of a theme.

    Example:
        >>> all(len(setting.things) > 3 for setting in settings("workshops"))
        True
    """
    return TypeAdapter(tuple[Setting, ...]).validate_python(_data("settings")[theme])


@functools.cache
def words(name: str) -> tuple[str, ...]:
    """Give a list of words or names.

    Example:
        >>> len(set(words("towns"))) == len(words("towns")) > 30
        True
    """
    return tuple(_data("words")[name])


@functools.cache
def records(name: str) -> tuple[tuple[str, ...], ...]:
    """Give a list whose entries have several parts.

    Example:
        >>> {len(record) for record in records("shippers")}
        {5}
    """
    return tuple(tuple(entry.split("|")) for entry in words(name))


def phrases(name: str) -> Sequence[str]:
    """Give the ways to say something."""
    return tuple(_data("phrases")[name])


@functools.cache
def _data(name: str) -> Any:
    folder = files("solvitur.training.synthesis").joinpath("words")
    return json.loads(folder.joinpath(f"{name}.json").read_text(encoding="utf-8"))
