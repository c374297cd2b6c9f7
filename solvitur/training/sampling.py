"""What a model says to problems with labels, and whether it is right: labelled by the solver.

The agents ask it, as they ask it about any problem, so what is learned from a reply is what it says
when it is used.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from solvitur.agents.code import Coded
from solvitur.agents.direct import Direct, drafted
from solvitur.agents.draft import Attempt, Draft, Formulator, is_small
from solvitur.agents.script import run_script
from solvitur.agents.solving import Task as Solving
from solvitur.agents.solving import solved
from solvitur.agents.stepwise.staged import Staged
from solvitur.errors import ConfigError, FormulationError
from solvitur.formulation.elements import Formulation, describe
from solvitur.formulation.evaluate import Key
from solvitur.formulation.instance import Instance
from solvitur.formulation.tables.data import Data
from solvitur.llm import Feature, Finish, Message, Model, Recording, Reply, Request
from solvitur.llm.recording import read_recording
from solvitur.runs import Interruption, spread
from solvitur.solvers import Options, Outcome
from solvitur.training.instructions import Instruction, Task, asked_of, attempted
from solvitur.training.synthesis.rows import Row
from solvitur.training.synthesis.verifying import Verdict

_SECONDS = 10.0
"""For a solver: what takes longer is no answer."""
_SCRIPT_SECONDS = 60.0
"""For a script with all that it does beside."""
_AT_ONCE = 16
"""Requests in flight at a server."""
_WAYS: Mapping[Task, tuple[Formulator, Feature]] = {
    Task.elements: (Direct(), Feature.tuned_elements),
    Task.code: (Coded(), Feature.tuned_code),
    Task.steps: (Staged(), Feature.tuned_steps),
}
SAMPLED = (*_WAYS, Task.repair)
"""What agents ask for, and a model can be sampled at."""


class Sample(Instruction):
    """A conversation with a model's own replies, and what they came to."""

    model: str
    temperature: float
    seed: int
    is_whole: bool
    """Whether the last reply ended of itself."""
    executes: bool
    """Whether it led to a model that a solver could say something of."""
    feasible: bool | None
    """Whether its point keeps to every limit of the label; ``None`` where that cannot be said."""
    is_right: bool
    """Whether it came to the label, by a point that is not against the label's limits."""


@dataclass(frozen=True)
class SamplingPlan:
    """How a model is sampled."""

    tasks: tuple[Task, ...]
    count: int = 4
    """How often each problem is asked, for each task."""
    temperatures: tuple[float, ...] = (0.7, 1.0)
    """Taken in turn."""
    seed: int = 0
    """Of the first time a problem is asked; each further time has the next."""

    def __post_init__(self) -> None:
        for task in self.tasks:
            if task not in SAMPLED:
                raise ConfigError(
                    f"agents do not ask for {task.value!r}, so it cannot be sampled; they ask for "
                    f"{', '.join(SAMPLED)}"
                )


def tasks_of(model: Model) -> tuple[Task, ...]:
    """Give what a model learned to be asked; of one that was not tuned, the five elements."""
    learned = [task for task, (_, feature) in _WAYS.items() if feature in model.features]
    return tuple(learned) or (Task.elements,)


async def sample(
    rows: Sequence[Row],
    model: Model,
    how: SamplingPlan,
    memory: Recording,
    on_sample: Callable[[Sample], None] = lambda _: None,
    interruption: Interruption | None = None,
) -> list[Sample]:
    """Ask a model about problems again and again, and label what it says.

    Ambiguous problems are left out: they have no one right answer. A repair is asked for where the
    five elements of the same seed are wrong and something speaks against them.

    Args:
        rows: Problems that the model was not tuned on.
        model: The model; `solvitur.llm.Local` with the adapter, for example.
        how: What it is asked, and how often.
        memory: Keeps the samples. What is in it is not asked again.
        on_sample: Told of each one, new or remembered.
        interruption: Asks to begin nothing new.

    Returns:
        The samples, in order; without those that there are none of.

    Raises:
        ModelError: The model cannot be asked.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from solvitur.llm import Scripted
        >>> from solvitur.training import synthesize
        >>> from solvitur.training.replies import as_json
        >>> (row,) = synthesize(1, only=["product-mix"]).rows
        >>> teacher = Scripted(lambda request: as_json(row.formulation))
        >>> with TemporaryDirectory() as folder:
        ...     memory = Recording(Path(folder, "samples.jsonl"))
        ...     how = SamplingPlan((Task.elements,), count=1)
        ...     (found,) = asyncio.run(sample([row], teacher, how, memory))
        >>> found.is_right, found.feasible, found.temperature
        (True, True, 0.7)
    """

    async def once(wanted: _Wanted) -> Sample | None:
        async def work() -> Any:
            first = await once(wanted.first) if wanted.task is Task.repair else None
            found = await _sampled(wanted, model, first)
            return found and found.model_dump(mode="json")

        entry = await memory.step(f"{model.name} {wanted.key}", work)
        return Sample.model_validate(entry) if entry is not None else None

    found, at_once = [], 1 if is_small(model) else _AT_ONCE
    all_wanted = _all_wanted(rows, how)
    done = spread(once, all_wanted, at_once=at_once, in_order=True, interruption=interruption)
    async for each in done:
        if each.value is not None:
            found.append(each.value)
            on_sample(each.value)
    return found


def read_samples(path: Path) -> list[Sample]:
    """Read what `sample` kept, in the order of their ids: that of the file is by who was quicker.

    Raises:
        ConfigError: It cannot be read, or holds something else.
    """
    try:
        values = read_recording(path).values()
        found = [Sample.model_validate(each) for each in values if each is not None]
        return sorted(found, key=lambda each: (each.model, each.id))
    except ValidationError as error:
        raise ConfigError(
            f"{path} holds something else than samples: {describe(error)}; make such a file with: "
            "solvitur train sample"
        ) from None


# --- asking --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Wanted:
    """One time that a problem is asked."""

    row: Row
    task: Task
    temperature: float
    seed: int

    @property
    def key(self) -> str:
        return f"{self.row.id}/{self.task.value}/{self.temperature:g}/{self.seed}"

    @property
    def first(self) -> "_Wanted":
        """What a repair comes after."""
        return replace(self, task=Task.elements)


def _all_wanted(rows: Iterable[Row], how: SamplingPlan) -> Iterator[_Wanted]:
    for row in rows:
        if row.status == "ambiguous":
            continue
        for task in how.tasks:
            for k in range(how.count):
                temperature = how.temperatures[k % len(how.temperatures)]
                yield _Wanted(row, task, temperature, how.seed + k)


class _Heard:
    """A model, with what it was asked and said."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.name = model.name
        self.features = model.features
        self.calls: list[tuple[Request, Reply]] = []

    async def reply(self, request: Request, on_text: Callable[[str], None] | None = None) -> Reply:
        reply = await self._model.reply(request, on_text)
        self.calls.append((request, reply))
        return reply


async def _sampled(wanted: _Wanted, model: Model, first: Sample | None) -> Sample | None:
    """Ask once; ``None`` where nothing was asked, or the first elements need no repair."""
    heard, attempts = _Heard(model), list[Attempt]()
    if first is not None:
        draft = drafted(Reply(text=first.messages[-1]["content"], model=model.name))
        attempt = await asyncio.to_thread(attempted, wanted.row, draft)
        if attempt is None or not attempt.evidence:
            return None
        attempts.append(attempt)
    asking = asked_of(wanted.row, heard, attempts)
    way, _ = _WAYS[wanted.first.task if first else wanted.task]
    draft = await way.draft(asking, temperature=wanted.temperature, seed=wanted.seed)
    if not heard.calls:
        return None
    request, reply = heard.calls[-1]
    messages = (*request.messages, Message.assistant(reply.text))
    return Sample(
        id=wanted.key,
        task=wanted.task,
        messages=tuple({"role": m.role.value, "content": m.content} for m in messages),
        learn=tuple(len(request.messages) for request, _ in heard.calls),
        model=model.name,
        temperature=wanted.temperature,
        seed=wanted.seed,
        is_whole=reply.finish is Finish.stop,
        **await _judged(wanted.row, draft),
    )


# --- labels --------------------------------------------------------------------------------------


async def _judged(row: Row, draft: Draft) -> dict[str, Any]:
    """Solve what was drafted, and hold it against the label."""
    outcome, objective, entries = await _outcome(draft)
    executes = outcome in (Outcome.solved, Outcome.infeasible, Outcome.unbounded)
    feasible = keeps_limits(row.formulation, entries) if outcome is Outcome.solved else None
    label = Verdict(row.objective)
    is_same = outcome is label.outcome and label.agrees(Verdict(objective))
    return {
        "executes": executes,
        "feasible": feasible,
        "is_right": is_same and feasible is not False,
    }


_Entries = Sequence[tuple[str, Key, float | None]]


async def _outcome(draft: Draft) -> tuple[Outcome, float | None, _Entries]:
    if draft.script is not None:
        run = await asyncio.to_thread(run_script, draft.script, _SECONDS, wall=_SCRIPT_SECONDS)
        return run.outcome, run.objective, list(run.values)
    if draft.formulation is None:
        return Outcome.not_formulated, None, []
    options = Options(time_limit=_SECONDS)
    solution = (await solved(Solving(draft.formulation, Data({}), options=options))).solution
    if solution is None:
        return Outcome.error, None, []
    values = solution.values.items()
    entries = [(name, key, value) for name, each in values for key, value in each.items()]
    objective = solution.objective if solution.outcome is Outcome.solved else None
    return solution.outcome, objective, entries


def keeps_limits(formulation: Formulation, entries: _Entries) -> bool | None:
    """Say whether a point of another formulation keeps to the limits of this one.

    Entries are found by their names: by what stands in brackets, or where nothing does by the name
    of the variable, in large or small letters. ``None`` where they are not the same.

    Example:
        >>> chairs = Formulation.model_validate({
        ...     "sets": [{"name": "P", "elements": ["chair", "desk"]}],
        ...     "variables": [{"name": "x", "index": ["P"]}],
        ...     "objective": {"sense": "maximize", "expression": "x['chair']"},
        ...     "constraints": [{"name": "wood", "expression": "x['chair'] + x['desk'] <= 4"}]})
        >>> keeps_limits(chairs, [("Chair", (), 3.0), ("desk", (), 1.0)])
        True
        >>> keeps_limits(chairs, [("Chair", (), 3.0), ("desk", (), 2.0)])
        False
        >>> keeps_limits(chairs, [("a", (), 3.0), ("b", (), 1.0)])
    """
    from solvitur.solvers.verify import verify

    instance = Instance(formulation)
    own = {_word(name, key): (name, key) for name, keys in instance.bounds.items() for key in keys}
    found = {_word(name, key): value for name, key, value in entries}
    is_whole = len(found) == len(entries) and len(own) == sum(map(len, instance.bounds.values()))
    if not is_whole or found.keys() != own.keys():
        return None
    point: dict[str, dict[Key, float]] = {}
    for word, (name, key) in own.items():
        value = found[word]
        if value is None:
            return None
        point.setdefault(name, {})[key] = value
    try:
        return verify(instance, point, None).ok
    except FormulationError:
        return None


def _word(name: str, key: Key) -> str:
    return json.dumps([str(part).lower() for part in key] or [name.lower()])
