"""A carpenter's numbers, and what is known of them."""

from solvitur.agents.stepwise.known import Known
from solvitur.agents.stepwise.sketch import Row
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.quantities import Quantity

OAK = Row(name="oak", values={"chairs": 3, "desks": 7})


PROFIT = Row(name="profit", values={"chairs": 30, "desks": 80})


COST = Row(name="cost", values={"chairs": 20, "desks": 50})


ROWS = ("oak", "profit", "cost")


GRAMS = Row(name="oak", values={"chairs": 500, "desks": 700})


MADE = "Chairs take 3 kg of oak and earn $30, desks 7 kg and $80; they cost $20 and $50."


def known(words: str, *rows: Row, decisions: tuple[str, ...] = ("chairs", "desks")) -> Known:
    return Known(Reading(words), decisions, rows)


def texts(numbers: list[Quantity]) -> list[str]:
    return [number.text for number in numbers]
