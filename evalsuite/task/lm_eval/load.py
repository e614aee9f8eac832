"""Load a task file of lm-evaluation-harness as a task."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from evalsuite.errors import TaskError, did_you_mean
from evalsuite.task.lm_eval.dataset import Dataset
from evalsuite.task.lm_eval.documents import Documents, record_key
from evalsuite.task.lm_eval.few_shot import FewShots
from evalsuite.task.lm_eval.generation import generation_config
from evalsuite.task.lm_eval.known_fields import check_known_fields
from evalsuite.task.lm_eval.metric_list import OUTPUT_TYPES, metric_specs
from evalsuite.task.lm_eval.task import LmEvalTask
from evalsuite.task.lm_eval.worked_examples import WorkedExamples
from evalsuite.task.lm_eval.yaml_file import TaskFile, parse_yaml, read_task_file
from evalsuite.types import Ask, GenerationConfig
from evalsuite.worlds import digest_samples

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from evalsuite.types import JSONValue, Sample

__all__ = ["lm_eval_head", "load_lm_eval"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")
_ASKS: Mapping[str, Ask] = {
    "generate_until": "text",
    "multiple_choice": "choices",
    "loglikelihood": "choices",
    "loglikelihood_rolling": "rolling",
}


def lm_eval_head(text: str) -> tuple[str, str] | None:
    """Return name and one line of a task file by its text, without reading its data; None where it is no task.

    A file without ``task`` is one that others include, and a list of tasks is a group.

    Raises
    ------
    ValueError
        If it is not YAML, or its name cannot be a task's.
    DependencyError
        If PyYAML is not installed, which the index of a folder must not remember.
    """
    if re.search(r"(?m)^task\s*:", text) is None:  # most other YAML files, without parsing them
        return None
    try:
        values, _ = parse_yaml(text, "YAML")
    except TaskError as error:
        raise ValueError(str(error)) from error
    name = values.get("task")
    if not isinstance(name, str) or not ({"dataset_path", "include", "output_type", "doc_to_text"} & set(values)):
        return None
    if not _NAME.fullmatch(name):
        raise ValueError(f"task must be letters, digits and _ . + -, found {name!r:.80}")
    return name, _summary(values)


def load_lm_eval(path: Path, *, where: str = "", source: str = "", prompt_format: str | None = None) -> LmEvalTask:
    """Load a task file in the YAML of lm-evaluation-harness: the subset that ``docs/lm-eval.md`` lists.

    Parameters
    ----------
    path : Path
    where : str
        Of the file, for messages; the path by default.
    source : str
        What the task is to be loaded by again; the whole path by default.
    prompt_format : str, optional
        There are none: a name is an error.

    Returns
    -------
    LmEvalTask
        Its prompts are those of lm-evaluation-harness, worked examples included.

    Raises
    ------
    TaskError
        If a field is not supported or wrong, or data are missing; the message names file, line and field.
    DependencyError
        If PyYAML is not installed.
    """
    where = where or str(path)
    if prompt_format is not None:
        raise TaskError(f'{where}: the task has no prompt formats, and so not "{prompt_format}"')
    file = read_task_file(path)
    check_known_fields(file)
    name = _text(file, "task", None)
    if not _NAME.fullmatch(name):
        raise TaskError(f"{file.where('task')} may hold letters, digits and _ . + -, found {name!r:.80}")
    output_type = _text(file, "output_type", "generate_until")
    if output_type not in OUTPUT_TYPES:
        raise TaskError(
            f'{file.where("output_type")}: there is no "{output_type}"{did_you_mean(output_type, OUTPUT_TYPES)} '
            f"(there are: {', '.join(OUTPUT_TYPES)})"
        )
    fewshot_delimiter = _text(file, "fewshot_delimiter", "\n\n")
    target_delimiter = _text(file, "target_delimiter", " ")
    num_fewshot = _count(file, "num_fewshot", 0)
    repeats = max(1, _count(file, "repeats", 1))
    specs = metric_specs(file, output_type, repeats)
    generation = GenerationConfig(num_fewshot=num_fewshot)
    if output_type == "generate_until":
        given = file.values.get("generation_kwargs")
        if given is not None and not isinstance(given, dict):
            raise TaskError(f"{file.where('generation_kwargs')} must be a table, found {given!r:.80}")
        generation = generation_config(given, fewshot_delimiter, num_fewshot, file.where("generation_kwargs"))
    dataset = Dataset(file)
    field = "validation_split" if file.values.get("test_split") is None else "test_split"
    split = dataset.split(_text(file, field, None), field)
    samples = tuple(Documents(file, split, output_type, split.columns).samples())
    examples = WorkedExamples(file)
    fewshot: tuple[Sample, ...] = ()
    shots = None
    sampler = examples.sampler
    if output_type == "loglikelihood_rolling":
        if num_fewshot:
            raise TaskError(f"{file.where('num_fewshot')}: whole texts are rated without worked examples")
    else:
        shown = examples.split(dataset, split, num_fewshot)
        if shown is not None:
            fewshot = tuple(Documents(file, shown, output_type, split.columns, examples.instead).shots())
            shots = FewShots(
                {sample.id: record_key(record) for sample, record in zip(samples, split.records, strict=True)},
                [record_key(record) for record in shown.records],
                sampler,
                without_itself=examples.without_itself,
            )
    try:
        return LmEvalTask(
            name=name,
            version=_version(file),
            summary=_summary(file.values),
            samples=samples,
            samples_digest=digest_samples(samples),
            prompt="" if output_type == "loglikelihood_rolling" else "{description}{text}",
            generation=generation,
            metrics=specs,
            fewshot=fewshot,
            source=source or str(path.resolve()),
            ask=_ASKS[output_type],
            target_delimiter="" if output_type == "loglikelihood" else target_delimiter,
            repeats=repeats if output_type == "generate_until" else 1,  # a likelihood is the same each time
            shots=shots,
            sampler=sampler,
            shot_delimiter=examples.delimiter("target_delimiter", target_delimiter),
            between_shots=examples.delimiter("fewshot_delimiter", fewshot_delimiter),
        )
    except TaskError as error:
        raise TaskError(f"{where}: {error}") from error


def _text(file: TaskFile, key: str, default: str | None) -> str:
    value = file.values.get(key)
    value = default if value is None else value
    if not isinstance(value, str):
        what = "is missing" if value is None else "must be a string"
        raise TaskError(f"{file.where(key)} {what}, found {value!r:.80}")
    return value


def _count(file: TaskFile, key: str, default: int) -> int:
    value = file.values.get(key)
    value = default if value is None else value
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10_000:
        raise TaskError(f"{file.where(key)} must be an integer from 0 to 10,000, found {value!r:.80}")
    return value


def _version(file: TaskFile) -> int:
    """Return the whole part of ``metadata.version``, at least 1; the hash of the content tells the rest apart."""
    metadata = file.values.get("metadata")
    version = metadata.get("version", 1) if isinstance(metadata, dict) else 1
    try:
        return max(1, int(float(cast("str", version))))
    except (TypeError, ValueError, OverflowError):
        return 1


def _summary(values: Mapping[str, JSONValue]) -> str:
    metadata = values.get("metadata")
    version = metadata.get("version") if isinstance(metadata, dict) else None
    kind = values.get("output_type") or ("generate_until" if "include" not in values else None)
    parts = [f"output_type {kind}"] if kind else []
    parts += [f"version {version}"] if version is not None else []
    return f"Task file of lm-evaluation-harness{': ' if parts else ''}{', '.join(parts)}."
