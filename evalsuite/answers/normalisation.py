"""Strip from an answer what does not change it: markup, LaTeX wrappers, typographic variants."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["MAX_ANSWER", "fold_text", "normalise_answer", "unwrap"]

MAX_ANSWER = 1000  # characters; a longer answer is not one

_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2013\ufe63\uff0d", "-"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f", " "),
        "\u2019": "'",
    }
)
_LATEX = (
    (re.compile(r"\\(?:text|textbf|mathrm|mathbf|mbox)\{([^{}]*)\}"), r"\1"),
    (re.compile(r"^([^$]*)(?<!\\)\$([^$]*)(?<!\\)\$([^$]*)$"), r"\1\2\3"),  # two bare $ delimit, one is a currency
    (re.compile(r"\\([%$])"), r"\1"),
    (re.compile(r"\\[,;!()]|\\ |\\left(?![a-z])|\\right(?![a-z])"), ""),
    (re.compile(r"\{,\}"), ","),
)
_PAIRS = (("**", "**"), ("__", "__"), ("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"))
_QUOTES = (("`", "`"), ('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("*", "*"), ("_", "_"))


def unwrap(text: str) -> str:
    """Return `text` without surrounding space, emphasis, quotes, mathematics delimiters, and final ``. , ; :``.

    One ``$`` alone is a currency and stays.
    """
    for _ in range(8):  # each round takes off one layer; answers have two or three
        before = text
        text = text.strip().rstrip(".,;:").rstrip()
        for left, right in (*_PAIRS, *_QUOTES):
            if len(text) > len(left) + len(right) and text.startswith(left) and text.endswith(right):
                text = text[len(left) : -len(right)]
        text = text.strip("*`").strip()
        if text == before:
            break
    return text


def normalise_answer(text: str) -> str:
    """Return `text` unwrapped, with plain minus signs and spaces, and without LaTeX that is only layout.

    Parameters
    ----------
    text : str
        At most `MAX_ANSWER` characters.
    """
    text = unwrap(text.translate(_TYPOGRAPHY))
    for pattern, replacement in _LATEX:
        text = pattern.sub(replacement, text)
    return " ".join(unwrap(text).split())


def fold_text(text: str) -> str:
    """Return normalised text in the form that is compared: case folded, no space around punctuation.

    Parentheses around all of it are dropped where they hold a single word: "(B)" is "b".
    """
    folded = unicodedata.normalize("NFC", text).casefold()
    folded = re.sub(r" ?([^\w ]) ?", r"\1", folded)
    if len(folded) > 2 and folded[0] == "(" and folded[-1] == ")" and folded[1:-1].isalpha():
        folded = folded[1:-1]
    return folded
