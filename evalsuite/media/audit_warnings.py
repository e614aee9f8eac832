"""The sentences of an audit: what makes a score of two sets mean something else than it seems to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalsuite.media.audit import Audit, SetAudit

__all__ = ["AuditWarning", "find_warnings"]

_SHARE = 0.05  # of a set: fewer images than this on one side alone are no difference of the sets
_QUALITY = 5
_ASPECT = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditWarning:
    """A reason to look again: a code that does not change between releases, and a sentence."""

    code: str
    message: str


def find_warnings(audit: Audit, shapes: Sequence[Mapping[tuple[int, int, int], int]], size: int) -> list[AuditWarning]:
    """Return the warnings of an audit, the most serious first; `shapes` are those of its sets' images."""
    found = [*_copied(audit)]
    if len(audit.sets) == 2:
        first, second = audit.sets
        found += [*_stored(first, second), *_sized(first, second, shapes, size), *_converted(first, second)]
    for one in audit.sets:
        if one.duplicates.n:
            found.append(_warn("duplicates", f"copies within a set: {_of(one.duplicates.n, one)}"))
        if one.enlarged:
            text = "equal blocks of pixels, from enlarging by repeating them"
            found.append(_warn("enlarged", f"{text}: {_of(one.enlarged, one)}"))
    return found


def _copied(audit: Audit) -> Iterator[AuditWarning]:
    last = audit.sets[-1]
    if audit.training is not None and audit.training.n:
        text = f"training images, pixel for pixel: {_of(audit.training.n, last)}"
        yield _warn("training_images", f"{text}; a model that copies scores well, and near copies are not counted here")
    if audit.shared is None or not audit.shared.n:
        return
    first = audit.sets[0]
    if first.sha256 == last.sha256:
        yield _warn("same_set", f"{first.name} and {last.name} hold the same images")
    else:
        yield _warn("shared", f"in {first.name}, too, pixel for pixel: {_of(audit.shared.n, last)}")


def _stored(first: SetAudit, second: SetAudit) -> Iterator[AuditWarning]:
    counts = [one.formats.get("JPEG", 0) for one in (first, second)]
    shares = (counts[0] / first.n, counts[1] / second.n)
    if min(shares) < _SHARE < max(shares):
        text = f"JPEG: {_both(counts, first, second)}"
        yield _warn("jpeg_on_one_side", f"{text}; what its compression leaves behind moves most scores")
    elif first.jpeg_quality is not None and second.jpeg_quality is not None:
        a, b = first.jpeg_quality.median, second.jpeg_quality.median
        if abs(a - b) >= _QUALITY:
            text = f"JPEG quality: about {a} in {first.name} and {b} in {second.name}"
            yield _warn("jpeg_quality", f"{text} (medians); what its compression leaves behind moves most scores")
    profiles = [one.profiles for one in (first, second)]
    if _on_one_side(profiles, first, second):
        text = f"colour profiles, which are not applied: {_both(profiles, first, second)}"
        yield _warn("profiles_on_one_side", text)


def _sized(
    first: SetAudit, second: SetAudit, shapes: Sequence[Mapping[tuple[int, int, int], int]], size: int
) -> Iterator[AuditWarning]:
    if _apart(*shapes) > _SHARE:
        text = " and ".join(f"{next(iter(one.sizes))} in {one.name}{_more_sizes(one)}" for one in (first, second))
        yield _warn("sizes", f"sizes: {text}; resizing does something else to each")
    ratios = [_median_ratio(each) for each in shapes]
    if abs(ratios[0] - ratios[1]) > _ASPECT * max(ratios):
        text = " and ".join(f"{ratio:.3g} in {one.name}" for ratio, one in zip(ratios, (first, second), strict=True))
        yield _warn("aspect", f"width to height: {text} (medians); made square, they are distorted in different ways")
    small = [sum(n for key, n in each.items() if min(key[:2]) < size) for each in shapes]
    if _are_most_of_one(small, first, second):
        text = f"smaller than {size} x {size}: {_both(small, first, second)}"
        yield _warn("upscaled", f"{text}; for Inception, one side alone is enlarged")
    grey = [sum(n for key, n in each.items() if key[2] == 1) for each in shapes]
    if _are_most_of_one(grey, first, second):
        yield _warn("grey", f"stored as grey: {_both(grey, first, second)}")


def _converted(first: SetAudit, second: SetAudit) -> Iterator[AuditWarning]:
    for name in dict.fromkeys([*first.conversions, *second.conversions]):
        counts = [one.conversions.get(name, 0) for one in (first, second)]
        if _on_one_side(counts, first, second):
            yield _warn("converted_on_one_side", f"{name}: {_both(counts, first, second)}")


def _on_one_side(counts: Sequence[int], first: SetAudit, second: SetAudit) -> bool:
    return not min(counts) and max(counts[0] / first.n, counts[1] / second.n) >= _SHARE


def _are_most_of_one(counts: Sequence[int], first: SetAudit, second: SetAudit) -> bool:
    """Whether they are most images of one set and hardly any of the other."""
    shares = sorted((counts[0] / first.n, counts[1] / second.n))
    return shares[0] < _SHARE and shares[1] > 0.5


def _both(counts: Sequence[int], first: SetAudit, second: SetAudit) -> str:
    return f"{counts[0]} of {first.name}'s {first.n} images and {counts[1]} of {second.name}'s {second.n}"


def _apart(*shapes: Mapping[tuple[int, int, int], int]) -> float:
    """Return the total variation distance of two sets' sizes, 0 to 1."""
    shares: list[Counter[tuple[int, int]]] = []
    for each in shapes:
        total = sum(each.values())
        shares.append(Counter())
        for (height, width, _), n in each.items():
            shares[-1][height, width] += n / total  # type: ignore[assignment]
    first, second = shares
    return sum(abs(first[key] - second[key]) for key in first | second) / 2


def _median_ratio(shapes: Mapping[tuple[int, int, int], int]) -> float:
    half, seen = sum(shapes.values()) / 2, 0
    for ratio, n in sorted((width / height, n) for (height, width, _), n in shapes.items()):
        seen += n
        if seen >= half:
            return ratio
    raise AssertionError("a set has images")


def _more_sizes(one: SetAudit) -> str:
    return f" (mostly, of {one.n_sizes} sizes)" if one.n_sizes > 1 else ""


def _of(n: int, one: SetAudit) -> str:
    return f"{n} of {one.name}'s {one.n} images"


def _warn(code: str, message: str) -> AuditWarning:
    return AuditWarning(code=code, message=message)
