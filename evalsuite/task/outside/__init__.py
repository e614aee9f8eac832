"""Data of others, by path: tasks called ``FORM:PATH``, such as ``gsm8k:test.jsonl``. Nothing is downloaded.

``reasoning_gym:DATASET`` is made by a package instead.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.errors import TaskError, did_you_mean
from evalsuite.task.task import Task
from evalsuite.types import GenerationConfig
from evalsuite.worlds import digest_samples

if TYPE_CHECKING:
    from evalsuite.task.outside.form import Form

__all__ = ["FORMS", "load_outside", "split_outside"]

FORMS = {"gsm8k": "gsm8k", "math": "competition", "multiple_choice": "multiple_choice", "processbench": "processbench"}
"""Modules of the forms, by name."""

_MADE = "reasoning_gym"  # not of a file

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.+-]+")


def split_outside(name: str) -> tuple[str, str] | None:
    """Return form and path where `name` is of the kind ``FORM:PATH``.

    Raises
    ------
    TaskError
        If the form is nearly one of `FORMS`, and no file is called so.
    """
    form, colon, path = name.partition(":")
    forms = (*FORMS, _MADE)
    if not colon or form in forms:
        return (form, path) if colon else None
    hint = did_you_mean(form, forms)
    if hint and not os.path.lexists(name):
        raise TaskError(f'unknown form of data "{form}"{hint} (known: {", ".join(forms)})')
    return None


def load_outside(form: str, path: str) -> Task:
    """Load data of others as a task.

    Parameters
    ----------
    form : str
        One of `FORMS`, or ``reasoning_gym``.
    path : str
        Of a file, or of a folder where the form has folders; of ``reasoning_gym``, a dataset's name and options.

    Returns
    -------
    Task
        Called by form and file: ``gsm8k-test``. Its hash is that of the samples, whatever the file is called.

    Raises
    ------
    TaskError
        If the file cannot be read or a record is wrong; the message names it and what was expected.
    """
    if form == _MADE:
        from evalsuite.task.outside.reasoning_gym import load

        return load(path)
    how = _form(form)
    place = Path(path)
    try:
        samples = tuple(how.read(place))
    except OSError as error:
        raise TaskError(f"{form}:{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise TaskError(f"{form}:{path}: {error}") from error
    if not samples:
        raise TaskError(f"{form}:{path}: there is no sample in it")
    known = {key for sample in samples for key in sample.metadata}
    known |= {"depth"} if any(sample.depth is not None for sample in samples) else set()
    return Task(
        name=f"{form}-{_NOT_IN_NAMES.sub('_', place.stem)}",
        version=how.version,
        summary=how.summary,
        samples=samples,
        samples_digest=digest_samples(samples),
        prompt=how.prompt,
        generation=GenerationConfig(max_new_tokens=how.max_new_tokens, stop=("\n\nProblem:", "\n\nQuestion:")),
        metrics=tuple(replace(spec, by=tuple(key for key in spec.by if key in known)) for spec in how.metrics),
        source=f"{form}:{place.resolve()}",
    )


def _form(name: str) -> Form:
    found: Form = import_module(f"evalsuite.task.outside.{FORMS[name]}").FORM
    return found
