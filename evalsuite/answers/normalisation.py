"""Strip from an answer what does not change it: markup, LaTeX wrappers, typographic variants."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["DIGITS", "MAX_ANSWER", "SIGNS", "fold_text", "is_mathematical", "normalise_answer", "unwrap"]

MAX_ANSWER = 1000  # characters; a longer answer is not one

# zeros of the scripts that have decimal digits, ten in a row each, as of Unicode 14
_ZEROS = (
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
    0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730,
    0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec,
    0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
)  # fmt: skip
DIGITS = {zero + digit: str(digit) for zero in _ZEROS for digit in range(10)}
"""For `str.translate`: the ASCII digits that decimal digits of other scripts stand for."""

_TYPOGRAPHY = DIGITS | str.maketrans(
    {
        **dict.fromkeys("\u2212\u2013\ufe63\uff0d", "-"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f", " "),
        "\u2019": "'",
        "\u066a": "%",
        "\u066b": ".",
        "\u066c": ",",
        **dict(zip("\uff05\uff0b\uff0c\uff0e\uff0f", "%+,./", strict=True)),
        # invisible: directions of writing, joiners of width zero
        **dict.fromkeys(
            map(chr, (0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF))
        ),
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


# a minus sign, and the stroke of a derivative, as against what joins the parts of a word
SIGNS = r"(?<![^\W_])-|-(?![^\W_])|(?<![^\W_])[^\W\d_](?:-[^\W\d_]|')(?![^\W_])"
_MATHEMATICAL = re.compile(rf"[^\w \"'.,!?;:()&%-]|_|[^\W\d_][\d(]|\d[^\W\d_]|{SIGNS}")
_LABEL = re.compile(r"[^\W\d_]{3}")
_DIGIT = re.compile(r"\d")


def unwrap(text: str) -> str:
    """Return `text` without surrounding space, emphasis, quotes, mathematics delimiters, and final ``. , ; :``.

    One ``$`` alone is a currency and stays.
    """
    for _ in range(8):  # each round takes off one layer; answers have two or three
        before = text
        text = _without_final_marks(text.strip()).rstrip()
        for left, right in (*_PAIRS, *_QUOTES):
            if len(text) > len(left) + len(right) and text.startswith(left) and text.endswith(right):
                text = text[len(left) : -len(right)]
        text = text.strip("*`").strip()
        if text == before:
            break
    return text


def _without_final_marks(text: str) -> str:
    """Drop final ``. , ; :`` but for dots that say that digits go on."""
    rest = text.rstrip(".,;:")
    goes_on = ".." in text[len(rest) :] and rest[-1:].isascii() and rest[-1:].isdigit()
    return text if goes_on else rest


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

    The case of mathematics stays. Parentheses around all of it are dropped where they hold a single word: "(B)" is "b".
    """
    folded = unicodedata.normalize("NFC", text)
    if not is_mathematical(folded):
        folded = folded.casefold()
    folded = re.sub(r" ?([^\w ]) ?", r"\1", folded)
    if len(folded) > 2 and folded[0] == "(" and folded[-1] == ")" and folded[1:-1].isalpha():
        folded = folded[1:-1]
    return folded


def is_mathematical(text: str) -> bool:
    """Say whether case may matter: marks of mathematics, letters that touch digits, or a number that starts the text.

    "room 3" and "(B)" are words; "2x", "f(x)", "x - y" and "5 mW" are not.
    """
    return _MATHEMATICAL.search(text) is not None or (_DIGIT.search(text) is not None and _LABEL.match(text) is None)
