"""Options of how features of images are computed, which ``score`` and ``stats`` share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from evalsuite.extractors.settings import FeatureSettings

__all__ = ["add_feature_options", "given_feature_options", "make_settings", "warn_of_cache"]


def add_feature_options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    group = parser.add_argument_group("features of images")
    group.add_argument(
        "--device",
        metavar="D",
        help="where networks compute: cpu, cuda, or several as cuda:0,cuda:1; default: the first GPU, or else the CPU",
    )
    group.add_argument(
        "--precision",
        metavar="P",
        help="float32 (default), or tf32 (GPU) or bf16, whose effect is measured on some of the images, shown, and "
        "refused where it is not small beside the interval",
    )
    group.add_argument(
        "--accept-precision", action="store_true", help="score by tf32 or bf16 whatever its effect turns out to be"
    )
    group.add_argument("--workers", type=int, metavar="N", help="threads that read and decode; default: the processors")
    group.add_argument("--batch-size", type=int, metavar="N", help="images computed at once; may move last digits")
    cache = group.add_mutually_exclusive_group()
    cache.add_argument(
        "--cache",
        type=Path,
        metavar="DIR",
        help="keep features of large networks here; default: $XDG_CACHE_HOME/evalsuite/features, 4 GiB at most",
    )
    cache.add_argument("--no-cache", action="store_true", help="keep no features, and use none that were kept")


def given_feature_options(options: argparse.Namespace) -> list[str]:
    """Return the names of these options that were given."""
    given = {
        "--device": options.device is not None,
        "--precision": options.precision is not None,
        "--accept-precision": options.accept_precision,
        "--workers": options.workers is not None,
        "--batch-size": options.batch_size is not None,
        "--cache": options.cache is not None,
        "--no-cache": options.no_cache,
    }
    return [name for name, present in given.items() if present]


def make_settings(
    options: argparse.Namespace, command: str, progress: Callable[[int, int], None] | None = None
) -> FeatureSettings:
    """Return the settings that the options ask for.

    Raises
    ------
    UsageError
        If one has no such value; the message begins with the command.
    ModelError
        If a device that was named is not there.
    """
    from evalsuite.extractors.cache_folder import default_cache_folder
    from evalsuite.extractors.devices import resolve_devices
    from evalsuite.extractors.feature_cache import FeatureCache
    from evalsuite.extractors.settings import FeatureSettings

    devices = tuple(part.strip() for part in (options.device or "auto").split(","))
    if "" in devices:
        raise UsageError(f'{command}: --device: expected cpu, cuda, or cuda:0,cuda:1 and so on, got "{options.device}"')
    if options.accept_precision and options.precision in (None, "float32"):
        raise UsageError(f"{command}: --accept-precision is for --precision tf32 and bf16")
    if options.cache is not None and options.cache.exists() and not options.cache.is_dir():
        raise UsageError(f"{command}: --cache: expected a folder, {options.cache} is none")
    if options.device is not None:  # also where nothing that is asked for computes on one
        resolve_devices(devices, options.precision or "float32")
    try:
        return FeatureSettings(
            devices=devices,
            precision=options.precision or "float32",
            workers=options.workers,
            batch_size=options.batch_size,
            cache=None if options.no_cache else FeatureCache(options.cache or default_cache_folder()),
            progress=progress,
        )
    except UsageError as error:
        raise UsageError(f"{command}: {error}") from error


def warn_of_cache(settings: FeatureSettings) -> None:
    """Say why features were not kept, where they were not."""
    from evalsuite.cli.messages import say

    if settings.cache is not None and settings.cache.problem:
        say(f"evalsuite: {settings.cache.problem}. The scores are not affected; --cache DIR names another folder")
