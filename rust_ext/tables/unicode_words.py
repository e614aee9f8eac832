"""Write src/kernels/rouge/unicode_word_tables.rs from the tables of regex: python tables/unicode_words.py VERSION.

VERSION is the Unicode version of the installed regex, which it does not say itself.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import regex

OUT = Path(__file__).parents[1] / "src" / "kernels" / "rouge" / "unicode_word_tables.rs"
SINGLE = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\u30fc\uff70]"
TABLES = {
    "WORD_CHARACTERS": ("Letters and numbers that stand in runs.", rf"[[\p{{L}}\p{{N}}]--{SINGLE}]"),
    "SINGLE_CHARACTERS": (
        "Letters and numbers that are words of their own: Han, Hiragana, Katakana and Bopomofo.",
        rf"[[\p{{L}}\p{{N}}]&&{SINGLE}]",
    ),
    "MARKS": (
        "Marks, which belong to the word before them; not the variation selectors.",
        r"[\p{M}--[\ufe00-\ufe0f\U000e0100-\U000e01ef]]",
    ),
}


def ranges(pattern: str) -> list[tuple[int, int]]:
    """Return first and last of each run of code points that match."""
    matches = regex.compile(pattern, regex.V1).match
    found: list[tuple[int, int]] = []
    for code in range(0x110000):
        if matches(chr(code)):
            if found and found[-1][1] == code - 1:
                found[-1] = (found[-1][0], code)
            else:
                found.append((code, code))
    return found


def main() -> None:
    """Write the file."""
    lines = [
        f"//! Characters of words, Unicode {sys.argv[1]} by the tables of regex {version('regex')}.",
        "//!",
        "//! Written by `tables/unicode_words.py`.",
        "",
        "#![allow(clippy::unreadable_literal)]",
    ]
    for name, (what, pattern) in TABLES.items():
        found = ranges(pattern)
        lines += ["", f"/// {what}", "#[rustfmt::skip]"]
        lines.append(f"pub(super) const {name}: [(u32, u32); {len(found)}] = [")
        cells = [f"(0x{first:x}, 0x{last:x})," for first, last in found]
        lines += ["    " + " ".join(cells[at : at + 6]) for at in range(0, len(cells), 6)]
        lines.append("];")
    OUT.write_text("\n".join(lines) + "\n", "utf-8")
    subprocess.run(["rustfmt", "--edition", "2024", str(OUT)], check=True)


if __name__ == "__main__":
    main()
