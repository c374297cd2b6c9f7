"""Tell the numbers that are data from those that name or merely count things.

"Machine 2", "x_1", "the 2nd", "(3)" before a list item and the 1 2 3 over the columns of a table
are names; the "two" of "two types of paint" is seldom data.
"""

from solvitur.formulation.words.numerals import CURRENCY_CODES, EACH, Read, Tokens, words

_NAMED = words(
    "product machine plant factory warehouse week month day year period quarter type kind grade "
    "class category group team task job project item node city customer store shop center centre "
    "depot location site supplier route line shift stage step phase table figure fig eq "
    "equation section chapter problem question example part process option model design version "
    "vehicle truck worker employee department facility district region zone area sector tower "
    "station substation crop food feed material ingredient component workshop mine field course "
    "room gate port terminal flight bus vitamin constraint variable scenario package plan alloy "
    "ore well server strategy investment asset bond unit point operation hub aircraft skill clinic "
    "oil outlet hospital transport position property player experiment oven school village farm "
    "method formula gas lab laboratory killer demonstration beam glue january february march april "
    "june july august september october november december jan feb mar apr jun jul aug sep sept oct "
    "nov dec"
)
_NUMBERED_IN_PARTS = words("table figure fig eq equation section chapter version")  # Table 3.1
_SPANS = words("day week month year quarter shift period")  # 8 hours a day
_ALSO_VERBS = words(
    "plant ship store shop process model design plan field part type crop feed mine farm man staff "
    "group transport unit line"
)
_LABELLED = words("labeled labelled numbered designated indexed ids")
_BEFORE_A_VERB = words("to can could cannot must should will would may might not and")
_KINDS = words(
    "types kinds sorts brands varieties styles flavors flavours sizes models versions categories "
    "classes different distinct separate following main possible decimal decimals ways options "
    "alternatives methods"
)
_BEFORE_A_KNOWN_COUNT = words("these those both all the other")
_PREPOSITIONS = words("of per for to in on at by from with and or is are")
_LIMITS = words("least most than exactly maximum minimum only over under exceed exceeding within")
_MEASURES = words("liter meter milliliter kilometer centimeter millimeter quarter number")
JOINERS = words("to through - \u2013 \u2014 ~")
LAST_JOINERS = words("and or &") | JOINERS


def _singular(noun: str) -> str:
    return f"{noun[:-3]}y" if noun.endswith("ies") else noun.removesuffix("s")


def is_glued(t: Tokens, i: int) -> bool:
    """A2, x_1, x_{1}, #5, COVID-19."""
    before = t.mark(i - 1)
    if before in ("_", "#") or (before == "{" and t.mark(i - 2) == "_"):
        return True
    if not t.touches(i) or not t.at(i).word.isdecimal():
        return False
    k = i - 1
    if before == "-" and t.touches(k):
        k -= 1
    word = t.word(k)
    is_size = word == "x" and t.at(k - 1).shape == "number"  # 10x20
    is_latex = t.mark(k - 1) == "\\"  # \leq200
    has_case = word != word.upper()
    return has_case and not is_size and not is_latex and word not in CURRENCY_CODES


def counting_names(t: Tokens) -> frozenset[str]:
    """Nouns that a text numbers from 0 or 1 on: Beam 1 ... Beam 2."""
    followers: dict[str, set[float]] = {}
    for i, token in enumerate(t.all):
        name = t.text[token.start : token.start + 1]
        if token.shape == "word" and name.isupper() and t.is_whole(i + 1, 2):
            followers.setdefault(token.word, set()).add(t.at(i + 1).value)
    return frozenset(
        noun for noun, values in followers.items() if {0, 1} <= values or {1, 2} <= values
    )


def is_numbered(noun: str, names: frozenset[str]) -> bool:
    """Whether a number that follows this noun names one thing: product 1, but not products 1."""
    return noun in _NAMED or noun in names


def follows_noun(t: Tokens, i: int, read: Read, names: frozenset[str]) -> bool:
    """Product 1, week two, and the first of a list such as weeks 1 to 4."""
    if t.mark(i - 1) == "." and t.touches(i - 1):  # No. 5, Fig. 2
        return t.is_whole(i) and t.word(i - 2) in ("no", "nos", "nr", "fig", "figs", "eq")
    noun, before = t.word(i - 1), t.word(i - 2)
    is_small = t.is_whole(i) or (t.at(i).shape == "word" and read.value <= 20)
    if (
        not (is_small or (noun in _NUMBERED_IN_PARTS and read.value < 100))
        or (before in EACH and (before not in ("a", "an") or noun in _SPANS))
        or (t.touches(read.end) and t.word(read.end))
    ):
        return False
    if (noun in _ALSO_VERBS and before in _BEFORE_A_VERB) or (noun == "area" and before == "of"):
        return False
    if is_numbered(noun, names):
        return True
    named = before if noun in ("from", "as", "by") else noun
    is_plural = noun.endswith("s") and _singular(noun) in _NAMED
    return (is_plural or named in _LABELLED) and next_in_list(t, read.end) > 0


def next_in_list(t: Tokens, i: int) -> int:
    """The token of the next number of a list that goes on at i with a joiner; 0 when it ends."""
    k = i
    if t.at(k).word == ",":
        k += 1
    if t.at(k).word in LAST_JOINERS:
        k += 1
    return k if k > i and t.is_whole(k) else 0


def _headers(text: str) -> list[tuple[int, int]]:
    """Where the header lines of Markdown tables are."""
    spans = []
    start, above = 0, (0, 0)
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        if line.lstrip().startswith("|"):
            if "-" in line and not line.strip().strip("|-: \t"):
                spans.append(above)
            above = (start, end)
        start = end
    return spans


def numbering(t: Tokens) -> frozenset[int]:
    """Tokens that only number things: list items, (1) (2), rows and columns of a table."""
    found = set()
    headers = iter(_headers(t.text))
    header = next(headers, None)
    item = row = 0.0
    for i, token in enumerate(t.all):
        while header and token.start >= header[1]:
            header = next(headers, None)
        if not t.is_whole(i, 2):
            continue
        is_cell = t.mark(i + 1) == "|"
        if is_cell and t.mark(i - 1) == "|" and header and header[0] <= token.start:
            found.add(i)
        elif is_cell and token.value in (1, row + 1) and starts_line(t.text, token.start):
            row = token.value
            found.add(i)
        elif token.value in (1, item + 1) and _is_item(t, i):
            item = token.value
            found.add(i)
    return frozenset(found)


def _is_item(t: Tokens, i: int) -> bool:
    """(2) anywhere, but not in f(2); 2. and 2) where a line starts."""
    right = t.mark(i + 1)
    if right == ")" and t.mark(i - 1) == "(":
        return not t.touches(i - 1) or not t.word(i - 2)
    if right not in (".", ")") or not t.touches(i + 1):
        return False
    follows = t.text[t.at(i + 1).end : t.at(i + 1).end + 1]
    is_inline = t.mark(i - 1) in (".", ";", ":") and follows.isupper()  # "... used;2.At most ..."
    return is_inline or starts_line(t.text, t.at(i).start)


def starts_line(text: str, start: int) -> bool:
    """Only blanks and bullets stand between the start of the line and here."""
    window = text[max(0, start - 12) : start]
    before = window.rstrip(" \t|(*#-")
    return before.endswith(("\n", "\r")) or (not before and len(window) == start)


def is_weak(t: Tokens, i: int, read: Read) -> bool:
    """Whether the number, a plain one, may well be no data."""
    if t.word(i) == "one" and read.end == i + 1:
        return True
    if t.mark(i - 1) == "^":  # m^3
        return True
    k = t.past_hyphen(read.end)
    if k > read.end and t.word(k).endswith("er") and t.word(k) not in _MEASURES:  # 4-wheeler
        return True
    is_heading = t.mark(i - 1) == "(" or (t.word(i - 1) == "in" and t.mark(i - 2) == "(")
    if is_heading and t.word(read.end) and read.value in (100, 1e3, 1e4, 1e5, 1e6):
        return True  # (ten thousand yuan)
    return 1 < read.value <= 20 and _counts_things(t, i, read.end)


def _counts_things(t: Tokens, i: int, end: int) -> bool:
    """Whether it may only say how many things the text goes on to name.

    "two types of paint", "all three plants", "two drinks: tea and coffee".
    """
    before = (t.word(i - 2), t.word(i - 1))
    if before == ("up", "to") or not _LIMITS.isdisjoint(before):
        return False
    if t.at(i).shape == "word" and before[1] in _BEFORE_A_KNOWN_COUNT:
        return True
    for k in range(end, end + 4):
        if t.word(k) in _KINDS or (t.mark(k) == ":" and k > end):
            return True
        if not t.word(k) or t.word(k) in _PREPOSITIONS:
            return False
    return False
