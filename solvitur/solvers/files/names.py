"""Names that LP and MPS files take, and which entry of the formulation each stands for."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

SUFFIXES = (".lp", ".mps", ".lp.gz", ".mps.gz")
"""How the names of these files end."""
LONGEST = 200
"""Characters of a name; most programs read up to 255."""

_WORDS = frozenset(
    re.findall(
        r"\w+",
        "st subject to such that min minimize minimise minimum max maximize maximise maximum bound "
        "bounds general generals gen integer integers int binary binaries bin semi sec sin sos "
        "sos1 sos2 free inf infinity nan end obj rhs range ranges rows columns name endata rhs_v",
    )
)
_NOTE = re.compile(r"[\\*] (?P<name>[A-Za-z_]\w*) = (?P<label>\S.*)", re.ASCII)


def is_program_file(name: str) -> bool:
    """Whether a file is an LP or MPS file by its name.

    Example:
        >>> is_program_file("plan.MPS.gz"), is_program_file("plan.json")
        (True, False)
    """
    return name.lower().endswith(SUFFIXES)


def legal_names(labels: Iterable[str]) -> list[str]:
    """Give each label a name that every reader of LP and MPS files takes, no two the same.

    Letters, digits and ``_``; none that reads as a number or as a word of the format.

    Example:
        >>> legal_names(["x[chair, 2]", "x[chair 2]", "x[chair_2]", "e10", "free", "été"])
        ['x_chair_2', 'x_chair_2_2', 'x_chair_2_3', '_e10', '_free', '_ete']
    """
    taken: set[str] = set()
    counts: dict[str, int] = {}
    names = []
    for label in labels:
        plain = _plain(label)
        name = plain
        while name.casefold() in taken:
            counts[plain] = counts.get(plain, 1) + 1
            name = f"{plain}_{counts[plain]}"
        taken.add(name.casefold())
        names.append(name)
    return names


def notes(mark: str, names: Sequence[str], labels: Sequence[str]) -> Iterator[str]:
    r"""Say in comment lines what each name stands for, where it is not the label itself.

    Example:
        >>> print(*notes("\\", ["x_chair", "y"], ["x[chair]", "y"]))
        \ x_chair = x[chair]
    """
    for name, label in zip(names, labels, strict=True):
        if name != label:
            yield f"{mark} {name} = {label if label.isprintable() else json.dumps(label)}"


def read_notes(text: str) -> dict[str, str]:
    """Find what names stand for in the comment lines that a file begins with."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith(("\\", "*")):
            break
        note = _NOTE.fullmatch(line)
        if note:
            found[note["name"]] = note["label"]
    return found


def _plain(label: str) -> str:
    letters = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    plain = re.sub(r"\W+", "_", letters, flags=re.ASCII).strip("_")[:LONGEST]
    # A name that begins with e may be read as the exponent of the number before it.
    if not plain or plain[0] in "0123456789eE" or plain.lower() in _WORDS:
        return f"_{plain}"
    return plain
