"""Whether a text is in a language that its words can be checked in, which is English alone."""

import re

from solvitur.formulation.words.numerals import words

_ENGLISH = words(
    "a an the of and or to in is are be for with from that this it at each we he she they you "
    "must can has have how many much more than not no by on as per all"
)
_FOREIGN = words(
    "der das und ist ein eine einen einem einer wir sie für mit von zu nicht kann können muss "
    "müssen soll sollen werden wird viele mindestens höchstens jeder jede jedes auf im "
    "les des du une est et pour avec nous il elle ils doit doivent peut peuvent combien chaque "
    "moins plus dans sur au aux "
    "el los las y para con por cada debe deben puede pueden cuántos cuántas menos más del al se "
    "gli della delle dei ogni deve devono può possono quanti quante almeno meno più di che "
    "het een en van voor met niet moet moeten kunnen elke minstens hoogstens "
    "os uma com não pode quantos quantas mínimo máximo ao pelo "
    "och är att som inte för med jest oraz nie"
)
_WORD = re.compile(r"[^\W\d_]+")
_FEWEST = 3
"""Foreign words that it takes, of which a name may be one."""


def is_english(text: str) -> bool:
    """Whether a text can be English: not where small words of other languages outnumber its own.

    Example:
        >>> is_english("A chair takes 3 hours of labour, and at most 40 hours are there.")
        True
        >>> is_english("Ein Stuhl braucht 3 Stunden, und es gibt höchstens 40 Stunden für alle.")
        False
    """
    found = _WORD.findall(text.lower())
    strange = sum(not word.isascii() and not _is_latin(word) for word in found)
    if strange * 2 > len(found):
        return False
    foreign = sum(word in _FOREIGN for word in found)
    return foreign < _FEWEST or foreign <= sum(word in _ENGLISH for word in found)


def _is_latin(word: str) -> bool:
    return all(char < "\u0250" for char in word)


UNCHECKED = (
    "the problem is not in English: whether its limits point the right way, and whether all of "
    "its numbers are used, was not checked against its words"
)
"""What is said of a text that is not English."""
