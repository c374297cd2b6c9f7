"""Further limits of a mix: on one thing, on a part, on several, on everything together."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from solvitur.training.synthesis.english import times
from solvitur.training.synthesis.mix import Mix
from solvitur.training.synthesis.vocabulary import Thing, noun_of
from solvitur.training.synthesis.voice import SHARES

_FACTORS = (0.5, 1.5, 2, 2.5, 3, 4, 5)


def _places(mix: Mix, count: int) -> list[int]:
    return mix.draw.some(range(len(mix.things)), count)


def _not_limited(mix: Mix, kind: str) -> int | None:
    """Choose a thing that has no limit of its own of a kind yet: a second one would be odd."""
    free = [at for at in range(len(mix.things)) if (kind, at) not in mix.limited]
    if not free:
        return None
    place = mix.draw.one(free)
    mix.limited.add((kind, place))
    return place


def single(mix: Mix, relation: str) -> None:
    """Limit one thing."""
    place = _not_limited(mix, relation)
    if place is None:
        return
    thing, amount = mix.things[place], mix.plan[place]
    kind = "floor" if relation == ">=" else "ceiling"
    value = mix.draw.floor(amount) if kind == "floor" else mix.draw.ceiling(amount)
    if value < 2:
        return
    is_strict = kind == "ceiling" and mix.draw.chance(0.15)
    phrase = "strict_ceiling" if is_strict else f"one_{kind}"
    name = mix.story.number(f"{thing.key}_{'min' if kind == 'floor' else 'max'}", value)
    slots = {"n_many": mix.amount(value, thing), "size": mix.amount(value)}
    slots["fewer"] = "less" if mix.setting.unit else "fewer"
    said = mix.say(phrase, quantity=thing.quantity, **slots)
    row = mix.story.limit(name, f"{mix.of(thing)} {relation} {name}", said)
    if is_strict:
        _take_at_its_word(mix, row, f"{mix.of(thing)} <= {name} - 1")


def _take_at_its_word(mix: Mix, row: str, strict: str) -> None:
    """Note what strict words say of whole numbers; of others they say no more than the limit."""
    mix.story.kinds.add("strict words")
    if not mix.setting.unit:
        mix.story.stricter[row] = strict


def share(mix: Mix, relation: str) -> None:
    """Limit one thing by a part of all."""
    place = _not_limited(mix, f"{relation} part")
    if place is None:
        return
    thing, actual = mix.things[place], Fraction(mix.plan[place], sum(mix.plan))
    fitting = [s for s in SHARES if (s <= actual if relation == ">=" else s >= actual)]
    near = fitting[-4:] if relation == ">=" else fitting[:4]
    near = [part for part in near if Fraction(1, 20) < part < Fraction(19, 20)]
    if not near:
        return
    part = mix.draw.one(near)
    everything = f"the {mix.many}" if mix.setting.unit else f"all {mix.many}"
    said = mix.say(
        "share_max" if relation == "<=" else "share_min",
        share=mix.voice.share(part),
        all=everything,
        all_of=f"the total {noun_of(mix.setting.unit)} of {mix.many}",
        bare=thing.bare,
        quantity=thing.quantity,
    )
    row = f"{mix.of(thing)} {relation} {_part(mix, thing, part)}"
    mix.story.limit(f"{thing.key}_share", row, said)


def _part(mix: Mix, thing: Thing, share: Fraction) -> str:
    if 100 % share.denominator:  # has no end as a decimal
        over = f"{share.numerator} * " if share.numerator > 1 else ""
        return f"{over}{mix.total()} / {share.denominator}"
    name = mix.story.number(f"{thing.key}_share", float(share))
    return f"{name} * {mix.total()}"


def ratio(mix: Mix) -> None:
    """Limit one thing by a multiple of another."""
    one, other = _places(mix, 2)
    first, second = mix.things[one], mix.things[other]
    actual = mix.plan[one] / mix.plan[other]
    is_floor = mix.draw.chance(0.5)
    fitting = [f for f in _FACTORS if (f <= actual if is_floor else f >= actual)]
    if not fitting:
        return
    factor = fitting[-1] if is_floor else fitting[0]
    said = mix.say(
        "ratio_min" if is_floor else "ratio_max",
        times=times(factor),
        **_pair(mix, first, second),
    )
    name = mix.story.number(f"{first.key}_per_{second.key}", factor)
    relation = ">=" if is_floor else "<="
    mix.story.kinds.add("multiples")
    row = f"{mix.of(first)} {relation} {name} * {mix.of(second)}"
    mix.story.limit(f"{first.key}_ratio", row, said)


def _pair(mix: Mix, first: Thing, second: Thing) -> dict[str, str]:
    return {
        "a": first.bare,
        "b": second.bare,
        "quantity_a": first.quantity,
        "quantity_b": second.quantity,
        "much": "much" if mix.setting.unit else "many",
    }


def more(mix: Mix) -> None:
    """Let one thing be more than another, strictly or not."""
    one, other = sorted(_places(mix, 2), key=lambda place: -mix.plan[place])
    first, second = mix.things[one], mix.things[other]
    is_strict = mix.draw.chance(0.4)
    said = mix.say("more" if is_strict else "at_least_as_many", **_pair(mix, first, second))
    left, right = mix.of(first), mix.of(second)
    row = mix.story.limit(f"{first.key}_order", f"{left} >= {right}", said)
    if is_strict:
        _take_at_its_word(mix, row, f"{left} >= {right} + 1")


def difference(mix: Mix) -> None:
    """Let one thing be more than another by a number."""
    one, other = sorted(_places(mix, 2), key=lambda place: -mix.plan[place])
    first, second = mix.things[one], mix.things[other]
    value = mix.draw.floor(mix.plan[one] - mix.plan[other])
    if value < 2:
        return
    name = mix.story.number(f"more_{first.key}", value)
    said = mix.say("difference", size=mix.amount(value), **_pair(mix, first, second))
    row = f"{mix.of(first)} >= {mix.of(second)} + {name}"
    mix.story.limit(f"{first.key}_difference", row, said)


def pair(mix: Mix) -> None:
    """Limit two of several things together."""
    if len(mix.things) < 3:
        return
    one, other = _places(mix, 2)
    first, second = mix.things[one], mix.things[other]
    value = mix.draw.ceiling(mix.plan[one] + mix.plan[other])
    name = mix.story.number(f"{first.key}_and_{second.key}_max", value)
    both = f"{noun_of(mix.setting.unit)} of {first.bare} and {second.bare}"
    said = mix.say(
        "pair_ceiling", size=mix.amount(value), quantity_both=both, **_pair(mix, first, second)
    )
    row = f"{mix.of(first)} + {mix.of(second)} <= {name}"
    mix.story.limit(f"{first.key}_and_{second.key}", row, said)


def all_together(mix: Mix, relation: str) -> None:
    """Limit everything together."""
    amount = sum(mix.plan)
    if relation == "==":
        value: float = amount
    else:
        value = (mix.draw.ceiling if relation == "<=" else mix.draw.floor)(amount)
    phrase = {"<=": "total_ceiling", ">=": "total_floor", "==": "total_exact"}[relation]
    name = mix.story.number(f"total_{phrase.partition('_')[2]}", value)
    group = mix.setting.group
    said = mix.say(
        phrase,
        n_all=mix.voice.amount(value, group, mix.setting.unit),
        size=mix.amount(value),
        quantity_all=f"{noun_of(mix.setting.unit)} of {mix.many}",
    )
    mix.story.limit(phrase, f"{mix.total()} {relation} {name}", said)


def between(mix: Mix) -> None:
    """Hold one thing between two numbers."""
    free = [a for a in range(len(mix.things)) if not {("<=", a), (">=", a)} & mix.limited]
    if not free:
        return
    place = mix.draw.one(free)
    thing = mix.things[place]
    low, high = mix.draw.floor(mix.plan[place]), mix.draw.ceiling(mix.plan[place])
    if not 2 <= low < high:
        return
    least = mix.story.number(f"{thing.key}_min", low)
    most = mix.story.number(f"{thing.key}_max", high)
    said = mix.say(
        "range",
        quantity=thing.quantity,
        low=mix.voice.number(low),
        n_many=mix.amount(high, thing),
        size=mix.amount(high),
    )
    mix.limited |= {("<=", place), (">=", place)}
    mix.story.limit(least, f"{mix.of(thing)} >= {least}", said)
    doc = mix.story.constraints[-1].doc
    mix.story.limit(most, f"{mix.of(thing)} <= {most}", doc=doc)


def weighted(mix: Mix) -> None:
    """Limit a sum in which two things count several times."""
    one, other = _places(mix, 2)
    first, second = mix.things[one], mix.things[other]
    a, b = mix.draw.some((2, 3, 4, 5), 2)
    amount, is_floor = a * mix.plan[one] + b * mix.plan[other], mix.draw.chance(0.5)
    value = (mix.draw.floor if is_floor else mix.draw.ceiling)(amount)
    story = mix.story
    weights = [story.number(f"{t.key}_weight", n) for t, n in ((first, a), (second, b))]
    limit = story.number("weighted_min" if is_floor else "weighted_max", value)
    pair = _pair(mix, first, second) | {"a": str(a), "b": str(b)}
    said = mix.say(
        "weighted_floor" if is_floor else "weighted_ceiling",
        times_a=times(a),
        times_b=times(b),
        n=mix.amount(value),
        **pair,
    )
    left = f"{weights[0]} * {mix.of(first)} + {weights[1]} * {mix.of(second)}"
    story.kinds.add("multiples")
    story.limit("weighted", f"{left} {'>=' if is_floor else '<='} {limit}", said)


def difference_max(mix: Mix) -> None:
    """Let one thing be more than another by no more than a number."""
    one, other = sorted(_places(mix, 2), key=lambda place: -mix.plan[place])
    first, second = mix.things[one], mix.things[other]
    value = mix.draw.ceiling(max(2, mix.plan[one] - mix.plan[other]))
    name = mix.story.number(f"more_{first.key}_max", value)
    said = mix.say("difference_max", size=mix.amount(value), **_pair(mix, first, second))
    row = f"{mix.of(first)} <= {mix.of(second)} + {name}"
    mix.story.limit(f"{first.key}_difference", row, said)


def each(mix: Mix) -> None:
    """Demand some of each thing."""
    mix.limited |= {(">=", at) for at in range(len(mix.things))}
    value = mix.draw.floor(min(mix.plan), 1)
    if value < 2:
        return
    name = mix.story.number("min_of_each", value)
    kind = mix.draw.one(("", " kind", " type"))
    written = f"{mix.amount(value)} of each" + ("" if mix.setting.unit else kind)
    said = mix.say("each_floor", n_each=written)
    row, forall = f"{mix.x}[{mix.loop}] >= {name}", f"{mix.loop} in {mix.items}"
    mix.story.limit("min_of_each", row, said, forall=forall)


def either(mix: Mix) -> None:
    """Limit two things in words that may mean each, or both together."""
    one, other = _places(mix, 2)
    first, second = mix.things[one], mix.things[other]
    is_floor = mix.draw.chance(0.3)
    amounts = mix.plan[one], mix.plan[other]
    value = mix.draw.floor(min(amounts)) if is_floor else mix.draw.ceiling(sum(amounts))
    end, relation = ("min", ">=") if is_floor else ("max", "<=")
    name = mix.story.number(f"{first.key}_and_{second.key}_{end}", value)
    said = mix.say(
        "ambiguous_floor" if is_floor else "ambiguous_ceiling",
        n_a=mix.amount(value, first),
        **_pair(mix, first, second),
    )
    both = f"{mix.of(first)} + {mix.of(second)} {relation} {name}"
    row = mix.story.limit(f"{first.key}_and_{second.key}", both, said)
    mix.story.kinds.add("ambiguous")
    mix.story.other[row] = f"{end}({mix.of(first)}, {mix.of(second)}) {relation} {name}"


LIMITS: Mapping[str, Callable[[Mix], None]] = {
    "floor": lambda mix: single(mix, ">="),
    "ceiling": lambda mix: single(mix, "<="),
    "share max": lambda mix: share(mix, "<="),
    "share min": lambda mix: share(mix, ">="),
    "ratio": ratio,
    "more": more,
    "difference": difference,
    "difference max": difference_max,
    "range": between,
    "weighted": weighted,
    "pair": pair,
    "total max": lambda mix: all_together(mix, "<="),
    "total min": lambda mix: all_together(mix, ">="),
    "total": lambda mix: all_together(mix, "=="),
    "each": each,
    "either": either,
}
"""Limits that a family may ask for, by name."""
