"""Write the table of word characters and marks from Unicode's general categories.

``python rust_ext/tables/word_characters.py > rust_ext/src/kernels/characters/word_characters.rs``, with the Python
whose ``unicodedata.unidata_version`` is wanted. Another version of Unicode gives some texts other tokens: raise the
version of the normaliser in ``corpus_words.rs`` with it.
"""

from __future__ import annotations

import sys
import unicodedata


def ranges(initials: str) -> list[tuple[int, int]]:
    """Return the ranges of code points whose general category starts with one of `initials`."""
    found: list[tuple[int, int]] = []
    for point in range(sys.maxunicode + 1):
        if unicodedata.category(chr(point))[0] in initials:
            if found and found[-1][1] == point - 1:
                found[-1] = (found[-1][0], point)
            else:
                found.append((point, point))
    return found


def rust(name: str, what: str, initials: str) -> str:
    """Return one table as Rust."""
    lines = "".join(f"    (0x{low:04x}, 0x{high:04x}),\n" for low, high in ranges(initials))
    return f"/// {what}.\npub(crate) const {name}: &[(u32, u32)] = &[\n{lines}];\n"


print("//! Code points that make up words. Made by `rust_ext/tables/word_characters.py`; do not edit.\n")
print("/// The version of Unicode that the tables are of.")
print(f'pub const UNICODE_VERSION: &str = "{unicodedata.unidata_version}";\n')
print(rust("LETTERS_AND_NUMBERS", "First and last of each range of categories L and N", "LN"))
print(rust("MARKS", "First and last of each range of category M", "M"), end="")
