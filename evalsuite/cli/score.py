"""``evalsuite score``: score a run log again, hypotheses and references, or sets of images; no model is run."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evalsuite.cli.feature_options import add_feature_options, given_feature_options
from evalsuite.cli.shared_options import add_include_path, add_prices
from evalsuite.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from evalsuite.types import Score

__all__ = ["add_arguments", "print_scores", "run"]

_MOST_SAMPLES: Final = 10_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("log", nargs="?", type=Path, metavar="LOG", help="a run.jsonl, or the folder it is in")
    parser.add_argument("--task", metavar="TASK", help="the log's task, where it is not found by the name in the log")
    parser.add_argument(
        "--hyp",
        nargs="+",
        action="extend",
        type=Path,
        metavar="F",
        help="hypotheses, one a line: a file a system, the baseline first; may be gzip or zstandard, or - for stdin",
    )
    parser.add_argument(
        "--ref",
        nargs="+",
        action="extend",
        type=Path,
        metavar="F",
        help="references, one a line: a file each; metrics "
        "of the texts alone, such as distinct_2 or loop_rate, need none",
    )
    parser.add_argument(
        "--real",
        metavar="R",
        help="real images: a folder, tar, npz, npy, parquet or 'pattern*', a data set's name, or a file of statistics",
    )
    parser.add_argument(
        "--assume-protocol",
        metavar="NAME",
        help="for a file of statistics as --real: the extractor to take it as made by, whatever it says",
    )
    parser.add_argument(
        "--fake",
        action="append",
        metavar="F",
        help="images to score: a folder, tar, npz, npy, parquet or 'pattern*'; again for every further set, to see how "
        "each differs from the first",
    )
    add_include_path(parser)
    add_prices(parser)
    parser.add_argument("--extractor", metavar="NAME", help="for images: the network that computes features")
    parser.add_argument(
        "--protocol",
        nargs="+",
        metavar="P",
        help="for images: score by Inception, resizing as these tools do: pytorch-fid, torch-fidelity, clean, "
        "torchmetrics; or all",
    )
    parser.add_argument(
        "--detections", type=Path, metavar="F", help="stored detections of objects, a JSON object a line, for geneval"
    )
    parser.add_argument(
        "--answers", type=Path, metavar="F", help="stored answers to questions, a JSON object a line, for dpg_bench"
    )
    parser.add_argument(
        "--metric",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="for files and images: which metrics; for a log: besides the task's own, printed but not reported",
    )
    parser.add_argument(
        "--html", type=Path, metavar="F", help="for images: also write a page, with the images behind the scores"
    )
    parser.add_argument("--json", action="store_true", help="print JSON; for --hyp with every key of sacrebleu's")
    add_feature_options(parser)
    parser.add_argument(
        "--option",
        nargs="+",
        action="extend",
        metavar="M.O=V",
        help="set option O of metric M, such as bleu.tokenize=intl or ssim.border=reflect; an O that M does not have "
        "is answered by those it has; for a log: of metrics given by --metric",
    )
    files = parser.add_argument_group("with --hyp and --ref")
    tests = files.add_mutually_exclusive_group()
    tests.add_argument(
        "--paired-bs", action="store_true", help="test each system against the first by the paired bootstrap"
    )
    tests.add_argument(
        "--paired-ar", action="store_true", help="test each system against the first by approximate randomisation"
    )
    files.add_argument("--confidence", action="store_true", help="add sacrebleu's bootstrap interval to its metrics")
    files.add_argument(
        "--n-samples", type=int, metavar="N", help="resamples (1,000) or trials of randomisation (10,000)"
    )
    files.add_argument("--seed", type=int, metavar="S", help="seed of them (12345, or SACREBLEU_SEED)")
    files.add_argument("--sentence-level", action="store_true", help="score each line, and print a table of them")


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    ways = {
        "a run log": options.log is not None,
        "--hyp and --ref": bool(options.hyp or options.ref),
        "--real and --fake": options.real is not None or options.fake is not None,
        "--detections": options.detections is not None,
        "--answers": options.answers is not None,
    }
    chosen = [way for way, given in ways.items() if given]
    if len(chosen) > 1:
        raise UsageError(f"score: give either {' or '.join(chosen)}, not both")
    if not chosen:
        raise UsageError(
            "score: give a run log, or --hyp FILE --ref FILE --metric NAME, or --real DIR --fake DIR --metric NAME, or "
            "--detections FILE --metric geneval, or --answers FILE --metric dpg_bench"
        )
    if options.extractor is not None and not ways["--real and --fake"]:
        raise UsageError("score: --extractor is for --real and --fake; a task's file says which its metrics use")
    if options.protocol is not None and not ways["--real and --fake"]:
        raise UsageError("score: --protocol is for --real and --fake; a task's file says which its metrics use")
    if options.assume_protocol is not None and not ways["--real and --fake"]:
        raise UsageError("score: --assume-protocol is for --real and --fake")
    if options.prices is not None and not ways["a run log"]:
        raise UsageError("score: --prices is for a run log: nothing else says what was generated by which model")
    if options.html is not None and not ways["--real and --fake"]:
        raise UsageError("score: --html is for --real and --fake; of runs it is evalsuite leaderboard --html")
    of_features = given_feature_options(options)
    if of_features and not ways["--real and --fake"]:
        raise UsageError(f"score: {of_features[0]} is for --real and --fake")
    _check_file_options(options, files=ways["--hyp and --ref"])
    joined = next((name for name in options.metric or () if "," in name), None)
    if joined is not None:
        apart = " ".join(name for name in joined.split(",") if name)
        raise UsageError(f"score: metrics are separated by spaces: --metric {apart}")
    if ways["a run log"]:
        _score_log(options)
        return 0
    if not options.metric:
        examples = {
            "--hyp and --ref": "bleu chrf",
            "--real and --fake": "frechet_distance kid",
            "--detections": "geneval",
            "--answers": "dpg_bench",
        }
        example = examples[chosen[0]]
        raise UsageError(f'score: --metric is missing, for example --metric {example}. See "evalsuite list metrics".')
    if ways["--real and --fake"]:
        _score_images(options)
        return 0
    if ways["--detections"] or ways["--answers"]:
        _score_stored(options)
        return 0
    if not options.hyp:
        raise UsageError("score: --hyp is missing: the texts that --ref is compared with")
    _score_files(options)
    return 0


def _score_log(options: argparse.Namespace) -> None:
    from evalsuite.cli.messages import say
    from evalsuite.cli.score_files import read_options
    from evalsuite.cli.score_log import score_run
    from evalsuite.report.prices import read_prices

    metrics = options.metric or []
    report, warning = score_run(
        options.log,
        options.task,
        metrics,
        read_options(options.option or (), metrics, asked_by="--metric"),
        options.include_path,
        prices=None if options.prices is None else read_prices(options.prices),
    )
    if warning is not None:
        say(f"evalsuite: {warning}")
    print_scores(report.scores, as_json=options.json)
    if options.prices is not None and not options.json:
        from evalsuite.report.terminal import efficiency_line, printable

        sys.stdout.write(printable(efficiency_line(report), 500) + "\n")


def _score_images(options: argparse.Namespace) -> None:
    from evalsuite.cli.feature_options import make_settings, warn_of_cache
    from evalsuite.cli.messages import say
    from evalsuite.cli.progress import ImageProgress
    from evalsuite.cli.score_compared_sets import print_compared_sets
    from evalsuite.cli.score_files import read_options
    from evalsuite.cli.score_images import print_image_scores, score_images, write_report
    from evalsuite.extractors.settings import use_settings

    if not options.real or not options.fake:
        raise UsageError("score: --real and --fake go together: real images, and those to score")
    with ImageProgress() as progress:
        settings = make_settings(options, "score", progress.update)
        with use_settings(settings):
            compared = score_images(
                options.real,
                options.fake,
                options.metric,
                options.extractor,
                options.protocol,
                assume_protocol=options.assume_protocol,
                accept_precision=options.accept_precision,
                options=read_options(options.option or (), options.metric),
            )
    warn_of_cache(settings)
    if settings.precision != "float32" and not any(found.precision for found in compared.sets):
        say(f"evalsuite: warning: --precision {settings.precision} changed nothing: no metric here has features")
    if options.html is not None:
        write_report(compared, options.html)
    if len(compared.sets) == 1:
        print_image_scores(compared.sets[0], as_json=options.json)
    else:
        print_compared_sets(compared, as_json=options.json)


def _score_stored(options: argparse.Namespace) -> None:
    from evalsuite.cli.score_compositional import score_answers, score_stored_detections
    from evalsuite.cli.score_files import read_options

    given = read_options(options.option or (), options.metric)
    if options.detections is not None:
        scores = score_stored_detections(options.detections, options.metric, given)
    else:
        scores = score_answers(options.answers, options.metric, given)
    print_scores(scores, as_json=options.json)


def _check_file_options(options: argparse.Namespace, *, files: bool) -> None:
    given = {
        "--paired-bs": options.paired_bs,
        "--paired-ar": options.paired_ar,
        "--confidence": options.confidence,
        "--n-samples": options.n_samples is not None,
        "--seed": options.seed is not None,
        "--sentence-level": options.sentence_level,
    }
    names = [name for name, present in given.items() if present]
    if names and not files:
        raise UsageError(f"score: {names[0]} is for --hyp and --ref")
    tested = options.paired_bs or options.paired_ar
    if options.sentence_level and (tested or options.confidence):
        raise UsageError("score: --sentence-level has no intervals and tests: they are of all lines together")
    if tested and len(options.hyp or ()) < 2:
        raise UsageError("score: a paired test compares systems: give two or more files to --hyp, the baseline first")
    if not (tested or options.confidence) and (given["--n-samples"] or given["--seed"]):
        raise UsageError("score: --n-samples and --seed are for --paired-bs, --paired-ar and --confidence")
    if given["--n-samples"] and not 1 <= options.n_samples <= _MOST_SAMPLES:
        raise UsageError(f"score: --n-samples: expected 1 to {_MOST_SAMPLES:,}, found {options.n_samples}")
    if given["--seed"] and options.seed < 0:
        raise UsageError(f"score: --seed: expected 0 or more, found {options.seed}")


def _score_files(options: argparse.Namespace) -> None:
    from evalsuite.cli.score_files import Request, read_options, score_files, score_sentences
    from evalsuite.cli.score_table import print_json, print_sentences, print_systems

    request = Request(
        hypotheses=options.hyp,
        references=options.ref or (),
        metrics=options.metric,
        options=read_options(options.option or (), options.metric),
        test="bs" if options.paired_bs else "ar" if options.paired_ar else None,
        n_samples=options.n_samples,
        seed=options.seed,
        confidence=options.confidence,
    )
    if options.sentence_level:
        print_sentences(score_sentences(request), as_json=options.json)
        return
    scores = score_files(request)
    if options.json:
        print_json(scores)
    elif len(options.hyp) == 1 and not options.confidence:
        print_scores([score.score for score in scores])
    else:
        print_systems(scores, request)


def print_scores(scores: Sequence[Score], *, as_json: bool = False) -> None:
    """Print each score with its interval, number of samples, signature and notes; or as JSON."""
    from evalsuite.report.notes import floor_lines, too_few_for_intervals
    from evalsuite.report.numbers import format_score
    from evalsuite.report.report import score_record
    from evalsuite.report.terminal import printable

    if as_json:
        sys.stdout.write(json.dumps([score_record(score) for score in scores], indent=2) + "\n")
        return
    width = max(len(score.metric) for score in scores)
    for score in scores:
        unscored = f", {score.n_unscored} without a value" if score.n_unscored else ""
        direction = "" if score.higher_is_better else "; lower is better"
        sys.stdout.write(f"{score.metric:<{width}}  {format_score(score)}  (n = {score.n}{unscored}{direction})\n")
        for line in (*floor_lines(score), score.signature, *score.notes):
            sys.stdout.write(f"{'':<{width}}  {printable(line, 1000)}\n")
    levels = sorted({score.interval.level for score in scores if score.value is not None and score.interval})
    if levels:
        percents = " or ".join(f"{100 * level:g} %" for level in levels)
        sys.stdout.write(f"\n[low, high] is a {percents} interval.\n")
    elif few := too_few_for_intervals(scores):
        sys.stdout.write(f"\nThere is no interval: {few}.\n")
