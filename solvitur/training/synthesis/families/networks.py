"""Families that send goods between places, or find a way."""

import itertools

from solvitur.training.synthesis.draw import Draw
from solvitur.training.synthesis.english import a, listed, plural, spin
from solvitur.training.synthesis.families.registry import family
from solvitur.training.synthesis.story import Story
from solvitur.training.synthesis.tabulate import markdown
from solvitur.training.synthesis.telling import tell_each, tell_pairs, tell_table
from solvitur.training.synthesis.vocabulary import records, words

_CHEAPEST = (
    "How should the {goods} be [shipped|sent|delivered] so that the total cost is [lowest|least]?",
    "What is the cheapest way to [ship|deliver|send] the {goods}?",
    "Find the [shipping|delivery] plan with the [lowest|smallest] total cost",
    "The goal is to [minimize|keep as low as possible] the total [cost of shipping|shipping cost]",
)


class _Shipping:
    """Sources, sinks, and a plan of what goes where."""

    def __init__(self, draw: Draw, most: int = 4) -> None:
        self.draw, self.story = draw, Story(draw)
        self.who, self.goods, self.unit, self.start, self.end = draw.one(records("shippers"))
        self.units = plural(self.unit)
        sources, sinks = draw.whole(2, most), draw.whole(2, most)
        places = draw.some(words("towns"), sources + sinks)
        self.sources, self.sinks = places[:sources], places[sources:]
        flows = [[draw.whole(5, 60) for _ in self.sinks] for _ in self.sources]
        self.supply = {n: draw.ceiling(sum(f)) for n, f in zip(self.sources, flows, strict=True)}
        columns = zip(*flows, strict=True)
        self.demand = {n: draw.floor(sum(f)) for n, f in zip(self.sinks, columns, strict=True)}
        self.story.title = f"{self.goods[0].upper()}{self.goods[1:]} for {plural(self.end)}"
        self.story.set("S", self.sources, plural(self.start))
        self.story.set("D", self.sinks, plural(self.end))

    def size(self, value: float) -> str:
        """Write an amount of the goods."""
        return self.story.voice.size(value, self.unit)

    def add_stock(self, sent: str) -> None:
        """Add that no source sends more than it has, where ``sent`` is what i sends."""
        self.story.table("supply", ["S"], self.supply, f"{self.units} available")
        doc = f"no {self.start} sends more than it has"
        self.story.limit("stock", f"{sent} <= supply[i]", forall="i in S", doc=doc)

    def add_need(self, got: str) -> None:
        """Add that every sink gets what it needs, where ``got`` is what j gets."""
        self.story.table("demand", ["D"], self.demand, f"{self.units} needed")
        doc = f"every {self.end} gets what it needs"
        self.story.limit("need", f"{got} >= demand[j]", forall="j in D", doc=doc)

    def open(self) -> None:
        """Say who sends what from where to where."""
        self.story.opening.append(
            spin(
                "{who} [ships|sends|delivers] {goods} from {m} in {sources} to {n} in {sinks}",
                self.draw,
                who=self.who,
                goods=self.goods,
                m=plural(self.start),
                n=plural(self.end),
                sources=listed(self.sources),
                sinks=listed(self.sinks),
            )
        )

    def costs(self, low: int, high: int) -> dict[str, dict[str, int]]:
        """Draw and tell what one unit costs on each way."""
        draw = self.draw
        costs = {i: {j: draw.whole(low, high) for j in self.sinks} for i in self.sources}
        caption = f"the cost of shipping one {self.unit} ({self.story.voice.currency})"
        corner = draw.one(("from / to", "from", self.start))
        row = f"[Shipping|Sending|Moving] one {self.unit} from {{row}} costs"
        tell_pairs(self.story, costs, self.story.voice.money, corner, caption, row, "to")
        return costs

    def tell_stock(self) -> None:
        """Tell what the sources have and what the sinks need."""
        head = f"{self.goods} in stock ({self.units})"
        if self.draw.chance(0.2):
            tell_table(self.story, self.start, {f"available {self.units}": self.supply})
        else:
            verb = "[can supply|has|has in stock|can supply up to|can send at most]"
            tell_each(self.story, self.supply, self.size, verb, head)
        if self.draw.chance(0.2):
            tell_table(self.story, self.end, {f"required {self.units}": self.demand})
        else:
            verb = "[needs|needs at least|requires|must receive at least]"
            tell_each(self.story, self.demand, self.size, verb, f"required {self.units}")

    def ask(self) -> None:
        """Ask for the cheapest plan."""
        self.story.goal = spin(self.draw.one(_CHEAPEST), self.draw, goods=self.goods)


@family("transport")
def transport(draw: Draw) -> Story:
    """Goods from sources with a stock to sinks with a need, as cheaply as possible."""
    made = _Shipping(draw)
    story = made.story
    made.open()
    story.table("cost", ["S", "D"], made.costs(2, 40), f"cost of one {made.unit}")
    story.decide("ship", ["S", "D"], "continuous", f"{made.units} sent")
    story.aim("minimize", "sum(cost[i, j] * ship[i, j] for i in S for j in D)", "total cost")
    made.add_stock("sum(ship[i, j] for j in D)")
    made.add_need("sum(ship[i, j] for i in S)")
    made.tell_stock()
    if draw.chance(0.3):
        most = draw.ceiling(max(made.demand.values()))
        story.number("most", most, unit=made.units)
        says = f"no more than {made.size(most)} can be sent from any one {made.start} to any one"
        route = f"{says} {made.end}"
        story.limit("route", "ship[i, j] <= most", route, forall="i in S, j in D")
    made.ask()
    return story


@family("plants-and-markets")
def plants_and_markets(draw: Draw) -> Story:
    """What is made where and sent whither: the plants differ in what a unit costs to make."""
    made = _Shipping(draw, most=3)
    story, voice = made.story, made.story.voice
    made.open()
    making = {name: draw.whole(10, 60) for name in made.sources}
    story.table("cost", ["S", "D"], made.costs(2, 30), f"shipping cost of one {made.unit}")
    story.table("making", ["S"], making, f"cost of one {made.unit} where it comes from")
    story.decide("ship", ["S", "D"], "continuous", f"{made.units} from i to j")
    each = "(making[i] + cost[i, j]) * ship[i, j] for i in S for j in D"
    story.aim("minimize", f"sum({each})", "all costs together")
    made.add_stock("sum(ship[i, j] for j in D)")
    made.add_need("sum(ship[i, j] for i in S)")
    sources = f"before shipping, one {made.unit} of {made.goods} costs"
    story.tell(f"{sources} {listed([f'{voice.money(v)} in {n}' for n, v in making.items()])}")
    made.tell_stock()
    story.goal = spin(
        "[With the cost of the {goods} and of shipping together|Counting both the {goods} and the "
        "shipping], what is the cheapest plan?",
        draw,
        goods=made.goods,
    )
    return story


@family("transshipment")
def transshipment(draw: Draw) -> Story:
    """Goods that go through hubs, each of which can handle so much."""
    made = _Shipping(draw, most=3)
    story, voice, unit = made.story, made.story.voice, made.unit
    made.open()
    taken = {*made.sources, *made.sinks}
    hubs = draw.some([town for town in words("towns") if town not in taken], 2)
    total = sum(made.demand.values())
    handled = {hub: draw.ceiling(total * draw.one((0.6, 0.7, 0.8))) for hub in hubs}
    to_hub = {i: {h: draw.whole(2, 20) for h in hubs} for i in made.sources}
    onward = {h: {j: draw.whole(2, 20) for j in made.sinks} for h in hubs}
    story.set("H", hubs, "hubs")
    story.table("cost_in", ["S", "H"], to_hub, f"cost of one {unit} to a hub")
    story.table("cost_out", ["H", "D"], onward, f"cost of one {unit} from a hub")
    story.table("capacity", ["H"], handled, f"{made.units} that a hub can handle")
    story.decide("u", ["S", "H"], "continuous", f"{made.units} sent to a hub")
    story.decide("v", ["H", "D"], "continuous", f"{made.units} sent on from a hub")
    inward = "sum(cost_in[i, h] * u[i, h] for i in S for h in H)"
    outward = "sum(cost_out[h, j] * v[h, j] for h in H for j in D)"
    story.aim("minimize", f"{inward} + {outward}", "total cost")
    made.add_stock("sum(u[i, h] for h in H)")
    made.add_need("sum(v[h, j] for h in H)")
    says = f"all of it goes through a hub in {listed(hubs, 'or')}, where nothing stays"
    story.limit(
        "through", "sum(u[i, h] for i in S) == sum(v[h, j] for j in D)", says, forall="h in H"
    )
    story.limit("hub", "sum(u[i, h] for i in S) <= capacity[h]", forall="h in H")
    for numbers in (to_hub, onward):
        caption = f"the cost of shipping one {unit} ({voice.currency})"
        row = f"[Shipping|Sending] one {unit} from {{row}} costs"
        tell_pairs(story, numbers, voice.money, "from / to", caption, row, "to")
    tell_each(story, handled, made.size, "[can handle|can handle at most|handles up to]")
    made.tell_stock()
    made.ask()
    return story


@family("facility-location")
def facility_location(draw: Draw) -> Story:
    """Which sites to open at a fixed cost, and who is served from where."""
    story = Story(draw)
    who, site, customer = draw.one(records("sites"))
    voice = story.voice
    places = draw.some(words("towns"), 7)
    count = draw.whole(2, 4)
    sites, customers = places[:count], places[count : count + draw.whole(2, 3)]
    fixed = {name: draw.whole(100, 900, 50) for name in sites}
    demand = {name: draw.whole(10, 60, 5) for name in customers}
    share = draw.one((0.6, 0.8, 1))
    capacity = {name: draw.ceiling(sum(demand.values()) * share) for name in sites}
    costs = {i: {j: draw.whole(2, 25) for j in customers} for i in sites}
    story.title = f"Where to open {plural(site)}"
    story.opening.append(
        f"{who} can open {plural(site)} in {listed(sites)} to serve its {plural(customer)} in "
        f"{listed(customers)}"
    )
    story.set("F", sites, plural(site))
    story.set("C", customers, plural(customer))
    story.table("fixed", ["F"], fixed, f"cost of opening {a(site)}")
    story.table("capacity", ["F"], capacity, "units that it can send")
    story.table("demand", ["C"], demand, "units needed")
    story.table("cost", ["F", "C"], costs, "cost of sending one unit")
    story.decide("opened", ["F"], "binary", f"whether {a(site)} is opened")
    story.decide("sent", ["F", "C"], "continuous", "units sent")
    paid = "sum(fixed[i] * opened[i] for i in F)"
    story.aim(
        "minimize", f"{paid} + sum(cost[i, j] * sent[i, j] for i in F for j in C)", "total cost"
    )
    story.limit("served", "sum(sent[i, j] for i in F) >= demand[j]", forall="j in C")
    row = "sum(sent[i, j] for j in C) <= capacity[i] * opened[i]"
    says = f"only {plural(site)} that are opened can send anything"
    story.limit("only_if_opened", row, says, forall="i in F")
    opening = [f"{voice.money(v)} in {name}" for name, v in fixed.items()]
    story.tell(f"opening {a(site)} costs {listed(opening)}")
    units = voice.sizes("unit")
    tell_each(story, capacity, units, "[can send|can send at most|could send up to]")
    tell_each(story, demand, units, "[needs|needs at least|requires]")
    caption = f"the cost of sending one unit ({voice.currency})"
    row = "sending one unit from {row} costs"
    tell_pairs(story, costs, voice.money, "from / to", caption, row, "to")
    story.goal = spin(
        "Which {sites} should be opened[, and what should they send where,|] so that the total "
        "cost is [lowest|as low as possible]?",
        draw,
        sites=plural(site),
    )
    return story


class _Network:
    """Nodes in layers from a start to an end, and arcs between them."""

    def __init__(self, draw: Draw) -> None:
        self.draw, self.story = draw, Story(draw)
        names = draw.some(words("towns"), draw.whole(4, 6))
        self.nodes, self.first, self.last = names, names[0], names[-1]
        arcs = [(i, j) for at, i in enumerate(names) for j in names[at + 1 : at + 4]]
        kept = [arc for arc in arcs if arc != (self.first, self.last) and draw.chance(0.75)]
        path = list(itertools.pairwise(names))
        self.arcs = sorted({*kept, *path}, key=arcs.index)
        self.story.set("N", names, "nodes")
        self.story.set("A", self.arcs, "arcs")

    def by_arc(self, low: int, high: int) -> dict[tuple[str, str], float]:
        """Draw a number for each arc."""
        return {arc: self.draw.whole(low, high) for arc in self.arcs}

    def tell(self, numbers: dict[tuple[str, str], float], head: str, unit: str) -> None:
        """Tell the number of each arc."""
        voice = self.story.voice
        if self.draw.chance(0.4):
            self.story.kinds.add("table")
            rows = [[i, j, voice.digits(value)] for (i, j), value in numbers.items()]
            self.story.tell(markdown([["from", "to", head], *rows]))
            return
        each = (f"{i} to {j} {voice.number(v)}{unit}" for (i, j), v in numbers.items())
        self.story.tell(f"{head}: {', '.join(each)}")


@family("shortest-path")
def shortest_path(draw: Draw) -> Story:
    """The shortest way from one place to another."""
    net = _Network(draw)
    story = net.story
    who = draw.one(("a driver", "a cyclist", "a hiker", "an ambulance", "a courier", "a tram"))
    what, unit = draw.one((("travel time", "minute"), ("distance", "kilometer"), ("toll", "coin")))
    numbers = net.by_arc(3, 60)
    story.title = f"From {net.first} to {net.last}"
    story.opening.append(f"{who} has to get from {net.first} to {net.last}")
    story.table("length", ["A"], _pairs(numbers), f"{what} in {plural(unit)}")
    story.decide("x", ["A"], "binary", "whether the way is taken")
    story.aim("minimize", "sum(length[i, j] * x[i, j] for (i, j) in A)", f"total {what}")
    _balance(net, "1")
    net.tell(numbers, f"{what} in {plural(unit)}", "")
    story.tell("there are no other roads than these, and each can be taken in this direction only")
    story.goal = spin(
        "[Which way should be taken to keep the total {what} as low as possible?|Find the way with "
        "the smallest total {what}|What is the smallest possible total {what}?]",
        draw,
        what=what,
    )
    return story


def _pairs(numbers: dict[tuple[str, str], float]) -> list[object]:
    return [[[i, j], value] for (i, j), value in numbers.items()]


def _balance(net: _Network, amount: str) -> None:
    """Add that an amount leaves the first node, goes through, and arrives at the last."""
    out = "sum(x[i, j] for (i, j) in A if i == n)"
    into = "sum(x[i, j] for (i, j) in A if j == n)"
    first, last = f'"{net.first}"', f'"{net.last}"'
    net.story.limit("start", f"sum(x[i, j] for (i, j) in A if i == {first}) == {amount}")
    net.story.limit("end", f"sum(x[i, j] for (i, j) in A if j == {last}) == {amount}")
    between = f"n in N if n != {first} and n != {last}"
    net.story.limit("through", f"{out} == {into}", forall=between, doc="what comes in goes out")


@family("largest-flow")
def largest_flow(draw: Draw) -> Story:
    """As much as possible through a network whose lines can carry so much."""
    net = _Network(draw)
    story = net.story
    who, flow, unit, line, node = draw.one(records("networks"))
    numbers = net.by_arc(4, 60)
    story.title = f"The most {flow} to {net.last}"
    story.opening.append(
        f"{who} moves {flow} from {net.first} to {net.last} over {plural(node)} between them"
    )
    story.table("capacity", ["A"], _pairs(numbers), f"{unit} that a {line} can carry")
    story.decide("x", ["A"], "continuous", f"{unit} of {flow}")
    first = f'"{net.first}"'
    story.aim("maximize", f"sum(x[i, j] for (i, j) in A if i == {first})", f"{flow} in all")
    story.limit("most", "x[i, j] <= capacity[i, j]", forall="(i, j) in A")
    into = "sum(x[i, j] for (i, j) in A if j == n)"
    out = "sum(x[i, j] for (i, j) in A if i == n)"
    between = f'n in N if n != {first} and n != "{net.last}"'
    story.limit("through", f"{into} == {out}", forall=between, doc="what comes in goes out")
    net.tell(numbers, f"capacity of each {line} in {unit}", "")
    story.tell(f"at every {node} in between, as much {flow} leaves as arrives")
    story.goal = spin(
        "[How much {flow} can reach {end} at most|What is the largest amount of {flow} that can be "
        "sent to {end}]?",
        draw,
        flow=flow,
        end=net.last,
    )
    return story


@family("cheapest-flow")
def cheapest_flow(draw: Draw) -> Story:
    """A given amount through a network, as cheaply as possible."""
    net = _Network(draw)
    story, voice = net.story, net.story.voice
    who, goods, unit, _, _ = draw.one(records("shippers"))
    amount = draw.whole(10, 40)
    costs, room = net.by_arc(1, 20), net.by_arc(5, amount)
    room |= {arc: draw.ceiling(amount) for arc in itertools.pairwise(net.nodes)}
    story.title = f"{goods[0].upper()}{goods[1:]} to {net.last}"
    size = voice.size(amount, unit)
    story.opening.append(f"{who} must bring {size} of {goods} from {net.first} to {net.last}")
    story.number("amount", amount, unit=plural(unit))
    for name, numbers in (("cost", costs), ("capacity", room)):
        story.table(name, ["A"], _pairs(numbers), name)
    story.decide("x", ["A"], "continuous", f"{plural(unit)} sent")
    story.aim("minimize", "sum(cost[i, j] * x[i, j] for (i, j) in A)", "total cost")
    _balance(net, "amount")
    story.limit("room", "x[i, j] <= capacity[i, j]", forall="(i, j) in A")
    net.tell(costs, f"cost per {unit} in {voice.currency}", "")
    net.tell(room, f"room on each road in {plural(unit)}", "")
    story.tell("other roads there are none, and each leads in one direction only")
    story.goal = spin(
        "How should it be sent to keep the total cost as [low|small] as possible?", draw
    )
    return story
