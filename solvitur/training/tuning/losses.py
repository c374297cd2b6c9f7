"""How the loss went: a line for each step in a file, and a drawing of it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from solvitur.writing import write_at_once

_WIDTH, _HEIGHT, _MARGIN = 640, 320, 48
_SMOOTH = 0.1
"""What a step adds to the smooth line."""


@dataclass(frozen=True)
class Step:
    """What came of one step."""

    step: int
    """Counted from 1."""
    loss: float
    """Of lessons the mean over the learned tokens, in nats; of samples that over the samples."""
    rate: float
    """The learning rate."""
    tokens: int
    """Tokens that were read."""
    learned: int
    """Tokens of them that were learned."""
    seconds: float
    moved: float | None = None
    """Of samples: how far the model has moved from where it began, in nats a reply."""
    wanted: float | None = None
    """Of samples: how much likelier wanted replies are than at first, in nats on average."""
    unwanted: float | None = None
    """Of samples: how much likelier the others are."""


def read_losses(path: Path, until: int) -> list[Step]:
    """Read the steps up to one; what a kill cut off, or was done after it, is left out."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            found.append(Step(**json.loads(line)))
        except (ValueError, TypeError):  # the line that was being written
            break
    return [each for each in found if each.step <= until]


def write_losses(path: Path, done: Sequence[Step]) -> None:
    """Write the steps, one a line."""
    lines = ({k: v for k, v in asdict(each).items() if v is not None} for each in done)
    write_at_once(path, "".join(f"{json.dumps(line)}\n" for line in lines).encode())


def draw(done: Sequence[Step], title: str = "loss") -> str:
    """Draw the loss over the steps as SVG: each step thin, their moving mean thick.

    Args:
        done: The steps.
        title: What the loss is of.

    Example:
        >>> drawing = draw([Step(1, 2.0, 1e-4, 10, 5, 1.0), Step(2, 1.0, 1e-4, 10, 5, 1.0)])
        >>> drawing.startswith("<svg ") and drawing.count("<polyline ") == 2
        True
    """
    losses = [each.loss for each in done]
    means = losses[:1]
    for loss in losses[1:]:
        means.append(means[-1] + max(_SMOOTH, 1 / (1 + len(means))) * (loss - means[-1]))
    top = 1.05 * max(losses, default=1.0) or 1.0
    last = done[-1].step if done else 1
    right, bottom = _WIDTH - 16, _HEIGHT - _MARGIN

    def line(values: Sequence[float], style: str) -> str:
        points = " ".join(
            f"{_MARGIN + (right - _MARGIN) * each.step / last:.1f},"
            f"{bottom - (bottom - 16) * value / top:.1f}"
            for each, value in zip(done, values, strict=True)
        )
        return f'<polyline fill="none" {style} points="{points}"/>'

    def words(x: float, y: float, text: str, anchor: str) -> str:
        return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{text}</text>'

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="12" fill="#555">',
        f'<path d="M{_MARGIN},16V{bottom}H{right}" fill="none" stroke="#999"/>',
        line(losses, 'stroke="#9bbcd9" stroke-width="1"'),
        line(means, 'stroke="#1f5f99" stroke-width="2"'),
        *(
            words(_MARGIN - 6, bottom - (bottom - 16) * k / 4 + 4, f"{top * k / 4:.2f}", "end")
            for k in range(5)
        ),
        words(_MARGIN, bottom + 18, "0", "middle"),
        words(right, bottom + 18, f"{last:,}", "end"),
        words((_MARGIN + right) / 2, bottom + 34, "step", "middle"),
        words(_MARGIN + 8, 14, title, "start"),
        "</svg>\n",
    ]
    return "\n".join(parts)
