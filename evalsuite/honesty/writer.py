"""A solver that writes: its path through an item becomes a trace, as a model would write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.honesty.solver import draws
from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.honesty.solver import Solver
    from evalsuite.types import GenerationConfig, JSONValue, Modality, Request, Sample

__all__ = ["SimulatedModel", "write_trace"]

_MODULUS = 100


def write_trace(
    sample: Sample,
    right: Sequence[bool],
    random: np.random.Generator,
    *,
    cap: int | None = None,
    answers: Sequence[str] = (),
) -> Output:
    """Write an item's steps, each with its true state or another one, and an answer as right as the last of them.

    Parameters
    ----------
    sample : Sample
        With ``metadata["states"]``: whole numbers below 100, or words.
    right : sequence of bool
        Whether each step is right.
    random : numpy.random.Generator
        Chooses the wrong states.
    cap : int, optional
        Steps after which the token budget cuts the output off.
    answers : sequence of str
        Of other items: what a wrong answer is taken from where the right one is not the last state itself.
    """
    states = _states(sample)
    shown = [
        str(state) if is_right else _another(state, states, random)
        for state, is_right in zip(states, right, strict=True)
    ]
    lines = [f"{k}: {state}" for k, state in enumerate(shown, 1)]
    if cap is not None and cap < len(lines):
        return Output(text="\n".join(lines[:cap]) + "\n", finish_reason="length", sample_id=sample.id)
    return Output(
        text="\n".join([*lines, f"answer: {_answer(sample, shown, right[-1], answers)}"]), sample_id=sample.id
    )


class SimulatedModel:
    """A model that knows the true states of a task's samples, and errs as its solver does.

    Parameters
    ----------
    solver : Solver
        Without `template_spread`: each request is answered by itself.
    samples : sequence of Sample
        Chains: each step builds on the one before.
    seed : int
        Another one errs elsewhere.
    cap : int, optional
        Steps after which an output is cut off.
    """

    spec = "simulated"
    batch_size = 256
    batch_invariant = True
    dtype = ""
    device = ""
    modalities: frozenset[Modality] = frozenset({"text"})

    def __init__(self, solver: Solver, samples: Sequence[Sample], seed: int, *, cap: int | None = None) -> None:
        self._solver = solver
        self._samples = {sample.id: sample for sample in samples}
        self._answers = sorted({answer for sample in samples if (answer := _gold(sample)) is not None})
        self._seed = seed
        self._cap = cap
        self.name = f"simulated-{seed}"
        self.fingerprint = f"{solver}|{seed}|{cap}"

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Answer every request, with a random path of its own."""
        del config
        return [self._answer(request) for request in requests]

    def _answer(self, request: Request) -> Output:
        sample = self._samples[request.sample_id]
        random = draws(self._seed, request.seed)
        n_steps = np.array([len(_states(sample))])
        (path,) = self._solver.paths(n_steps, np.zeros(1, dtype=np.int64), random)
        return write_trace(sample, [bool(step) for step in path], random, cap=self._cap, answers=self._answers)


def _answer(sample: Sample, shown: Sequence[str], is_right: bool, answers: Sequence[str]) -> str:
    wanted = _gold(sample)
    if wanted is None or wanted == str(_states(sample)[-1]):
        return shown[-1]
    return wanted if is_right else next((answer for answer in answers if answer != wanted), f"not {wanted}")


def _gold(sample: Sample) -> str | None:
    """Return the answer as the item's oracle gives it."""
    return sample.references[0].rpartition("answer: ")[2] if sample.references else None


def _states(sample: Sample) -> list[JSONValue]:
    states = sample.metadata.get("states")
    if not isinstance(states, list) or not states:
        raise ValueError(f'sample "{sample.id}" has no states to write')
    return states


def _another(state: JSONValue, states: list[JSONValue], random: np.random.Generator) -> str:
    """Return a state that this is not."""
    if isinstance(state, int):
        return str((state + 1 + int(random.integers(_MODULUS - 1))) % _MODULUS)
    others = sorted({str(one) for one in states} - {str(state)})
    return others[int(random.integers(len(others)))] if others else f"not {state}"
