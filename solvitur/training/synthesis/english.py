"""As much English as the texts of problems need: plurals, articles, lists, numbers, choices."""

import re
from collections.abc import Sequence

from solvitur.training.synthesis.draw import Draw

_PLURALS = {
    "person": "people",
    "man": "men",
    "woman": "women",
    "child": "children",
    "foot": "feet",
    "loaf": "loaves",
    "shelf": "shelves",
    "knife": "knives",
    "half": "halves",
    "leaf": "leaves",
    "scarf": "scarves",
    "calf": "calves",
    "mouse": "mice",
    "fish": "fish",
    "sheep": "sheep",
    "aircraft": "aircraft",
    "bus": "buses",
    "potato": "potatoes",
    "tomato": "tomatoes",
    "mango": "mangoes",
    "staff": "staff",
    "gross": "gross",
}
_HEAD = re.compile(r"(?P<head>.+?)(?P<rest> (?:of|with|in|for|on|per|from|to|at|by) .+)?")
_VOWEL = re.compile(
    r"(?!uni|use|usu|euro|one\b|ute|u-)[aeiou]|hour|honest|heir|[8]|11\b|18\b", re.I
)
_CHOICE = re.compile(r"\[([^\[\]]*)\]")

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS = ("", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_PARTS = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 10: "tenth"}


def plural(noun: str) -> str:
    """Say many of what a noun says one of.

    Example:
        >>> [plural(noun) for noun in ("rye loaf", "bag of rice", "battery", "box", "key")]
        ['rye loaves', 'bags of rice', 'batteries', 'boxes', 'keys']
    """
    found = _HEAD.fullmatch(noun)
    assert found is not None
    head, rest = found["head"], found["rest"] or ""
    before, space, word = head.rpartition(" ")
    if word in _PLURALS:
        many = _PLURALS[word]
    elif re.search(r"[^aeiou]y$", word):
        many = f"{word[:-1]}ies"
    elif re.search(r"(?:s|x|z|ch|sh)$", word):
        many = f"{word}es"
    else:
        many = f"{word}s"
    return f"{before}{space}{many}{rest}"


def a(noun: str) -> str:
    """Put the article in front.

    Example:
        >>> a("oak desk"), a("hour"), a("unit")
        ('an oak desk', 'an hour', 'a unit')
    """
    return f"{'an' if _VOWEL.match(noun) else 'a'} {noun}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """Join what is listed.

    Example:
        >>> listed(["buns", "cakes", "pies"])
        'buns, cakes and pies'
    """
    *before, end = items
    return f"{', '.join(before)} {last} {end}" if before else end


def sentence(text: str) -> str:
    """Begin with a capital, and end with a stop.

    Example:
        >>> sentence("at most $2.50 is spent")
        'At most $2.50 is spent.'
    """
    text = re.sub(r" +(?=[,.;:?])", "", re.sub(r" {2,}", " ", text)).strip()
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!:" else ".")


def spin(template: str, draw: Draw, **slots: str) -> str:
    """Choose one of the words between bars in each pair of brackets, then fill in the slots.

    Example:
        >>> spin("[at most|at most] {n} [can [|]be made|can be made]", Draw("x"), n="two")
        'at most two can be made'
    """
    while found := _CHOICE.search(template):
        chosen = draw.one(found[1].split("|"))
        template = template[: found.start()] + chosen + template[found.end() :]
    return re.sub(r" {2,}", " ", template.format_map(slots)).strip()


def in_words(number: int) -> str:
    """Write a whole number below a million as words.

    Example:
        >>> in_words(47), in_words(120), in_words(2500)
        ('forty-seven', 'one hundred and twenty', 'two thousand five hundred')
    """
    if number >= 1000:
        rest = number % 1000
        joint = " and " if 0 < rest < 100 else " "
        tail = f"{joint}{in_words(rest)}" if rest else ""
        return f"{in_words(number // 1000)} thousand{tail}"
    if number >= 100:
        tail = f" and {in_words(number % 100)}" if number % 100 else ""
        return f"{_ONES[number // 100]} hundred{tail}"
    if number < 20:
        return _ONES[number]
    return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")


def fraction(over: int, under: int) -> str:
    """Say a part.

    Example:
        >>> fraction(1, 2), fraction(1, 3), fraction(3, 4)
        ('half', 'a third', 'three quarters')
    """
    part = _PARTS[under]
    if over > 1:
        return f"{in_words(over)} {part}s"
    return part if under == 2 else f"a {part}"


def times(factor: float) -> str:
    """Say a multiple.

    Example:
        >>> times(2), times(3), times(1.5), times(0.5)
        ('twice', 'three times', '1.5 times', 'half')
    """
    if factor in (0.5, 2):
        return "half" if factor < 1 else "twice"
    return f"{in_words(int(factor)) if factor == int(factor) else f'{factor:g}'} times"
