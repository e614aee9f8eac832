"""Signatures of sacrebleu: every option that can change a score, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["SACREBLEU_VERSION", "Signature", "SignatureKey"]

SACREBLEU_VERSION = "2.6.0"
"""The release of sacrebleu whose scores ours equal."""

SignatureKey = tuple[str, str, object]
"""A key's name, its short form, and its value."""


class Signature:
    """What a score depends on, as ``nrefs:1|case:mixed|...|version:2.6.0``.

    Parameters
    ----------
    num_refs : int, optional
        References a segment; -1 where it varies. None before anything has been scored.
    keys : iterable of (name, short name, value)
        The metric's own keys, in order.
    n_bootstrap : int, optional
        Resamples behind the confidence interval.
    seed : str, optional
        Their seed.

    Attributes
    ----------
    info : dict
        Values by name. Those that are None are left out of the line.

    Raises
    ------
    ValueError
        If `num_refs` is None.
    TypeError
        If `keys` are not as above.
    """

    def __init__(
        self,
        num_refs: int | None,
        keys: Iterable[SignatureKey] = (),
        *,
        n_bootstrap: int | None = None,
        seed: str | None = None,
    ) -> None:
        if num_refs is None:
            raise ValueError("the number of references is not known yet: score something before asking for a signature")
        self._abbr = {
            "version": "v",
            "nrefs": "#",
            "test": "t",
            "lang": "l",
            "subset": "S",
            "origlang": "o",
            "bs": "bs",
            "ar": "ar",
            "seed": "rs",
        }
        self.info: dict[str, object] = {
            "version": SACREBLEU_VERSION,
            "nrefs": "var" if num_refs == -1 else num_refs,
            "bs": n_bootstrap,
            "ar": None,
            "seed": seed,
            "test": None,
            "lang": None,
            "origlang": None,
            "subset": None,
        }
        for key in keys:
            if not isinstance(key, tuple | list) or len(key) != 3 or not isinstance(key[0], str):
                raise TypeError(f"`keys` must hold tuples of a name, its short form and a value; found {key!r:.80}")
            name, short_name, value = key
            self._abbr[name] = short_name
            self.info[name] = value

    def update(self, key: str, value: object) -> None:
        """Set the value of a key, a new one if need be; TypeError if it is no str."""
        if not isinstance(key, str):
            raise TypeError(f"`key` must be a str; found {type(key).__name__}")
        self.info[key] = value

    def format(self, short: bool = False) -> str:
        """Return the line, with short names if asked for; the version is last."""
        pairs = []
        for name in [*(name for name in self.info if name != "version"), "version"]:
            value = self.info[name]
            if isinstance(value, bool):
                value = "yes" if value else "no"
            if value is not None:
                pairs.append(f"{self._abbr.get(name, name) if short else name}:{value}")
        return "|".join(pairs)

    def __str__(self) -> str:
        return self.format()

    def __repr__(self) -> str:
        return self.format()
