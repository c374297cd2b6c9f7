"""LLMOPT's own way: the model writes a Pyomo script, and what speaks against it goes back."""

import re

from solvitur.agents.draft import Asking, Draft
from solvitur.agents.mending import mended
from solvitur.llm import Feature, Message, Model, Request, Sampling, supports
from solvitur.prompts.library import examples, render

_MAX_TOKENS = 4000
_MOST_LENGTH = 1200
_FENCE = re.compile(
    r"^[ \t]*(?:```|~~~)[^\n]*\n(.*?)(?:^[ \t]*(?:```|~~~)|\Z)", re.MULTILINE | re.DOTALL
)
_IMPORT = re.compile(r"^\s*(?:from|import)\s+pyomo\b", re.MULTILINE)


class Coded:
    """Ask for a Pyomo script; later rounds show what spoke against the last one."""

    name = "code"

    async def draft(self, asking: Asking, *, temperature: float, seed: int) -> Draft:
        """Make one draft."""
        messages, shared = prompt(asking)
        request = Request(
            messages=messages,
            shared=shared,
            sampling=Sampling(temperature=temperature, seed=seed, max_tokens=_MAX_TOKENS),
        )
        reply = await asking.model.reply(request)
        script = mended(read_script(reply.text))
        fault = "" if script else "the reply holds no Python program"
        return Draft(self.name, None, fault, reply.text, reply.usage, script or None)


def prompt(asking: Asking) -> tuple[tuple[Message, ...], int]:
    """Give what the model is asked, and how many of the first messages begin other requests too."""
    beginning = introduction(asking.model)
    return (*beginning, *_conversation(asking)), len(beginning)


def introduction(model: Model) -> list[Message]:
    """Give the instructions and the worked examples, which are the same for every problem.

    A model that was tuned has seen enough of them.
    """
    messages = [Message.system(render("code_system"))]
    for example in () if supports(model, Feature.tuned_code) else examples("code_examples"):
        messages.append(Message.user(render("direct_problem", problem=example["problem"])))
        script = "\n".join(example["script"])
        messages.append(Message.assistant(f"```python\n{script}\n```"))
    return messages


def _conversation(asking: Asking) -> list[Message]:
    """State the problem, and after a first script what spoke against the last one."""
    messages = [Message.user(render("direct_problem", problem=asking.reading.text.strip()))]
    earlier = [attempt for attempt in asking.attempts if attempt.draft.text]
    if earlier:
        last = earlier[-1]
        evidence = [line[-_MOST_LENGTH:] for line in last.evidence]
        messages.append(Message.assistant(last.draft.text))
        messages.append(Message.user(render("code_repair", evidence=evidence)))
    return messages


def read_script(text: str) -> str:
    """Find the program in a reply: the longest fenced block, or all of it where that is one.

    Example:
        >>> read_script("import pyomo.environ as pyo")
        'import pyomo.environ as pyo'
    """
    blocks = [match[1].strip("\n") for match in _FENCE.finditer(text)]
    if blocks:
        return max(blocks, key=len)
    return text.strip() if _IMPORT.search(text) else ""
