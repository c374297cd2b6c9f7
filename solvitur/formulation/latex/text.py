r"""Any text in LaTeX: shown as it is, never run.

Nothing that a text holds reaches TeX as a command: every backslash, brace, caret and percent sign
is put into a command that prints it. What pdflatex has no sign for is declared in the preamble, so
that the text itself stays as it was written and other engines show it as it is.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_IN_TEXT = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
_IN_MATH = {
    "\\": r"{\backslash}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"{\wedge}",
    "~": r"{\sim}",
    "<": "{<}",
    ">": "{>}",
    "|": r"{\vert}",
}
"""As commands of mathematics, which MathJax knows too; inside ``\\text`` it knows none."""

_SPECIAL = re.compile(r"([\\{}$&#%_^~<>|])")
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")
"""Categories of characters that print nothing, or turn the direction of what does."""

_ACCENTS = {
    0x300: "`", 0x301: "'", 0x302: "^", 0x303: "~", 0x304: "=", 0x306: "u", 0x307: ".",
    0x308: '"', 0x30A: "r", 0x30B: "H", 0x30C: "v", 0x323: "d", 0x327: "c", 0x328: "c",
    0x331: "b",
}  # fmt: skip
"""Accent commands of the plainest font encoding; it has no ogonek, so a cedilla stands for it."""

_GREEK = re.findall(
    r"\w+",
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi o pi rho varsigma "
    "sigma tau upsilon phi chi psi omega",
)
_GREEK_CAPITALS = re.findall(r"\w+", "gamma delta theta lambda xi pi sigma upsilon phi psi omega")
"""Those that do not look like a Latin letter."""
_SIGNS = {
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}",
    "Ø": r"\O{}", "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}", "đ": "d", "Đ": "D", "¡": "!`",  # noqa: RUF001
    "¿": "?`", "£": r"\pounds{}", "§": r"\S{}", "¶": r"\P{}", "©": r"\textcopyright{}",
    "·": r"\ensuremath{\cdot}", "×": r"\ensuremath{\times}",  # noqa: RUF001
    "÷": r"\ensuremath{\div}", "±": r"\ensuremath{\pm}", "°": r"\ensuremath{^\circ}",
    "€": "EUR", "–": "--", "—": "---", "‐": "-", "‑": "-", "−": r"\ensuremath{-}",  # noqa: RUF001
    "‘": "`", "’": "'", "“": "``", "”": "''", "„": ",,", "«": r"\ensuremath{\ll}",  # noqa: RUF001
    "»": r"\ensuremath{\gg}", "•": r"\ensuremath{\bullet}", "…": r"\ldots{}",
    "≤": r"\ensuremath{\leq}", "≥": r"\ensuremath{\geq}", "≠": r"\ensuremath{\neq}",
    "≈": r"\ensuremath{\approx}", "∈": r"\ensuremath{\in}", "∞": r"\ensuremath{\infty}",
    "∑": r"\ensuremath{\sum}", "∀": r"\ensuremath{\forall}", "→": r"\ensuremath{\to}",
    "←": r"\ensuremath{\leftarrow}", "√": r"\ensuremath{\surd}", "µ": r"\ensuremath{\mu}",
}  # fmt: skip


def text(words: str) -> str:
    r"""Write words between formulas, on one line.

    Example:
        >>> print(text(r"50 % of x_1, \input{secret} & more"))
        50 \% of x\_1, \textbackslash{}input\{secret\} \& more
    """
    return "".join(_IN_TEXT.get(char, char) for char in _visible(words))


def math_text(words: str) -> str:
    r"""Write words inside a formula, for LaTeX and for MathJax.

    Example:
        >>> print(math_text("high table"), math_text("50%"))
        \text{high table} \text{50}\%
    """
    parts = [part for part in _SPECIAL.split(_visible(words)) if part]
    return "".join(_IN_MATH.get(part, rf"\text{{{part}}}") for part in parts) or r"\text{ }"


def name(identifier: str) -> str:
    r"""Write the name of a set, a parameter, a variable or an index inside a formula.

    Example:
        >>> print(name("x"), name("flour_stock"), name("Größe_2"))
        x \mathit{flour\_stock} \textit{Größe}\_\mathit{2}
    """
    if len(identifier) == 1 and identifier.isascii() and identifier.isalpha():
        return identifier
    if identifier.isascii():
        return rf"\mathit{{{identifier.replace('_', _IN_MATH['_'])}}}"
    return r"\_".join(map(_name_part, _visible(identifier).split("_")))


def declarations(document: str) -> Iterator[str]:
    r"""Give what pdflatex has to be told of each character of a document that is not ASCII.

    Example:
        >>> print(*declarations("a ≤ é 木"), sep="\n")
        \DeclareUnicodeCharacter{00E9}{\'{e}}
        \DeclareUnicodeCharacter{2264}{\ensuremath{\leq}}
        \DeclareUnicodeCharacter{6728}{\texttt{[U+6728]}}
    """
    for char in sorted({char for char in document if not char.isascii()}):
        yield rf"\DeclareUnicodeCharacter{{{ord(char):04X}}}{{{_sign(char)}}}"


def _visible(words: str) -> str:
    """Put a text on one line, and what cannot be seen by its code."""
    composed = unicodedata.normalize("NFC", " ".join(words.split()))
    return "".join(map(_seen, composed))


def _seen(char: str) -> str:
    return _code(char) if unicodedata.category(char) in _UNSEEN else char


def _code(char: str) -> str:
    return f"[U+{ord(char):04X}]"


def _name_part(part: str) -> str:
    return rf"\mathit{{{part}}}" if part.isascii() else rf"\textit{{{part}}}"


def _sign(char: str) -> str:
    return _SIGNS.get(char) or _greek(char) or _composed(char) or rf"\texttt{{{_code(char)}}}"


def _greek(char: str) -> str:
    lower = char.lower()
    place = ord(lower[0]) - ord("α")  # noqa: RUF001
    if not 0 <= place < len(_GREEK):
        return ""
    letter = _GREEK[place]
    if char == lower:
        return rf"\ensuremath{{{letter if letter == 'o' else chr(92) + letter}}}"
    latin = unicodedata.name(char).rpartition(" ")[2][0]
    return rf"\ensuremath{{\{letter.title()}}}" if letter in _GREEK_CAPITALS else latin


def _composed(char: str) -> str:
    """Put a character together from simpler ones: a letter and its accent, a raised figure."""
    kind, _, rest = unicodedata.decomposition(char).rpartition("> ")
    base, *marks = (chr(int(code, 16)) for code in rest.split()) if rest else ("",)
    if not kind and marks:
        letter = base if base.isascii() else _greek(base) or _composed(base)
        accent = _ACCENTS.get(ord(marks[0]))
        # TeX puts one accent on a letter: the first is kept.
        return letter if "{" in letter or not (letter and accent) else rf"\{accent}{{{letter}}}"
    plain = _plain(unicodedata.normalize("NFKD", char))
    if plain and kind in ("<super", "<sub"):
        return rf"\ensuremath{{{'^' if kind == '<super' else '_'}{{\text{{{plain}}}}}}}"
    return plain


def _plain(letters: Iterable[str]) -> str:
    known = (_IN_TEXT.get(char, char) if char.isprintable() else "" for char in letters)
    plain = "".join("/" if char == "⁄" else char for char in known)  # noqa: RUF001
    return plain if plain.isascii() else ""
