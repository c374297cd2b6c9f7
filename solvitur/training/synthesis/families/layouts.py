"""Families whose amounts stand in two dimensions, or in an order of time or place."""

import itertools

from solvitur.training.synthesis.draw import Draw, plain
from solvitur.training.synthesis.english import in_words, listed, plural, spin
from solvitur.training.synthesis.families.registry import family
from solvitur.training.synthesis.story import Story
from solvitur.training.synthesis.telling import tell_each, tell_pairs
from solvitur.training.synthesis.vocabulary import records, words


@family("cutting")
def cutting(draw: Draw) -> Story:
    """The fewest rolls that give the pieces ordered, cut by given patterns."""
    story = Story(draw)
    voice = story.voice
    who, roll, unit, piece = draw.one(records("rolls"))
    lengths = sorted(draw.some(range(20, 75, 5), draw.whole(2, 3)))
    whole = draw.whole(100, 200, 10)
    pieces = [f"{piece} of {length} {plural(unit)}" for length in lengths]
    patterns: list[list[int]] = []
    for _ in range(30):
        left, made = whole, []
        for length in draw.order(lengths):
            made.append((length, draw.whole(0, left // length)))
            left -= made[-1][0] * made[-1][1]
        counts = [dict(made)[length] for length in lengths]
        if sum(counts) > 1 and left < lengths[0] and counts not in patterns:
            patterns.append(counts)
    names = [f"pattern {number}" for number in range(1, min(len(patterns), 4) + 1)]
    made_by = {
        name: dict(zip(pieces, counts, strict=True))
        for name, counts in zip(names, patterns, strict=False)
    }
    possible = [p for p in pieces if any(made_by[name][p] for name in names)]
    ordered = {p: draw.whole(20, 150, 5) for p in possible}
    story.title = f"{plural(piece)} cut from {plural(roll)}".capitalize()
    story.opening.append(f"{who} cuts {plural(roll)} into {plural(piece)} by fixed patterns")
    story.set("C", names, "patterns")
    story.set("L", possible, plural(piece))
    kept = {name: {p: made_by[name][p] for p in possible} for name in names}
    story.table("pieces", ["C", "L"], kept, f"{plural(piece)} from one {roll}")
    story.table("ordered", ["L"], ordered, f"{plural(piece)} ordered")
    story.decide("x", ["C"], "integer", f"{plural(roll)} cut by a pattern")
    story.aim("minimize", "sum(x[c] for c in C)", f"number of {plural(roll)}")
    row = "sum(pieces[c, l] * x[c] for c in C) >= ordered[l]"
    story.limit("orders", row, forall="l in L", doc="all that was ordered")
    for name, cut in kept.items():
        each = [voice.amount(n, p) for p, n in cut.items() if n]
        story.tell(f"{name} cuts one {roll} into {listed(each)}")
    all_of = listed([voice.amount(n, p) for p, n in ordered.items()])
    story.tell(spin("[at least {n} are needed|customers need at least {n}]", draw, n=all_of))
    story.goal = f"what is the smallest number of {plural(roll)} that is enough?"
    return story


@family("crops-and-fields")
def crops_and_fields(draw: Draw) -> Story:
    """Which crop on how much of which field."""
    story = Story(draw)
    voice = story.voice
    unit = draw.one(("hectare", "acre"))
    fields = draw.some(("the north field", "the river field", "the hill field", "the old field"), 3)
    crops = draw.some(words("crops"), draw.whole(2, 3))
    plan = [[draw.whole(2, 25) for _ in crops] for _ in fields]
    size = {f: draw.ceiling(sum(row)) for f, row in zip(fields, plan, strict=True)}
    least = {c: draw.floor(sum(col)) for c, col in zip(crops, zip(*plan, strict=True), strict=True)}
    profit = {f: {c: draw.whole(100, 900, 10) for c in crops} for f in fields}
    story.title = f"{listed(crops)} on {len(fields)} fields".capitalize()
    story.opening.append(f"a farm grows {listed(crops)} on {listed(fields)}")
    story.set("F", fields, "fields")
    story.set("C", crops, "crops")
    story.table("profit", ["F", "C"], profit, f"{voice.currency} for {unit}s of a crop on a field")
    story.table("size", ["F"], size, plural(unit))
    story.table("least", ["C"], least, f"{plural(unit)} at least")
    story.decide("x", ["F", "C"], "continuous", f"{plural(unit)} of a crop on a field")
    story.aim("maximize", "sum(profit[f, c] * x[f, c] for f in F for c in C)", "total profit")
    row = "sum(x[f, c] for c in C) <= size[f]"
    story.limit("land", row, forall="f in F", doc="no more than the field has")
    row = "sum(x[f, c] for f in F) >= least[c]"
    story.limit("crop", row, forall="c in C", doc="as much of each crop as is needed")
    measure = voice.sizes(unit)
    tell_each(story, size, measure, "[has|measures|covers]")
    needed = [f"{measure(v)} of {c}" for c, v in least.items()]
    story.tell(f"in all, at least {listed(needed)} must be planted")
    caption = f"the profit of one {unit} ({voice.currency})"
    row = f"one {unit} of {{row}} earns"
    tell_pairs(story, profit, voice.money, "field", caption, row, "with")
    story.goal = "how should the fields be planted so that the total profit is as high as possible?"
    return story


@family("products-and-machines")
def products_and_machines(draw: Draw) -> Story:
    """Parts that go through several machines, each with so many hours."""
    story = Story(draw)
    voice = story.voice
    machines = [f"the {name}" for name in draw.some(words("machines"), draw.whole(2, 3))]
    parts = [plural(name) for name in draw.some(words("parts"), draw.whole(2, 4))]
    minutes = {p: {m: draw.whole(1, 20) for m in machines} for p in parts}
    plan = {p: draw.whole(10, 90) for p in parts}
    room = {m: draw.ceiling(sum(minutes[p][m] * plan[p] for p in parts)) for m in machines}
    profit = {p: draw.number(1, 15, 0.5) for p in parts}
    story.title = f"{listed(parts)} on {len(machines)} machines".capitalize()
    story.opening.append(
        f"a workshop makes {listed(parts)}, each of which goes through {listed(machines)}"
    )
    story.set("P", parts, "parts")
    story.set("M", machines, "machines")
    story.table("minutes", ["P", "M"], minutes, "minutes of a machine for one part")
    story.table("room", ["M"], room, "minutes that there are")
    story.table("profit", ["P"], profit, f"{voice.currency} for one part")
    story.decide("x", ["P"], "integer", "parts made")
    story.aim("maximize", "sum(profit[p] * x[p] for p in P)", "total profit")
    row = "sum(minutes[p, m] * x[p] for p in P) <= room[m]"
    story.limit("time", row, forall="m in M", doc="no more than there is of each machine")
    caption = "the minutes that one part takes on each machine"
    measure = voice.sizes("minute")
    tell_pairs(story, minutes, measure, "part", caption, "one of the {row} takes", "on")
    tell_each(story, room, measure, "[is free for|can run for|is available for]")
    each = [f"{voice.money(v)} for one of the {p}" for p, v in profit.items()]
    story.tell(f"the profit is {listed(each)}")
    story.goal = spin(
        "[How many {parts} bring the highest total profit|What should the workshop make, and how "
        "much of it, to earn the most]?",
        draw,
        parts=listed(parts),
    )
    return story


@family("several-blends")
def several_blends(draw: Draw) -> Story:
    """Several products blended of the same stocks, each with a part that it must have."""
    story = Story(draw)
    voice = story.voice
    inputs = draw.some(words("drinks"), draw.whole(2, 3))
    outputs = ["the mild blend", "the strong blend"]
    price = {o: plain(draw.whole(6, 14) + n) for n, o in zip((0, 2), outputs, strict=True)}
    cost = {i: draw.number(1, 6, 0.5) for i in inputs}
    stock = {i: draw.whole(200, 900, 50) for i in inputs}
    main = draw.one(inputs)
    least, most = draw.whole(40, 70, 5), draw.whole(15, 35, 5)
    story.title = f"Blends of {listed(inputs)}"
    story.opening.append(f"a tea house blends {listed(inputs)} into {listed(outputs)}")
    story.set("I", inputs, "what is blended")
    story.set("O", outputs, "blends")
    story.table("price", ["O"], price, f"{voice.currency} for a kilogram sold")
    story.table("cost", ["I"], cost, f"{voice.currency} for a kilogram bought")
    story.table("stock", ["I"], stock, "kilograms that can be had")
    story.number("strong_min", least / 100, f"part of {main} in {outputs[1]}")
    story.number("mild_max", most / 100, f"part of {main} in {outputs[0]}")
    story.decide("x", ["I", "O"], "continuous", "kilograms of i in blend o")
    story.aim("maximize", "sum((price[o] - cost[i]) * x[i, o] for i in I for o in O)", "profit")
    row = "sum(x[i, o] for o in O) <= stock[i]"
    story.limit("stock_limit", row, forall="i in I", doc="no more than can be had")
    for output, sign, name, percent in (
        (outputs[1], ">=", "strong_min", least),
        (outputs[0], "<=", "mild_max", most),
    ):
        says = f"{'at least' if sign == '>=' else 'at most'} {percent}{voice.percent} of {output}"
        total = f'sum(x[i, "{output}"] for i in I)'
        verb = "must" if sign == ">=" else "may"
        row = f'x["{main}", "{output}"] {sign} {name} * {total}'
        story.limit(f"part_{name}", row, f"{says} {verb} be {main}")

    def by_weight(value: float) -> str:
        return f"{voice.money(value)} a kilogram"

    tell_each(story, price, by_weight, "[sells for|is sold for]")
    tell_each(story, cost, by_weight, "[costs|is bought for]")
    have = [voice.amount(v, i, "kilogram") for i, v in stock.items()]
    story.tell(spin("[at most|no more than] {n} can be had", draw, n=listed(have)))
    story.goal = "how should the blends be made up so that the profit is as high as possible?"
    return story


@family("project")
def project(draw: Draw) -> Story:
    """When everything is done at the earliest, where some steps wait for others."""
    story = Story(draw)
    voice = story.voice
    name, listing = draw.one(records("steps"))
    tasks = listing.split(", ")[: draw.whole(4, 6)]
    unit = draw.one(("day", "week"))
    days = {task: draw.whole(1, 12) for task in tasks}
    pairs = [
        (one, other)
        for (at, one), (to, other) in itertools.combinations(enumerate(tasks), 2)
        if draw.chance(0.6 if to == at + 1 else 0.2)
    ] or [(tasks[0], tasks[1])]
    story.title = f"{name.partition(' ')[2]} in time".capitalize()
    many = in_words(len(tasks))
    story.opening.append(f"{name} takes {many} steps: {'; '.join(tasks)}")
    story.set("J", tasks, "steps")
    story.set("A", pairs, "which step waits for which")
    story.table("length", ["J"], days, f"{plural(unit)} that a step takes")
    story.decide("start", ["J"], "continuous", f"{unit} at which a step begins")
    story.decide("finish", [], "continuous", f"{plural(unit)} until everything is done")
    story.aim("minimize", "finish", f"{plural(unit)} until everything is done")
    story.limit("order", "start[j] >= start[i] + length[i]", forall="(i, j) in A")
    story.limit("done", "start[j] + length[j] <= finish", forall="j in J")
    each = [f"to {task} takes {voice.size(v, unit)}" for task, v in days.items()]
    story.tell(listed(each))
    waits: dict[str, list[str]] = {}
    for one, other in pairs:
        waits.setdefault(other, []).append(one)
    for other, before in waits.items():
        done = listed([f'"{each}"' for each in before])
        is_done = "is" if len(before) == 1 else "are"
        story.tell(f'the step "{other}" can begin only when {done} {is_done} done')
    story.tell("steps that do not wait for each other can go on at the same time")
    story.goal = spin(
        "[What is the shortest time in which everything can be done|In how many {units} can all of "
        "it be done at the earliest]?",
        draw,
        units=plural(unit),
    )
    return story


@family("round-trip")
def round_trip(draw: Draw) -> Story:
    """The shortest tour through a few places and back."""
    story = Story(draw)
    voice = story.voice
    towns = draw.some(words("towns"), 4)
    who, unit = draw.one((("a salesman", "mile"), ("a postman", "kilometer"), ("a vet", "minute")))
    pairs = {frozenset(p): draw.whole(5, 60) for p in itertools.combinations(towns, 2)}
    way = {i: {j: pairs.get(frozenset((i, j)), 0) for j in towns} for i in towns}
    home, *others = towns
    story.title = f"A tour from {home}"
    story.opening.append(
        f"{who} starts in {home}, visits {listed(others)} once each in any order, and comes back"
    )
    arcs = [(i, j) for i in towns for j in towns if i != j]
    story.set("N", towns, "places")
    story.set("A", arcs, "ways from one place to another")
    story.table("way", ["A"], [[list(a), way[a[0]][a[1]]] for a in arcs], plural(unit))
    story.decide("x", ["A"], "binary", "whether the tour goes this way")
    story.decide("turn", ["N"], "continuous", "turn of a place in the tour")
    story.aim("minimize", "sum(way[i, j] * x[i, j] for (i, j) in A)", f"{plural(unit)} in all")
    story.limit("leave", "sum(x[i, j] for (i, j) in A if i == n) == 1", forall="n in N")
    story.limit("reach", "sum(x[i, j] for (i, j) in A if j == n) == 1", forall="n in N")
    row = "turn[j] >= turn[i] + 1 - len(N) * (1 - x[i, j])"
    forall = f'(i, j) in A if i != "{home}" and j != "{home}"'
    story.limit("one_tour", row, forall=forall, doc="one tour and not several")
    story.limit("turns", "turn[n] <= len(N) - 1", forall="n in N")
    each = [f"{i} and {j} {voice.digits(way[i][j])}" for i, j in itertools.combinations(towns, 2)]
    story.tell(f"{plural(unit)} between two places, either way: {', '.join(each)}")
    story.goal = spin(
        "[What is the shortest tour|How many {units} does the shortest tour take]?",
        draw,
        units=plural(unit),
    )
    return story
