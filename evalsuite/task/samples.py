"""Read samples: from a procedural world, or from a file of JSON lines, either pinned by a hash."""

from __future__ import annotations

import hashlib
from array import array
from sys import intern
from typing import TYPE_CHECKING, Any

from evalsuite.errors import TaskError
from evalsuite.task.fields import check_keys, optional_field, required_field, type_name
from evalsuite.task.json_lines import json_lines
from evalsuite.types import Sample
from evalsuite.worlds import digest_samples, load_world
from evalsuite.worlds.choices import with_choices
from evalsuite.worlds.contexts import with_context
from evalsuite.worlds.interventions import with_interventions
from evalsuite.worlds.variants import with_variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["load_samples"]

# What may be made of a world's items.
_TREATMENTS = ("variants", "interventions", "context_words", "choices")
MOST_STEPS = 1_000_000_000
_SAMPLE_KEYS = ("id", "input", "references", "cluster", "depth", "metadata")


_NOTHING: dict[str, Any] = {}
"""One for all samples without metadata, of which there may be millions."""


def load_samples(table: Mapping[str, Any], folder: Path, where: str) -> tuple[tuple[Sample, ...], str]:
    """Load what a ``samples`` (or ``fewshot``) table of a task file names.

    Parameters
    ----------
    table : mapping
        ``{world, seed, n, depths, sha256}`` or ``{file, sha256}``. Beside a world one of ``variants``,
        ``interventions`` and ``context_words`` may stand: a list, by which each of the n items becomes several samples;
        or ``choices``, a number of answers to choose among.
    folder : Path
        Where the task file is; a file is looked for there, and nowhere above.
    where : str
        Named in messages.

    Returns
    -------
    tuple of (tuple of Sample, str)
        The samples and their SHA-256.

    Raises
    ------
    TaskError
        If the table is wrong, a file is missing or malformed, or the hash differs.
    """
    if "world" in table:
        check_keys(table, ("world", "seed", "n", "depths", *_TREATMENTS, "sha256"), where)
        samples = _world_samples(table, where)
        found = digest_samples(samples)
    elif "file" in table:
        check_keys(table, ("file", "sha256"), where)
        path = _inside(folder, required_field(table, "file", str, where), where)
        digest = hashlib.sha256()
        try:
            with path.open("rb") as file:
                samples = parse_samples(_digested(file, digest), str(path))
        except OSError as error:
            raise TaskError(f"{where}.file: cannot read {path}: {error.strerror}") from error
        found = digest.hexdigest()
    else:
        raise TaskError(f'{where}: expected "world" or "file", found: {", ".join(table) or "nothing"}')
    expected = required_field(table, "sha256", str, where)
    if found != expected.lower():
        raise TaskError(
            f"{where}.sha256: the samples are not those the task was written for: expected {expected}, found {found}. "
            "If they were changed on purpose, write the new hash and raise the task's version."
        )
    return tuple(samples), found


def _digested(lines: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    """Yield lines, and let the digest have them: a large file is not in memory as a whole."""
    for line in lines:
        digest.update(line)
        yield line


def parse_samples(lines: bytes | Iterable[bytes], name: str) -> list[Sample]:
    """Read samples from lines of JSON.

    Raises
    ------
    TaskError
        At the first bad line, which is named; also if there is no sample or an id comes twice.
    """
    samples: list[Sample] = []
    ids: set[str] = set()
    line_numbers = array("L")
    for where, record in json_lines(lines, name):
        sample = _parse_sample(record, where)
        if sample.id in ids:
            first = next(line for line, one in zip(line_numbers, samples, strict=True) if one.id == sample.id)
            raise TaskError(f'{where}: the id "{sample.id}" was used before, on line {first}')
        ids.add(sample.id)
        line_numbers.append(int(where.rpartition(":")[2]))
        samples.append(sample)
    if not samples:
        raise TaskError(f"{name}: there is no sample in it")
    return samples


def _parse_sample(record: Mapping[str, Any], where: str) -> Sample:
    check_keys(record, _SAMPLE_KEYS, where)
    references = optional_field(record, "references", list, where, [])
    for i, reference in enumerate(references):
        if not isinstance(reference, str):
            raise TaskError(f"{where}: references[{i}] must be a string, found {type_name(reference)}: {reference!r}")
    sample_id = required_field(record, "id", str, where)
    if not sample_id:
        raise TaskError(f"{where}: id must not be empty")
    depth = optional_field(record, "depth", int, where, 1)
    if not 1 <= depth <= MOST_STEPS:
        found = depth if abs(depth) < 10**18 else f"a number of {depth.bit_length()} bits"
        raise TaskError(f"{where}: depth must be from 1 to {MOST_STEPS}, found {found}")
    return Sample(
        id=sample_id,
        input={intern(key): value for key, value in required_field(record, "input", dict, where).items()},
        references=tuple(references),
        cluster=required_field(record, "cluster", str, where) if "cluster" in record else None,
        depth=depth if "depth" in record else None,
        metadata=optional_field(record, "metadata", dict, where, {}) or _NOTHING,
    )


def _world_samples(table: Mapping[str, Any], where: str) -> list[Sample]:
    depths = None
    if "depths" in table:
        ends = required_field(table, "depths", list, where)
        if len(ends) != 2 or not all(isinstance(end, int) and not isinstance(end, bool) for end in ends):
            raise TaskError(f"{where}.depths must be two integers, least and greatest, found {ends!r}")
        depths = (ends[0], ends[1])
    name = required_field(table, "world", str, where)
    seed = required_field(table, "seed", int, where)
    n = required_field(table, "n", int, where)
    if n < 1:
        raise TaskError(f"{where}.n must be at least 1, found {n}")
    if not 0 <= seed < 1 << 64:
        raise TaskError(f"{where}.seed must be in [0, 2**64), found {seed}")
    try:
        return _treated(name, load_world(name).samples(seed=seed, n=n, depths=depths), table, seed)
    except TaskError as error:
        raise TaskError(f"{where}: {error}") from error


def _treated(world: str, samples: list[Sample], table: Mapping[str, Any], seed: int) -> list[Sample]:
    """Return the items as they are, or the samples that a treatment makes of each."""
    chosen = [key for key in _TREATMENTS if key in table]
    if len(chosen) > 1:
        raise TaskError(f"world {world}: there may be one of {', '.join(_TREATMENTS)}, found {' and '.join(chosen)}")
    if not chosen:
        return samples
    (key,) = chosen
    if key == "choices":
        return with_choices(world, samples, required_field(table, key, int, f"world {world}"), seed=seed)
    kind = int if key == "context_words" else str
    asked = required_field(table, key, list, f"world {world}")
    if not all(type(one) is kind for one in asked):
        raise TaskError(
            f"world {world}: {key} must be a list of {'integers' if kind is int else 'strings'}, found {asked!r}"
        )
    if key == "variants":
        return with_variants(world, samples, asked, seed=seed)
    if key == "interventions":
        return with_interventions(world, samples, asked, seed=seed)
    return with_context(world, samples, asked, seed=seed)


def _inside(folder: Path, name: str, where: str) -> Path:
    try:
        path = (folder / name).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, or a NUL in the name
        raise TaskError(f"{where}.file: {name!r} is not a path: {error}") from error
    if not path.is_relative_to(folder.resolve()):
        raise TaskError(f"{where}.file: {name!r} is outside the task's folder {folder}")
    return path
