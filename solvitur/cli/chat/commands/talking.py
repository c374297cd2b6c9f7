"""About the conversation itself: what can be typed, and how to leave."""

from solvitur.cli.chat.commands.registry import MARK, find, registry
from solvitur.cli.chat.commands.theme import Theme


class Talking(Theme):
    """Help, and the way out."""

    async def help(self, rest: str) -> None:
        """Show what can be typed, or all about one command.

        /help [COMMAND]
        """
        if rest:
            self.session.screen.say(find(rest).help)
            return
        rows = [(command.usage, command.summary) for command in registry().values()]
        self.session.screen.table(("", ""), rows)

    def _complete_help(self, typed: str) -> list[str]:
        return [name for name in registry() if not typed.startswith(MARK)]

    async def quit(self, rest: str) -> None:
        """Leave; the conversation is kept.

        /quit
        """
        self.session.is_over = True
