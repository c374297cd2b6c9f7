"""Families that choose: each thing is taken, or it is not."""

from solvitur.training.synthesis.draw import Draw
from solvitur.training.synthesis.english import in_words, listed, plural, spin
from solvitur.training.synthesis.families.registry import family
from solvitur.training.synthesis.perunit import (
    PerUnit,
    amount,
    size,
    told_by_thing,
    told_in_table,
)
from solvitur.training.synthesis.story import Story
from solvitur.training.synthesis.vocabulary import Quantity, Setting, Thing, settings


class _Choice:
    """Several things, of which some are taken."""

    def __init__(self, draw: Draw, least: int = 4) -> None:
        self.draw, self.story = draw, Story(draw)
        self.setting: Setting = draw.one(settings("tasks"))
        count = draw.whole(least, min(7, len(self.setting.things)))
        self.things = [Thing(name=n, unit="") for n in draw.some(self.setting.things, count)]
        self.keys = [thing.name.replace(" ", "_").replace("-", "_") for thing in self.things]
        self.taken = draw.some(range(count), draw.whole(2, count - 1))
        """The plan that there is in mind."""
        self.rows: list[PerUnit] = []
        self.group = self.setting.group
        self.story.set("I", self.keys, plural(self.group))
        made = self.setting.verb[2]
        self.story.decide("x", ["I"], "binary", f"whether the {self.group} is {made}")
        self.story.title = f"{plural(self.group).capitalize()} to choose from"
        names = listed([f"the {thing.name}" for thing in self.things])
        self.story.opening.append(
            spin(
                "{who} can {make} some of [these |]{n} {many}: {names}",
                draw,
                who=self.setting.who,
                make=self.setting.verb[0],
                n=in_words(count),
                many=plural(self.group),
                names=names,
            )
        )

    @property
    def who(self) -> str:
        """Who chooses, known by now."""
        return self.setting.known

    def quantity(self, text: str, verb: str) -> PerUnit:
        """Add a quantity of every thing."""
        quantity = Quantity.read(text)
        draw = self.draw
        values = [draw.number(quantity.low, quantity.high, quantity.step) for _ in self.things]
        unit = self.story.voice.currency if quantity.is_money else plural(quantity.unit)
        entries = dict(zip(self.keys, values, strict=True))
        name = self.story.table(quantity.name, ["I"], entries, f"{quantity.name} in {unit}")
        row = PerUnit(quantity, quantity.verb or verb, name, tuple(values))
        self.rows.append(row)
        return row

    def ceiling(self, text: str) -> None:
        """Add something of which there is only so much."""
        row = self.quantity(text, "needs")
        value = self.draw.ceiling(sum(row.values[at] for at in self.taken))
        name = self.story.number(f"{row.name}_available", value)
        voice, quantity = self.story.voice, row.quantity
        says = spin(
            "[In total, at most {amount} can be used|There are only {amount} available]"
            if not row.is_measure and not quantity.is_money
            else "The total {name} [must not|cannot] exceed {size}",
            self.draw,
            amount=amount(quantity, value, voice),
            size=size(quantity, value, voice),
            name=quantity.name,
        )
        left = f"sum({row.name}[i] * x[i] for i in I)"
        self.story.limit(f"{row.name}_limit", f"{left} <= {name}", says)

    def best(self) -> None:
        """Add what is gained, and ask for the most of it."""
        row = self.quantity(self.draw.one(self.setting.gains), "has")
        what = f"total {row.quantity.name}"
        self.story.aim("maximize", f"sum({row.name}[i] * x[i] for i in I)", what)
        self.story.goal = spin(
            "[Which {many} should {who} {make} to maximize the {what}?|Which of them should be "
            "{made} so that the {what} is as [high|large] as possible?|{who} wants the {what} to "
            "be as high as possible. Which {many} should be {made}?]",
            self.draw,
            many=plural(self.group),
            who=self.who,
            make=self.setting.verb[0],
            made=self.setting.verb[2],
            what=what,
        )

    def tell(self) -> None:
        """Tell the quantities."""
        voice = self.story.voice
        if self.draw.chance(0.35):
            self.story.kinds.add("table")
            self.story.tell(told_in_table(self.things, self.rows, voice, self.group))
            return
        for said in told_by_thing(self.things, self.rows, voice, start="the"):
            self.story.tell(said)

    def x(self, place: int) -> str:
        """The decision about one thing."""
        return f'x["{self.keys[place]}"]'

    def together(self) -> None:
        """Add rules that tie some of them together; the plan in mind keeps them."""
        draw = self.draw
        rest = [at for at in range(len(self.things)) if at not in self.taken]
        one, other = draw.some(self.taken, 2)
        says = spin(
            "[If the {a} is {made}, the {b} must be {made} as well|The {a} can only be {made} "
            "together with the {b}|The {a} makes sense only if the {b} is {made} too]",
            draw,
            **self._names(one, other),
        )
        self.story.limit("needs_other", f"{self.x(one)} <= {self.x(other)}", says)
        if rest:
            third = draw.one(rest)
            says = spin(
                "[The {a} and the {b} cannot both be {made}|Not both the {a} and the {b} can be "
                "{made}|At most one of the {a} and the {b} can be {made}]",
                draw,
                **self._names(one, third),
            )
            self.story.limit("not_both", f"{self.x(one)} + {self.x(third)} <= 1", says)
        if draw.chance(0.5):
            first, second = draw.some(range(len(self.things)), 2)
            if first in self.taken or second in self.taken:
                says = spin(
                    "[At least one of the {a} and the {b} must be {made}|Either the {a} or the "
                    "{b}, or both, must be {made}]",
                    draw,
                    **self._names(first, second),
                )
                row = f"{self.x(first)} + {self.x(second)} >= 1"
                self.story.limit("one_of_two", row, says)

    def _names(self, one: int, other: int) -> dict[str, str]:
        names = {"a": self.things[one].name, "b": self.things[other].name}
        return {**names, "made": self.setting.verb[2]}


@family("knapsack")
def knapsack(draw: Draw) -> Story:
    """As much value as fits."""
    made = _Choice(draw)
    made.ceiling(draw.one(made.setting.uses))
    made.best()
    made.tell()
    return made.story


@family("two-limits")
def two_limits(draw: Draw) -> Story:
    """As much value as fits within two limits."""
    made = _Choice(draw)
    for text in draw.some(made.setting.uses, 2):
        made.ceiling(text)
    made.best()
    made.tell()
    return made.story


@family("tied-choices")
def tied_choices(draw: Draw) -> Story:
    """A choice in which one thing needs, or excludes, another."""
    made = _Choice(draw, least=5)
    made.ceiling(draw.one(made.setting.uses))
    made.best()
    made.tell()
    made.together()
    return made.story


@family("so-many-at-most")
def so_many_at_most(draw: Draw) -> Story:
    """A choice of a limited number of things."""
    made = _Choice(draw, least=5)
    made.ceiling(draw.one(made.setting.uses))
    count = len(made.taken)
    name = made.story.number("most", count)
    says = spin(
        "[no more than|at most] {n} {many} can be {made}[ in all|]",
        draw,
        n=made.story.voice.number(count),
        many=plural(made.group),
        made=made.setting.verb[2],
    )
    made.story.limit("number", f"sum(x[i] for i in I) <= {name}", says)
    made.best()
    made.tell()
    return made.story


@family("budget-by-year")
def budget_by_year(draw: Draw) -> Story:
    """Projects that cost something in each of several years."""
    made = _Choice(draw)
    story, voice = made.story, made.story.voice
    years = draw.whole(2, 3)
    gain = made.quantity("payoff;money;40:300:10", "has")
    made.rows.clear()
    spent = {
        key: {str(year): draw.whole(5, 60, 5) for year in range(1, years + 1)} for key in made.keys
    }
    budget = {
        year: draw.ceiling(sum(spent[made.keys[at]][year] for at in made.taken))
        for year in spent[made.keys[0]]
    }
    story.set("T", years, "years")
    story.table("cost", ["I", "T"], spent, f"{voice.currency} in a year")
    story.table("budget", ["T"], budget, f"{voice.currency} that there are in a year")
    story.aim("maximize", f"sum({gain.name}[i] * x[i] for i in I)", "total return")
    story.limit("within", "sum(cost[i, t] * x[i] for i in I) <= budget[t]", forall="t in T")
    for place, thing in enumerate(made.things):
        each = [f"{voice.money(v)} in year {t}" for t, v in spent[made.keys[place]].items()]
        story.tell(
            f"the {thing.name} costs {listed(each)}, and returns {voice.money(gain.values[place])}"
        )
    each = [f"{voice.money(v)} in year {t}" for t, v in budget.items()]
    story.tell(
        spin("[the budget is|it is possible to spend at most] {all}", draw, all=listed(each))
    )
    made_ = made.setting.verb[2]
    story.goal = (
        f"which {plural(made.group)} should be {made_} so that the total return is highest?"
    )
    return story
