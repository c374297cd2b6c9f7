"""Packs things in the order of their priority; runs in the sandbox."""


def solve(heuristic, instance):
    """Give the numbers of the things that are packed."""
    things, room = instance["things"], instance["room"]
    order = sorted(range(len(things)), key=lambda number: -heuristic(*things[number]))
    packed = []
    for number in order:
        if things[number][1] <= room:
            room -= things[number][1]
            packed.append(number)
    return packed
