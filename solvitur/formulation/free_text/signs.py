r"""Signs of mathematical text: LaTeX, Unicode and Markdown put into plain ones, and taken apart."""

# ruff: noqa: RUF001  # the ambiguous signs are what this is about

import re
from collections.abc import Iterator
from dataclasses import dataclass

NUMBER = (
    r"(?:[-+] ?)?(?:\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?:[eE][-+]?\d+)?%?"
)
"""Pattern of a number as people write it: ``1,000``, ``-2.5e3``, ``5%``; see `number`."""

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("≤⩽≦", "<="),
        **dict.fromkeys("≥⩾≧", ">="),
        **dict.fromkeys("×·⋅∙∗•", "*"),
        **dict.fromkeys("−–—‐‑", "-"),
        **dict.fromkeys("\u00a0\u2009\u200a\u202f\u2003\u2002\t", " "),
        **dict.fromkeys("\u200b\ufeff\u2060$`", ""),
        **dict.fromkeys("“”„", '"'),
        **{chr(0x2080 + digit): f"_{digit}" for digit in range(10)},
        "≠": "!=", "÷": "/", "²": "^2", "³": "^3", "∈": " in ", "∉": " not in ",
        "∀": " for all ", "∑": " sum ", "Σ": " sum ", "∏": " prod ", "∞": " inf ", "…": "...",
        "ᵢ": "_i", "ⱼ": "_j", "ₖ": "_k", "ₜ": "_t", "ₙ": "_n", "ₘ": "_m", "ₚ": "_p", "ₛ": "_s",
    }
)  # fmt: skip
"""Unicode signs, and the plain ones they stand for."""

_COMMANDS = {
    **dict.fromkeys(("le", "leq", "leqslant"), " <= "),
    **dict.fromkeys(("ge", "geq", "geqslant"), " >= "),
    **dict.fromkeys(("ne", "neq"), " != "),
    **dict.fromkeys(("cdot", "times", "ast"), " * "),
    **dict.fromkeys(("dots", "ldots", "cdots"), "..."),
    **dict.fromkeys(("mid", "colon"), " : "),
    **dict.fromkeys(("left", "right", "big", "bigl", "bigr", "quad", "qquad", "limits"), " "),
    "lt": " < ", "gt": " > ", "div": " / ", "forall": " for all ", "infty": " inf ",
    "lbrace": "{", "rbrace": "}", "tfrac": " frac ", "dfrac": " frac ",
}  # fmt: skip
r"""LaTeX commands, and what they stand for; any other ``\name`` is the word ``name``."""

_REWRITES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<!\\)\\{2,}(?=[A-Za-z{}()\[\],;:!%_$&])"), r"\\"),
    (re.compile(r"\\mathbb\s*\{?Z\}?"), "ℤ"),
    (re.compile(r"\\mathbb\s*\{?N\}?"), "ℕ"),
    (re.compile(r"\\mathbb\s*\{?R\}?"), "ℝ"),
    (re.compile(r"\\(?:text|textbf|textit|mathrm|mathbf|mathit|mathcal|boldsymbol|operatorname)"
                r"\s*\{([^{}]*)\}"), r"\1"),
    (re.compile(r"\\[()\[\],;:!\\& ]|\\$"), " "),
    (re.compile(r"\\([{}_%#])"), r"\1"),
    (re.compile(r"(?<![\w)\]*])\*\*(?=[^\s*])([^*]*)(?<=\S)\*\*(?!\w)"), r"\1"),
)  # fmt: skip
"""Patterns, in the order they are replaced in, each linear in the length of the text."""


def plain(text: str) -> str:
    r"""Put LaTeX and Unicode signs into plain ones; take Markdown's bold away.

    Example:
        >>> plain(r"**Land:** $\sum_{i \in I} x_i \leq 4·\text{area}$")
        'Land: sum _{i in I} x_i <= 4*area'
    """
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    text = re.sub(r"\\([A-Za-z]+)", lambda found: _COMMANDS.get(found[1], f" {found[1]} "), text)
    return re.sub(r"\s+", " ", text.translate(_SIGNS))


def number(written: str) -> float:
    """Give the value of what matches `NUMBER`.

    Example:
        >>> number("- 1,000"), number("5%")
        (-1000.0, 0.05)
    """
    value = float(re.sub(r"[,\s%]", "", written))
    return value / 100 if written.endswith("%") else value


@dataclass(frozen=True)
class Token:
    """A piece of text: a number, a word, a quoted text, or a sign."""

    kind: str
    text: str
    start: int


_SHAPES = (
    r"(?P<number>{number}(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<word>[^\W\d_](?:\w*[^\W_])?)"
    r"|(?P<quoted>\"[^\"]*\"|'[^']*')"
    r"|(?P<sign><=|>=|==|!=|\*\*|\.\.\.|\.\.|\S)"
)
_INSIDE = re.compile(_SHAPES.replace("{number}", r"\d+"))
_OUTSIDE = re.compile(_SHAPES.replace("{number}", r"(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)"))


def tokens(text: str) -> list[Token]:
    """Take text apart. Outside brackets ``1,000`` is one number, inside it is two."""
    found: list[Token] = []
    place, depth = 0, 0
    while match := (_INSIDE if depth > 0 else _OUTSIDE).search(text, place):
        place = match.end()
        kind, piece = str(match.lastgroup), match.group()
        depth += (piece in "([{") - (piece in ")]}") if kind == "sign" else 0
        piece = piece.replace(",", "") if kind == "number" else piece
        found.append(Token(kind, piece, match.start()))
    return found


_CUTS = re.compile(r"[()\[\]{}]|(?<!\d),|,(?!\d{3}(?!\d))|;|:(?!=)|//|\bwhere\b")


def clauses(text: str, cuts: str = ",;:(//where") -> Iterator[tuple[str, str]]:
    """Cut text at the punctuation outside brackets; give what opened each clause, and the clause.

    With ``(`` among the cuts, a bracket after a space opens a clause of its own; one right after
    a word belongs to it.

    Example:
        >>> list(clauses("wood = 1,200 kg (in stock): f(a, b), c[A, 1]"))
        [('', 'wood = 1,200 kg'), ('(', 'in stock'), (':', 'f(a, b)'), (',', 'c[A, 1]')]
    """
    start, opener = 0, ""
    depth = 0
    for found in _CUTS.finditer(text):
        sign, spaced = found[0], text[found.start() - 1 : found.start()].isspace()
        aside = sign in "()" and "(" in cuts and (spaced or sign == ")")
        if depth > 0 or (sign in "([{)]}" and not aside):
            depth += (sign in "([{") - (sign in ")]}")
            continue
        if sign not in cuts and not aside:
            continue
        if clause := text[start : found.start()].strip():
            yield opener, clause
        opener = sign if sign != ")" else ""
        start = found.end()
    if clause := text[start:].strip():
        yield opener, clause
