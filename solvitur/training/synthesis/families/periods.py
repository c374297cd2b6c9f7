"""Families that plan over time: stocks, staff, money and shifts from one period to the next."""

from collections.abc import Mapping, Sequence

from solvitur.training.synthesis.draw import Draw
from solvitur.training.synthesis.english import a, in_words, listed, plural, spin
from solvitur.training.synthesis.families.registry import family
from solvitur.training.synthesis.story import Story
from solvitur.training.synthesis.telling import tell_table
from solvitur.training.synthesis.vocabulary import records, words
from solvitur.training.synthesis.voice import Voice


def _by_number(values: Sequence[float]) -> dict[str, float]:
    return {str(at): value for at, value in enumerate(values, 1)}


class _Plan:
    """A product that is made over several periods."""

    def __init__(self, draw: Draw) -> None:
        self.draw, self.story = draw, Story(draw)
        self.who, self.item = draw.one(records("products"))
        self.period = draw.one(words("periods"))
        self.count = draw.whole(3, 5)
        self.many = plural(self.item)
        self.story.set("T", self.count, plural(self.period))
        self.story.title = f"{self.many.capitalize()} over {self.count} {plural(self.period)}"
        self.story.opening.append(
            f"{self.who} plans its production of {self.many} for the next "
            f"{in_words(self.count)} {plural(self.period)}"
        )
        self.story.kinds.add("implicit period")

    @property
    def voice(self) -> Voice:
        """How it writes its numbers."""
        return self.story.voice

    def row(self, name: str, values: Sequence[float], doc: str) -> None:
        """Add a number for each period."""
        self.story.table(name, ["T"], _by_number(values), doc)

    def tell(self, head: str, written: Sequence[str]) -> None:
        """Tell a number for each period, in their order."""
        first = f"{self.period} 1 to {self.count}"
        said = self.draw.one(
            (
                f"{head} in the {in_words(self.count)} {plural(self.period)} is "
                f"{listed(written)}, in this order",
                f"{head} in {first}: {', '.join(written)}",
                f"{head} is "
                + listed([f"{w} in {self.period} {at}" for at, w in enumerate(written, 1)]),
            )
        )
        self.story.tell(said)

    def tell_together(self, columns: Mapping[str, Sequence[float]]) -> None:
        """Tell several numbers for each period in a table."""
        names = [f"{self.period} {at}" for at in range(1, self.count + 1)]
        made = {head: dict(zip(names, v, strict=True)) for head, v in columns.items()}
        tell_table(self.story, self.period, made)

    def counts(self, values: Sequence[float]) -> list[str]:
        """Write numbers of the product."""
        return [self.voice.digits(value) for value in values]

    def demands(self, low: int = 20, high: int = 120) -> list[float]:
        """Draw a demand for each period, and add it."""
        demand: list[float] = [self.draw.whole(low, high, 5) for _ in range(self.count)]
        self.row("demand", demand, f"{self.many} needed")
        return demand

    def balance(self, start: str, came: str = "make[t]") -> None:
        """Add what is in stock after each period."""
        first = f"{start} + make[1] == demand[1] + stock[1]"
        self.story.limit("first", first, doc=f"stock after {self.period} 1")
        row = f"stock[t-1] + {came} == demand[t] + stock[t]"
        self.story.limit("balance", row, forall="t in T if t > 1", doc="stock from one to the next")

    def ask(self) -> None:
        """Ask for the cheapest plan."""
        self.story.goal = spin(
            "[What is the cheapest production plan|How many {many} should be made in each {period} "
            "so that the total cost is [as low as possible|lowest]]?",
            self.draw,
            many=self.many,
            period=self.period,
        )


@family("production-and-stock")
def production_and_stock(draw: Draw) -> Story:
    """What to make when, where making costs differ and keeping costs something."""
    made = _Plan(draw)
    story, voice = made.story, made.voice
    demand = made.demands()
    start = draw.whole(0, 20, 5)
    needed = [sum(demand[: at + 1]) - start for at in range(made.count)]
    capacity = draw.ceiling(max(need / (at + 1) for at, need in enumerate(needed)))
    cost = [draw.whole(10, 60) for _ in demand]
    keeping = draw.whole(1, 6)
    made.row("cost", cost, f"cost of making {a(made.item)}")
    story.number("keeping", keeping, f"cost of keeping {a(made.item)} for a {made.period}")
    story.number("capacity", capacity, f"{made.many} that can be made in a {made.period}")
    story.decide("make", ["T"], "integer", f"{made.many} made")
    story.decide("stock", ["T"], "integer", f"{made.many} in stock at the end")
    each = "cost[t] * make[t] + keeping * stock[t] for t in T"
    story.aim("minimize", f"sum({each})", "cost of making and keeping")
    if start:
        story.number("start", start, f"{made.many} in stock at the beginning")
        have = voice.amount(start, made.item)
        story.tell(spin("[at the beginning|at the start], {n} are in stock", draw, n=have))
    else:
        story.tell("there is no stock at the beginning")
    made.balance("start" if start else "0")
    says = spin(
        "[at most|no more than] {n} can be made in {one} {period}",
        draw,
        n=voice.amount(capacity, made.item),
        one=draw.one(("a", "any", "each")),
        period=made.period,
    )
    story.limit("capacity_limit", "make[t] <= capacity", says, forall="t in T")
    story.tell(
        spin(
            "[keeping|storing] {one} [until|to] the next {period} costs {n}",
            draw,
            one=a(made.item),
            period=made.period,
            n=voice.money(keeping),
        )
    )
    if draw.chance(0.3):
        made.tell_together({"demand": demand, f"cost of one ({voice.currency})": cost})
    else:
        made.tell("the demand", made.counts(demand))
        made.tell(f"the cost of making {a(made.item)}", [voice.money(c) for c in cost])
    made.ask()
    return story


@family("lots")
def lots(draw: Draw) -> Story:
    """What to make when, where each time that anything is made costs a set-up."""
    made = _Plan(draw)
    story, voice = made.story, made.voice
    demand = made.demands()
    capacity = draw.ceiling(max(demand) * 1.5)
    setup, keeping = draw.whole(50, 500, 10), draw.whole(1, 5)
    story.number("setup", setup, "cost of a set-up")
    story.number("keeping", keeping, f"cost of keeping {a(made.item)} for a {made.period}")
    story.number("capacity", capacity, f"{made.many} that can be made in a {made.period}")
    story.decide("make", ["T"], "integer", f"{made.many} made")
    story.decide("stock", ["T"], "integer", f"{made.many} in stock at the end")
    story.decide("ready", ["T"], "binary", "whether anything is made")
    each = "setup * ready[t] + keeping * stock[t] for t in T"
    story.aim("minimize", f"sum({each})", "cost of set-ups and of keeping")
    made.balance("0")
    most = voice.amount(capacity, made.item)
    says = f"with a set-up, up to {most} can be made in the {made.period}"
    story.limit("only_if_ready", "make[t] <= capacity * ready[t]", says, forall="t in T")
    story.tell(
        spin(
            "[whenever any are made in a {period}, a set-up costs|making any at all in a {period} "
            "takes a set-up that costs] {n}",
            draw,
            period=made.period,
            n=voice.money(setup),
        )
    )
    keep = f"keeping {a(made.item)} until the next {made.period} costs {voice.money(keeping)}"
    story.tell(f"{keep}, and there is no stock at the beginning")
    made.tell("the demand", made.counts(demand))
    story.goal = "how little can set-ups and keeping stock cost together?"
    return story


@family("changing-staff")
def changing_staff(draw: Draw) -> Story:
    """How many to hire and to let go, period by period."""
    story = Story(draw)
    voice = story.voice
    who, worker = draw.one(records("services"))
    many, count = plural(worker), draw.whole(3, 5)
    period = draw.one(("month", "quarter", "week"))
    need: list[float] = [draw.whole(4, 25) for _ in range(count)]
    start = draw.whole(4, 20)
    wage, hire, leave = draw.whole(20, 60, 2), draw.whole(5, 50), draw.whole(5, 50)
    story.title = f"{many.capitalize()} over {count} {plural(period)}"
    story.opening.append(
        f"{who} plans how many {many} to have in each of the next {in_words(count)} "
        f"{plural(period)}"
    )
    story.set("T", count, plural(period))
    story.table("need", ["T"], _by_number(need), f"{many} needed")
    for name, value, doc in (
        ("start", start, f"{many} at the beginning"),
        ("wage", wage, f"wage for a {period}"),
        ("hiring", hire, "cost of hiring one"),
        ("leaving", leave, "cost of letting one go"),
    ):
        story.number(name, value, doc)
    for name, doc in (("staff", f"{many} there are"), ("hired", "hired"), ("left", "let go")):
        story.decide(name, ["T"], "integer", doc)
    each = "wage * staff[t] + hiring * hired[t] + leaving * left[t] for t in T"
    story.aim("minimize", f"sum({each})", "all costs together")
    story.limit("first", "staff[1] == start + hired[1] - left[1]")
    row = "staff[t] == staff[t-1] + hired[t] - left[t]"
    story.limit("change", row, forall="t in T if t > 1")
    story.limit("enough", "staff[t] >= need[t]", forall="t in T")
    written = [voice.digits(each) for each in need]
    story.tell(f"in {period} 1 to {count}, at least {listed(written)} are needed, in this order")
    story.tell(f"there are {voice.amount(start, worker)} at the beginning")
    cost = f"{a(worker)} costs {voice.money(wage)} a {period}"
    go = f"letting one go costs {voice.money(leave)}"
    story.tell(f"{cost}, hiring one costs {voice.money(hire)}, and {go}")
    story.goal = (
        f"how many {many} should be hired and let go in each {period} so that the total cost is "
        "as low as possible?"
    )
    return story


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@family("days-off")
def days_off(draw: Draw) -> Story:
    """The fewest people, each of whom works five days in a row and then has two off."""
    story = Story(draw)
    who, worker = draw.one(records("services"))
    many = plural(worker)
    need = {day: draw.whole(3, 25) for day in _DAYS}
    story.title = f"{many.capitalize()} for a week"
    story.kinds.add("implicit period")
    story.opening.append(f"{who} plans the week of its {many}")
    story.set("D", 7, "days from Monday to Sunday")
    story.table("need", ["D"], _by_number(list(need.values())), f"{many} needed")
    story.number("work", 5, "days of work in a row")
    story.number("week", 7, "days of a week")
    story.decide("x", ["D"], "integer", f"{many} whose first day of work it is")
    story.aim("minimize", "sum(x[d] for d in D)", f"number of {many}")
    says = spin(
        "[each|every] {worker} works [5|five] days in a row and then has the other days of the "
        "[7-day|seven-day] week off",
        draw,
        worker=worker,
    )
    story.tell(says)
    since = "(d >= s and d - s < work) or (d < s and d + week - s < work)"
    story.limit("enough", f"sum(x[s] for s in D if {since}) >= need[d]", forall="d in D")
    voice = story.voice
    each = [f"{voice.digits(n)} on {day}" for day, n in need.items()]
    story.tell(f"{draw.one(('at least so many', 'so many'))} {many} are needed: {listed(each)}")
    story.goal = f"what is the smallest number of {many} with which this is possible?"
    return story


@family("shifts")
def shifts(draw: Draw) -> Story:
    """The fewest, or the cheapest, starts of shifts that cover the needs of the day."""
    story = Story(draw)
    voice = story.voice
    who, worker = draw.one(records("services"))
    many, count = plural(worker), draw.whole(4, 6)
    need: list[float] = [draw.whole(2, 20) for _ in range(count)]
    story.title = f"Shifts of {many}"
    blocks = f"{in_words(count)} blocks of equal length"
    story.opening.append(f"{who} plans the shifts of its {many} for a day of {blocks}")
    story.set("B", count, "blocks of the day")
    story.table("need", ["B"], _by_number(need), f"{many} needed")
    story.decide("x", ["B"], "integer", f"{many} who begin with it")
    story.aim("minimize", "sum(x[b] for b in B)", f"number of {many}")
    story.limit("first", "x[1] >= need[1]")
    story.limit("enough", "x[b-1] + x[b] >= need[b]", forall="b in B if b > 1")
    story.tell(
        f"{a(worker)} who begins with one block also works the next one, if there is one, and then "
        "goes home"
    )
    each = [f"block {at} needs {voice.digits(n)}" for at, n in enumerate(need, 1)]
    story.tell(f"at least so many {many} must be there: {listed(each)}")
    story.goal = f"how many {many} are needed at least, and when should they begin?"
    return story


@family("power-day")
def power_day(draw: Draw) -> Story:
    """Plants that are switched on by the hour of the day, at a cost."""
    story = Story(draw)
    voice = story.voice
    plants = draw.some(words("plants_power"), draw.whole(2, 3))
    count = draw.whole(2, 4)
    demand: list[float] = [draw.whole(60, 200, 10) for _ in range(count)]
    output = {p: draw.ceiling(max(demand) / draw.one((1, 1.3, 1.6))) for p in plants}
    price = {p: draw.whole(5, 40) for p in plants}
    begin = {p: draw.whole(50, 600, 10) for p in plants}
    story.title = "Power plants through the day"
    story.opening.append(
        f"a city gets its power from {listed(plants)}, over {in_words(count)} blocks of the day"
    )
    story.set("P", plants, "plants")
    story.set("T", count, "blocks of the day")
    story.table("demand", ["T"], _by_number(demand), "megawatts needed")
    story.table("output", ["P"], output, "megawatts at most")
    story.table("price", ["P"], price, "cost of a megawatt for a block")
    story.table("running", ["P"], begin, "cost of running at all for a block")
    story.decide("power", ["P", "T"], "continuous", "megawatts")
    story.decide("on", ["P", "T"], "binary", "whether it runs")
    each = "price[p] * power[p, t] + running[p] * on[p, t] for p in P for t in T"
    story.aim("minimize", f"sum({each})", "total cost")
    story.limit("enough", "sum(power[p, t] for p in P) >= demand[t]", forall="t in T")
    row = "power[p, t] <= output[p] * on[p, t]"
    says = "a plant that does not run gives nothing"
    story.limit("only_if_on", row, says, forall="p in P, t in T")
    written = [voice.size(each, "megawatt") for each in demand]
    story.tell(f"the demand in block 1 to {count} is {listed(written)}, in this order")
    for plant in plants:
        most, cost = voice.size(output[plant], "megawatt"), voice.money(price[plant])
        story.tell(
            f"{plant} gives up to {most}, costs {cost} for each megawatt and block, and another "
            f"{voice.money(begin[plant])} for each block in which it runs"
        )
    story.goal = "how can the demand be met at the lowest total cost?"
    return story


@family("savings-ladder")
def savings_ladder(draw: Draw) -> Story:
    """The least money now that pays what falls due later, lent out for a year at a time."""
    story = Story(draw)
    voice = story.voice
    who = draw.one(words("investors"))
    count = draw.whole(2, 4)
    due: list[float] = [draw.whole(1_000, 9_000, 500) for _ in range(count)]
    rate = draw.whole(2, 8)
    fund_rate = rate + draw.whole(1, 4)
    short, long = draw.some(words("assets"), 2)
    most = draw.whole(1_000, 4_000, 500)
    story.title = "Money for later payments"
    each = [f"{voice.money(v)} at the end of year {at}" for at, v in enumerate(due, 1)]
    story.opening.append(f"{who} has to pay {listed(each)}")
    story.set("T", count, "years")
    story.table("due", ["T"], _by_number(due), "payment at the end of a year")
    for name, value, doc in (
        ("rate", rate / 100, f"interest of {short}"),
        ("fund_rate", fund_rate / 100, f"interest of {long}"),
        ("most", most, f"money in {long} at most"),
    ):
        story.number(name, value, doc)
    story.decide("money", [], "continuous", "money set aside at the beginning")
    story.decide("lent", ["T"], "continuous", f"money in {short} in a year")
    story.decide("fund", ["T"], "continuous", f"money in {long} in a year")
    story.aim("minimize", "money", "money set aside at the beginning")
    back = "(1 + rate) * lent[{t}] + (1 + fund_rate) * fund[{t}]"
    story.limit("beginning", "money == lent[1] + fund[1]")
    row = f"{back.format(t='t-1')} == due[t-1] + lent[t] + fund[t]"
    story.limit("each_year", row, forall="t in T if t > 1")
    story.limit("last_year", f"{back.format(t=count)} >= due[{count}]")
    says = f"never more than {voice.money(most)} may be in {long}"
    story.limit("fund_limit", "fund[t] <= most", says, forall="t in T")
    percent = voice.percent
    story.tell(
        f"all of the money is placed anew for each year: {short} yield {rate}{percent} a year, and "
        f"{long} {fund_rate}{percent}"
    )
    story.goal = (
        "how much must be set aside at the beginning of year 1, at least, to make all the payments?"
    )
    return story
