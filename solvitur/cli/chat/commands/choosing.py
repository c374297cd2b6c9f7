"""Who is asked: the language model and the solver."""

import asyncio

from solvitur.cli.chat.commands.theme import Theme


class Choosing(Theme):
    """Who formulates, and who solves, from now on."""

    async def model(self, rest: str) -> None:
        """Show the language model, or ask another one from now on.

        /model [NAME]

        /model openai:qwen3@http://localhost:8000/v1
        """
        if rest:
            await asyncio.to_thread(self.session.use, model=rest)
        self.session.screen.say(self.session.settings.model)

    def _complete_model(self, typed: str) -> list[str]:
        from solvitur.llm.catalog import CATALOG

        return [f"local:{name}" for name in CATALOG]

    async def solver(self, rest: str) -> None:
        """Show the solver, or take another one from now on.

        /solver [NAME]

        auto takes HiGHS, and SCIP for what HiGHS cannot solve.
        """
        if rest:
            await asyncio.to_thread(self.session.use, solver=rest)
        self.session.screen.say(self.session.settings.solver)

    def _complete_solver(self, typed: str) -> list[str]:
        from solvitur.solvers import registered

        return ["auto", *(solver.name for solver in registered() if solver.is_installed())]
