"""``evalsuite score --hyp``: systems' texts against references, line by line, and paired tests between the systems."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from evalsuite.cli.text_files import STDIN, read_lines
from evalsuite.errors import InputError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evalsuite.metrics.base import Metric
    from evalsuite.task import MetricSpec
    from evalsuite.text.base import Metric as TextMetric
    from evalsuite.types import Interval, Sample, Score

__all__ = ["FileScore", "Request", "read_options", "score_files", "score_sentences"]

# Registered metrics that equal one of sacrebleu's, whose signatures, details and tests they then have.
_SACREBLEU: Final = {"bleu": "BLEU", "chrf": "CHRF", "chrf++": "CHRF", "ter": "TER"}
# Options under another name in sacrebleu.
_RENAMED: Final = {"max_order": "max_ngram_order"}
# Metrics that look for an answer in a line, and outcomes that are none.
_READ_ANSWERS: Final = ("accuracy",)
_LACKS: Final = {
    "unextracted": "hold no answer that could be found",
    "undecided": "hold an answer that could not be compared with the reference's",
    "error": "ended in an error",
}
_RESAMPLES: Final = {"bs": 1_000, "ar": 10_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the command line asks for.

    Parameters
    ----------
    hypotheses, references : sequence of Path
        Files; the first system is the baseline.
    metrics : sequence of str
    options : mapping of str to mapping
        Options by metric.
    test : {"bs", "ar"}, optional
        Paired bootstrap or approximate randomisation against the baseline.
    n_samples : int, optional
        Resamples or trials.
    seed : int, optional
        Of tests and of `confidence`.
    confidence : bool
        Whether to add sacrebleu's interval.
    """

    hypotheses: Sequence[Path]
    references: Sequence[Path]
    metrics: Sequence[str]
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    test: Literal["bs", "ar"] | None = None
    n_samples: int | None = None
    seed: int | None = None
    confidence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileScore:
    """A system's score by a metric.

    Parameters
    ----------
    system : str
        Name of its file.
    score : Score
        Ours, with its interval.
    published : mapping
        What sacrebleu's JSON has of it: name, score, signature and so on.
    difference : tuple of (float, Interval or None), optional
        From the baseline's score, where there is one and the metric's scores come from rows.
    p_value : float, optional
        Of the paired test.
    """

    system: str
    score: Score
    published: Mapping[str, Any]
    difference: tuple[float, Interval | None] | None = None
    p_value: float | None = None


@dataclass(frozen=True, slots=True)
class _Texts:
    """The lines of all files."""

    names: list[str]
    systems: list[list[str]]
    streams: list[list[str]]
    samples: list[Sample]


def read_options(
    given: Sequence[str], metrics: Sequence[str], *, asked_by: str | None = None
) -> dict[str, dict[str, Any]]:
    """Take apart options of the form ``METRIC.OPTION=VALUE``; values are JSON, or else text.

    `asked_by` names the option that `metrics` were given by, where others are computed, too.

    Raises
    ------
    UsageError
        If one has another form or names a metric that is not computed.

    Examples
    --------
    >>> read_options(["bleu.tokenize=intl", "bleu.lowercase=true", "chrf.word_order=2"], ["bleu", "chrf"])
    {'bleu': {'tokenize': 'intl', 'lowercase': True}, 'chrf': {'word_order': 2}}
    """
    options: dict[str, dict[str, Any]] = {}
    for text in given:
        target, equals, value = text.partition("=")
        metric, dot, option = target.partition(".")
        if not (equals and dot and metric and option):
            raise UsageError(f'--option: expected METRIC.OPTION=VALUE, such as bleu.tokenize=intl; found "{text}"')
        if metric not in metrics:
            raise UsageError(
                f'--option: "{text}" is for "{metric}", which is not among the metrics asked for'
                f"{f' by {asked_by}' if asked_by else ''}{did_you_mean(metric, metrics)}"
            )
        try:
            parsed = json.loads(value)
        except (ValueError, RecursionError):
            parsed = value
        options.setdefault(metric, {})[option.replace("-", "_")] = parsed
    return options


def score_files(request: Request) -> list[FileScore]:
    """Score each system by each metric: all metrics of the first system, then those of the next.

    Raises
    ------
    EvalsuiteError
        If a file cannot be read, files do not pair up, or a metric or option is unknown or cannot score the texts.
    """
    if request.confidence and not _SACREBLEU.keys() & set(request.metrics):
        raise UsageError(
            f"score: --confidence adds sacrebleu's interval to {', '.join(_SACREBLEU)}; none of them is asked for, and "
            "every score has an interval of ours as it is"
        )
    texts = _read(request)
    by_metric = [
        _score_by(name, texts, request, primary=i == 0) for i, name in enumerate(dict.fromkeys(request.metrics))
    ]
    return [scores[system] for system in range(len(texts.names)) for scores in by_metric]


def score_sentences(request: Request) -> list[tuple[str, str, list[float | None]]]:
    """Score each line on its own: system, metric and as many scores as lines; None where a line has no score.

    BLEU leaves out orders longer than a line, as sacrebleu does for sentences.

    Raises
    ------
    EvalsuiteError
        As `score_files`; also if a metric has no score of one line.
    """
    from evalsuite.metrics.base import RowMetric
    from evalsuite.scoring.score import compute_rows

    texts = _read(request)
    found: dict[str, list[list[float | None]]] = {}
    for name in dict.fromkeys(request.metrics):
        options = dict(request.options.get(name, {}))
        if name == "bleu":
            options.setdefault("effective_order", True)
        _, metric = _make(name, options, primary=False)
        if not isinstance(metric, RowMetric):
            raise UsageError(f'--sentence-level: "{name}" is a score of all lines together, not of one')
        found[name] = []
        for system in texts.systems:
            rows = _checked(
                name,
                lambda metric=metric, system=system: compute_rows(metric, texts.samples, _outputs(texts, system)),
                referenced=bool(texts.streams),
            )
            values = metric.value(rows.values)
            found[name].append([None if value != value else float(value) for value in values.tolist()])
    return [(system, name, scores[i]) for i, system in enumerate(texts.names) for name, scores in found.items()]


def _read(request: Request) -> _Texts:
    from evalsuite.types import Sample

    paths = [*request.hypotheses, *request.references]
    if paths.count(STDIN) > 1:
        raise UsageError('score: "-" is given twice, and the standard input can be read but once')
    systems = [read_lines(path) for path in request.hypotheses]
    streams = [read_lines(path) for path in request.references]
    names = ["standard input" if path == STDIN else str(path) for path in paths]
    n_lines = len(systems[0])
    # Each file is compared with the first: of two numbers that differ, both are named.
    for name, lines in zip(names[1:], [*systems[1:], *streams], strict=True):
        if len(lines) != n_lines:
            raise InputError(f"{name}: has {len(lines)} lines, {names[0]} has {n_lines}; they must pair up")
    samples = [
        Sample(id=f"line-{i + 1}", input={}, references=tuple(stream[i] for stream in streams)) for i in range(n_lines)
    ]
    return _Texts(names[: len(systems)], systems, streams, samples)


def _outputs(texts: _Texts, system: list[str]) -> list[tuple[Any, ...]]:
    from evalsuite.types import Output

    return [(Output(text=text, sample_id=sample.id),) for text, sample in zip(system, texts.samples, strict=True)]


def _make(name: str, options: Mapping[str, Any], *, primary: bool) -> tuple[MetricSpec, Metric]:
    from evalsuite.scoring import make_metric
    from evalsuite.task import MetricSpec

    spec = MetricSpec(name=name, options=dict(options), primary=primary)
    metric = make_metric(spec, "--option" if options else "--metric")
    if metric.modality != "text":
        raise UsageError(f'--metric: "{name}" reads {metric.modality}, these files hold text; see --real and --fake')
    if "text" not in metric.asks:
        raise UsageError(f'--metric: "{name}" reads log-probabilities, these files hold text; give a run log with them')
    return spec, metric


def _checked(name: str, compute: Any, *, referenced: bool = True) -> Any:
    try:
        return compute()
    except ValueError as error:
        if not referenced and "no references" in str(error):
            raise UsageError(f'score: metric "{name}" compares with references: --ref is missing') from error
        raise InputError(f'metric "{name}" cannot score these files: {error}') from error


def _score_by(name: str, texts: _Texts, request: Request, *, primary: bool) -> list[FileScore]:
    """Score all systems by one metric."""
    from evalsuite.scoring import ScoringInput, score_outputs

    spec, metric = _make(name, request.options.get(name, {}), primary=primary)
    scores = [
        _checked(
            name,
            lambda system=system: score_outputs(
                ScoringInput(task_name="files", samples=texts.samples, outputs=_outputs(texts, system)), spec, metric
            ),
            referenced=bool(texts.streams),
        )
        for system in texts.systems
    ]
    scores = [_explained(score) for score in scores]
    differences, p_values = _compared(metric, texts, request, scores)
    counterpart = _counterpart(name, metric)
    if counterpart is None:
        published: list[dict[str, Any]] = [
            {"name": name, "score": score.value, "signature": score.signature} for score in scores
        ]
    else:
        published = _checked(name, lambda: _published(counterpart, texts, request))
        if request.test is not None:
            p_values = [entry["p_value"] for entry in published]
    return [
        FileScore(
            system=texts.names[i],
            score=score,
            published=published[i],
            difference=differences[i],
            p_value=p_values[i],
        )
        for i, score in enumerate(scores)
    ]


def _explained(score: Score) -> Score:
    """Return a score with a note of why lines have no value, or no answer, and what to do."""
    found = {outcome: count for outcome, count in score.outcomes.items() if outcome in _LACKS and count}
    lacking = ", ".join(f"{count} {_LACKS[outcome]}" for outcome, count in found.items())
    if score.metric in _READ_ANSWERS and found:
        remedy = (
            f'{score.metric} compares final answers, marked by "answer: X", "#### X" or a box, or else numbers; '
            "for whole lines use --metric exact_match"
        )
        return replace(score, notes=(*score.notes, f"of {score.n} lines {lacking}: {remedy}."))
    if score.value is None:
        return replace(score, notes=(*score.notes, f"no value: of {score.n} lines {lacking or 'none can be scored'}."))
    return score


def _counterpart(name: str, metric: Metric) -> TextMetric[Any] | None:
    """Return sacrebleu's form of a registered metric, with the same options."""
    if name not in _SACREBLEU:
        return None
    from importlib import import_module

    kind = _SACREBLEU[name]
    options = {_RENAMED.get(option.name, option.name): getattr(metric, option.name) for option in fields(metric)}  # type: ignore[arg-type]
    made: TextMetric[Any] = getattr(import_module(f"evalsuite.text.{kind.lower()}"), kind)(**options)
    return made


def _published(metric: TextMetric[Any], texts: _Texts, request: Request) -> list[dict[str, Any]]:
    """Score the systems as sacrebleu's command line does, with all decimals."""
    from evalsuite.text.base import column_sums
    from evalsuite.text.resampling import seed_from_environment
    from evalsuite.text.significance import PairedTest

    published = []
    for system in texts.systems:
        rows = metric.corpus_statistics(system, texts.streams)
        score = metric.score_from_statistics(column_sums(rows))
        if request.confidence:
            seed_name, seed = seed_from_environment() if request.seed is None else (str(request.seed), request.seed)
            metric.add_interval(score, rows, request.n_samples or _RESAMPLES["bs"], seed_name, seed)
        signature = metric.get_signature().format()
        record = json.loads(score.format(width=2, signature=signature, is_json=True))
        record["score"] = float(score.score)
        if request.confidence:
            record["confidence_mean"], record["confidence_var"] = float(score._mean), float(score._ci)
        published.append(record)
    if request.test is None:
        return published
    test = PairedTest(
        list(zip(texts.names, texts.systems, strict=True)),
        {"metric": metric},
        texts.streams,
        test_type=request.test,
        n_samples=request.n_samples or 0,
        seed=request.seed,
    )
    signatures, scores = test()
    (name,) = signatures
    for record, result in zip(published, scores[name], strict=True):
        for pair in signatures[name].format().split("|"):
            key, _, value = pair.partition(":")
            record[key] = value
        record["signature"] = signatures[name].format()
        for key in ("p_value", "mean", "ci"):
            value = getattr(result, key)
            record[key] = None if value is None else float(value)
    return published


def _compared(
    metric: Metric, texts: _Texts, request: Request, scores: Sequence[Score]
) -> tuple[list[tuple[float, Interval | None] | None], list[float | None]]:
    """Compare each system with the first by rows: the difference with its interval, and the p-value of our test."""
    import numpy as np

    from evalsuite import stats
    from evalsuite.metrics.base import RowMetric
    from evalsuite.rng import derive_seed
    from evalsuite.scoring import bootstrap_seed
    from evalsuite.scoring.score import compute_rows

    differences: list[tuple[float, Interval | None] | None] = [None] * len(scores)
    p_values: list[float | None] = [None] * len(scores)
    if len(scores) < 2 or not isinstance(metric, RowMetric):
        return differences, p_values
    rows = [compute_rows(metric, texts.samples, _outputs(texts, system)) for system in texts.systems]
    for i in range(1, len(scores)):
        both = rows[0].scored() & rows[i].scored()
        first, second = (np.asarray(part.values[both], dtype=np.float64) for part in (rows[0], rows[i]))
        base, value = scores[0].value, scores[i].value
        if base is None or value is None or not both.any():
            continue
        labels = np.arange(len(first), dtype=np.int64)
        interval = stats.paired_interval(
            second, first, labels, metric.value, seed=bootstrap_seed("files", metric.signature())
        )
        differences[i] = (value - base, interval)
        if request.test is None or metric.name in _SACREBLEU:
            continue
        seed = derive_seed("paired test", metric.signature(), request.seed or 0)
        if request.test == "bs":
            p_values[i] = stats.bootstrap_test(
                second, first, labels, metric.value, seed=seed, n_resamples=request.n_samples or _RESAMPLES["bs"]
            )
        else:
            p_values[i] = stats.randomisation_test(
                second, first, labels, metric.value, seed=seed, n_trials=request.n_samples or _RESAMPLES["ar"]
            )
    return differences, p_values
