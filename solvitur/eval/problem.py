"""One problem of a data set."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from solvitur.eval.labels import Label
from solvitur.formulation import Formulation


class Problem(BaseModel):
    """One problem of a data set."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    id: str
    """Its own in the data set."""
    question: str
    """All that an agent may read, apart from `data`."""
    label: Label | None
    """What the data set says; ``None`` where it says nothing that can be read."""
    label_fault: str = ""
    """Why there is no label."""
    labels: dict[str, Label] = {}
    """What others say to the same question: labels of other versions, or of other readings."""
    data: dict[str, Any] = {}
    """The tables that come with it, by name."""
    formulation: Formulation | None = None
    """A reference formulation; others can be as right."""
    tags: tuple[str, ...] = ()
