"""The five elements and the options, changed by hand."""

import asyncio
from typing import TYPE_CHECKING

from solvitur.cli.chat.commands.theme import Theme
from solvitur.errors import ConfigError

if TYPE_CHECKING:
    from solvitur.agents.chat.state import Response
    from solvitur.cli.chat.commands.assignments import Assignment
    from solvitur.cli.chat.commands.editor import Form

OPTIONS = ("time_limit", "gap", "threads", "seed", "max_rounds")
"""The settings that ``/set`` knows."""


class Changing(Theme):
    """What is changed by hand; no language model is asked."""

    async def edit(self, rest: str) -> "Response | None":
        """Change the five elements in your editor, and solve them.

        /edit [md|json]

        The editor is $VISUAL or $EDITOR. What does not check comes back with the reason on top;
        an empty file changes nothing. What you typed is kept until it is taken.
        """
        from solvitur.cli.chat.commands.editor import FORMS, Draft, open_in_editor

        form = rest.lower() or "md"
        if form not in FORMS:
            raise ConfigError(f"there is no form {rest!r}; there are: {', '.join(FORMS)}")
        if not self.session.screen.is_terminal:
            raise ConfigError("an editor needs a terminal; use /set NAME VALUE, or /load FILE")
        chosen: Form = "md" if form == "md" else "json"
        talk = self.session.talk
        draft = Draft(talk.folder, chosen, talk.data)
        if draft.path.exists():
            self.session.screen.note("This is the text that you left; empty it to begin anew.")
        edited = await asyncio.to_thread(draft.edit, self.formulation(), open_in_editor)
        if edited.formulation is None:
            self.session.screen.note(edited.words)
            return None
        try:
            response: Response = await talk.change(edited.formulation, f"/edit {form}")
        finally:
            draft.done()
        return response

    def _complete_edit(self, typed: str) -> list[str]:
        from solvitur.cli.chat.commands.editor import FORMS

        return list(FORMS)

    async def set(self, rest: str) -> "Response | None":
        """Give a parameter, a bound, a limit or an option another value.

        /set NAME VALUE

        /set labour 30            a parameter, or the number on the constant side of a constraint
        /set profit[chair] += 5   one entry; -= and *= do as well, and += 10 %
        /set wood 60              one entry by its key alone, where only one has it
        /set profit *= 1.1        every entry
        /set x[chair] <= 5        a bound; <= none takes it away
        /set x[chair] == 5        both bounds; == none frees it again
        /set time_limit 60        an option: time_limit, gap, threads, seed or max_rounds
        /set                      shows the options
        """
        from solvitur.agents.chat.edits.edits import edited
        from solvitur.cli.chat.commands.assignments import (
            edits_of,
            read_assignments,
            what_is_wrong,
        )
        from solvitur.cli.chat.commands.naming import spelt, words_in

        talk = self.session.talk
        if not rest:
            self._show_options()
            return None
        meant = spelt(rest, [*OPTIONS, *words_in(self.session.instance())])
        assignments = read_assignments(meant)
        if assignments is None:
            raise ConfigError(what_is_wrong(meant))
        if len(assignments) == 1 and self._is_option(assignments[0]):
            self._set_option(assignments[0])
            return None
        five = self.formulation()
        edits = [edit for each in assignments for edit in edits_of(each, five, talk.data)]
        return await talk.change(edited(five, edits, talk.data), f"/set {rest}")

    def _complete_set(self, typed: str) -> list[str]:
        from solvitur.cli.chat.commands.assignments import offered

        return [*offered(typed, self.session), *OPTIONS]

    def _is_option(self, assignment: "Assignment") -> bool:
        """Whether an option is meant; what the formulation declares goes first."""
        from solvitur.cli.chat.commands.naming import names_in

        if assignment.name not in OPTIONS or assignment.sign not in ("", "="):
            return False
        state = self.session.talk.state
        five = state.proposal or state.formulation
        return five is None or assignment.name not in names_in(five, self.session.talk.data)

    def _set_option(self, assignment: "Assignment") -> None:
        value = None if assignment.value == "none" else assignment.value
        self.session.use(**{assignment.name: value})
        self.session.screen.note(f"{assignment.name} = {assignment.value}")

    def _show_options(self) -> None:
        settings = self.session.settings
        rows = [(name, _shown(getattr(settings, name))) for name in OPTIONS]
        self.session.screen.table(("", ""), rows)

    async def undo(self, rest: str) -> "Response":
        """Take back what was changed last, with all that was said since.

        /undo

        /fork first keeps both ways.
        """
        return await self.session.talk.undo()


def _shown(value: object) -> str:
    return "none" if value is None else f"{value}"
