"""Read task files."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from evalsuite.errors import TaskError, did_you_mean
from evalsuite.task.fields import check_keys, optional_field, required_field, type_name
from evalsuite.task.formats import choose_format, fill_format, read_formats, show_in_format, split_format
from evalsuite.task.included import KINDS
from evalsuite.task.lookup import find_task, list_tasks, task_files, tasks_folder
from evalsuite.task.outside import load_outside, split_outside
from evalsuite.task.samples import load_samples
from evalsuite.task.task import MetricSpec, Task, render_prompt
from evalsuite.task.toml_file import read_toml
from evalsuite.types import Ask, GenerationConfig, Modality, Sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["list_tasks", "load_task", "parse_generation", "task_files", "tasks_folder"]

_TASK_KEYS = (
    "name",
    "version",
    "summary",
    "modality",
    "image_shape",
    "draw",
    "ask",
    "target_delimiter",
    "samples",
    "fewshot",
    "prompt",
    "format",
    "formats",
    "generation",
    "metrics",
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")


def load_task(name: str, include: Sequence[Path] = ()) -> Task:
    """Load a task by name, by the path of its ``task.toml`` or folder, or data of others by form and path.

    A path that ends in ``.yaml`` or ``.yml`` is a task file of lm-evaluation-harness: see `evalsuite.task.lm_eval`.

    ``NAME:prompt=FORMAT`` is the task in another prompt format than its default, under a name of its own.

    Parameters
    ----------
    name : str
    include : sequence of Path
        Folders whose tasks may be named, too.

    Raises
    ------
    TaskError
        If there is none, or its file or samples are wrong; the message names file, field and what was expected. Also
        if several files have that name; all are named.
    """
    outside = split_outside(name)
    if outside is not None:
        return load_outside(*outside)
    name, wanted = split_format(name)
    path = Path(name)
    try:
        is_folder = bool(name) and path.is_dir()
        if path.suffix in KINDS or "/" in name or is_folder:
            path = path / "task.toml" if is_folder else path
            if not path.is_file():
                raise TaskError(f"{name}: there is no task file {path}")
    except OSError as error:
        raise TaskError(f"{name}: cannot be read: {error.strerror}") from error
    if path.suffix in KINDS or "/" in name or is_folder:
        return _load_file(path, where=str(path), source=str(path.resolve()), prompt_format=wanted)
    path, is_ours = find_task(name, include)
    where, source = (f"tasks/{name}/task.toml", name) if is_ours else (str(path), str(path))
    return _load_file(path, where=where, source=source, prompt_format=wanted)


def _load_file(path: Path, *, where: str, source: str, prompt_format: str | None) -> Task:
    """Load a task file by what its suffix says it is, TOML where that says nothing."""
    load = KINDS[path.suffix].load if path.suffix in KINDS else ""
    if not load:
        return parse_task(read_toml(path), path.parent, where, source=source, prompt_format=prompt_format)
    module, _, function = load.partition(":")
    task: Task = getattr(import_module(module), function)(path, where=where, source=source, prompt_format=prompt_format)
    return task


def parse_task(
    table: Mapping[str, Any], folder: Path, where: str, *, source: str, prompt_format: str | None = None
) -> Task:
    """Check a task file's content and load its samples; `where` names the file in messages."""
    check_keys(table, _TASK_KEYS, where)
    name = required_field(table, "name", str, where)
    if not _NAME.fullmatch(name):
        raise TaskError(f"{where}: name may hold letters, digits and _ . + -, found {name!r}")
    version = required_field(table, "version", int, where)
    if version < 1:
        raise TaskError(f"{where}: version must be at least 1, found {version}")
    modality = optional_field(table, "modality", str, where, "text")
    if modality not in get_args(Modality):
        raise TaskError(f'{where}: modality must be one of {", ".join(get_args(Modality))}, found "{modality}"')
    samples, digest = load_samples(required_field(table, "samples", dict, where), folder, f"{where}: samples")
    fewshot: tuple[Sample, ...] = ()
    if "fewshot" in table:
        fewshot, _ = load_samples(required_field(table, "fewshot", dict, where), folder, f"{where}: fewshot")
    ask = optional_field(table, "ask", str, where, "text")
    if "target_delimiter" in table and ask != "choices":
        raise TaskError(f'{where}: target_delimiter is what stands before a choice, for tasks with ask = "choices"')
    prompt = optional_field(table, "prompt", str, where, "") if ask == "rolling" else None
    prompt = required_field(table, "prompt", str, where) if prompt is None else prompt
    formats = read_formats(table, prompt, where)
    generation = parse_generation(
        optional_field(table, "generation", dict, where, {}), GenerationConfig(), f"{where}: generation"
    )
    settings = {
        key: parse_generation(one.generation, generation, f"{where}: formats.{key}.generation")
        for key, one in formats.items()
    }
    chosen = choose_format(formats, prompt_format, where)
    if chosen is not None:
        generation = settings[chosen.name]
        fewshot = tuple(show_in_format(sample, chosen.name, f"{where}: fewshot") for sample in fewshot)
        if chosen.name != next(iter(formats)):
            name, source = f"{name}-{chosen.name}", f"{source}:prompt={chosen.name}"
    task = Task(
        name=name,
        version=version,
        summary=optional_field(table, "summary", str, where, ""),
        modality=cast("Modality", modality),
        samples=samples,
        samples_digest=digest,
        prompt=fill_format(prompt, chosen),
        generation=generation,
        metrics=_parse_metrics(required_field(table, "metrics", list, where), where),
        fewshot=fewshot,
        source=source,
        image_shape=_parse_shape(table, modality, where),
        prompt_format="" if chosen is None else chosen.name,
        prompt_formats=tuple(formats),
        draw=optional_field(table, "draw", str, where, ""),
        ask=cast("Ask", ask),
        target_delimiter=optional_field(table, "target_delimiter", str, where, " "),
    )
    _check_samples(task, where)
    return task


def _parse_shape(table: Mapping[str, Any], modality: str, where: str) -> tuple[int, int, int] | None:
    if "image_shape" not in table:
        return None
    shape = required_field(table, "image_shape", list, where)
    whole = all(isinstance(n, int) and not isinstance(n, bool) and n >= 1 for n in shape)
    if len(shape) != 3 or not whole or shape[2] not in (1, 3):
        raise TaskError(f"{where}: image_shape must be height, width and channels (1 or 3), found {shape!r}")
    if modality not in ("image", "video"):
        raise TaskError(f"{where}: image_shape is for tasks of modality image or video, this one generates {modality}")
    return shape[0], shape[1], shape[2]


def parse_generation(table: Mapping[str, Any], base: GenerationConfig, where: str) -> GenerationConfig:
    """Return `base` with the settings of `table` in place of its own; TaskError names a bad setting."""
    check_keys(table, ("max_new_tokens", "temperature", "top_k", "top_p", "stop", "num_fewshot"), where)
    table = {"top_k": base.top_k, "top_p": base.top_p, **table}  # None switches one off
    config = {
        "max_new_tokens": optional_field(table, "max_new_tokens", int, where, base.max_new_tokens),
        "temperature": optional_field(table, "temperature", float, where, base.temperature),
        "top_k": required_field(table, "top_k", int, where) if table.get("top_k") is not None else None,
        "top_p": required_field(table, "top_p", float, where) if table.get("top_p") is not None else None,
        "num_fewshot": optional_field(table, "num_fewshot", int, where, base.num_fewshot),
    }
    least = {"max_new_tokens": 1, "temperature": 0, "top_k": 1, "num_fewshot": 0}
    for key, low in least.items():
        value = config[key]
        if value is not None and not low <= value < float("inf"):
            raise TaskError(f"{where}: {key} must be at least {low}, found {value}")
    if config["top_p"] is not None and not 0 < config["top_p"] <= 1:
        raise TaskError(f"{where}: top_p must be in (0, 1], found {config['top_p']}")
    if isinstance(table.get("stop"), tuple):  # as GenerationConfig has it, which callers from Python may pass on
        table = {**table, "stop": list(table["stop"])}
    stop = optional_field(table, "stop", list, where, list(base.stop))
    if not all(isinstance(text, str) and text for text in stop):
        raise TaskError(f"{where}: stop must be a list of strings that are not empty, found {stop!r}")
    return GenerationConfig(**config, stop=tuple(stop))  # type: ignore[arg-type]


def _parse_metrics(tables: list[Any], where: str) -> tuple[MetricSpec, ...]:
    specs: list[MetricSpec] = []
    for i, table in enumerate(tables):
        place = f"{where}: metrics[{i}]"
        if not isinstance(table, dict):
            raise TaskError(f'{place} must be a table such as {{ name = "bleu" }}, found {type_name(table)}: {table!r}')
        by = optional_field(table, "by", list, place, [])
        if not all(isinstance(key, str) for key in by):
            raise TaskError(f"{place}: by must be a list of strings, found {by!r}")
        specs.append(
            MetricSpec(
                name=required_field(table, "name", str, place),
                primary=optional_field(table, "primary", bool, place, False),
                by=tuple(by),
                options={key: value for key, value in table.items() if key not in ("name", "primary", "by")},
            )
        )
    n_primary = sum(spec.primary for spec in specs)
    if n_primary != 1:
        raise TaskError(f"{where}: metrics: exactly one must say primary = true, found {n_primary}")
    return tuple(specs)


def _check_samples(task: Task, where: str) -> None:
    for sample in (*task.fewshot, *task.samples):
        try:
            render_prompt(task.prompt, sample)
        except TaskError as error:
            raise TaskError(f"{where}: prompt: {error}") from error
    for i, spec in enumerate(task.metrics):
        for key in spec.by:
            known = {name for sample in task.samples for name in sample.metadata}
            known |= {"depth"} if any(sample.depth is not None for sample in task.samples) else set()
            if key not in known:
                raise TaskError(
                    f'{where}: metrics[{i}]: by: no sample has a "{key}"{did_you_mean(key, known)} '
                    f"(there is: {', '.join(sorted(known)) or 'nothing'})"
                )
    for sample in task.fewshot:
        if not sample.references:
            raise TaskError(f'{where}: fewshot: sample "{sample.id}" has no reference to show')
