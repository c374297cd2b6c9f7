"""Questions to the solver: solve it, what if, why, what one more is worth, and what was before."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from solvitur.cli.chat.commands.theme import Theme
from solvitur.errors import ConfigError

if TYPE_CHECKING:
    from solvitur.agents.chat.state import Response

_SECONDS = 20.0
"""For finding out what one more is worth, where no limit is set."""


class Asking(Theme):
    """What the solver is asked; no language model is needed, but for a what-if in words."""

    async def solve(self, rest: str) -> "Response":
        """Solve the five elements, also when nothing has changed.

        /solve

        While a proposal waits for a yes, this is the yes.
        """
        return await self.session.talk.solve()

    async def whatif(self, rest: str) -> "Response":
        """Solve with other numbers, say what becomes of it, and keep what there is.

        /whatif NAME=VALUE ...|WORDS

        /whatif labour=30
        /whatif profit[chair] += 10 % wood=50
        /whatif x[chair] <= 5
        /whatif steel costs 5 more
        Names and values are as behind /set. In words it is the language model that reads it.
        """
        from solvitur.agents.chat.edits.edits import edited
        from solvitur.cli.chat.commands.assignments import (
            edits_of,
            has_sign,
            read_assignments,
            what_is_wrong,
        )
        from solvitur.cli.chat.commands.naming import spelt, words_in

        if not rest:
            raise ConfigError("say what should be otherwise, such as /whatif labour=30")
        talk = self.session.talk
        meant = spelt(rest, words_in(self.session.instance()))
        assignments = read_assignments(meant)
        if assignments is None and (has_sign(meant) or not any(map(str.isalpha, rest))):
            raise ConfigError(what_is_wrong(meant))
        if assignments is None:
            return await talk.say(f"What if {rest.rstrip('?')}?")
        five = self.formulation()
        edits = [edit for each in assignments for edit in edits_of(each, five, talk.data)]
        words = f"what if {', '.join(map(str, assignments))}?"
        return await talk.try_out(edited(five, edits, talk.data), words)

    def _complete_whatif(self, typed: str) -> list[str]:
        from solvitur.cli.chat.commands.assignments import offered

        return offered(typed, self.session)

    async def why(self, rest: str) -> None:
        """Say why the answer is what it is: what limits it, or what contradicts itself.

        /why [ELEMENT]

        With the name of a constraint or of a variable, or of one entry, it is about that.
        """
        from solvitur.agents.telling.why import told_why

        answer = self.session.talk.state.answer
        if answer is None:
            raise self.lacking("answer", "/solve gives one")
        words = await asyncio.to_thread(told_why, answer, rest or None, self.session.talk.data)
        self.session.screen.say(words)

    def _complete_why(self, typed: str) -> list[str]:
        from solvitur.cli.chat.commands.assignments import offered

        return offered(typed, self.session, has_parameters=False)

    async def sensitivity(self, rest: str) -> None:
        """Say what one more unit of each limit is worth, and how far the plan holds.

        /sensitivity
        """
        from solvitur.solvers import sensitivity

        talk, five = self.session.talk, self.formulation()
        options = talk.effort.options
        told = replace(options, time_limit=options.time_limit or _SECONDS, log_file=None)
        found = await asyncio.to_thread(sensitivity, five, told, talk.data)
        self.session.screen.say(str(found))

    async def compare(self, rest: str) -> None:
        """Put two answers side by side: the objective, the decisions, what was changed.

        /compare [TURN]

        The last answer is compared with the one before it, or with that of a turn; /history has
        the numbers. A * marks what is otherwise.
        """
        from solvitur.cli.chat.commands import comparing

        talk = self.session.talk
        first, second = comparing.chosen(talk.turns, rest)
        answers = comparing.answers_in(talk.turns)
        before, after = answers[first], answers[second]
        words = await asyncio.to_thread(comparing.summary, before, after, talk.data)
        titles = ("", f"turn {first}", f"turn {second}")
        self.session.screen.table(titles, list(comparing.rows(before, after)))
        self.session.screen.say("\n".join(words))

    def _complete_compare(self, typed: str) -> list[str]:
        from solvitur.cli.chat.commands import comparing

        return [str(number) for number in comparing.answers_in(self.session.talk.turns)]
