"""Files: five elements in any form, and the whole conversation; another way to go."""

import asyncio
from typing import TYPE_CHECKING

from solvitur.cli.chat.commands import places
from solvitur.cli.chat.commands.theme import Theme
from solvitur.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from solvitur.agents.chat.sessions import Kept
    from solvitur.agents.chat.state import Response
    from solvitur.cli.export import Form


class Keeping(Theme):
    """What goes into files, and comes from them."""

    async def export(self, rest: str) -> None:
        """Write the five elements as a Pyomo script, LP or MPS file, LaTeX, JSON or Markdown.

        /export [py|lp|mps|tex|json|md] [FILE] [!]

        Without a form it is what FILE ends in; without FILE it is shown. A file that is there is
        written over only with a yes, or with ! behind it.
        """
        from solvitur.cli.export import written

        form, path, is_forced = _form_and_file(rest)
        data = self.session.talk.data
        text = await asyncio.to_thread(written, self.formulation(), form, data)
        if path is None:
            self.session.screen.code(text.rstrip("\n"), _LANGUAGES.get(form.value, "text"))
            return
        await self._write(path, text, is_forced=is_forced)

    def _complete_export(self, typed: str) -> list[str]:
        from solvitur.cli.export import Form

        form, space, name = typed.partition(" ")
        if not space:
            return [*Form, *places.offered(typed)]
        return [f"{form} {each}" for each in places.offered(name)]

    async def save(self, rest: str) -> None:
        """Write the whole conversation to a file: JSON with everything, or Markdown to read.

        /save FILE [!]

        It is kept anyway, and solvitur sessions finds it; this is for another place. /load goes on
        with the five elements of a saved JSON file.
        """
        from solvitur.agents.chat.transcript import Transcript

        path, is_forced = _file(rest, "/save FILE")
        transcript = Transcript.of(self.session.talk, self._kept().record)
        if path.suffix.lower() == ".json":
            text = transcript.to_json() + "\n"
        elif path.suffix.lower() == ".md":
            text = transcript.to_markdown()
        else:
            raise ConfigError(f"{path.name} ends in neither .json nor .md")
        await self._write(path, text, is_forced=is_forced)

    def _complete_save(self, typed: str) -> list[str]:
        return places.offered(typed, endings=(".json", ".md"))

    async def load(self, rest: str) -> "Response":
        """Go on with the five elements in a file, and solve them.

        /load FILE

        It may be JSON or Markdown, an LP or MPS file, or an answer or a conversation that was saved
        as JSON.
        """
        path, is_forced = _file(rest, "/load FILE")
        if is_forced:
            raise ConfigError("nothing is written over by /load; write /load FILE")
        five = await asyncio.to_thread(places.read_five_elements, path)
        return await self.session.talk.change(five, f"/load {path}")

    def _complete_load(self, typed: str) -> list[str]:
        return places.offered(typed, endings=(".json", ".md", ".lp", ".mps", ".gz"))

    async def fork(self, rest: str) -> None:
        """Go on in a copy of the conversation; the one there was stays as it is.

        /fork
        """
        from solvitur.agents.chat.sessions import Sessions

        before, record = self.session.talk, self._kept().record
        if not self.session.is_begun:
            raise ConfigError("there is nothing yet to go another way from")
        sessions = Sessions(before.folder.parent)
        data = () if record is None else record.data
        folder = sessions.create(model=before.model.name, data=data)
        await before.fork(folder)
        if record is not None:
            sessions.note(folder, title=record.title)
        await self.session.move_to(folder)
        self.session.screen.note(
            f"This is {folder.name} now; {before.id} stays as it is: "
            f"solvitur chat --resume {before.id}"
        )

    def _kept(self) -> "Kept":
        from solvitur.agents.chat.sessions import Sessions

        folder = self.session.talk.folder
        return Sessions(folder.parent).find(folder.name)

    async def _write(self, path: "Path", text: str, *, is_forced: bool) -> None:
        if await places.write(path, text, self.session, is_forced=is_forced):
            self.session.screen.note(f"{path} is written.")
        else:
            self.session.screen.note("Nothing is written.")


_LANGUAGES = {"py": "python", "tex": "latex", "json": "json", "md": "markdown"}


def _file(rest: str, usage: str) -> "tuple[Path, bool]":
    words = places.words(rest)
    names = [word for word in words if word != places.FORCE]
    if len(names) != 1:
        raise ConfigError(f"write {usage}; a name with spaces in quotes")
    return places.path_of(names[0]), len(names) < len(words)


def _form_and_file(rest: str) -> "tuple[Form, Path | None, bool]":
    from solvitur.cli.export import Form

    words = places.words(rest)
    names = [word for word in words if word != places.FORCE]
    form = Form(names.pop(0)) if names and names[0] in list(Form) else None
    if len(names) > 1 or not (form or names):
        raise ConfigError(f"write /export FORM FILE; the forms are {', '.join(Form)}")
    path = places.path_of(names[0]) if names else None
    if form is None:
        assert path is not None
        form = Form.of(path)
    if form is None:
        raise ConfigError(f"{path} ends in no form there is ({', '.join(Form)}); say which first")
    return form, path, places.FORCE in words
