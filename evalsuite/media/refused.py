"""An image that cannot be scored, and why."""

from __future__ import annotations

from evalsuite.errors import InputError

__all__ = ["RefusedImageError"]


class RefusedImageError(InputError):
    """An image that cannot be scored.

    Parameters
    ----------
    where : str
        The file, or the member of an archive.
    reason : str
        In a few words that are the same for all such images, so that they can be counted.
    advice : str, optional
        What to do.
    """

    def __init__(self, where: str, reason: str, advice: str = "") -> None:
        super().__init__(f"{where}: {reason}" + (f"; {advice}" if advice else ""))
        self.reason = reason
