"""What a model of the settings has around it."""

import asyncio
from pathlib import Path

import pytest

from solvitur.cli.wiring import connected
from solvitur.config import Settings
from solvitur.errors import BudgetExceeded
from solvitur.llm import Message, Request, Usage

REQUEST = Request(messages=(Message.user("Is it?"),))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "replies.json"
    file.write_text('["yes"]')
    return Settings(model=f"scripted:{file}", max_cost=1.0)


def test_what_was_paid_before_counts_towards_the_limit(settings: Settings) -> None:
    model = connected(settings, used=Usage(prompt_tokens=9, cost=1.2))

    with pytest.raises(BudgetExceeded, match=r"limit of 1\.0 US dollars is reached"):
        asyncio.run(model.reply(REQUEST))


def test_with_nothing_paid_before_it_is_asked(settings: Settings) -> None:
    assert asyncio.run(connected(settings).reply(REQUEST)).text == "yes"
