"""The contract of a model: a batch of requests in, as many outputs in the same order out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from evalsuite.types import GenerationConfig, Modality, Output, Request

__all__ = ["Model", "OpenModel"]


@runtime_checkable
class Model(Protocol):
    """What the runner needs of a model. Structural: a class need not inherit from it.

    Attributes
    ----------
    spec : str
        How to name it on the command line, ``backend:name,key=value``.
    name : str
        How tables call it.
    fingerprint : str
        Changes whenever the model's outputs could: the SHA-256 of its weights and configuration, or of its source.
        Runs of models with equal fingerprints continue one another.
    modalities : frozenset of str
        What it can generate.
    batch_size : int
        Requests a call of `generate` should get when the user does not say.
    batch_invariant : bool
        Whether an output never depends on the other requests of its batch, down to the last bit. Where it is False,
        batches are padded to a constant size.
    dtype, device : str
        What it computes in and on; ``""`` where that means nothing.
    """

    spec: str
    name: str
    fingerprint: str
    modalities: frozenset[Modality]
    batch_size: int
    batch_invariant: bool
    dtype: str
    device: str

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> Sequence[Output]:
        """Answer every request, in the same order.

        All randomness comes from ``request.seed``. An exception makes the runner ask again for each request alone, and
        record an error for those that still fail.
        """
        ...


class OpenModel(Protocol):
    """What a backend registers: a function that opens a model by name, cheaply; weights load at first use."""

    def __call__(self, name: str, options: Mapping[str, str], *, device: str = "auto") -> Model:
        """Open the model.

        Raises
        ------
        ModelError
            If there is no such model, an option is unknown or wrong, or a file is not what it should be.
        DependencyError
            If a package is missing.
        """
        ...
