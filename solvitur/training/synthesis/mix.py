"""Problems that decide how many, or how much, of several things: the shape that most texts have.

A family says which theme its setting is from, what is scarce, needed, gained or paid, and which
further limits there are; the sentences are the same for all, and chosen among many.
"""

from dataclasses import replace

from solvitur.training.synthesis.draw import Draw, plain
from solvitur.training.synthesis.english import in_words, listed, plural, spin
from solvitur.training.synthesis.perunit import (
    PerUnit,
    amount,
    size,
    told_by_quantity,
    told_by_thing,
    told_in_table,
)
from solvitur.training.synthesis.story import Story, identifier
from solvitur.training.synthesis.vocabulary import (
    AREAS,
    Quantity,
    Setting,
    Thing,
    phrases,
    settings,
    words,
)

_PERIODS = ("", "", "", "", " per day", " per week", " each month", " this week", " today")
_TIMELESS = ("machines", "campaigns", "tasks")
_BEST = {
    "maximize": (("as large as possible", "as high as possible"), ("highest", "largest")),
    "minimize": (("as small as possible", "as low as possible"), ("lowest", "smallest")),
}
_REASONS = {
    **dict.fromkeys(
        ("one_ceiling", "total_ceiling", "pair_ceiling", "share_max"), "reasons_ceiling"
    ),
    **dict.fromkeys(("one_floor", "total_floor", "each_floor", "share_min"), "reasons_floor"),
}
"""For limits that may be given a reason: which list it is from."""
_BIGGER = {
    "gram": ("kilogram", 1000),
    "milligram": ("gram", 1000),
    "minute": ("hour", 60),
    "second": ("minute", 60),
    "kilogram": ("ton", 1000),
    "milliliter": ("liter", 1000),
}


class Mix:
    """A story about one decision for each of several things, with a plan in mind.

    Args:
        draw: What is drawn from.
        theme: Where the setting is from.
        most: Things at most.
        domain: Of the decisions; by default whole numbers of what is counted.
    """

    def __init__(self, draw: Draw, theme: str, most: int = 4, domain: str = "") -> None:
        self.draw = draw
        self.setting: Setting = draw.one(settings(theme))
        unit = self.setting.unit
        count = min(draw.one((2, 2, 2, 3, 3, 4)), most)
        self.things = [Thing(name=n, unit=unit) for n in draw.some(self.setting.things, count)]
        self.story = Story(draw, title=self._title())
        self.voice = self.story.voice
        is_timeless = theme in _TIMELESS or unit in AREAS
        self.per = "" if is_timeless else draw.one(_PERIODS)
        if self.per:
            self.story.kinds.add("implicit period")
        low, high = self.setting.counts
        self.plan = [draw.whole(low, high) for _ in self.things]
        group = identifier(self.setting.group)
        self.loop = next(c for c in f"{group}ijk" if c.isalpha() and c != "x")
        keys = [thing.key for thing in self.things]
        self.items = self.story.set(self.loop.upper(), keys, self.many)
        domain = domain or ("continuous" if unit else "integer")
        self.x = self.story.decide("x", [self.items], domain, self._doc())
        self.takes = draw.one(("needs", "takes", "requires", "uses"))
        """What one unit does with what is scarce."""
        self.rows: list[PerUnit] = []
        """What is told of one unit of each thing."""
        self.limited: set[tuple[str, int]] = set()
        """Which things have a limit of their own, and of which kind."""
        self.story.opening.append(self._opening())

    # --- words -----------------------------------------------------------------------------------

    @property
    def who(self) -> str:
        """Who decides, known by now."""
        return self.setting.known

    @property
    def many(self) -> str:
        """What all of the things are."""
        return self.setting.group if self.setting.unit else plural(self.setting.group)

    def _title(self) -> str:
        bare = listed([thing.bare for thing in self.things])
        return f"{bare[0].upper()}{bare[1:]}"

    def _doc(self) -> str:
        made = self.setting.verb[2]
        if self.setting.unit:
            return f"{plural(self.setting.unit)} of {self.many} {made}"
        return f"{self.many} {made}"

    def _opening(self) -> str:
        _, makes, _ = self.setting.verb
        bare = listed([thing.bare for thing in self.things])
        number = in_words(len(self.things))
        kinds = self.draw.one(("kinds", "types"))
        each = [
            f"{self.setting.who} {makes} {bare}",
            f"{self.setting.who} can {self.setting.verb[0]} {bare}",
            f"{self.setting.who} {makes} {number} {kinds} of {self.many}: {bare}",
        ]
        return self.draw.one(each[: 2 if self.setting.unit else 3])

    def say(self, phrase: str, **slots: str) -> str:
        """Say a phrase of the list, with who decides and what is done filled in."""
        make, makes, made = self.setting.verb
        known = {
            "Who": self.who,
            "make": make,
            "makes": makes,
            "made": made,
            "per": self.per if self.draw.chance(0.8) else "",
        }
        said = spin(self.draw.one(phrases(phrase)), self.draw, **(known | slots))
        reasons = _REASONS.get(phrase)
        if reasons and "promised" not in said and self.draw.chance(0.12):
            self.story.kinds.add("reasons")
            return f"{self.draw.one(words(reasons))}, {said[0].lower()}{said[1:]}"
        return said

    def amount(self, value: float, thing: Thing | None = None) -> str:
        """Write how much, or how many, of one thing, or of whatever the sentence says."""
        if thing is None:
            return self.voice.size(value, self.setting.unit)
        return self.voice.amount(value, thing.name, thing.unit)

    def of(self, thing: Thing) -> str:
        """The entry of the variable that belongs to a thing."""
        return f'{self.x}["{thing.key}"]'

    def total(self, name: str = "") -> str:
        """The sum over all things, of the amounts or of what they take or bring."""
        factor = f"{name}[{self.loop}] * " if name else ""
        return f"sum({factor}{self.x}[{self.loop}] for {self.loop} in {self.items})"

    # --- quantities ------------------------------------------------------------------------------

    def quantity(self, text: str, verb: str) -> PerUnit:
        """Add what one unit of each thing takes or brings."""
        draw, quantity = self.draw, Quantity.read(text)
        values = [draw.number(quantity.low, quantity.high, quantity.step) for _ in self.things]
        if len(set(values)) == 1:
            values[0] = plain(values[0] + quantity.step)
        unit = self.voice.currency if quantity.is_money else plural(quantity.unit or quantity.name)
        entries = {t.key: v for t, v in zip(self.things, values, strict=True)}
        doc = f"{unit} of {quantity.name}" if quantity.unit else unit
        each = self.setting.unit or self.setting.group
        name = self.story.table(quantity.name, [self.items], entries, f"{doc} for one {each}")
        row = PerUnit(quantity, quantity.verb or verb, name, tuple(values))
        self.rows.append(row)
        return row

    def ceiling(self, text: str) -> None:
        """Add something scarce, sometimes given in a larger unit."""
        row = self.quantity(text, "costs" if Quantity.read(text).is_money else self.takes)
        value = self.draw.ceiling(row.planned(self.plan))
        bigger = _BIGGER.get(row.quantity.unit)
        if bigger and value % bigger[1] == 0 and self.draw.chance(0.35):
            self.story.kinds.add("unit conversion")
            quantity = row.quantity.model_copy(update={"unit": bigger[0]})
            self._limit(replace(row, quantity=quantity), "<=", plain(value / bigger[1]), bigger[1])
        else:
            self._limit(row, "<=", value)

    def floor(self, text: str) -> None:
        """Add something needed."""
        row = self.quantity(text, "brings")
        self._limit(row, ">=", self.draw.floor(row.planned(self.plan)))

    def _limit(self, row: PerUnit, relation: str, value: float, factor: int = 1) -> None:
        quantity, is_floor = row.quantity, relation == ">="
        unit = self.voice.currency if quantity.is_money else quantity.unit
        limit = self.story.number(
            f"{row.name}_{'needed' if is_floor else 'available'}",
            value,
            unit=plural(unit) if unit else "",
        )
        said = self.say(
            _phrase(row, is_floor),
            amount=amount(quantity, value, self.voice),
            size=size(quantity, value, self.voice),
            name=quantity.name,
            used=quantity.name if quantity.unit else f"number of {plural(quantity.name)}",
            done=quantity.need,
        )
        over = f"{factor} * " if factor > 1 else ""
        self.story.limit(
            f"{row.name}_limit", f"{self.total(row.name)} {relation} {over}{limit}", said
        )

    def aim(self, sense: str, text: str, verb: str) -> None:
        """Add what there should be much, or little, of, and ask for it."""
        row = self.quantity(text, verb)
        quantity = row.quantity
        what = f"total {quantity.name}"
        if not quantity.unit:
            what = f"total number of {plural(quantity.name)}"
        elif not quantity.is_money and not row.is_measure and quantity.name != "time":
            what = f"total amount of {quantity.name}"
        what = f"{what} {quantity.need}".strip()
        self.story.aim(sense, self.total(row.name), what)
        self.ask(sense, what)

    def ask(self, sense: str, what: str) -> None:
        """Ask for the best plan."""
        make, _, made = self.setting.verb
        unit = self.setting.unit
        best, superlative = _BEST[sense]
        self.story.goal = spin(
            self.draw.one(phrases("goal")),
            self.draw,
            much=f"{plural(unit)} of each" if unit else "of each",
            how="how much" if unit else "how many",
            all=listed([thing.bare for thing in self.things]),
            who=self.who,
            make=make,
            made=made,
            sense=sense,
            what=what,
            best=self.draw.one(best),
            superlative=self.draw.one(superlative),
        )

    def tell_quantities(self) -> None:
        """Tell what one unit of each thing takes and brings: by thing, quantity or in a table."""
        way = self.draw.one(("thing", "thing", "thing", "quantity", "table"))
        if way == "table" and len(self.rows) > 1:
            self.story.kinds.add("table")
            corner = f"per {self.setting.unit or self.setting.group}"
            self.story.tell(told_in_table(self.things, self.rows, self.voice, corner))
            return
        tell = told_by_quantity if way == "quantity" else told_by_thing
        for said in tell(self.things, self.rows, self.voice):
            self.story.tell(said)


def _phrase(row: PerUnit, is_floor: bool) -> str:
    """Say which list of phrases fits a limit."""
    if row.is_measure or row.quantity.name == "time":
        return "measure_floor" if is_floor else "measure_ceiling"
    if row.quantity.is_money:
        return "money_floor" if is_floor else "money_ceiling"
    if is_floor:
        return "done_floor" if row.quantity.need else "give_floor"
    return "content_ceiling" if row.verb == "contains" else "use_ceiling"
