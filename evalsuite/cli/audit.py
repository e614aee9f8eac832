"""``evalsuite audit DIR [DIR2]``: what could be wrong with images before they are scored.

``evalsuite audit reasoning`` is another thing: see ``evalsuite.cli.audit_reasoning``.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from evalsuite.cli import audit_reasoning

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from evalsuite.media import Audit, SetAudit
    from evalsuite.media.audit import Copies

__all__ = ["add_arguments", "run"]

_SHOWN = 6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "images", nargs="+", metavar="DIR", help="real images, then generated ones: folder, tar, npz, npy, parquet, "
        "pattern such as 'shards/*.tar', or a data set's name; or the word reasoning: simulated solvers go through the "
        "reasoning metrics, and must come out as they went in"
    )  # fmt: skip
    parser.add_argument(
        "--train", metavar="DIR", help="what the model learned from: find its images among the last DIR"
    )
    parser.add_argument("--json", action="store_true", help="print the audit as JSON")
    audit_reasoning.add_arguments(parser)
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    if options.images == ["reasoning"]:
        return audit_reasoning.run(options)
    audit_reasoning.refuse_options(options)
    from evalsuite.cli.messages import say
    from evalsuite.cli.progress import ProgressReporter
    from evalsuite.errors import UsageError
    from evalsuite.media import audit_sets
    from evalsuite.scoring.image_reading import check_there, read_set

    if len(options.images) > 2:
        raise UsageError(f"audit: expected one or two sets of images, got {len(options.images)}; quote a pattern")
    names = [*options.images, *([options.train] if options.train is not None else [])]
    for name in names:
        check_there(name, "audit: ")
    sets = []
    with ProgressReporter(quiet=options.quiet or options.json, unit="images") as reporter:
        for name in names:
            reporter.start(name)
            found = read_set(name, "audit:", progress=reporter.update)
            reporter.finish(f"{len(found)} images")
            sets.append((name, found))
    training = sets.pop()[1] if options.train is not None else None
    audit = audit_sets(sets, training)
    if options.json:
        sys.stdout.write(json.dumps(audit.record(), indent=2) + "\n")
        return 0
    _print(audit)
    for warning in audit.warnings:
        say(f"evalsuite: warning: {warning.message}")
    return 0


def _print(audit: Audit) -> None:
    from evalsuite.report.terminal import printable

    for one in audit.sets:
        sys.stdout.write(f"{printable(one.name)}: {one.n} images\n")
        rows = [row for row in _rows(one) if row[1]]
        width = max(len(label) for label, _ in rows)
        for label, text in rows:
            sys.stdout.write(f"  {label.ljust(width)}  {printable(text, 500)}\n")
    if audit.shared is not None:
        first, last = audit.sets[0].name, audit.sets[-1].name
        sys.stdout.write(f"Images of {printable(last)} that are in {printable(first)}: {_copies(audit.shared)}\n")
    if audit.training is not None:
        text = f"Images of {audit.sets[-1].name} that are among the {audit.n_training} training images"
        sys.stdout.write(f"{printable(text)}: {printable(_copies(audit.training), 500)}\n")
    if not audit.warnings:
        sys.stdout.write("Nothing to warn of.\n")


def _rows(one: SetAudit) -> Iterator[tuple[str, str]]:
    more = f", {one.n_sizes - _SHOWN} more" if one.n_sizes > _SHOWN else ""
    yield "formats", _counts(one.formats)
    if one.jpeg_quality is not None:
        quality = one.jpeg_quality
        yield "JPEG quality", f"about {quality.median} (from {quality.low} to {quality.high})"
    yield "sizes", _counts(dict(list(one.sizes.items())[:_SHOWN])) + more
    yield "modes", _counts(one.modes)
    yield "bits", _counts(one.bits)
    yield "alpha", f"{one.alpha}" if one.alpha else ""
    yield "turned by EXIF", f"{one.turned}" if one.turned else ""
    yield "colour profile", f"{one.profiles}, not applied" if one.profiles else ""
    yield "converted", _counts(one.conversions)
    yield "copies within", _copies(one.duplicates) if one.duplicates.n else ""
    for reason, n in one.excluded.items():
        yield "left out", f"{n} x {reason}: {', '.join(one.excluded_examples[reason])}"
    yield "other files", f"{one.n_other}" if one.n_other else ""
    yield "decoder", one.decoder


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{key} ({n})" for key, n in counts.items())


def _copies(copies: Copies) -> str:
    if not copies.n:
        return "none"
    return f"{copies.n}, such as " + ", ".join(f"{a} = {b}" for a, b in copies.examples[:3])
