"""Words of a message that are a name of the formulation, mistyped: "lbour", "tabels"."""

import re

from solvitur.agents.chat.hearing.saying import Saying
from solvitur.agents.chat.hearing.vocabulary import Vocabulary, stems
from solvitur.formulation.words.measures import name_of

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 5
"""Letters of a word that is mended; of fewer, too many others are close."""
_LONG = 7
"""Letters from which a wrong letter, or two slips, are mended too."""


def mended(said: Saying, known: Vocabulary) -> tuple[Saying, tuple[str, ...]]:
    """Give the message with mistyped names mended, and what was taken for what.

    A short word is mended where a letter is missing, is too many, or two changed places; a longer
    one also where a letter is another. Two names that are as close leave it as it is.
    """
    names = _names(known)
    strange = {w for w in said.content if w not in known.known and not name_of(w)}
    text, notes = said.text, []
    for word in dict.fromkeys(_WORD.findall(said.text)):
        if len(word) < _SHORTEST or not strange.intersection(stems(word)):
            continue
        meant = _closest(word.lower(), names)
        if meant is not None:
            text = re.sub(rf"\b{word}\b", meant, text)
            notes.append(f'"{word}" is read as "{meant}"')
    return said.part(text), tuple(notes)


def _names(known: Vocabulary) -> tuple[str, ...]:
    """Give the words of names and elements."""
    labels = [place.label for place in known.places]
    labels += [entry.label for entry in known.entries]
    found = _WORD.findall(" ".join(labels).lower().replace("_", " "))
    return tuple(dict.fromkeys(word for word in found if len(word) >= _SHORTEST - 1))


def _closest(word: str, names: tuple[str, ...]) -> str | None:
    near = [
        (min(_slips(word, name), _slips(word, f"{name}s")), name)
        for name in names
        if name[0] == word[0]
    ]
    most = 2 if len(word) >= _LONG else 1
    found = [(slips, name) for slips, name in near if slips <= most]
    best = [name for slips, name in found if slips == min(found)[0]]
    return best[0] if best and len({stems(name) for name in best}) == 1 else None


def _slips(word: str, name: str) -> int:
    """Count letters missing, too many, and in each other's place; a wrong one only in long words.

    Example:
        >>> _slips("lbour", "labour"), _slips("tabels", "tables"), _slips("wools", "woods")
        (1, 1, 2)
        >>> _slips("transprot", "transport"), _slips("shiqment", "shipment")
        (1, 1)
    """
    wrong = 1 if len(word) >= _LONG else 2
    rows = [list(range(len(name) + 1))]
    for i, one in enumerate(word, start=1):
        row = [i]
        for j, other in enumerate(name, start=1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + wrong * (one != other))
            if i > 1 and j > 1 and one == name[j - 2] and word[i - 2] == other:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
