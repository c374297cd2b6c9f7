"""Units of measure as texts speak of them, and what one is of another."""

UNITS = {
    word: words.split()[0]
    for words in (
        "second seconds sec secs",
        "minute minutes min mins",
        "hour hours hourly hr hrs h",
        "day days daily",
        "week weeks weekly",
        "month months monthly",
        "quarter quarters quarterly",
        "year years yearly annual annually",
        "g gram grams gr",
        "mg milligram milligrams",
        "kg kilogram kilograms kilo kilos",
        "ton tons tonne tonnes t",
        "m meter meters metre metres",
        "km kilometer kilometers kilometre kilometres",
        "cm centimeter centimeters centimetre centimetres",
        "mm millimeter millimeters millimetre millimetres",
        "l liter liters litre litres",
        "ml milliliter milliliters millilitre millilitres",
        "dollar dollars $",
        "cent cents",
        "hectare hectares ha",
        "acre acres",
        "kwh kilowatt-hour",
        "kw kilowatt kilowatts",
        "foot feet ft",
        "inch inches",
        "pound pounds lb lbs",
        "ounce ounces oz",
    )
    for word in words.split()
}
"""By word: the one name of a unit that a text may speak of."""

FACTORS = (
    (60, "hour", "minute"),
    (60, "minute", "second"),
    (3600, "hour", "second"),
    (24, "day", "hour"),
    (7, "week", "day"),
    (12, "year", "month"),
    (52, "year", "week"),
    (4, "month", "week"),
    (4, "year", "quarter"),
    (3, "quarter", "month"),
    (30, "month", "day"),
    (365, "year", "day"),
    (1000, "kg", "g"),
    (1000, "g", "mg"),
    (1000, "ton", "kg"),
    (1000, "km", "m"),
    (1000, "l", "ml"),
    (100, "m", "cm"),
    (10, "cm", "mm"),
    (100, "dollar", "cent"),
    (12, "foot", "inch"),
    (16, "pound", "ounce"),
)
"""How many of the second unit the first one is."""

_CODES = {"usd": "dollar", "eur": "euro", "euros": "euro", "gbp": "pound", "€": "euro"}
_POWERS = {"m3": "cubic metre meter", "m2": "square metre meter"}
_COINS = (100.0, "euro", "cent")


def name_of(word: str) -> str:
    """Give the one name of a unit; empty where the word is none.

    Example:
        >>> name_of("hours"), name_of("h"), name_of("USD"), name_of("chairs")
        ('hour', 'hour', 'dollar', '')
    """
    word = word.lower()
    return UNITS.get(word) or _CODES.get(word, word if word in _CODES.values() else "")


def unit_words(unit: str) -> tuple[str, ...]:
    """Give the words that a declared unit may be spoken of by, plurals left to the reader.

    Example:
        >>> unit_words("plank"), "hours" in unit_words("h")
        (('plank',), True)
    """
    found: list[str] = []
    for word in unit.replace("/", " ").replace("_", " ").split():
        name = name_of(word)
        listed = [w for w, each in {**UNITS, **_CODES}.items() if name and each == name]
        found += listed or _POWERS.get(word.lower(), word).split()
    return tuple(dict.fromkeys(found))


def factor(said: str, unit: str) -> float | None:
    """Say how many of a declared unit one of the unit that was said is.

    ``None`` where they measure different things, or one of them is no unit of measure.

    Example:
        >>> factor("kg", "g"), factor("minutes", "h"), factor("hours", "h"), factor("kg", "h")
        (1000.0, 0.016666666666666666, 1.0, None)
    """
    one, other = name_of(said), name_of(unit)
    if not one or not other:
        return None
    if one == other:
        return 1.0
    for count, big, small in (*FACTORS, _COINS):
        if (one, other) == (big, small):
            return float(count)
        if (one, other) == (small, big):
            return 1 / count
    return None
