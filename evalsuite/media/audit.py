"""What could be wrong with sets of images before they are scored: how they were stored, sized, copied and left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from evalsuite.media.audit_warnings import AuditWarning, find_warnings
from evalsuite.media.image_set import most_frequent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.media.image_set import ImageSet

__all__ = ["SCHEMA_VERSION", "Audit", "AuditWarning", "Copies", "JpegQuality", "SetAudit", "audit_sets"]

SCHEMA_VERSION = 1

_EXAMPLES = 5
_SIZES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class JpegQuality:
    """Estimated quality of the JPEGs of a set, 1 to 100; see `evalsuite.media.jpeg_quality`."""

    low: int
    median: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """Images of which the same pixels are elsewhere.

    Parameters
    ----------
    n : int
        Images of the (second) set concerned; of copies within a set, those beyond the first of each.
    examples : sequence of (str, str)
        Names of an image and of one that it equals.
    """

    n: int
    examples: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAudit:
    """What a set of images is made of. Counts are of images, the most frequent first.

    Parameters
    ----------
    name : str
    n : int
        Images that can be scored.
    sha256 : str
        Of the images as a set.
    formats, modes, bits : mapping of str to int
        As stored: file formats; Pillow's names of kinds of pixels; bits a channel.
    sizes : mapping of str to int
        ``"height x width"``; the 20 most frequent.
    n_sizes : int
        Different sizes.
    jpeg_quality : JpegQuality, optional
        Where there are JPEGs.
    alpha, turned, profiles, enlarged : int
        Images with transparency; with an EXIF orientation other than upright; with a colour profile, which is not
        applied; that consist of equal blocks of pixels.
    conversions : mapping of str to int
        What was done; see `evalsuite.media.conversion`.
    decoder : str
    duplicates : Copies
        Within the set.
    excluded : mapping of str to int
        Images that cannot be scored, by reason.
    excluded_examples : mapping of str to sequence of str
        Some of their names.
    n_other : int
        Files passed over, as they are no images by their names.
    """

    name: str
    n: int
    sha256: str
    formats: Mapping[str, int]
    modes: Mapping[str, int]
    bits: Mapping[str, int]
    sizes: Mapping[str, int]
    n_sizes: int
    jpeg_quality: JpegQuality | None
    alpha: int
    turned: int
    profiles: int
    enlarged: int
    conversions: Mapping[str, int]
    decoder: str
    duplicates: Copies
    excluded: Mapping[str, int]
    excluded_examples: Mapping[str, Sequence[str]]
    n_other: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """An audit of one or two sets.

    Parameters
    ----------
    sets : sequence of SetAudit
        One, or the real and the generated one.
    shared : Copies, optional
        Images of the second set that are in the first, where there are two.
    training : Copies, optional
        Images of the last set that are among the training images, where these were given.
    n_training : int, optional
        How many those are.
    warnings : sequence of AuditWarning
        The most serious first.
    """

    sets: Sequence[SetAudit]
    shared: Copies | None = None
    training: Copies | None = None
    n_training: int | None = None
    warnings: Sequence[AuditWarning] = ()

    def record(self) -> dict[str, Any]:
        """Return it as JSON can hold it; a key is never missing, and a change of their meaning raises the version."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}


def audit_sets(
    sets: Sequence[tuple[str, ImageSet]], training: ImageSet | None = None, *, enlarged_below: int = 299
) -> Audit:
    """Audit one set of images, or two that are to be compared, from what was noted when they were read.

    Parameters
    ----------
    sets : sequence of (str, ImageSet)
        One or two, with what they are to be called: the real images first, then the generated ones.
    training : ImageSet, optional
        What a model learned from: images of the last set that are among them, pixel for pixel, are counted. Near copies
        are the business of the metric `memorisation`.
    enlarged_below : int, default 299
        Images with a shorter edge than this are enlarged by most extractors; Inception reads 299 by 299.

    Raises
    ------
    ValueError
        If there are not one or two sets.
    """
    if len(sets) not in (1, 2):
        raise ValueError(f"`sets` must be one or two, got {len(sets)}")
    audits = [_audit_set(name, images) for name, images in sets]
    shared = _copies(sets[1][1], sets[0][1]) if len(sets) == 2 else None
    copied = _copies(sets[-1][1], training) if training is not None else None
    n_training = None if training is None else len(training)
    found = Audit(sets=audits, shared=shared, training=copied, n_training=n_training)
    return replace(found, warnings=find_warnings(found, [images.shapes for _, images in sets], enlarged_below))


def _audit_set(name: str, images: ImageSet) -> SetAudit:
    sizes: Counter[tuple[int, int]] = Counter()
    for (height, width, _), n in images.shapes.items():
        sizes[height, width] += n
    ordered = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))[:_SIZES]
    return SetAudit(
        name=name,
        n=len(images),
        sha256=images.sha256,
        formats=most_frequent(images.count(lambda facts: (facts.format,))),
        modes=most_frequent(images.count(lambda facts: (facts.mode,))),
        bits=most_frequent(images.count(lambda facts: (str(facts.bits),))),
        sizes={f"{height} x {width}": n for (height, width), n in ordered},
        n_sizes=len(sizes),
        jpeg_quality=_quality(images),
        alpha=sum(n for facts, n in images.facts.items() if facts.has_alpha),
        turned=sum(n for facts, n in images.facts.items() if facts.is_turned),
        profiles=sum(n for facts, n in images.facts.items() if facts.has_profile),
        enlarged=images.n_enlarged,
        conversions=images.conversions,
        decoder=images.decoder,
        duplicates=_duplicates(images),
        excluded=images.reasons,
        excluded_examples=_excluded_examples(images),
        n_other=images.n_other,
    )


def _quality(images: ImageSet) -> JpegQuality | None:
    counts: Counter[int] = Counter()
    for facts, n in images.facts.items():
        if facts.quality is not None:
            counts[facts.quality] += n
    if not counts:
        return None
    half, seen, median = (sum(counts.values()) + 1) // 2, 0, 0
    for quality in sorted(counts):
        if seen < half:
            median = quality
        seen += counts[quality]
    return JpegQuality(low=min(counts), median=median, high=max(counts))


def _duplicates(images: ImageSet) -> Copies:
    first: dict[bytes, int] = {}
    examples: list[tuple[str, str]] = []
    n = 0
    for i, digest in enumerate(images.digests):
        before = first.setdefault(digest, i)
        if before != i:
            n += 1
            if len(examples) < _EXAMPLES:
                examples.append((images.names[i], images.names[before]))
    return Copies(n=n, examples=examples)


def _copies(images: ImageSet, among: ImageSet) -> Copies:
    """Return the images of a set that are, pixel for pixel, in another."""
    places = {digest: i for i, digest in enumerate(among.digests)}
    examples: list[tuple[str, str]] = []
    n = 0
    for name, digest in zip(images.names, images.digests, strict=True):
        place = places.get(digest)
        if place is not None:
            n += 1
            if len(examples) < _EXAMPLES:
                examples.append((name, among.names[place]))
    return Copies(n=n, examples=examples)


def _excluded_examples(images: ImageSet) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {reason: [] for reason in images.reasons}
    for name, reason in images.excluded.items():
        if len(found[reason]) < _EXAMPLES:
            found[reason].append(name)
    return found
