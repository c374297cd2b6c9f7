"""Where a run stands, in one file that is whole or not there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solvitur.errors import ConfigError
from solvitur.writing import write_at_once

_FORMAT = "1"
_MOMENTS = ("exp_avg", "exp_avg_sq")


@dataclass(frozen=True)
class Checkpoint:
    """The file of a run, and what tells the run from others."""

    path: Path
    fingerprint: str

    def save(self, step: int, parameters: dict[str, Any], optimizer: Any) -> None:
        """Write the adapter and what the optimizer remembers, after a step."""
        from safetensors.torch import save

        tensors = dict(parameters)
        for name, parameter in parameters.items():
            for moment in _MOMENTS:
                tensors[f"{moment}/{name}"] = optimizer.state[parameter][moment]
        tensors = {name: each.detach().cpu().contiguous() for name, each in tensors.items()}
        told = {"format": _FORMAT, "step": str(step), "fingerprint": self.fingerprint}
        write_at_once(self.path, save(tensors, metadata=told))

    def restore(self, parameters: dict[str, Any], optimizer: Any) -> int:
        """Put everything as it was, and give the last step that was done; 0 for a new run.

        Raises:
            ConfigError: The file is of another run.
        """
        import torch
        from safetensors import safe_open

        step = self.step()
        if step == 0:
            return 0
        with safe_open(self.path, framework="pt") as file, torch.no_grad():
            for name, parameter in parameters.items():
                parameter.copy_(file.get_tensor(name))
                state = {
                    moment: file.get_tensor(f"{moment}/{name}").to(parameter.device)
                    for moment in _MOMENTS
                }
                optimizer.state[parameter] = {"step": torch.tensor(float(step)), **state}
        return step

    def step(self) -> int:
        """The last step that is kept; 0 where none is.

        Raises:
            ConfigError: The file is of another run, or is none.
        """
        from safetensors import SafetensorError, safe_open

        if not self.path.exists():
            return 0
        try:
            with safe_open(self.path, framework="pt") as file:
                told = file.metadata() or {}
        except SafetensorError as error:
            raise ConfigError(f"{self.path} is damaged ({error}); delete it") from error
        if told.get("format") != _FORMAT or told.get("fingerprint") != self.fingerprint:
            raise ConfigError(
                f"{self.path} is of a run with other settings or lessons; name another folder as "
                "'out', or delete this one"
            )
        return int(told["step"])
