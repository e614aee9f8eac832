"""The options of a metric: names, defaults, and what its documentation says of each."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalsuite.metrics.base import Metric

__all__ = ["MetricOption", "metric_options"]


@dataclass(frozen=True, slots=True)
class MetricOption:
    """An option of a metric.

    Parameters
    ----------
    name : str
    default : object
    meaning : str
        The first sentence of its documentation; empty if there is none.
    """

    name: str
    default: Any
    meaning: str

    @property
    def written(self) -> str:
        """The default as ``--option`` takes it: text, or else JSON."""
        return self.default if isinstance(self.default, str) else json.dumps(self.default, default=str)


def metric_options(metric: type[Metric]) -> list[MetricOption]:
    """Return the options of a metric, in order.

    Examples
    --------
    >>> from evalsuite.metrics import METRICS
    >>> [(option.name, option.written) for option in metric_options(METRICS.get("wer"))]
    [('lowercase', 'false')]
    """
    meanings: dict[str, str] = {}
    for kind in reversed(metric.__mro__):
        meanings |= _meanings(inspect.cleandoc(kind.__doc__ or ""))
    found = []
    for option in fields(metric):  # type: ignore[arg-type]
        default = option.default_factory() if option.default_factory is not MISSING else option.default
        found.append(MetricOption(option.name, default, meanings.get(option.name, "")))
    return found


def _meanings(docstring: str) -> dict[str, str]:
    """Return the first sentence of each parameter, by the sections of numpydoc."""
    section = re.search(r"^Parameters\n-+\n(.*?)(?=^\S[^\n]*\n-{3,}$|\Z)", docstring, re.MULTILINE | re.DOTALL)
    found: dict[str, str] = {}
    names: list[str] = []
    for line in section.group(1).splitlines() if section else ():
        if line and not line[0].isspace():
            names = [name.strip() for name in line.partition(" : ")[0].split(",")]
        for name in names:
            if line[:1].isspace():
                found[name] = f"{found.get(name, '')} {line.strip()}".strip()
    return {
        name: re.split(r"(?<=[.:;])\s", text, maxsplit=1)[0].rstrip(".:; ").replace("``", "")
        for name, text in found.items()
    }
