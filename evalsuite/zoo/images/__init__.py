"""Image models of the zoo: networks, how they are trained, and how they draw."""

from __future__ import annotations

__all__: list[str] = []
