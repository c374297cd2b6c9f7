import io
import os
import sys
from typing import Any

import pexpect
import pytest
from rich.console import Console

from solvitur.runs import Progress


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Shown:
    """A progress without a terminal, its clock, and what it said."""

    def __init__(self, total: int | None = 10, **how: Any) -> None:
        self._file = io.StringIO()
        self.clock = Clock()
        console = Console(file=self._file, width=200)
        tallies = how.pop("tallies", ["right", "wrong"])
        self.progress = Progress(total, tallies, console=console, clock=self.clock, **how)

    @property
    def lines(self) -> list[str]:
        return self._file.getvalue().splitlines()


def test_lines_come_now_and_then_and_at_the_end() -> None:
    shown = Shown(6000)
    with shown.progress as progress:
        for _ in range(6000):
            shown.clock.now += 1 / 512
            progress.add("right")
    assert shown.lines == [
        "2,560 of 6,000: 2,560 right, 0 wrong; 512.0/s, 0:00:07 left",
        "5,120 of 6,000: 5,120 right, 0 wrong; 512.0/s, 0:00:02 left",
        "6,000 of 6,000: 6,000 right, 0 wrong; 0:00:12",
    ]


def test_what_was_done_before_counts_but_not_as_speed() -> None:
    shown = Shown(100, before={"right": 80, "odd": 9})
    with shown.progress as progress:
        shown.clock.now = 10.0
        progress.add("wrong")
    assert shown.lines[0] == "90 of 100: 80 right, 1 wrong, 9 odd; 6.0/min, 0:01:40 left"
    assert progress.done == 90


def test_many_things_are_counted_at_once_and_what_is_noted_is_shown() -> None:
    shown = Shown(1000, tallies=["tokens"])
    with shown.progress as progress:
        shown.clock.now = 10.0
        progress.note = "loss 1.25"
        progress.add("tokens", count=500)
    assert shown.lines == [
        "500 of 1,000: 500 tokens; 50.0/s, loss 1.25, 0:00:10 left",
        "500 of 1,000: 500 tokens; 0:00:10",
    ]


def test_the_cost_is_the_last_that_was_told() -> None:
    shown = Shown()
    with shown.progress as progress:
        progress.add("right", cost=0.5)
        progress.add("right", cost=1.25)
        progress.add("right")
    assert shown.lines == ["3 of 10: 3 right, 0 wrong; 1.25 USD, 0:00:00"]


def test_where_nobody_knows_how_many_there_are_nothing_is_foretold() -> None:
    shown = Shown(None)
    with shown.progress as progress:
        shown.clock.now = 5.0
        progress.add("right")
    assert shown.lines == ["1: 1 right, 0 wrong; 12.0/min", "1: 1 right, 0 wrong; 0:00:05"]


def test_what_ends_in_an_error_says_how_far_it_was() -> None:
    shown = Shown()

    def fail() -> None:
        with shown.progress as progress:
            progress.add("wrong")
            raise ValueError("odd")

    with pytest.raises(ValueError, match="odd"):
        fail()
    assert shown.lines == ["1 of 10: 0 right, 1 wrong; 0:00:00"]


def test_who_is_quiet_says_nothing() -> None:
    shown = Shown(is_quiet=True)
    with shown.progress as progress:
        shown.clock.now = 60.0
        progress.add("right")
    assert shown.lines == []
    assert progress.tallies == {"right": 1, "wrong": 0}


def test_a_terminal_that_is_dumb_gets_lines() -> None:
    file = io.StringIO()
    console = Console(file=file, width=200, force_terminal=True, _environ={"TERM": "dumb"})
    with Progress(10, ["right"], console=console, clock=Clock()) as progress:
        progress.add("right")
    assert file.getvalue() == "1 of 10: 1 right; 0:00:00\n"


LIVE = """
import sys
from solvitur.runs import Progress
with Progress(1000, ["right", "wrong"]) as progress:
    for number in range(300):
        progress.add("right" if number % 3 else "wrong", cost=number / 100)
    sys.stdin.readline()
"""


def test_a_terminal_has_a_live_view_and_keeps_its_last_words() -> None:
    environment = {**os.environ, "TERM": "xterm", "PYTHONPATH": os.pathsep.join(sys.path)}
    with pexpect.spawn(
        sys.executable,
        ["-c", LIVE],
        env=environment,  # type: ignore[arg-type]
        encoding="utf-8",
        dimensions=(24, 120),
        timeout=60,
    ) as run:
        run.expect(r"━.*300 of 1,000: 200 right, 100 wrong; .*/s, 2\.99 USD, .* left")
        run.sendline()
        run.expect(r"\x1b\[2K.*300 of 1,000: 200 right, 100 wrong; 2\.99 USD, 0:00:\d\d\r\n")
        run.expect(pexpect.EOF)
        assert run.wait() == 0
