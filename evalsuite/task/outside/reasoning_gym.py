"""Items that the package reasoning-gym makes: ``reasoning_gym:DATASET?n=200&seed=1``.

Only datasets that pass our audits are taken; answers are scored by our rules, not by the package's.
"""

from __future__ import annotations

import hashlib
from contextlib import redirect_stdout
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from io import StringIO
from typing import TYPE_CHECKING, Any

from evalsuite.errors import DependencyError, TaskError, did_you_mean
from evalsuite.task.fields import required_field
from evalsuite.task.outside.reasoning_gym_list import AUDITED_VERSION, DATASETS, DEPTHS
from evalsuite.task.task import MetricSpec, Task
from evalsuite.types import GenerationConfig, JSONValue, Sample
from evalsuite.worlds import digest_samples

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["load", "make_samples"]

_DEFAULTS = {"n": 200, "seed": 1}
_MOST = {"n": 100_000, "seed": (1 << 32) - 1}
_PROMPT = '{question}\n\nEnd with one line "answer: X", where X is the answer in the form that was asked for.\n'


def load(text: str) -> Task:
    """Make a task of ``DATASET?n=...&seed=...``; `n` is 200 and `seed` 1 where they are not given.

    Parameters
    ----------
    text : str
        What follows ``reasoning_gym:``.

    Returns
    -------
    Task
        Scored by `evalsuite.metrics.accuracy.Accuracy` and not by the package's own rules; by depth where the dataset
        declares a number of steps.

    Raises
    ------
    TaskError
        If the dataset did not pass our audits, or an option is wrong.
    DependencyError
        If the package is missing, or of another version than the audited one.
    """
    where = f"reasoning_gym:{text}"
    name, _, query = text.partition("?")
    if name not in DATASETS:
        raise TaskError(
            f'{where}: no dataset "{name}" among those that pass our audits{did_you_mean(name, DATASETS)} '
            f"(known: {', '.join(DATASETS)})"
        )
    options = _options(query, where)
    _check_version(where)
    samples = tuple(make_samples(name, n=options["n"], seed=options["seed"]))
    return Task(
        name=f"reasoning_gym-{name}",
        version=2,
        summary=f"Dataset {name} of reasoning-gym {AUDITED_VERSION} by its default settings, scored by exact answers.",
        samples=samples,
        samples_digest=digest_samples(samples),
        prompt=_PROMPT,
        generation=GenerationConfig(max_new_tokens=1024),
        metrics=(
            MetricSpec(
                name="accuracy",
                options={"undecided": "wrong"},  # the form is asked for; a list in another order is not settled
                primary=True,
                by=("depth",) if name in DEPTHS else (),
            ),
            MetricSpec(name="loop_rate"),
        ),
        source=f"reasoning_gym:{name}?n={options['n']}&seed={options['seed']}",
    )


def make_samples(name: str, *, n: int, seed: int) -> list[Sample]:
    """Make the first `n` items of a dataset and seed, whether it passed our audits or not.

    Items of one question are one cluster: small datasets repeat themselves. Item i of seed s is item i - 1 of seed
    s + 1 in the package, so that seeds that are to have no items in common must lie `n` apart.

    Raises
    ------
    TaskError
        If an item has no question or no answer, as text.
    """
    with redirect_stdout(StringIO()):  # some generators print
        made: Any = import_module("reasoning_gym").create_dataset(name, size=n, seed=seed)
        return [_sample(name, i, made[i]) for i in range(n)]


def _sample(name: str, i: int, item: Mapping[str, Any]) -> Sample:
    where = f"reasoning_gym:{name}: item {i}"
    question = required_field(item, "question", str, where)
    metadata: dict[str, JSONValue] = {"dataset": name}
    depth = None
    if name in DEPTHS:
        key, less = DEPTHS[name]
        depth = required_field(required_field(item, "metadata", dict, where), key, int, f"{where}: metadata") - less
        if depth < 1:
            raise TaskError(f"{where}: metadata: {key} must be at least {1 + less}, found {depth + less}")
    return Sample(
        id=f"{i:05d}",
        input={"question": question},
        references=(f"answer: {required_field(item, 'answer', str, where)}",),
        cluster=hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        depth=depth,
        metadata=metadata,
    )


def _options(query: str, where: str) -> dict[str, int]:
    options = dict(_DEFAULTS)
    for part in filter(None, query.split("&")):
        key, _, value = part.partition("=")
        if key not in _DEFAULTS:
            raise TaskError(f'{where}: unknown option "{key}"{did_you_mean(key, _DEFAULTS)} (known: n, seed)')
        least = 1 if key == "n" else 0
        digits = value.isascii() and value.isdigit() and len(value) <= 10
        if not digits or not least <= int(value) <= _MOST[key]:
            raise TaskError(f'{where}: {key} must be a whole number from {least} to {_MOST[key]}, found "{value}"')
        options[key] = int(value)
    return options


def _check_version(where: str) -> None:
    pinned = f"pip install reasoning-gym=={AUDITED_VERSION}"
    try:
        found = version("reasoning-gym")
    except PackageNotFoundError:
        raise DependencyError(f"{where}: needs the package reasoning-gym: {pinned}") from None
    if found != AUDITED_VERSION:
        raise DependencyError(
            f"{where}: the datasets were audited as reasoning-gym {AUDITED_VERSION} makes them, found {found}: {pinned}"
        )
