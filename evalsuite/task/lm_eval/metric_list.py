"""Which of our metrics a task file asks for: lm-evaluation-harness's metrics, by each of its pipelines of filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalsuite.answers.filters import check_filter
from evalsuite.errors import TaskError, did_you_mean
from evalsuite.task.fields import type_name
from evalsuite.task.task import MetricSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.task.lm_eval.yaml_file import TaskFile
    from evalsuite.types import JSONValue

__all__ = ["OUTPUT_TYPES", "metric_specs"]


@dataclass(frozen=True, slots=True)
class _Known:
    """What a metric is called here, how it is aggregated, and which way is better."""

    name: str
    aggregation: str
    higher: bool
    options: Mapping[str, JSONValue]
    arguments: tuple[str, ...] = ()


_EXACT = ("ignore_case", "ignore_punctuation", "ignore_numbers", "regexes_to_ignore")

OUTPUT_TYPES: Mapping[str, Mapping[str, _Known]] = {
    "generate_until": {
        "exact_match": _Known("filtered_exact_match", "mean", True, {}, _EXACT),
        "bleu": _Known("bleu", "bleu", True, {}),
        "chrf": _Known("chrf", "chrf", True, {}),
        "chrf++": _Known("chrf++", "chrf++", True, {}),
        "ter": _Known("ter", "ter", False, {}),
    },
    "multiple_choice": {
        "acc": _Known("choice_accuracy", "mean", True, {}),
        "acc_norm": _Known("choice_accuracy", "mean", True, {"normalise": "characters"}),
        "acc_bytes": _Known("choice_accuracy", "mean", True, {"normalise": "bytes"}),
        "exact_match": _Known("greedy_accuracy", "mean", True, {}),
        "brier_score": _Known("brier_score", "brier_score", False, {}),
    },
    "loglikelihood": {
        "acc": _Known("greedy_accuracy", "mean", True, {}),
        "perplexity": _Known("perplexity", "perplexity", False, {"per": "text"}),
    },
    "loglikelihood_rolling": {
        "word_perplexity": _Known("word_perplexity", "weighted_perplexity", False, {}),
        "byte_perplexity": _Known("byte_perplexity", "weighted_perplexity", False, {}),
        "bits_per_byte": _Known("bits_per_byte", "bits_per_byte", False, {}),
    },
}
"""Metrics by output type, each by its name there."""

_DEFAULT: Mapping[str, tuple[str, ...]] = {
    "generate_until": ("exact_match",),
    "multiple_choice": ("acc", "acc_norm"),
    "loglikelihood": ("perplexity", "acc"),
    "loglikelihood_rolling": ("word_perplexity", "byte_perplexity", "bits_per_byte"),
}
_FIRST: list[dict[str, JSONValue]] = [{"function": "take_first"}]
_FIRST_ALONE = ("none", _FIRST)


def metric_specs(file: TaskFile, output_type: str, repeats: int) -> tuple[MetricSpec, ...]:
    """Return the metrics of a task, the first of them primary.

    Raises
    ------
    TaskError
        If a metric or aggregation is not supported, or a pipeline of filters is for other outputs.
    """
    where = file.where("metric_list")
    asked = file.values.get("metric_list")
    if asked is None:
        asked = [{"metric": name} for name in _DEFAULT[output_type]]
    if not isinstance(asked, list) or not asked:
        raise TaskError(f"{where} must be a list of tables with a metric each, found {type_name(asked)}")
    pipelines = _pipelines(file, output_type, repeats)
    found: dict[str, MetricSpec] = {}
    for i, table in enumerate(asked):
        place = file.where(f"metric_list[{i}]")
        known, options = _read_metric(table, OUTPUT_TYPES[output_type], output_type, place)
        if known.name == "filtered_exact_match":
            specs = [
                {**options, "pipeline": name, "filters": filters, **({"repeats": repeats} if repeats > 1 else {})}
                for name, filters in pipelines
            ]
        elif any(filters != _FIRST for _, filters in pipelines):
            raise TaskError(
                f"{file.where('filter_list')}: filters other than take_first go with exact_match alone, "
                f"and {place} asks for {known.name}; write a task file without them for that metric"
            )
        else:
            specs = [options]
        for one in specs:
            spec = MetricSpec(name=known.name, primary=not found, options=one, place=place)
            found.setdefault(f"{known.name} {one}", spec)
    return tuple(found.values())


def _read_metric(
    table: JSONValue, known: Mapping[str, _Known], output_type: str, where: str
) -> tuple[_Known, dict[str, Any]]:
    if not isinstance(table, dict) or not isinstance(table.get("metric"), str):
        raise TaskError(f"{where} must be a table with a metric's name, found {type_name(table)}: {table!r:.80}")
    name = str(table["metric"])
    if name not in known:
        others = [other for other, metrics in OUTPUT_TYPES.items() if name in metrics]
        hint = f"; it is for output_type {others[0]}" if others else did_you_mean(name, known)
        raise TaskError(
            f'{where}: the metric "{name}" is not supported with output_type {output_type}{hint} '
            f"(supported: {', '.join(known)})"
        )
    metric = known[name]
    wanted = {"aggregation": metric.aggregation, "higher_is_better": metric.higher}
    for key, value in wanted.items():
        if table.get(key) is not None and table[key] != value:
            raise TaskError(f"{where}: {key} of {name} is {value!r} here, found {table[key]!r:.80}")
    options: dict[str, Any] = dict(metric.options)
    for key, value in table.items():
        if key in ("metric", "weight_by_size", *wanted) or value is None or (key == "hf_evaluate" and not value):
            continue  # weight_by_size is of groups of tasks
        if key not in metric.arguments:
            raise TaskError(
                f'{where}: {name} has no argument "{key}"{did_you_mean(key, metric.arguments)} '
                f"(it has: {', '.join(metric.arguments) or 'none'})"
            )
        options[key] = value
    return metric, options


def _pipelines(file: TaskFile, output_type: str, repeats: int) -> list[tuple[str, list[Any]]]:
    """Return name and filters of each pipeline; without any, the first output is taken."""
    asked = file.values.get("filter_list")
    if asked is None:
        return [_FIRST_ALONE]
    where = file.where("filter_list")
    if not isinstance(asked, list) or not asked:
        raise TaskError(f"{where} must be a list of pipelines, found {type_name(asked)}")
    found: dict[str, list[Any]] = {}
    for i, table in enumerate(asked):
        place = file.where(f"filter_list[{i}]")
        if not isinstance(table, dict) or not isinstance(table.get("name"), str):
            raise TaskError(f"{place} must be a table with a name and a list called filter, found {table!r:.80}")
        filters, name = table.get("filter"), str(table["name"])
        if not isinstance(filters, list) or not filters:
            raise TaskError(f"{place}: filter must be a list of filters, found {type_name(filters)}")
        for j, one in enumerate(filters):
            _check_filter(one, repeats, file.where(f"filter_list[{i}].filter[{j}]"))
        places = [j for j, one in enumerate(filters) if isinstance(one, dict) and one.get("function") == "take_first"]
        if places and places[0] != len(filters) - 1:
            raise TaskError(f"{place}: take_first leaves one text and must be the last filter of a pipeline")
        if name in found:
            raise TaskError(f'{place}: a pipeline called "{name}" stands before')
        found[name] = filters
    if output_type != "generate_until" and any(filters != _FIRST for filters in found.values()):
        raise TaskError(f"{where}: filters are for output_type generate_until, this task has {output_type}")
    return list(found.items())


def _check_filter(table: JSONValue, repeats: int, where: str) -> None:
    try:
        checked = check_filter(table, where)
    except ValueError as error:
        raise TaskError(str(error)) from None
    n_taken = checked.get("k", 1)
    if n_taken > repeats:
        raise TaskError(
            f"{where}: take_first_k takes {n_taken} outputs of a sample, and the file's repeats is {repeats}; "
            f"write repeats: {n_taken}, and run with --repeats {n_taken}"
        )
