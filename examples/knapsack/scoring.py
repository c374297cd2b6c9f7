"""Instances of the knapsack problem, and what a packing leaves behind."""

import random

from solvitur.errors import InvalidSolution
from solvitur.evolution.heuristics import Instance, excess

aggregate = excess


def instances():
    """Give what the search sees."""
    return [drawn(40, seed) for seed in range(1, 9)]


def held_out():
    """Give sets that it does not see, by name."""
    return {"200 things": [drawn(200, seed) for seed in range(101, 105)]}


def drawn(count, seed):
    """Draw things of 10 to 100 in value and weight, and room for half of them."""
    numbers = random.Random(seed)
    things = [[float(numbers.randint(10, 100)) for _ in range(2)] for _ in range(count)]
    room = sum(weight for _, weight in things) // 2
    least = sum(value for value, _ in things) - most(things, int(room))
    return Instance(f"{count} things, seed {seed}", {"things": things, "room": room}, least)


def most(things, room):
    """Give the highest value that fits, by dynamic programming."""
    best = [0.0] * (room + 1)
    for value, weight in things:
        for left in range(room, int(weight) - 1, -1):
            best[left] = max(best[left], best[left - int(weight)] + value)
    return best[room]


def score(data, packed):
    """Give the value that is left behind."""
    things = data["things"]
    if not isinstance(packed, list) or any(type(number) is not int for number in packed):
        raise InvalidSolution("it is no list of numbers of things")
    chosen = set(packed)
    if len(chosen) < len(packed) or not chosen <= set(range(len(things))):
        raise InvalidSolution("a thing is packed twice, or there is none of that number")
    if sum(things[number][1] for number in packed) > data["room"]:
        raise InvalidSolution("it does not fit")
    return sum(value for number, (value, _) in enumerate(things) if number not in chosen)
