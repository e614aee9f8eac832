"""What the name of an extractor may be: ``NAME``, ``NAME@PROTOCOL`` or ``KIND:PATH``."""

from __future__ import annotations

from dataclasses import dataclass

from evalsuite.errors import UsageError, did_you_mean
from evalsuite.extractors import BY_PATH, CLASSIFIERS, DEFAULT_PROTOCOLS, EXTRACTORS
from evalsuite.extractors.resizing import PROTOCOLS

__all__ = ["ExtractorName", "check_protocol", "is_classifier", "parse_extractor", "source_of", "with_protocol"]

_SOURCES = {"fashion_classifier": "fashion_convnet", "inception_logits": "inception_fid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractorName:
    """A name in its parts.

    Parameters
    ----------
    base : str
        Registry name, or the kind of network at a path.
    protocol : str, optional
        How images are resized, where that is not the extractor's default.
    path : str, optional
        Where the network is.
    """

    base: str
    protocol: str | None = None
    path: str | None = None


def parse_extractor(name: object) -> ExtractorName:
    """Split and check a name; files are not looked for.

    Raises
    ------
    UsageError
        If there is no such extractor or protocol, or no path; what there is, is listed.
    """
    if not isinstance(name, str):
        raise UsageError(f'expected the name of an extractor, such as "inception_fid", found {name!r}')
    kind, colon, path = name.partition(":")
    if colon and kind in BY_PATH:
        if not path:
            raise UsageError(f'extractor "{name}": the path is missing: {kind}:PATH')
        return ExtractorName(base=kind, path=path)
    base, at, protocol = name.partition("@")
    known = EXTRACTORS.names()
    if base not in known:
        hint = did_you_mean(kind if colon else base, [*known, *BY_PATH]) or "."
        listed = ", ".join([*known, *(f"{kind}:PATH" for kind in BY_PATH)])
        raise UsageError(f'unknown extractor "{name}"{hint} Known: {listed}.')
    if not at:
        return ExtractorName(base=base)
    if base not in DEFAULT_PROTOCOLS:
        able = ", ".join(DEFAULT_PROTOCOLS)
        raise UsageError(f'extractor "{base}" resizes nothing and has no protocols; these have: {able}')
    check_protocol(protocol, f'extractor "{base}"')
    return ExtractorName(base=base, protocol=None if protocol == DEFAULT_PROTOCOLS[base] else protocol)


def check_protocol(protocol: object, where: str) -> None:
    """Raise UsageError unless a protocol is known; the message begins with `where`."""
    if protocol not in PROTOCOLS:
        hint = did_you_mean(str(protocol), list(PROTOCOLS)) or "."
        raise UsageError(f'{where}: unknown protocol "{protocol}"{hint} Known: {", ".join(PROTOCOLS)}.')


def with_protocol(base: str, protocol: str) -> str:
    """Return the name of an extractor by its registry name and its protocol."""
    return base if protocol == DEFAULT_PROTOCOLS[base] else f"{base}@{protocol}"


def is_classifier(name: str) -> bool:
    """Whether the features of an extractor are scores of classes before a softmax."""
    return parse_extractor(name).base in CLASSIFIERS


def source_of(name: str) -> str:
    """Return the extractor whose features a classifier's scores are made of; any other is its own.

    Examples
    --------
    >>> source_of("inception_logits@clean"), source_of("inception_logits"), source_of("fashion_convnet")
    ('inception_fid@clean', 'inception_fid@torch-fidelity', 'fashion_convnet')
    """
    parsed = parse_extractor(name)
    source = _SOURCES.get(parsed.base)
    if source is None:
        return name
    if parsed.base not in DEFAULT_PROTOCOLS:
        return source
    return with_protocol(source, parsed.protocol or DEFAULT_PROTOCOLS[parsed.base])
