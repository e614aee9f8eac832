"""``evalsuite stats DIR -o FILE``: statistics of a set of images, to be scored against without the images."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from evalsuite.cli.feature_options import add_feature_options

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "images", metavar="DIR", help="folder, tar, npz, npy, parquet or 'pattern*' of images, or a data set's name"
    )
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="write the statistics here")
    parser.add_argument(
        "--extractor", default="fashion_convnet", metavar="NAME", help="the network that computes features"
    )
    parser.add_argument(
        "--format",
        default="evalsuite",
        metavar="NAME",
        help="evalsuite (says what it is), or another tool's, which does not: pytorch-fid, clean-fid, "
        "guided-diffusion, torch-fidelity, edm2, stylegan3",
    )
    parser.add_argument(
        "--features",
        choices=("float16", "float32"),
        help="keep the features, too, for metrics that need more than mean and covariance",
    )
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    add_feature_options(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    from evalsuite.cli.feature_options import make_settings, warn_of_cache
    from evalsuite.cli.progress import ImageProgress
    from evalsuite.cli.score_images import describe_precision, describe_set
    from evalsuite.errors import UsageError
    from evalsuite.extractors.settings import use_settings
    from evalsuite.feature_stats import check_target, write_statistics
    from evalsuite.report.terminal import printable
    from evalsuite.scoring.feature_statistics import compute_statistics

    check_target(options.output, options.format)
    if options.features is not None and options.format != "evalsuite":
        raise UsageError(f"stats: --features: a file of the form {options.format} has no place for them")
    started = time.monotonic()
    with ImageProgress(options.images, quiet=options.quiet) as progress:
        settings = make_settings(options, "stats", progress.update)
        with use_settings(settings):
            found = compute_statistics(
                options.images,
                options.extractor,
                features=options.features,
                accept_precision=options.accept_precision,
            )
        n = found.statistics.n or 0
        progress.finish(f"{n} images, {n / max(time.monotonic() - started, 1e-9):,.0f} images/s")
    warn_of_cache(settings)
    write_statistics(options.output, found.statistics, options.format)
    if not options.quiet:
        sys.stdout.write(f"{printable(options.images)}: {describe_set(found.images)}\n")
        if found.precision is not None:
            sys.stdout.write(f"{describe_precision(found.precision)}\n")
        d, form = found.statistics.dimension, options.format
        sys.stdout.write(
            f"Statistics: {printable(str(options.output))} ({form}; {d} features by {found.statistics.extractor})\n"
        )
    return 0
