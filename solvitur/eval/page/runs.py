"""What the page says of each run: its letter, how it was made, and what it used."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from string import ascii_uppercase

from solvitur.errors import ConfigError
from solvitur.eval.comparison import differing, setting_in_words
from solvitur.eval.report import Report

_COLOURS = 6
"""How many there are in the style."""
_HASH_DIGITS = 12
_NAMED = ("data set", "model", "name")
"""What the name of a report says."""


@dataclass(frozen=True)
class ShownRun:
    """A run on the page."""

    letter: str
    colour: int
    report: Report
    settings: Mapping[str, object]
    """How it was made, by name, where that is not as in the others."""

    @property
    def name(self) -> str:
        """The data set, who answered, and what tells it from the others."""
        apart = (
            f"{name} {setting_in_words(value) or 'none'}"
            for name, value in self.settings.items()
            if name not in _NAMED
        )
        return ", ".join([self.report.name, *apart])

    @property
    def verdicts(self) -> dict[str, int]:
        """How many answers have which verdict; those that nothing has are left out."""
        metrics = self.report.metrics
        counts = {} if metrics is None else metrics.verdicts
        return {verdict.value: count for verdict, count in counts.items() if count}

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the figures do not say."""
        missing = len(self.report.missing)
        if not missing:
            return ()
        return (
            f"It is not at its end: of its answers, {missing:,} are still to come. What failed up "
            "to now counts as an error, and what was not asked is left out.",
        )

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """How it was made and what it used, by name."""
        return tuple((name, said) for name, said in _facts(self.report) if said)


def shown_runs(reports: Sequence[Report]) -> tuple[ShownRun, ...]:
    """Give each run a letter and a colour.

    Raises:
        ConfigError: There are more runs than letters.
    """
    if len(reports) > len(ascii_uppercase):
        raise ConfigError(f"a page has room for {len(ascii_uppercase)} runs, not {len(reports)}")
    return tuple(
        ShownRun(letter, number % _COLOURS, report, settings)
        for number, (letter, report, settings) in enumerate(
            zip(ascii_uppercase, reports, differing(reports), strict=False)
        )
    )


def title(runs: Sequence[ShownRun]) -> str:
    """Say what the page is about."""
    if len(runs) == 1:
        return runs[0].name
    datasets = dict.fromkeys(run.report.facts.dataset for run in runs)
    return f"{', '.join(datasets)}: {len(runs)} runs"


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    facts = report.facts
    yield "data set", ", ".join(filter(None, (facts.title or facts.dataset, facts.version)))
    yield "licence", facts.licence
    yield "SHA-256 of its file", facts.sha256[:_HASH_DIGITS]
    yield "problems", f"{len(facts.ids):,}"
    yield "answers to each", str(facts.epochs)
    for name, value in facts.agent.items():
        yield name, setting_in_words(value)
    yield "judged by", report.scorer
    if report.processes:
        when = datetime.fromtimestamp(report.processes[0].started, UTC)
        yield "begun", f"{when:%Y-%m-%d %H:%M} UTC"
    used = report.used
    yield "wall time", f"{used.seconds:,.1f} s"
    if used.calls:
        yield "calls to models", f"{used.calls:,}"
        yield "tokens", f"{used.tokens:,}"
        yield "cost", "not known" if used.cost is None else f"{used.cost:.4g} USD"
    yield "solvitur", facts.solvitur
    yield "run", report.folder.name
