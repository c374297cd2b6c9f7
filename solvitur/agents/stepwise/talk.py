"""The conversation of the stepwise way: questions under a grammar, and answers that are put in."""

from dataclasses import dataclass, field
from typing import Any

from solvitur.errors import BadReply
from solvitur.formulation.words.cues import Reading
from solvitur.formulation.words.quantities import Quantity
from solvitur.llm import Finish, Message, Model, Parsed, Request, Sampling, Usage, parse


@dataclass
class Talk:
    """A conversation that grows by question and answer."""

    model: Model
    messages: list[Message]
    temperature: float
    seed: int
    shared: int
    """How many of the messages begin other conversations too."""
    usage: Usage = field(default_factory=Usage)

    async def ask(self, question: str, **constraint: Any) -> str:
        """Ask under a JSON schema or a grammar; give the text."""
        self.messages.append(Message.user(question))
        sampling = Sampling(temperature=self.temperature, seed=self.seed, max_tokens=600)
        request = Request(
            messages=tuple(self.messages), shared=self.shared, sampling=sampling, **constraint
        )
        reply = await self.model.reply(request)
        self.usage += reply.usage
        if reply.finish is not Finish.stop:
            raise BadReply(f"the model's reply ended early ({reply.finish.value})")
        self.messages.append(Message.assistant(reply.text))
        return reply.text

    async def settle(self, question: str, answer: str | None, grammar: str) -> str:
        """Ask under a grammar, unless one answer is left: that is only put in, for the rest."""
        if answer is None:
            return await self.ask(question, grammar=grammar)
        self.put(question, answer)
        return answer

    def put(self, question: str, answer: str) -> None:
        """Put in what needs no asking."""
        self.messages += [Message.user(question), Message.assistant(answer)]

    async def ask_for(self, key: str, shape: Any, question: str, schema: dict[str, Any]) -> Any:
        """Ask for an object with one key; give what stands there."""
        text = await self.ask(question, json_schema=schema)
        parsed = parse(text, dict[str, shape])
        if not isinstance(parsed, Parsed):
            raise BadReply(parsed.reason)
        if key not in parsed.value:
            raise BadReply(f"the reply has no {key!r}")
        return parsed.value[key]


def focus(reading: Reading, number: Quantity) -> str:
    """Give the sentence of a number, with the number in brackets."""
    start, end = reading.sentence(number.start)
    text = reading.text
    return f"{text[start : number.start]}[{number.text}]{text[number.end : end]}".strip(" .;")
