"""Text that is not trusted, made harmless: for people, for plotly's labels, for JSON within a script element."""

from __future__ import annotations

import html
import json
import unicodedata
from typing import Any

__all__ = ["beginning", "cut", "middle_cut", "plot_label", "script_json", "visible"]

_KEPT = "\n\t\u200c\u200d"  # the joiners belong to the spelling of some scripts, and to emoji
_CONTROL_PICTURES = 0x2400
_SCRIPT_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def visible(text: str) -> str:
    """Return `text` with what cannot be seen, or would turn its order round, spelt out.

    C0 controls become their pictures (``␛``); other controls, format characters such as the bidirectional overrides,
    line separators and lone surrogates become ``⟨U+202E⟩``. A line break is a line break however it was written.
    """
    text = text.replace("\r\n", "\n")
    if text.isascii() and text.replace("\n", " ").replace("\t", " ").isprintable():
        return text
    return "".join(map(_visible_char, text))


def _visible_char(char: str) -> str:
    code = ord(char)
    if char in _KEPT or 0x20 <= code < 0x7F:
        return char
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code)
    if code == 0x7F:
        return "\u2421"
    if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return f"\u27e8U+{code:04X}\u27e9"
    return char


def cut(text: str, limit: int) -> str:
    """Return the first `limit` characters, with an ellipsis where there are more."""
    return text if len(text) <= limit else text[:limit].rstrip() + "…"


def beginning(text: str, characters: int, lines: int) -> str:
    """Return the first lines of `text`, within so many characters; all of it where it is no longer."""
    kept = text.split("\n", lines)
    return cut("\n".join(kept[:lines]) + "\n…" if len(kept) > lines else text, characters)


def middle_cut(text: str, limit: int) -> str:
    """Return at most `limit` characters; what goes is the middle, for what tells models apart is often at the end."""
    if len(text) <= limit:
        return text
    return f"{text[: limit // 2]}…{text[-(limit - limit // 2 - 1) :]}"


def plot_label(text: str, limit: int = 80) -> str:
    """Return `text` for plotly, which takes its labels for a kind of HTML and ``%{...}`` for a placeholder."""
    return html.escape(middle_cut(visible(text).replace("\n", " "), limit), quote=False).replace("%{", "% {")


def script_json(value: Any) -> str:
    """Return JSON that can stand in a script element: nothing in it ends the element or begins a comment."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.translate(_SCRIPT_ESCAPES)
