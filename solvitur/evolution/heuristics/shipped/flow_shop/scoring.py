"""Instances of the permutation flow shop, and the makespan of a sequence."""

from typing import Any

import numpy as np

from solvitur.errors import InvalidSolution
from solvitur.evolution.heuristics.problem import Instance, excess

aggregate = excess

_TAILLARD = {
    (20, 5): (
        (873654221, 1278),
        (379008056, 1359),
        (1866992158, 1081),
        (216771124, 1293),
        (495070989, 1236),
        (402959317, 1195),
        (1369363414, 1239),
        (2021925980, 1206),
        (573109518, 1230),
        (88325120, 1108),
    ),
    (20, 10): (
        (587595453, 1582),
        (1401007982, 1659),
        (873136276, 1496),
        (268827376, 1378),
        (1634173168, 1419),
        (691823909, 1397),
        (73807235, 1484),
        (1273398721, 1538),
        (2065119309, 1593),
        (1672900551, 1591),
    ),
    (20, 20): (
        (479340445, 2297),
        (268827376, 2100),
        (1958948863, 2326),
        (918272953, 2223),
        (555010963, 2291),
        (2010851491, 2226),
        (1519833303, 2273),
        (1748670931, 2200),
        (1923497586, 2237),
        (1829909967, 2178),
    ),
    (50, 10): (
        (1958948863, 3025),
        (575633267, 2892),
        (655816003, 2864),
        (1977864101, 3064),
        (93805469, 2986),
        (1803345551, 3006),
        (49612559, 3107),
        (1899802599, 3039),
        (2013025619, 2902),
        (578962478, 3091),
    ),
    (50, 20): (
        (1539989115, 3875),
        (691823909, 3715),
        (655816003, 3668),
        (1315102446, 3752),
        (1949668355, 3635),
        (1923497586, 3698),
        (1805594913, 3716),
        (1861070898, 3709),
        (715643788, 3765),
        (464843328, 3777),
    ),
    (100, 10): (
        (1539989115, 5770),
        (655816003, 5349),
        (960914243, 5677),
        (1915696806, 5791),
        (2013025619, 5468),
        (1168140026, 5303),
        (1923497586, 5599),
        (167698528, 5623),
        (1528387973, 5875),
        (993794175, 5845),
    ),
}
"""By jobs and machines: what an instance is drawn from, and the least makespan known of it.

Published with E. Taillard, Benchmarks for basic scheduling problems, EJOR 64 (1993) 278-285.
"""


def taillard(jobs: int, machines: int) -> tuple[Instance, ...]:
    """Draw the ten published instances of a size."""
    return tuple(
        Instance(
            f"Taillard, {jobs} jobs, {machines} machines, number {number}",
            {"times": drawn(seed, jobs, machines)},
            float(best),
        )
        for number, (seed, best) in enumerate(_TAILLARD[jobs, machines], start=1)
    )


def drawn(seed: int, jobs: int, machines: int) -> list[list[int]]:
    """Draw times from 1 to 99, job by job for the first machine, then for the next."""
    times = [[0] * machines for _ in range(jobs)]
    for machine in range(machines):
        for job in range(jobs):
            seed = 16_807 * seed % (2**31 - 1)
            times[job][machine] = 1 + seed * 99 // (2**31 - 1)
    return times


def instances() -> tuple[Instance, ...]:
    """Give what the search sees: half of the instances of 50 jobs and 10 machines."""
    return taillard(50, 10)[:5]


def held_out() -> dict[str, tuple[Instance, ...]]:
    """Give the other half, and instances of other sizes."""
    return {
        "50 jobs, 10 machines": taillard(50, 10)[5:],
        "20 jobs, 5 machines": taillard(20, 5),
        "20 jobs, 20 machines": taillard(20, 20),
        "50 jobs, 20 machines": taillard(50, 20),
        "100 jobs, 10 machines": taillard(100, 10),
    }


def score(data: dict[str, Any], sequence: Any) -> float:
    """Give the makespan of a sequence that has each job once."""
    times = np.array(data["times"])
    if not isinstance(sequence, list):
        raise InvalidSolution("the sequence is not a list of jobs")
    seen = [False] * len(times)
    for job in sequence:
        if type(job) is not int or not 0 <= job < len(times):
            raise InvalidSolution(f"there is no job {job!r:.40}: they are 0 to {len(times) - 1}")
        if seen[job]:
            raise InvalidSolution(f"the sequence has job {job} twice")
        seen[job] = True
    if not all(seen):
        raise InvalidSolution(f"the sequence does not have job {seen.index(False)}")
    free = [0] * times.shape[1]
    for job in sequence:
        ready = 0
        for machine, time in enumerate(data["times"][job]):
            ready = max(ready, free[machine]) + time
            free[machine] = ready
    return float(free[-1])
