"""``evalsuite score --real R --fake F``: score sets of images against real ones."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from evalsuite.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evalsuite.media import AuditWarning
    from evalsuite.scoring.image_comparison import ComparedSets
    from evalsuite.scoring.image_sets import ImageSetScores
    from evalsuite.scoring.precision_gate import PrecisionCheck
    from evalsuite.scoring.scored_set import ScoredSet

__all__ = [
    "describe_precision",
    "describe_set",
    "image_record",
    "precision_record",
    "print_image_scores",
    "score_images",
    "write_report",
]

_SHOWN_SHAPES = 3


def score_images(
    real: str,
    fakes: Sequence[str],
    metrics: Sequence[str],
    extractor: str | None,
    protocols: Sequence[str] | None,
    *,
    assume_protocol: str | None = None,
    accept_precision: bool = False,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> ComparedSets:
    """Score; see `compare_image_sets` for errors. Of protocols, ``["all"]`` stands for all there are."""
    from evalsuite.cli.messages import say
    from evalsuite.extractors.resizing import PROTOCOLS
    from evalsuite.report.terminal import printable
    from evalsuite.scoring.image_comparison import compare_image_sets
    from evalsuite.scoring.image_sets import SetScoring

    if len(fakes) > 1 and protocols is not None and (protocols == ["all"] or len(protocols) > 1):
        raise UsageError("score: give one --protocol, or one --fake: a table has either protocols or sets")

    def warn(fake: str, warning: AuditWarning) -> None:
        if warning.code != "same_set":
            which = f"{printable(fake)}: " if len(fakes) > 1 else ""
            say(f"evalsuite: warning: {which}{warning.message}")

    how = SetScoring(
        extractor=extractor,
        protocols=list(PROTOCOLS) if protocols == ["all"] else protocols,
        assume_protocol=assume_protocol,
        accept_precision=accept_precision,
        options=options or {},
    )
    return compare_image_sets(real, fakes, metrics, how, on_warning=warn)


def print_image_scores(found: ImageSetScores, *, as_json: bool) -> None:
    """Print what was compared, the scores and how they were made."""
    from evalsuite.cli.messages import say
    from evalsuite.cli.score import print_scores

    if found.are_equal:
        say("evalsuite: --real and --fake hold the same images: this is how well the images score against themselves")
    if as_json:
        sys.stdout.write(json.dumps(image_record(found), indent=2) + "\n")
        return
    _print_sets(found)
    if found.protocols:
        _print_protocols(found)
    else:
        print_scores(found.scores)
    if found.precision:
        sys.stdout.write("\n")
    for check in found.precision:
        sys.stdout.write(f"{describe_precision(check)}\n")


def write_report(compared: ComparedSets, path: Path) -> None:
    """Write the page of scores and images; SaveError if it cannot be written."""
    from evalsuite.cli.messages import say
    from evalsuite.report.html.sets_page import write_sets_page

    described = [compared.sets[0].real, *(found.fake for found in compared.sets)]
    write_sets_page(compared, [(one.name, describe_set(one)) for one in described], path)
    say(f"evalsuite: page: {path}")


def image_record(found: ImageSetScores) -> dict[str, Any]:
    """Return all that was found as a JSON object."""
    from evalsuite.report.report import score_record

    record: dict[str, Any] = {
        "real": asdict(found.real),
        "fake": asdict(found.fake),
        "scores": [
            {**score_record(score), **({"protocol": protocol} if protocol else {})}
            for score, protocol in zip_longest(found.scores, found.protocols)
        ],
        "warnings": [asdict(warning) for warning in found.warnings],
    }
    if found.precision:
        record["precision"] = [precision_record(check) for check in found.precision]
    return record


def precision_record(check: PrecisionCheck) -> dict[str, object]:
    """Return what a precision did, as JSON has it."""
    from evalsuite.scoring.precision_gate import LARGEST_SHARE

    share = check.share
    return {
        **asdict(check),
        "difference": check.difference,
        "share_of_half_width": None if share is None or share == float("inf") else share,
        "largest_share": LARGEST_SHARE,
        "is_small": check.is_small,
    }


def describe_precision(check: PrecisionCheck) -> str:
    """Say what a precision did, in one line."""
    from evalsuite.report.terminal import printable

    beside = "" if check.share is None else f", {check.share:.1%} of the half-width of the interval"
    warning = "" if check.is_small else ": accepted because you said so"
    return (
        f"{check.precision}: Fréchet distance of {check.n_fake} images from "
        f"{check.n_real or 'the statistics'}: {check.distance:.6g}, in float32 {check.distance_float32:.6g} "
        f"({check.difference:+.2g}{beside}{warning}); features by {printable(check.extractor)} differ by "
        f"{check.feature_error:.2g} of their size"
    )


def _print_protocols(found: ImageSetScores) -> None:
    """Print each score beside its protocol, and how far it is from that by the first."""
    from evalsuite.report.numbers import decimals_that_tell_apart, format_score, format_value
    from evalsuite.report.terminal import printable

    rows = [("metric", "protocol", "score", "difference")]
    each = len(set(found.protocols))
    for start in range(0, len(found.scores), each):
        scores = found.scores[start : start + each]
        decimals = decimals_that_tell_apart([(scores[0], score) for score in scores[1:]])
        for i, (score, protocol) in enumerate(zip(scores, found.protocols, strict=False)):
            difference = ""
            if i and score.value is not None and scores[0].value is not None:
                moved = score.value - scores[0].value
                difference = f"{'-' if moved < 0 else '+'}{format_value(score, abs(moved), decimals)}"
            rows.append((score.metric, protocol, format_score(score, decimals=decimals), difference))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        line = "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        sys.stdout.write(f"{line.rstrip()}\n")
    sys.stdout.write("\n")
    for score in found.scores:
        unscored = f"{score.n_unscored} of {score.n} images without a value; " if score.n_unscored else ""
        for line in (f"{unscored}{score.signature}", *score.notes):
            sys.stdout.write(f"{printable(line, 1000)}\n")
    sys.stdout.write(
        f"\nThe images are the same: a difference from {found.protocols[0]} is the protocol's alone.\n"
        "[low, high] is for other images of the model, and says nothing of differences.\n"
    )


def _print_sets(found: ImageSetScores) -> None:
    from evalsuite.report.terminal import printable

    for option, one in (("real", found.real), ("fake", found.fake)):
        sys.stdout.write(f"{option}: {printable(one.name)}: {describe_set(one)}\n")


def describe_set(one: ScoredSet) -> str:
    """Say of how many images of which sizes a set is, what was done to them, and what was left out."""
    from evalsuite.media import described_conversions
    from evalsuite.report.terminal import printable

    if one.statistics is not None:
        number = "an unknown number of" if one.n is None else one.n
        maker = one.statistics["extractor"]
        return f"statistics of {number} images, of the form {one.statistics['form']}, by extractor {printable(maker)}"
    shown = list(one.shapes.items())[:_SHOWN_SHAPES]
    if len(one.shapes) == 1:
        text = f"{one.n} images of {shown[0][0]}"
    else:
        more = f" and {len(one.shapes) - len(shown)} more sizes" if len(one.shapes) > len(shown) else ""
        text = f"{one.n} images ({', '.join(f'{count} of {shape}' for shape, count in shown)}{more})"
    if one.excluded:
        reasons = ", ".join(f"{count} x {reason}" for reason, count in one.excluded.items())
        text += f"; {sum(one.excluded.values())} left out: {reasons}"
    if one.conversions:
        text += f"; {described_conversions(one.conversions)}"
    if one.n_other:
        text += f"; {one.n_other} other files passed over"
    return text
