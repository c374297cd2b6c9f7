"""Searching among candidates of any kind: the loop, and each thing that chooses.

A candidate that was evaluated is a `Member`; smaller scores are better. Everything that chooses is
a protocol with one small class a way of doing it: who becomes a parent (`Selection`), who survives
(`Archive`), who is new (`Novelty`), who is tried further (`Racing`), what is done next (`Bandit`).
All chance comes from the `random.Random` that is handed in.
"""

from solvitur.search.archive import Archive, Elites, Islands
from solvitur.search.bandit import Bandit, ByYield
from solvitur.search.cache import evaluation_key, normalised, program_key
from solvitur.search.loop import Searcher, pursue
from solvitur.search.member import Member, best_first
from solvitur.search.novelty import ByBehaviour, Novelty
from solvitur.search.population import Admission, Population
from solvitur.search.racing import Halving, Racing, RankTest, Whole, signed_rank
from solvitur.search.selection import RankWeighted, Selection, Tournament

__all__ = [
    "Admission",
    "Archive",
    "Bandit",
    "ByBehaviour",
    "ByYield",
    "Elites",
    "Halving",
    "Islands",
    "Member",
    "Novelty",
    "Population",
    "Racing",
    "RankTest",
    "RankWeighted",
    "Searcher",
    "Selection",
    "Tournament",
    "Whole",
    "best_first",
    "evaluation_key",
    "normalised",
    "program_key",
    "pursue",
    "signed_rank",
]
