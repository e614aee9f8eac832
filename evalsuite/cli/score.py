"""``evalsuite score``: score a run log again, or files of hypotheses and references; no model is run."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.errors import InputError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from evalsuite.types import Score

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("log", nargs="?", type=Path, metavar="LOG", help="a run.jsonl, or the folder it is in")
    parser.add_argument("--task", metavar="TASK", help="the log's task, where it is not found by the name in the log")
    parser.add_argument("--hyp", type=Path, metavar="F", help="hypotheses, one a line")
    parser.add_argument(
        "--ref", type=Path, action="append", metavar="F", help="references, one a line; again for a second reference"
    )
    parser.add_argument(
        "--metric", nargs="+", metavar="NAME", help="for files: which metrics; for a log: besides the task's own"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    if options.log is not None:
        if options.hyp or options.ref:
            raise UsageError("score: give either a run log, or --hyp and --ref")
        scores = _score_log(options.log, options.task, options.metric or [])
    elif options.hyp and options.ref:
        if not options.metric:
            raise UsageError(
                'score: --metric is missing, for example --metric bleu chrf. See "evalsuite list metrics".'
            )
        scores = _score_files(options.hyp, options.ref, options.metric)
    else:
        raise UsageError("score: give a run log, or --hyp FILE --ref FILE --metric NAME")
    _print(scores, as_json=options.json)
    return 0


def _score_log(path: Path, task_name: str | None, extra: Sequence[str]) -> list[Score]:
    from dataclasses import replace

    from evalsuite.evaluation import score_log
    from evalsuite.runlog import RunLock, read_log
    from evalsuite.scoring import task_metrics
    from evalsuite.task import MetricSpec, load_task

    log = read_log(path / "run.jsonl" if path.is_dir() else path)
    identity = log.header["identity"]
    source = task_name or str(log.header["task"].get("source", ""))
    if not source:
        raise InputError(f"{log.path}: its task was made in Python, not loaded; give its task file by --task")
    task = load_task(source)
    if task.content_hash != identity.get("task_hash"):
        raise InputError(
            f'{log.path}: was made with task "{identity["task_name"]}" version {identity["task_version"]} of another '
            f'content than "{task.source}" (hash {task.content_hash[:16]}, in the log {identity["task_hash"][:16]}); '
            "give the task file it was made with by --task"
        )
    known = [spec.name for spec in task.metrics]
    added = tuple(MetricSpec(name=name) for name in dict.fromkeys(extra) if name not in known)
    task = replace(task, metrics=(*task.metrics, *added))
    task_metrics(task)
    # What was asked for last is in the report; a log without one is scored by what it holds.
    repeats = 1 + max((repeat for _, repeat, _ in log.outputs), default=0)
    present = [i for i, sample in enumerate(task.samples) if (sample.id, 0, 0) in log.outputs]
    limit = present[-1] + 1 if present and present[-1] + 1 < len(task.samples) else None
    with RunLock(log.path.parent):
        report, _ = score_log(log, task, repeats=repeats, limit=limit)
    return list(report.scores)


def _score_files(hypotheses: Path, references: Sequence[Path], metrics: Sequence[str]) -> list[Score]:
    from evalsuite.scoring import ScoringInput, make_metric, score_outputs
    from evalsuite.task import MetricSpec
    from evalsuite.types import Output, Sample

    texts = read_lines(hypotheses)
    streams = [read_lines(path) for path in references]
    for path, stream in zip(references, streams, strict=True):
        if len(stream) != len(texts):
            raise InputError(f"{path}: has {len(stream)} lines, {hypotheses} has {len(texts)}; they must pair up")
    samples = [
        Sample(id=f"line-{i + 1}", input={}, references=tuple(stream[i] for stream in streams))
        for i in range(len(texts))
    ]
    outputs = [(Output(text=text, sample_id=sample.id),) for text, sample in zip(texts, samples, strict=True)]
    data = ScoringInput(task_name="files", samples=samples, outputs=outputs)
    scores: list[Score] = []
    for name in dict.fromkeys(metrics):
        spec = MetricSpec(name=name, primary=not scores)
        try:
            scores.append(score_outputs(data, spec, make_metric(spec, "--metric")))
        except ValueError as error:
            raise InputError(f'metric "{name}" cannot score these files: {error}') from error
    return scores


def read_lines(path: Path) -> list[str]:
    """Read the lines of a UTF-8 file, split at newlines only; a newline at the end starts no further line.

    Raises
    ------
    InputError
        If it cannot be read, is empty or not UTF-8; the byte is named.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(f"{path}:{line}: not UTF-8 (byte {error.start} of the file)") from error
    if not text:
        raise InputError(f"{path}: the file is empty")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def _print(scores: Sequence[Score], *, as_json: bool) -> None:
    from evalsuite.report.numbers import format_score
    from evalsuite.report.report import score_record

    if as_json:
        sys.stdout.write(json.dumps([score_record(score) for score in scores], indent=2) + "\n")
        return
    width = max(len(score.metric) for score in scores)
    for score in scores:
        unscored = f", {score.n_unscored} without a value" if score.n_unscored else ""
        sys.stdout.write(f"{score.metric:<{width}}  {format_score(score)}  (n = {score.n}{unscored})\n")
        sys.stdout.write(f"{'':<{width}}  {score.signature}\n")
