"""Whether statistics were made as the features they are compared with; refused, unless told, where they were not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.errors import InputError
from evalsuite.extractors.naming import parse_extractor
from evalsuite.extractors.settings import without_precision

if TYPE_CHECKING:
    from evalsuite.extractors.base import Extractor
    from evalsuite.feature_stats.record import FeatureStatistics

__all__ = ["check_comparable", "describe_difference"]


def describe_difference(statistics: FeatureStatistics, signature: str) -> str | None:
    """Say what sets statistics and the features of an extractor apart; None where nothing does.

    Parameters
    ----------
    statistics : FeatureStatistics
    signature : str
        Of the extractor.
    """
    if statistics.extractor == signature:
        return None
    if statistics.extractor is None:
        return (
            f"the file ({statistics.form}) does not say by which extractor, weights and resizing it was made; the "
            f"images' features are by {signature}"
        )
    return f"the statistics were made by {statistics.extractor}, the images' features are by {signature}"


def check_comparable(
    where: str, statistics: FeatureStatistics, extractor: Extractor, assumed: str | None = None
) -> bool:
    """Refuse statistics of another or an unknown extractor than the images'.

    Parameters
    ----------
    where : str
        Begins messages.
    statistics : FeatureStatistics
    extractor : Extractor
        The one by which the images' features are computed.
    assumed : str
        Name of the extractor that the user says the statistics are by, whatever the file says; empty where they do
        not, None where they cannot.

    Returns
    -------
    bool
        Whether only the user's word makes them comparable.

    Raises
    ------
    InputError
        If they are not comparable.
    """
    if statistics.dimension != extractor.dimension:
        made = f" and was made by {statistics.extractor}" if statistics.extractor else ""
        raise InputError(
            f"{where}: has {statistics.dimension} features{made}, but {extractor.signature} has {extractor.dimension}"
        )
    different = describe_difference(statistics, extractor.signature)
    # Its protocol is part of what an extractor is called here.
    name = without_precision(extractor.signature).rpartition(":")[0]
    if assumed and _in_short(assumed) != name:
        raise InputError(
            f'{where}: is to be taken as made by "{assumed}", but the images\' features are by {extractor.signature}'
        )
    if different and not assumed:
        advice = "" if assumed is None else f"; if you know that they agree, say --assume-protocol {name}"
        raise InputError(
            f"{where}: cannot be compared: {different}. Numbers across extractors or protocols mean nothing{advice}"
        )
    return different is not None


def _in_short(name: str) -> str:
    """Return the name of an extractor without a protocol that is its own."""
    parsed = parse_extractor(name)
    if parsed.path is not None:
        return name
    return parsed.base if parsed.protocol is None else f"{parsed.base}@{parsed.protocol}"
