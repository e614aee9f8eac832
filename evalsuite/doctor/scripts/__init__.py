"""Scripts that the doctor runs in processes of their own; they write a JSON object a line."""

from __future__ import annotations

__all__: list[str] = []
