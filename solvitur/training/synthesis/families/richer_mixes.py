"""Families that decide how many, or how much, and something else besides."""

from fractions import Fraction

from solvitur.training.synthesis.draw import Draw, plain
from solvitur.training.synthesis.english import a, listed, plural, spin
from solvitur.training.synthesis.families.registry import family
from solvitur.training.synthesis.limits import LIMITS
from solvitur.training.synthesis.mix import Mix
from solvitur.training.synthesis.perunit import amount
from solvitur.training.synthesis.story import Story
from solvitur.training.synthesis.vocabulary import AREAS, words


def _own_numbers(mix: Mix, name: str, values: list[float], doc: str) -> str:
    """Add a parameter with a number for each thing."""
    entries = {thing.key: value for thing, value in zip(mix.things, values, strict=True)}
    return mix.story.table(name, [mix.items], entries, doc)


def _limit_uses(mix: Mix) -> None:
    """Let one or two of what it uses be scarce."""
    for text in mix.draw.some(mix.setting.uses, mix.draw.whole(1, 2)):
        mix.ceiling(text)


def _earning(draw: Draw) -> Mix:
    """Draw things that use what is scarce and earn."""
    mix = Mix(draw, draw.one(("workshops", "mills")))
    _limit_uses(mix)
    mix.aim("maximize", draw.one(mix.setting.gains), "earns")
    mix.tell_quantities()
    return mix


@family("own-ceilings")
def own_ceilings(draw: Draw) -> Story:
    """Every thing has a ceiling, and perhaps a floor, of its own."""
    mix = _earning(draw)
    most = [draw.ceiling(n) for n in mix.plan]
    name = _own_numbers(mix, "demand", most, "that can be sold")
    says = spin(
        "[at most|no more than|up to] {all} can be {sold}{per}",
        draw,
        sold="sold" if mix.setting.unit not in AREAS else mix.setting.verb[2],
        all=listed([mix.amount(v, t) for t, v in zip(mix.things, most, strict=True)]),
        per=mix.per,
    )
    row, forall = f"{mix.x}[{mix.loop}] <= {name}[{mix.loop}]", f"{mix.loop} in {mix.items}"
    mix.story.limit("demand_limit", row, says, forall=forall)
    return mix.story


@family("fixed-charge")
def fixed_charge(draw: Draw) -> Story:
    """A set-up cost for every thing of which there is any."""
    mix = Mix(draw, draw.one(("workshops", "mills")))
    mix.ceiling(draw.one(mix.setting.uses))
    gain = mix.quantity(draw.one(mix.setting.gains), "yields")
    mix.tell_quantities()
    story, voice, loop, items = mix.story, mix.story.voice, mix.loop, mix.items
    most = [draw.ceiling(n) for n in mix.plan]
    earned = [plain(v * n) for v, n in zip(gain.values, mix.plan, strict=True)]
    setup = [max(1, draw.floor(v / 4, 1)) for v in earned]
    capacity = _own_numbers(mix, "capacity", most, "that can be made")
    cost = _own_numbers(mix, "setup", setup, f"{voice.currency} for a set-up")
    ready = story.decide("ready", [items], "binary", "whether any is made")
    each = f"{gain.name}[{loop}] * {mix.x}[{loop}] - {cost}[{loop}] * {ready}[{loop}]"
    story.aim("maximize", f"sum({each} for {loop} in {items})", "what is left after the set-ups")
    made = mix.setting.verb[2]
    said = [f"{voice.money(v)} for {t.bare}" for t, v in zip(mix.things, setup, strict=True)]
    story.tell(f"to have any {made} at all, a set-up has to be paid, which costs {listed(said)}")
    all_of = listed([mix.amount(v, t) for t, v in zip(mix.things, most, strict=True)])
    says = f"there is room for {all_of} at most"
    row = f"{mix.x}[{loop}] <= {capacity}[{loop}] * {ready}[{loop}]"
    story.limit("only_if_ready", row, says, forall=f"{loop} in {items}")
    mix.ask("maximize", f"total {gain.quantity.name} after the set-ups are paid")
    return story


@family("all-or-enough")
def all_or_enough(draw: Draw) -> Story:
    """Of every thing there is none, or a certain number at least."""
    mix = _earning(draw)
    story, loop, items = mix.story, mix.loop, mix.items
    least = max(2, draw.floor(min(mix.plan), 1))
    most = max(draw.ceiling(max(mix.plan)), least + 1)
    low, high = story.number("least", least), story.number("most", most)
    any_ = story.decide("any_made", [items], "binary", "whether there is any")
    forall = f"{loop} in {items}"
    made = mix.setting.verb[2]
    says = spin(
        "of each of them, either none [is|may be] {made} or at least {n}",
        draw,
        made=made,
        n=mix.amount(least),
    )
    story.limit("enough", f"{mix.x}[{loop}] >= {low} * {any_}[{loop}]", says, forall=forall)
    says = f"no more than {mix.amount(most)} of each can be {made}"
    story.limit("not_too_much", f"{mix.x}[{loop}] <= {high} * {any_}[{loop}]", says, forall=forall)
    return story


@family("extra-supply")
def extra_supply(draw: Draw) -> Story:
    """More of what is scarce can be bought."""
    mix = Mix(draw, "mills")
    story, voice = mix.story, mix.story.voice
    text = draw.one(mix.setting.uses)
    row = mix.quantity(text, mix.takes)
    gain = mix.quantity(draw.one(mix.setting.gains), "yields")
    mix.tell_quantities()
    planned = row.planned(mix.plan)
    have, extra = draw.ceiling(planned * 0.6), draw.ceiling(planned * 0.3)
    best = max(v / u for v, u in zip(gain.values, row.values, strict=True))
    price = max(0.01, plain(round(best * draw.one((0.3, 0.5, 0.8)), 2)))
    there = story.number(f"{row.name}_available", have)
    most, cost = story.number("extra_max", extra), story.number("extra_price", price)
    bought = story.decide("bought", [], "continuous", f"{plural(row.quantity.unit)} bought")
    story.aim("maximize", f"{mix.total(gain.name)} - {cost} * {bought}", "what is left")
    size = voice.size(extra, row.quantity.unit)
    says = f"there are {amount(row.quantity, have, voice)} available{mix.per}"
    story.limit(f"{row.name}_limit", f"{mix.total(row.name)} <= {there} + {bought}", says)
    extra_price = f"{voice.money(price)} {a(row.quantity.unit)}"
    says = f"up to {size} more of {row.quantity.name} can be bought for {extra_price}"
    story.limit("extra_limit", f"{bought} <= {most}", says)
    mix.ask("maximize", "total profit after what is bought is paid")
    return story


@family("smallest-largest")
def smallest_largest(draw: Draw) -> Story:
    """The least of several outputs is to be as large as can be."""
    mix = Mix(draw, "workshops")
    _limit_uses(mix)
    mix.tell_quantities()
    story = mix.story
    low = story.decide("smallest", [], "continuous", "the smallest of all numbers")
    forall = f"{mix.loop} in {mix.items}"
    row = f"{low} <= {mix.x}[{mix.loop}]"
    story.limit("no_less", row, forall=forall, doc="no number is smaller")
    story.aim("maximize", low, "the smallest number")
    make = mix.setting.verb[0]
    story.goal = spin(
        "{who} wants to {make} as many as possible of whichever {group} there [is|will be] the "
        "fewest of: how large can this smallest number be?",
        draw,
        who=mix.who,
        make=make,
        group=mix.setting.group,
    )
    return story


@family("make-or-buy")
def make_or_buy(draw: Draw) -> Story:
    """Every order is met by making or by buying."""
    mix = Mix(draw, "workshops")
    story, voice, loop, items = mix.story, mix.story.voice, mix.loop, mix.items
    mix.ceiling(draw.one(mix.setting.uses))
    making = mix.quantity("production cost;money;4:40:1", "has")
    mix.tell_quantities()
    buying = [plain(v + draw.whole(2, 25)) for v in making.values]
    ordered: list[float] = [n + draw.whole(0, 40) for n in mix.plan]
    price = _own_numbers(mix, "price", buying, f"{voice.currency} for one that is bought")
    orders = _own_numbers(mix, "ordered", ordered, "that were ordered")
    bought = story.decide("bought", [items], "integer", f"{mix.many} bought")
    each = f"{making.name}[{loop}] * {mix.x}[{loop}] + {price}[{loop}] * {bought}[{loop}]"
    story.aim("minimize", f"sum({each} for {loop} in {items})", "all costs together")
    all_of = listed([mix.amount(v, t) for t, v in zip(mix.things, ordered, strict=True)])
    says = spin(
        "[orders for {n} have come in, and must be met|customers have ordered {n}, and every order "
        "must be met]",
        draw,
        n=all_of,
    )
    row = f"{mix.x}[{loop}] + {bought}[{loop}] >= {orders}[{loop}]"
    story.limit("orders", row, says, forall=f"{loop} in {items}")
    each_price = [
        f"{a(t.one)} for {voice.money(v)}" for t, v in zip(mix.things, buying, strict=True)
    ]
    story.tell(f"{mix.who} can also buy {listed(each_price)}, as many as it wants")
    make = mix.setting.verb[0]
    story.goal = spin(
        "How many of each should {who} {make}, and how many should it buy, so that the total cost "
        "is [lowest|as low as possible]?",
        draw,
        who=mix.who,
        make=make,
    )
    return story


@family("content-of-a-blend")
def content_of_a_blend(draw: Draw) -> Story:
    """A blend with so much, or so little, of something in each unit."""
    mix = Mix(draw, "feeds", most=4)
    story, voice = mix.story, mix.story.voice
    for text in draw.some(mix.setting.gives, draw.whole(1, 2)):
        row = mix.quantity(text, "contains")
        planned = row.planned(mix.plan) / sum(mix.plan)
        is_floor = draw.chance(0.6)
        value = max(1, (draw.floor if is_floor else draw.ceiling)(planned))
        name = story.number(f"{row.name}_{'min' if is_floor else 'max'}", value)
        relation, words_ = (">=", "at least") if is_floor else ("<=", "at most")
        content, unit = amount(row.quantity, value, voice), mix.setting.unit
        says = spin(
            "[each|every] {unit} of the {group} [should|has to] contain {words} {content}"
            if is_floor
            else "[each|every] {unit} of the {group} [may|can] contain {words} {content}",
            draw,
            unit=unit,
            group=mix.setting.group,
            words=words_,
            content=content,
        )
        left = mix.total(row.name)
        story.limit(f"{row.name}_content", f"{left} {relation} {name} * {mix.total()}", says)
    mix.aim("minimize", draw.one(mix.setting.costs), "costs")
    mix.tell_quantities()
    LIMITS["total"](mix)
    return story


@family("close-to-target")
def close_to_target(draw: Draw) -> Story:
    """A total that should be missed by as little as can be, either way."""
    mix = Mix(draw, draw.one(("machines", "fleets")))
    story, voice = mix.story, mix.story.voice
    row = mix.quantity(draw.one(mix.setting.gives), "brings")
    mix.ceiling(draw.one(mix.setting.uses))
    mix.tell_quantities()
    planned = row.planned(mix.plan)
    target = plain(round(planned * draw.one((0.9, 1.1, 1.3))) + draw.whole(1, 9))
    name = story.number("target", target)
    under = story.decide("under", [], "continuous", "how much is missing")
    over = story.decide("over", [], "continuous", "how much is too much")
    wanted = amount(row.quantity, target, voice)
    says = f"the target is to have {wanted} {row.quantity.need}"
    story.limit("target_total", f"{mix.total(row.name)} + {under} - {over} == {name}", says)
    story.aim("minimize", f"{under} + {over}", "by how much the target is missed")
    LIMITS["each"](mix)
    story.goal = spin(
        "[How close to the target can {who} come, from above or from below|By how much is the "
        "target missed at least, be it from above or from below]?",
        draw,
        who=mix.who,
    )
    return story


_SHARES = tuple(Fraction(n, 100) for n in range(10, 70, 5))


@family("portfolio")
def portfolio(draw: Draw) -> Story:
    """The highest return, with limits on the parts."""
    story = Story(draw)
    voice = story.voice
    who, total = draw.one(words("investors")), draw.whole(20, 900, 5) * 1_000
    names = draw.some(words("assets"), draw.whole(3, 4))
    keys = [name.replace(" ", "_") for name in names]
    rates = draw.some(range(2, 16), len(names))
    story.title = f"{voice.money(total)} invested"
    story.set("A", keys, "kinds of assets")
    parts = {key: rate / 100 for key, rate in zip(keys, rates, strict=True)}
    story.table("rate", ["A"], parts, "yearly return, as a part")
    story.number("total", total, "money to invest")
    story.decide("x", ["A"], "continuous", f"{voice.currency} invested")
    story.opening.append(
        spin(
            "{who} [wants to invest|can invest|has to invest] [up to|at most] {n} in {names}",
            draw,
            who=who,
            n=voice.money(total),
            names=listed(names),
        )
    )
    story.limit("all_money", "sum(x[a] for a in A) <= total", doc="no more than there is")
    percent = voice.percent
    returns = [f"{name} {rate}{percent}" for name, rate in zip(names, rates, strict=True)]
    story.tell(
        spin("[the yearly returns are|these yield in a year|expected yearly returns]: ", draw)
        + " "
        + listed(returns)
    )
    _limit_parts(story, names, keys)
    story.aim("maximize", "sum(rate[a] * x[a] for a in A)", "yearly return")
    story.goal = spin(
        "[How should the money be divided|How much should be put into each] [to earn as much as "
        "possible in a year|so that the yearly return is highest]?",
        draw,
    )
    return story


def _limit_parts(story: Story, names: list[str], keys: list[str]) -> None:
    """Limit some parts of the money, and perhaps the order of two."""
    draw, voice = story.draw, story.voice
    for place in draw.some(range(len(names)), draw.whole(1, 2)):
        share = draw.one(_SHARES)
        name, key = names[place], keys[place]
        part = story.number(f"{key}_share", float(share))
        is_floor = draw.chance(0.35) and share <= Fraction(30, 100)
        says = spin(
            "at least {share} of the [money invested|invested money] must be in {name}"
            if is_floor
            else "[at most|no more than] {share} of the money invested may be in {name}",
            draw,
            share=voice.share(share),
            name=name,
        )
        relation = ">=" if is_floor else "<="
        story.limit(f"{key}_part", f'x["{key}"] {relation} {part} * sum(x[a] for a in A)', says)
    one, other = draw.some(range(len(names)), 2)
    if draw.chance(0.5):
        says = spin(
            "[at least as much must be in {a} as in {b}|no more may be put into {b} than into {a}]",
            draw,
            a=names[one],
            b=names[other],
        )
        story.limit("order", f'x["{keys[one]}"] >= x["{keys[other]}"]', says)


@family("loans")
def loans(draw: Draw) -> Story:
    """The least interest on a sum that is borrowed from several lenders."""
    story = Story(draw)
    voice = story.voice
    who = draw.one(words("investors"))
    names = [f"{town} Bank" for town in draw.some(words("towns"), draw.whole(3, 4))]
    keys = [name.replace(" ", "_") for name in names]
    plan = [draw.whole(10, 90, 5) * 1_000 for _ in names]
    most = [draw.ceiling(n) for n in plan]
    total = sum(plan)
    rates = draw.some(range(2, 12), len(names))
    story.title = f"{voice.money(total)} to borrow"
    story.opening.append(f"{who} needs to borrow {voice.money(total)} from {listed(names)}")
    story.set("B", keys, "banks")
    story.number("total", total, "money to borrow")
    parts = {key: rate / 100 for key, rate in zip(keys, rates, strict=True)}
    story.table("rate", ["B"], parts, "yearly interest, as a part")
    story.table("most", ["B"], dict(zip(keys, most, strict=True)), "money that it lends at most")
    story.decide("x", ["B"], "continuous", f"{voice.currency} borrowed")
    story.limit("enough", "sum(x[b] for b in B) >= total", doc="all that is needed")
    story.limit("lent", "x[b] <= most[b]", forall="b in B", doc="no more than it lends")
    for name, rate, ceiling in zip(names, rates, most, strict=True):
        story.tell(
            spin(
                "{name} lends [up to|at most|no more than] {n} [at|for] {rate} interest a year",
                draw,
                name=name,
                n=voice.money(ceiling),
                rate=f"{rate}{voice.percent}",
            )
        )
    story.aim("minimize", "sum(rate[b] * x[b] for b in B)", "interest for a year")
    story.goal = (
        "how much should be borrowed from each so that the interest for a year is as low as "
        "possible?"
    )
    return story
