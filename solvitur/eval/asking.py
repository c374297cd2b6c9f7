"""Who is asked: any async function from a question to an answer, and solvitur's own agent.

What an agent asks of a language model through `InRun` is recorded in the run that goes on, charged
to its budget, and slowed down where the server asks for that; outside a run it is just the model.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from solvitur.agents import Answer, Effort, solve_problem
from solvitur.agents.techniques import chosen
from solvitur.errors import BadReply, BudgetExceeded, ModelError
from solvitur.llm import Feature, Model, Patience, Reply, Request, Usage
from solvitur.llm.layers import Budgeted, Patient, Recorded
from solvitur.llm.recording import Replies
from solvitur.runs import Budget, Journal, Throttle

_SEEDS_APART = 1_000
"""Between the seeds of two epochs: more than the formulations that one answer draws."""


class Question(str):
    """The text of a problem, and all else that an agent may know of it; no label.

    Example:
        >>> question = Question("How many chairs?", id="1")
        >>> question.upper(), question.id, question.epoch
        ('HOW MANY CHAIRS?', '1', 0)
    """

    __slots__ = ("data", "epoch", "id", "log_file", "seconds")

    id: str
    epoch: int
    """The how manieth answer to the problem it is to be, from 0."""
    data: Mapping[str, Any]
    """The tables that come with it, by name."""
    seconds: float | None
    """After how many seconds nobody waits for the answer any more."""
    log_file: Path | None
    """Where a solver may write down what it does; the report shows it."""

    def __new__(
        cls,
        text: str,
        *,
        id: str = "",
        epoch: int = 0,
        data: Mapping[str, Any] | None = None,
        seconds: float | None = None,
        log_file: Path | None = None,
    ) -> Self:
        """Take a text as a question."""
        made = super().__new__(cls, text)
        made.id, made.epoch, made.data = id, epoch, data or {}
        made.seconds, made.log_file = seconds, log_file
        return made


Agent = Callable[[Question], Awaitable[Answer | float | None]]
"""Answers a question, with an `Answer`, with the optimum alone, or with ``None`` for no answer."""


@dataclass(frozen=True)
class ModelAgent:
    """solvitur's own agent, with a language model.

    Args:
        model: Who formulates; `agent_of` puts what belongs around it.
        effort: How long to try.
    """

    model: Model
    effort: Effort

    @property
    def settings(self) -> dict[str, Any]:
        """What decides its answers, for the hash of a run."""
        effort = self.effort
        return {
            "name": "solvitur",
            "model": self.model.name,
            "route": effort.route,
            "rounds": effort.rounds,
            "samples": effort.samples,
            "techniques": sorted(chosen(effort.techniques, self.model)),
            "seed": effort.seed,
            "solver": effort.solver,
            "gap": effort.options.gap,
        }

    async def __call__(self, question: Question) -> Answer:
        """Answer a question."""
        limits = [s for s in (self.effort.seconds, question.seconds) if s is not None]
        effort = replace(
            self.effort,
            seconds=min(limits, default=None),
            seed=self.effort.seed + _SEEDS_APART * question.epoch,
            options=replace(self.effort.options, log_file=question.log_file),
        )
        return await solve_problem(str(question), self.model, effort, data=question.data or None)


def agent_of(
    model: Model, effort: Effort | None = None, *, patience: Patience | None = None
) -> ModelAgent:
    """Make an agent of a language model, which is asked as `InRun` says.

    Args:
        model: As `solvitur.llm.connect` gives it, with nothing around it.
        effort: How long to try for each problem. Where it does not say how many threads a solver
            may have, that is one: many are at work at once.
        patience: When and how often to ask again.
    """
    effort = effort or Effort()
    if effort.options.threads is None:
        effort = replace(effort, options=replace(effort.options, threads=1))
    return ModelAgent(InRun(model, patience), effort)


def settings_of(agent: Agent) -> dict[str, Any]:
    """Give what is known of an agent: its own ``settings``, or what it is called."""
    told = getattr(agent, "settings", None)
    if isinstance(told, dict):
        return {"name": _called(agent), **told}
    return {"name": _called(agent)}


def _called(agent: Agent) -> str:
    named = agent if hasattr(agent, "__qualname__") else type(agent)
    return f"{named.__module__}.{named.__qualname__}"


# --- what an agent asks in a run -----------------------------------------------------------------


@dataclass(eq=False)
class Asked:
    """What one answer asks of models, while it is made."""

    run: "RunAround"
    epoch: int = 0
    usage: Usage = field(default_factory=Usage)
    recalled: float = 0.0
    """Seconds of the replies that were recorded by an earlier process."""
    refused: str = ""
    """Which limit of the run let no more be asked."""
    trouble: str = ""
    """What kept a model from replying."""


class RunAround:
    """What is around the models that are asked in a run.

    Args:
        journal: Where replies are recorded, and looked up.
        budget: What they are charged to.
        throttle: Lets them through.
    """

    def __init__(self, journal: Journal, budget: Budget, throttle: Throttle) -> None:
        self._replies = Replies(journal)
        self._budget = budget
        self._throttle = throttle
        self._around: dict[InRun, Model] = {}

    @contextmanager
    def asking(self, epoch: int) -> Iterator[Asked]:
        """Let models that are asked in here belong to one answer of the run."""
        asked = Asked(self, epoch)
        token = _asked.set(asked)
        try:
            yield asked
        finally:
            _asked.reset(token)

    def around(self, model: "InRun") -> Model:
        """Put memory, budget and patience around a model; what is recalled is not charged."""
        if model not in self._around:
            patient = Patient(model.bare, model.patience, throttle=self._throttle)
            self._around[model] = Recorded(Budgeted(patient, self._budget), self)
        return self._around[model]

    async def step(self, key: str, work: Callable[[], Awaitable[Any]], *, kind: str) -> Any:
        """Give the recorded reply, or ask and record it; that of another epoch is another.

        Raises:
            BadReply: The reply cannot be read, now or when it came.
        """
        asked = _asked.get()
        epoch = asked.epoch if asked else 0
        key = f"epoch {epoch} {key}" if epoch else key
        is_new = False

        async def ask() -> Any:
            nonlocal is_new
            is_new = True
            return await work()

        entry = await self._replies.step(key, ask, kind=kind)
        if asked is not None and not is_new:
            asked.recalled += entry["reply"]["seconds"]
        return entry


_asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


class InRun:
    """A model that is recorded, paid for and slowed down by whatever run it is asked in.

    Args:
        model: The model, with nothing around it.
        patience: When and how often to ask again.
    """

    def __init__(self, model: Model, patience: Patience | None = None) -> None:
        self.bare = model
        self.patience = patience or Patience()
        self._alone = Patient(model, self.patience)

    @property
    def name(self) -> str:
        """The name of the model."""
        return self.bare.name

    @property
    def features(self) -> frozenset[Feature]:
        """What the model can do."""
        return self.bare.features

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        """Answer one request.

        Raises:
            BudgetExceeded: A limit of the run is reached; nothing was asked.
            ModelError: The model did not give a usable reply.
        """
        asked = _asked.get()
        if asked is None:
            return await self._alone.reply(request, on_text)
        try:
            reply = await asked.run.around(self).reply(request, on_text)
        except BudgetExceeded as error:
            asked.refused = str(error)
            raise
        except BadReply:
            raise
        except ModelError as error:
            asked.trouble = str(error)
            raise
        asked.usage += reply.usage
        return reply
