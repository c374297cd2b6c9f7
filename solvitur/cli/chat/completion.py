"""What may stand at the end of what is being typed: commands, their arguments, names, files."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from solvitur.cli.chat.commands import places, registry

if TYPE_CHECKING:
    from solvitur.cli.chat.session import Session
    from solvitur.formulation import Formulation

_WORD = re.compile(r"\S*\Z")
_A_PATH = ("./", "../", "~/", "/")


def offered(typed: str, session: "Session | None") -> Iterator[tuple[str, int]]:
    """Give what may stand at the end of a text, each with how many characters it replaces.

    Args:
        typed: What stands before the cursor.
        session: The conversation; there is none yet while it is being opened.
    """
    if registry.is_command(typed) or typed == registry.MARK:
        rest = typed.partition(" ")[2].lstrip()
        if " " not in typed:
            rest = typed
        if session is not None or " " not in typed:
            for word in registry.complete(typed, session):  # type: ignore[arg-type]
                yield word, len(rest)
        return
    word = _WORD.search(typed)[0]  # type: ignore[index]
    if not word:
        return
    if word.startswith(_A_PATH):
        for path in places.offered(word):
            yield path, len(word)
        return
    state = None if session is None else session.talk.state
    five = None if state is None else state.proposal or state.formulation
    for name in () if five is None else _names(five):
        if name.startswith(word) and name != word:
            yield name, len(word)


def _names(five: "Formulation") -> Iterable[str]:
    elements = (five.sets, five.parameters, five.variables, five.constraints)
    return dict.fromkeys(element.name for kind in elements for element in kind)
