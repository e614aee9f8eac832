"""``evalsuite score``: score a run log again, hypotheses and references, or sets of images; no model is run."""

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

__all__ = ["add_arguments", "print_scores", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("log", nargs="?", type=Path, metavar="LOG", help="a run.jsonl, or the folder it is in")
    parser.add_argument("--task", metavar="TASK", help="the log's task, where it is not found by the name in the log")
    parser.add_argument("--hyp", type=Path, metavar="F", help="hypotheses, one a line")
    parser.add_argument(
        "--ref", type=Path, action="append", metavar="F", help="references, one a line; again for a second reference"
    )
    parser.add_argument("--real", metavar="R", help="real images: a folder, tar or npz, or a data set's name")
    parser.add_argument("--fake", metavar="F", help="images to score: a folder, tar or npz")
    parser.add_argument("--extractor", metavar="NAME", help="for images: the network that computes features")
    parser.add_argument(
        "--metric",
        nargs="+",
        metavar="NAME",
        help="for files and images: which metrics; for a log: besides the task's own, printed but not reported",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    ways = {
        "a run log": options.log is not None,
        "--hyp and --ref": bool(options.hyp or options.ref),
        "--real and --fake": options.real is not None or options.fake is not None,
    }
    chosen = [way for way, given in ways.items() if given]
    if len(chosen) > 1:
        raise UsageError(f"score: give either {' or '.join(chosen)}, not both")
    if not chosen:
        raise UsageError(
            "score: give a run log, or --hyp FILE --ref FILE --metric NAME, or --real DIR --fake DIR --metric NAME"
        )
    if options.extractor is not None and not ways["--real and --fake"]:
        raise UsageError("score: --extractor is for --real and --fake; a task's file says which its metrics use")
    if ways["a run log"]:
        _score_log(options)
        return 0
    if not options.metric:
        example = "bleu chrf" if ways["--hyp and --ref"] else "frechet_distance kid"
        raise UsageError(f'score: --metric is missing, for example --metric {example}. See "evalsuite list metrics".')
    if ways["--real and --fake"]:
        _score_images(options)
        return 0
    if not (options.hyp and options.ref):
        raise UsageError("score: --hyp and --ref go together: hypotheses, and what they are compared with")
    print_scores(_score_files(options.hyp, options.ref, options.metric), as_json=options.json)
    return 0


def _score_log(options: argparse.Namespace) -> None:
    from evalsuite.cli.messages import say
    from evalsuite.cli.score_log import score_run

    report, warning = score_run(options.log, options.task, options.metric or [])
    if warning is not None:
        say(f"evalsuite: {warning}")
    print_scores(report.scores, as_json=options.json)


def _score_images(options: argparse.Namespace) -> None:
    from evalsuite.cli.score_images import score_images

    if not options.real or not options.fake:
        raise UsageError("score: --real and --fake go together: real images, and those to score")
    score_images(options.real, options.fake, options.metric, options.extractor, as_json=options.json)


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
        metric = make_metric(spec, "--metric")
        if metric.modality != "text":
            raise UsageError(
                f'--metric: "{name}" reads {metric.modality}, these files hold text; see --real and --fake'
            )
        try:
            scores.append(score_outputs(data, spec, metric))
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


def print_scores(scores: Sequence[Score], *, as_json: bool = False) -> None:
    """Print each score with its interval, number of samples, signature and notes; or as JSON."""
    from evalsuite.report.numbers import format_score
    from evalsuite.report.report import score_record
    from evalsuite.report.terminal import printable

    if as_json:
        sys.stdout.write(json.dumps([score_record(score) for score in scores], indent=2) + "\n")
        return
    width = max(len(score.metric) for score in scores)
    for score in scores:
        unscored = f", {score.n_unscored} without a value" if score.n_unscored else ""
        sys.stdout.write(f"{score.metric:<{width}}  {format_score(score)}  (n = {score.n}{unscored})\n")
        for line in (score.signature, *score.notes):
            sys.stdout.write(f"{'':<{width}}  {printable(line, 1000)}\n")
