"""What there is to see: the five elements, the data, the log, what was said and what it cost."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from solvitur.cli.chat.commands.theme import Theme
from solvitur.errors import ConfigError

if TYPE_CHECKING:
    from solvitur.agents.chat.state import Turn
    from solvitur.formulation import Formulation

_MOST_ENTRIES = 40
"""Numbers of one parameter, and elements of one set, that are shown."""
_MOST_LOG = 200
_LONGEST = 72


class Viewing(Theme):
    """What there is, shown and not changed."""

    async def show(self, rest: str) -> None:
        """Show the five elements, as a model, code or LaTeX, their data, or the solver's log.

        /show [model|code|latex|data|log]

        model: the five elements. code: a Pyomo script that runs on its own. latex: a document.
        data: the tables that were given, and the numbers of every set and parameter.
        log: the end of what the solver wrote.
        While a proposal waits for a yes, it is the proposal that is shown.
        """
        views = {
            "model": self._model,
            "code": self._code,
            "latex": self._latex,
            "data": self._data,
            "log": self._log,
        }
        what = rest.lower() or "model"
        begun = [name for name in views if name.startswith(what)]
        if len(begun) != 1:
            raise ConfigError(f"there is no view {rest!r}; there are: {', '.join(views)}")
        views[begun[0]]()

    def _complete_show(self, typed: str) -> list[str]:
        return ["model", "code", "latex", "data", "log"]

    def _model(self) -> None:
        self.session.screen.code(self.formulation().to_markdown().rstrip(), "markdown")

    def _code(self) -> None:
        five = self.formulation()
        self.session.screen.code(five.to_python(self.session.talk.data).rstrip(), "python")

    def _latex(self) -> None:
        self.session.screen.code(self.formulation().to_latex().rstrip(), "latex")

    def _data(self) -> None:
        from solvitur.formulation.tables.data import Data
        from solvitur.formulation.tables.schema import describe

        tables = Data.of(self.session.talk.data)
        blocks = [describe(tables)] if tables else []
        numbers = list(_numbers(self.formulation(), tables))
        self.session.screen.say("\n".join([*blocks, *numbers]) or "There are no data.")

    def _log(self) -> None:
        from solvitur.formulation.printing import first

        file = self.session.log_file
        if file is None or not file.exists():
            raise ConfigError("nothing was solved here yet, so there is no log; /solve does it")
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        ending = first(lines[::-1], _MOST_LOG, f"... {{:,}} more lines above, in {file}")[::-1]
        self.session.screen.say("\n".join(ending))

    async def history(self, rest: str) -> None:
        """List what was said, with what came of it.

        /history

        The numbers are those that /compare takes.
        """
        turns, unfinished = self.session.talk.turns, self.session.talk.unfinished
        if not turns and unfinished is None:
            self.session.screen.say("Nothing is said yet.")
            return
        rows = [(str(n), _line(turn.message.words), _told(turn)) for n, turn in enumerate(turns, 1)]
        if unfinished is not None:
            rows.append(("", _line(unfinished.words), "not done yet"))
        self.session.screen.table(("", "said", "what came of it"), rows)

    async def cost(self, rest: str) -> None:
        """Show what the language model has used up in this conversation.

        /cost
        """
        usage = self.session.talk.usage
        cost = "unknown" if usage.cost is None else f"{usage.cost:.4g} USD"
        limit = self.session.settings.max_cost
        rows = [
            ("model", self.session.settings.model),
            ("tokens", f"{usage.prompt_tokens:,} prompt, {usage.completion_tokens:,} completion"),
            ("of the prompt, known already", _known(usage.cached_tokens)),
            ("cost", cost if limit is None else f"{cost}, of at most {limit:g} USD"),
        ]
        self.session.screen.table(("", ""), rows)


def _told(turn: "Turn") -> str:
    """Say in a few words what came of a turn."""
    from solvitur.solvers.words import amount

    answer = turn.response.answer
    if answer is None:
        failed = turn.response.failed
        return turn.response.kind.value if failed is None else failed.value.replace("_", " ")
    outcome = answer.outcome.value.replace("_", " ")
    if turn.response.is_what_if:
        return f"what if: {outcome if answer.objective is None else amount(answer.objective)}"
    return outcome if answer.objective is None else f"{outcome}, {amount(answer.objective)}"


def _known(tokens: int | None) -> str:
    return "not told" if tokens is None else f"{tokens:,}"


def _line(words: str) -> str:
    from solvitur.formulation.printing import cut, one_line

    return cut(one_line(words), _LONGEST)


def _numbers(formulation: "Formulation", data: Any) -> Iterator[str]:
    """Say what every set holds and every parameter is, also where a table or a rule says so."""
    from solvitur.formulation.evaluate import show_entry, unwrap
    from solvitur.formulation.instance import Instance
    from solvitur.formulation.printing import first, one_line
    from solvitur.solvers.words import amount

    instance = Instance(formulation, data)
    for declared in formulation.sets:
        elements = [one_line(str(unwrap(e))) for e in instance.sets[declared.name]]
        listed = ", ".join(first(elements, _MOST_ENTRIES, "and {:,} more"))
        yield f"{declared.name} = {{{listed}}}"
    for parameter in formulation.parameters:
        entries = instance.parameters[parameter.name]
        lines = [
            f"{one_line(show_entry(parameter.name, key))} = {amount(value, parameter.unit)}"
            for key, value in entries.items()
        ]
        yield from first(lines, _MOST_ENTRIES, f"{parameter.name}: and {{:,}} more")
