"""``labour = 30``, ``x[chair] <= 5``, ``profit += 10 %``: typed changes of numbers, as edits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from solvitur.cli.chat.commands.naming import find
from solvitur.errors import ConfigError
from solvitur.formulation.evaluate import Key, show_entry

if TYPE_CHECKING:
    from solvitur.agents.chat.edits.edits import Amount, Edit, Side
    from solvitur.cli.chat.session import Session
    from solvitur.formulation import Formulation
    from solvitur.formulation.instance import Instance
    from solvitur.formulation.tables.data import Given

_SIDES: "dict[str, tuple[Side, ...]]" = {
    "<=": ("upper",),
    ">=": ("lower",),
    "==": ("lower", "upper"),
}
"""Which bounds of a variable a sign is about."""
_SIGNS = ("+=", "-=", "*=", "<=", ">=", "==", "=")
_NAME = r"[^\W\d]\w*(?:\[[^\[\]]*\])?"
_ASSIGNMENT = re.compile(
    rf"(?P<name>{_NAME})\s*(?P<sign>{'|'.join(map(re.escape, _SIGNS))}|(?<=[\s\]]))\s*"
    r"(?P<value>[^\s=<>]+(?:\s+%)?)(?:\s+|$)"
)
_BEGUN = re.compile(rf"(?P<name>{_NAME})\s*(?P<sign>{'|'.join(map(re.escape, _SIGNS))})?")
"""As much of one as says what it is to be about."""
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][-+]?\d+)?")
_LAST = re.compile(r"(?:[^\W\d]\w*(?:\[[^\]]*)?)?$")
"""The name, perhaps with an open bracket, that is being typed."""
_MOST_OFFERED = 100
_NONE = "none"


@dataclass(frozen=True)
class Assignment:
    """What was typed for one name."""

    name: str
    """As it was typed: ``labour``, ``profit[chair]``."""
    sign: str
    """Empty where only a space stands between name and value."""
    value: str

    def __str__(self) -> str:
        """Write it the usual way."""
        return f"{self.name} {self.sign or '='} {self.value}"


def read_assignments(text: str) -> tuple[Assignment, ...] | None:
    """Take apart what was typed; ``None`` where it is not of that form from end to end.

    >>> [str(a) for a in read_assignments("labour=30 x[chair, 2] <= 5 profit += 10 %")]
    ['labour = 30', 'x[chair, 2] <= 5', 'profit += 10 %']
    >>> read_assignments("steel costs 5 more") is None
    True
    """
    found, end = [], 0
    text = text.strip()
    while end < len(text):
        each = _ASSIGNMENT.match(text, end)
        if each is None:
            return None
        value = " ".join(each["value"].split())
        if _number(value.removesuffix("%").strip()) is None and value != _NONE:
            return None
        found.append(Assignment(each["name"], each["sign"], value))
        end = each.end()
    return tuple(found) or None


def has_sign(text: str) -> bool:
    """Whether it begins like one, with a name and a sign: it is no sentence then.

    >>> has_sign("labour=abc"), has_sign("labour costs 5 more")
    (True, False)
    """
    begun = _BEGUN.match(text.strip())
    return begun is not None and begun["sign"] is not None


def what_is_wrong(text: str) -> str:
    """Say why what was typed is not of that form, and what is.

    >>> what_is_wrong("labour many"), what_is_wrong("labour 30 hours")
    ("'many' is no number", "'hours' is too much; write labour 30")
    """
    text, end = text.strip(), 0
    while each := _ASSIGNMENT.match(text, end):
        value = " ".join(each["value"].split())
        if _number(value.removesuffix("%").strip()) is None and value != _NONE:
            return _no_number(value)
        end = each.end()
    rest = text[end:]
    begun = _BEGUN.fullmatch(rest.rstrip())
    if begun is None or (end and begun["sign"] is None):
        form = "write NAME VALUE, such as labour 30; see /help set"
        return f"{rest!r} is too much; write {text[:end].strip()}" if end else form
    return f"say the value, such as {begun['name']} {begun['sign'] or '='} 30"


def edits_of(
    assignment: Assignment, formulation: "Formulation", data: "Given" = None
) -> "tuple[Edit, ...]":
    """Say as edits what was typed.

    A parameter, or one entry of it, gets another number; of a constraint it is the number on its
    constant side. A variable has bounds: ``x <= 5``, ``x >= 2``, ``x == 3``. The key alone stands
    for the only entry that has it.

    Raises:
        ConfigError: There is nothing of that name, or the value does not fit.
        InvalidFormulation: The formulation does not say a model.
    """
    from solvitur.agents.chat.edits.edits import SetBound, SetLimit, SetParameter
    from solvitur.formulation.instance import Instance

    instance = Instance(formulation, data)
    is_bound = assignment.sign in _SIDES
    name, key = find(assignment.name, instance, is_bound=is_bound)
    label = show_entry(name, key or ())
    amount = _amount(assignment)
    if name in instance.bounds:
        if not is_bound:
            raise ConfigError(
                f"{label} is what the solver decides; say a bound: {label} <= {assignment.value}, "
                f"{label} >= {assignment.value}, or {label} == {assignment.value}"
            )
        sides = _SIDES[assignment.sign]
        if amount is None and len(sides) == 2:
            return _freed(name, key, instance)
        return tuple(SetBound(variable=name, key=key, side=side, amount=amount) for side in sides)
    if assignment.sign in ("<=", ">="):
        raise ConfigError(f"{label} is no variable, and has no bounds; write {label} = VALUE")
    if amount is None:
        raise ConfigError(f"{label} needs a number; only a bound can be {_NONE}")
    if name in instance.parameters:
        return (SetParameter(name=name, key=key, amount=amount),)
    return (SetLimit(constraint=name, key=key or (), amount=amount),)


def _freed(name: str, key: Key | None, instance: "Instance") -> "tuple[Edit, ...]":
    """Take both bounds away: those of one entry alone, or all but that none is below 0."""
    from solvitur.agents.chat.edits.applying import entry_bound
    from solvitur.agents.chat.edits.edits import Amount, SetBound

    if not key:
        lowest = SetBound(variable=name, key=key, side="lower", amount=Amount(number=0))
        return (lowest, SetBound(variable=name, key=key, side="upper", amount=None))
    own = [side for side in _SIDES["=="] if entry_bound(instance, name, key, side) is not None]
    if not own:
        raise ConfigError(f"{show_entry(name, key)} has no bounds of its own")
    return tuple(SetBound(variable=name, key=key, side=side, amount=None) for side in own)


def offered(typed: str, session: "Session", *, has_parameters: bool = True) -> list[str]:
    """Give what may be typed next: a name, or an entry of one; nothing where there is no model."""
    instance = session.instance()
    if instance is None:
        return []
    head = typed[: len(typed) - len(_LAST.search(typed)[0])]  # type: ignore[index]
    name, bracket, _ = typed.removeprefix(head).partition("[")
    if bracket:
        keys = islice(_keys(name, instance), _MOST_OFFERED)
        return [head + show_entry(name, key) for key in keys if key]
    five = instance.formulation
    known = {constraint.name: bool(constraint.forall.strip()) for constraint in five.constraints}
    known |= {variable.name: bool(variable.index) for variable in five.variables}
    for parameter in five.parameters if has_parameters else ():
        known[parameter.name] = bool(parameter.index)
    return [head + name + ("[" if has_entries else "") for name, has_entries in known.items()]


def _keys(name: str, instance: "Instance") -> Iterator[Key]:
    """Give the entries of one element; those of a constraint one by one, as there may be many."""
    if name in instance.parameters:
        yield from instance.parameters[name]
    elif name in instance.bounds:
        yield from instance.bounds[name]
    else:
        yield from (row.key for row in instance.rows() if row.rule.constraint.name == name)


def _amount(assignment: Assignment) -> "Amount | None":
    from solvitur.agents.chat.edits.edits import Amount, How

    value, sign = assignment.value, assignment.sign
    if value == _NONE:
        return None
    number = _number(value.removesuffix("%").strip())
    if number is None:
        raise ConfigError(_no_number(value))
    if value.endswith("%"):
        if sign not in ("+=", "-="):
            name = assignment.name
            raise ConfigError(f"say which way: {name} += {value}, or {name} -= {value}")
        share = number / 100 if sign == "+=" else -number / 100
        return Amount(how=How.times, number=1 + share)
    if sign in ("+=", "-="):
        return Amount(how=How.by, number=number if sign == "+=" else -number)
    return Amount(how=How.times if sign == "*=" else How.to, number=number)


def _number(text: str) -> float | None:
    r"""Read a number in plain digits; 1,000 is a thousand, and 1,5 is nothing.

    >>> _number("1,000.5"), _number("-2e3"), _number("1,5"), _number("+")
    (1000.5, -2000.0, None, None)
    """
    if not any(letter.isdigit() for letter in text) or not _NUMBER.fullmatch(text):
        return None
    number = float(text.replace(",", "")) + 0.0  # there is no -0
    return number if abs(number) < float("inf") else None


def _no_number(value: str) -> str:
    """Say that it is none, and how it would be one."""
    if _NUMBER.fullmatch(value) and any(letter.isdigit() for letter in value):
        return f"{value!r} is too large a number"
    whole, comma, rest = value.partition(",")
    if comma and whole.lstrip("+-").isdecimal() and rest.isdecimal():
        return f"{value!r} is no number; write {whole}.{rest}"
    return f"{value!r} is no number"
