"""Names for tasks, metrics and models, each imported only when it is asked for.

Built-in names stand in a table beside their family; other packages add theirs through entry points
(``evalsuite.tasks``, ``evalsuite.metrics``, ``evalsuite.models``, ``evalsuite.trackers``). Listing names imports none.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from evalsuite.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.metadata import EntryPoint

__all__ = ["Entry", "Registry", "plugin_points"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a registered thing is (``"module:attribute"``) and what it is, in one line."""

    target: str
    summary: str


class Registry(Generic[T]):
    """Lazily imported things by name.

    Parameters
    ----------
    kind : str
        What they are, for messages: ``"metric"``.
    group : str
        The entry-point group through which other packages add theirs.
    builtin : mapping of str to Entry
        Our own. A plugin cannot take a name that stands here.
    """

    def __init__(self, kind: str, group: str, builtin: Mapping[str, Entry]) -> None:
        self.kind = kind
        self._group = group
        self._builtin = builtin
        self._added: dict[str, tuple[T, str]] = {}
        self._plugins: dict[str, Entry] | None = None

    def names(self) -> list[str]:
        """Return all names, sorted."""
        return sorted({*self._builtin, *self._added, *self._entry_points()})

    def summary(self, name: str) -> str:
        """Return the one line that says what `name` is; raises UsageError if there is no such name."""
        if name in self._added:
            return self._added[name][1]
        return self._entry(name).summary

    def get(self, name: str) -> T:
        """Import and return what is registered as `name`.

        Raises
        ------
        UsageError
            If there is no such name; the closest is given. Also if a plugin cannot be imported.
        """
        if name in self._added:
            return self._added[name][0]
        entry = self._entry(name)
        module, _, attribute = entry.target.partition(":")
        if name in self._builtin:
            return cast("T", getattr(import_module(module), attribute))
        try:
            return cast("T", getattr(import_module(module), attribute))
        except Exception as error:  # a plugin's own fault, whatever it is, must not end in a traceback of ours
            raise UsageError(
                f'{self.kind} "{name}" comes from a plugin that cannot be imported ({entry.target}): '
                f"{type(error).__name__}: {error}"
            ) from error

    def register(self, name: str, thing: T, summary: str) -> None:
        """Add `thing` as `name` for this process.

        Raises
        ------
        UsageError
            If the name is taken.
        """
        if name in self._builtin or name in self._added:
            raise UsageError(f'{self.kind} "{name}" is already registered')
        self._added[name] = (thing, summary)

    def _entry(self, name: str) -> Entry:
        entry = self._builtin.get(name) or self._entry_points().get(name)
        if entry is None:
            hint = did_you_mean(name, self.names()) or "."
            raise UsageError(f'unknown {self.kind} "{name}"{hint} See "evalsuite list {self.kind}s".')
        return entry

    def _entry_points(self) -> dict[str, Entry]:
        if self._plugins is None:
            self._plugins = {
                point.name: Entry(point.value, f"from the package {point.dist.name if point.dist else point.module}")
                for point in plugin_points(self._group)
                if point.name not in self._builtin
            }
        return self._plugins


def plugin_points(group: str) -> list[EntryPoint]:
    """Return the entry points of a group; the installed packages are looked through once a process."""
    return [point for point in _plugin_points() if point.group == group]


@cache
def _plugin_points() -> tuple[EntryPoint, ...]:
    if not _may_have_plugins():
        return ()
    from importlib.metadata import distributions

    # Not `entry_points()`, which reads every package's metadata to drop shadowed ones: the first on the path counts.
    found: dict[tuple[str, str], EntryPoint] = {}
    for package in distributions():
        for point in package.entry_points:
            if point.group.startswith("evalsuite."):
                found.setdefault((point.group, point.name), point)
    return tuple(found.values())


def _may_have_plugins() -> bool:
    """Whether a file of entry points on the path speaks of ours; importing what reads them all takes longer.

    Of packages that are not in folders, such as those in archives, nothing is known: there may be.
    """
    for place in dict.fromkeys(sys.path):
        try:
            names = os.listdir(place or ".")  # noqa: PTH208 (names are enough, and there are thousands)
        except FileNotFoundError:
            continue
        except OSError:
            return True
        for name in names:
            if name.lower().endswith((".dist-info", "egg-info")):
                try:
                    if b"[evalsuite." in Path(place, name, "entry_points.txt").read_bytes():
                        return True
                except (FileNotFoundError, NotADirectoryError):
                    continue
                except OSError:
                    return True
    return False
