"""Problems that decide how many, or how much, of several things: the shape that most texts have.

A family says which theme its setting is from, what is scarce, needed, gained or paid, and which
further limits there are; the sentences are the same for all, and chosen among many.
"""

from collections.abc import Sequence

from solvitur.training.synthesis.draw import Draw, plain
from solvitur.training.synthesis.english import a, in_words, listed, plural, spin
from solvitur.training.synthesis.story import Story, identifier
from solvitur.training.synthesis.tabulate import table
from solvitur.training.synthesis.vocabulary import Quantity, Setting, Thing, phrases, settings
from solvitur.training.synthesis.voice import Voice

_PERIODS = ("", "", "", "", " per day", " per week", " each month", " this week", " today")
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
    """

    def __init__(self, draw: Draw, theme: str, most: int = 4) -> None:
        self.draw = draw
        self.setting: Setting = draw.one(settings(theme))
        unit = self.setting.unit
        count = min(most, len(self.setting.things), draw.one((2, 2, 2, 3, 3, 4)))
        self.things = [Thing(name=n, unit=unit) for n in draw.some(self.setting.things, count)]
        self.story = Story(draw, title=self._title())
        self.voice = Voice(draw, self.story.kinds)
        self.per = draw.one(_PERIODS)
        if self.per:
            self.story.kinds.add("implicit period")
        low, high = self.setting.counts
        self.plan = [draw.whole(low, high) for _ in self.things]
        group = identifier(self.setting.group)
        self.loop = next(c for c in f"{group}ijk" if c.isalpha() and c != "x")
        keys = [thing.key for thing in self.things]
        self.items = self.story.set(self.loop.upper(), keys, self.many)
        domain = "continuous" if unit else "integer"
        self.x = self.story.decide("x", [self.items], domain, self._doc())
        self.rows: list[tuple[Quantity, str, list[float]]] = []
        """The quantities told, the words for it, and what one unit of each thing has."""
        self.story.opening.append(self._opening())

    # --- words -----------------------------------------------------------------------------------

    @property
    def who(self) -> str:
        """Who decides, known by now."""
        return "the " + self.setting.who.partition(" ")[2]

    @property
    def many(self) -> str:
        """What all of the things are."""
        return self.setting.group if self.setting.unit else plural(self.setting.group)

    def _title(self) -> str:
        bare = listed([thing.bare for thing in self.things])
        return f"{bare[0].upper()}{bare[1:]}"

    def _doc(self) -> str:
        made = self.setting.verb[2]
        return f"{plural(self.setting.unit) if self.setting.unit else self.many} {made}"

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
            "per": self.per if self.draw.chance(0.5) else "",
        }
        return spin(self.draw.one(phrases(phrase)), self.draw, **(known | slots))

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

    def quantity(self, text: str, verbs: Sequence[str]) -> tuple[Quantity, str, list[float]]:
        """Add what one unit of each thing takes or brings; give its parameter and the numbers."""
        draw, quantity = self.draw, Quantity.read(text)
        values = [draw.number(quantity.low, quantity.high, quantity.step) for _ in self.things]
        if len(set(values)) == 1:
            values[0] = plain(values[0] + quantity.step)
        unit = self.voice.currency if quantity.is_money else plural(quantity.unit or quantity.name)
        entries = {t.key: v for t, v in zip(self.things, values, strict=True)}
        doc = f"{unit} of {quantity.name}" if quantity.unit else unit
        each = self.setting.unit or self.setting.group
        name = self.story.table(quantity.name, [self.items], entries, f"{doc} for one {each}")
        verb = quantity.verb or draw.one(verbs)
        self.rows.append((quantity, verb, values))
        return quantity, name, values

    def _used(self, values: Sequence[float]) -> float:
        """What the plan comes to."""
        return sum(v * n for v, n in zip(values, self.plan, strict=True))

    def _written(self, quantity: Quantity, value: float) -> str:
        """Write an amount of a quantity."""
        if quantity.is_money:
            return self.voice.money(value)
        return self.voice.amount(value, quantity.name, quantity.unit)

    def ceiling(self, text: str, verbs: Sequence[str], phrase: str = "use_ceiling") -> None:
        """Add something scarce, sometimes given in a larger unit."""
        quantity, name, values = self.quantity(text, verbs)
        value = self.draw.ceiling(self._used(values))
        bigger = _BIGGER.get(quantity.unit)
        factor = ""
        if bigger and value % bigger[1] == 0 and self.draw.chance(0.35):
            quantity = quantity.model_copy(update={"unit": bigger[0]})
            value, factor = plain(value / bigger[1]), f"{bigger[1]} * "
            self.story.kinds.add("unit conversion")
        self._limit(quantity, name, "<=", value, phrase, factor)

    def floor(self, text: str, verbs: Sequence[str], phrase: str = "give_floor") -> None:
        """Add something needed."""
        quantity, name, values = self.quantity(text, verbs)
        self._limit(quantity, name, ">=", self.draw.floor(self._used(values)), phrase)

    def _limit(
        self,
        quantity: Quantity,
        name: str,
        relation: str,
        value: float,
        phrase: str,
        factor: str = "",
    ) -> None:
        suffix = "available" if relation == "<=" else "needed"
        unit = self.voice.currency if quantity.is_money else quantity.unit
        limit = self.story.number(f"{name}_{suffix}", value, unit=plural(unit) if unit else "")
        written = self._written(quantity, value)
        said = self.say(
            phrase,
            amount=written,
            Amount=written,
            name=quantity.name,
            size=self.voice.size(value, quantity.unit) if not quantity.is_money else written,
        )
        left = self.total(name)
        self.story.limit(f"{name}_limit", f"{left} {relation} {factor}{limit}", said)

    def aim(self, sense: str, text: str, verbs: Sequence[str]) -> None:
        """Add what there should be much, or little, of, and ask for it."""
        quantity, name, _ = self.quantity(text, verbs)
        self.story.aim(sense, self.total(name), f"total {quantity.name}")
        self.ask(sense, f"total {quantity.name}" if quantity.is_money else self._goal(quantity))

    @staticmethod
    def _goal(quantity: Quantity) -> str:
        if quantity.unit:
            return f"total {quantity.name}"
        return f"total number of {plural(quantity.name)}"

    def ask(self, sense: str, what: str) -> None:
        """Ask for the best plan."""
        make, _, made = self.setting.verb
        each = listed([thing.bare for thing in self.things])
        much = f"{plural(self.setting.unit)} of each" if self.setting.unit else "of each"
        self.story.goal = spin(
            self.draw.one(
                (
                    "How many {much} should {who} {make} to {sense} the {what}?",
                    "How many {much} should be {made} [to|in order to] {sense} the {what}?",
                    "{who} wants to {sense} the {what}. How many {much} should be {made}?",
                    "Find the plan that {sense}s the {what}",
                    "Decide how [many|much] {all} to {make} so that the {what} is {best}",
                )
            ).replace("[many|much]", "much" if self.setting.unit else "many"),
            self.draw,
            much=much,
            who=self.who,
            make=make,
            made=made,
            sense=sense,
            what=what,
            all=each,
            best=self.draw.one(
                ("as large as possible", "as high as possible")
                if sense == "maximize"
                else ("as small as possible", "as low as possible")
            ),
        )

    def tell_quantities(self) -> None:
        """Tell what one unit of each thing takes and brings: by thing, quantity or in a table."""
        way = self.draw.one(("thing", "thing", "thing", "quantity", "table"))
        if way == "table" and len(self.rows) > 1:
            self._tell_in_table()
        elif way == "quantity":
            for quantity, verb, values in self.rows:
                self._tell_quantity(quantity, verb, values)
        else:
            for place, thing in enumerate(self.things):
                self._tell_thing(place, thing)

    def _tell_thing(self, place: int, thing: Thing) -> None:
        parts: list[str] = []
        last = ""
        for quantity, verb, values in self.rows:
            written = self._written(quantity, values[place])
            parts.append(written if verb == last else f"{verb} {written}")
            last = verb
        start = self.draw.one((a(thing.one), f"each {thing.one}", f"one {thing.one}"))
        self.story.tell(f"{start} {listed(parts)}")

    def _tell_quantity(self, quantity: Quantity, verb: str, values: Sequence[float]) -> None:
        each = [
            f"{a(thing.one)} {verb} {self._written(quantity, value)}"
            for thing, value in zip(self.things, values, strict=True)
        ]
        self.story.tell(listed(each))

    def _tell_in_table(self) -> None:
        self.story.kinds.add("table")
        heads = [self._head(quantity) for quantity, _, _ in self.rows]
        cells = [
            [self.voice.digits(v[i]) for _, _, v in self.rows] for i in range(len(self.things))
        ]
        corner = f"per {self.setting.unit or self.setting.group}"
        names = [thing.name for thing in self.things]
        self.story.tell(table(self.draw, corner, names, heads, cells))

    def _head(self, quantity: Quantity) -> str:
        if not quantity.unit:
            return plural(quantity.name)
        unit = self.voice.currency if quantity.is_money else plural(quantity.unit)
        return f"{quantity.name} ({unit})"
