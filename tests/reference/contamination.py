"""Words, n-grams and contamination as their definitions read, without hashes or windows of any kind."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from tests.reference.texts import nasty_text

if TYPE_CHECKING:
    import random

WITHOUT_SPACES = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x2E80, 0x312F),
    (0x3190, 0x31FF),
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),
    (0x1AFF0, 0x1B16F),
    (0x20000, 0x3FFFF),
)


def is_alone(character: str) -> bool:
    """Whether a letter or number is a word of its own."""
    return any(low <= ord(character) <= high for low, high in WITHOUT_SPACES)


def words(text: str) -> list[str]:
    """Words of a text under ``lower-alnum``."""
    found: list[str] = []
    for run in text.split():
        kept = [character for character in run if unicodedata.category(character)[0] in "LNM"]
        new, alone = True, False
        for character in kept:
            is_mark = unicodedata.category(character)[0] == "M"
            if is_mark:
                if new:
                    found.append("")
                    alone = False
                found[-1] += character
            elif is_alone(character):
                found.append(character)
                alone = True
            else:
                lowered = "\u03c3" if character == "\u03c2" else character.lower()[0]
                if new or alone:
                    found.append("")
                found[-1] += lowered
                alone = False
            new = False
    return found


def ngrams(tokens: list[str], n: int) -> list[tuple[str, ...]]:
    """All n-grams of a list of words."""
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


def places(item: str, n: int, min_words: int) -> list[tuple[str, ...]]:
    """What is looked for of an item: its n-grams, or the whole of it, or nothing."""
    tokens = words(item)
    if len(tokens) >= n:
        return ngrams(tokens, n)
    return [tuple(tokens)] if len(tokens) >= min_words else []


def scan(items: list[str], corpus: list[str], n: int, min_words: int) -> list[list[tuple[int, int]]]:
    """For each place of each item: in how many documents it is, and in which first (-1 where in none)."""
    documents = [words(document) for document in corpus]
    known: dict[tuple[str, ...], tuple[int, int]] = {}

    def look_up(ngram: tuple[str, ...]) -> tuple[int, int]:
        if ngram not in known:
            holding = [i for i, tokens in enumerate(documents) if ngram in ngrams(tokens, len(ngram))]
            known[ngram] = (len(holding), holding[0] if holding else -1)
        return known[ngram]

    return [[look_up(ngram) for ngram in places(item, n, min_words)] for item in items]


def judge(
    items: list[str], corpus: list[str], n: int, min_words: int, max_documents: int | None, min_overlap: float
) -> list[tuple[str, int, int, int, float | None, float | None, int, str | None, int | None]]:
    """Verdict, words, n-grams, found ones, overlap, coverage, longest span, evidence and document of each item."""
    judged = []
    for item, found in zip(items, scan(items, corpus, n, min_words), strict=True):
        tokens, looked_for = words(item), places(item, n, min_words)
        present = [count > 0 and (max_documents is None or count <= max_documents) for count, _ in found]
        covered: set[int] = set()
        longest = run = 0
        for start, is_present in enumerate(present):
            run = run + 1 if is_present else 0
            if is_present:
                covered.update(range(start, start + len(looked_for[start])))
                longest = max(longest, run + len(looked_for[start]) - 1)
        n_found = sum(present)
        verdict = "clean"
        if not looked_for:
            verdict = "too_short"
        elif n_found and n_found / len(looked_for) >= min_overlap:
            verdict = "dirty"
        first = present.index(True) if n_found else None
        judged.append(
            (
                verdict,
                len(tokens),
                len(looked_for),
                n_found,
                n_found / len(looked_for) if looked_for else None,
                len(covered) / len(tokens) if looked_for else None,
                longest,
                None if first is None else " ".join(looked_for[first]),
                None if first is None else found[first][1],
            )
        )
    return judged


COMMON = (
    "the",
    "a",
    "Of",
    "cat",
    "sat.",
    "on",
    "don't",
    "中",
    "文",
    "é",
    "e\u0301",
    "И",
    "\u03a3\u03c2",
    "--",
    "हिन्दी",
    "กำ",
)


def nasty_corpus(rng: random.Random, n_items: int, n_documents: int) -> tuple[list[str], list[str]]:
    """Items and documents that share long passages, short ones, and words only."""

    def text(most: int) -> str:
        if rng.random() < 0.4:
            return nasty_text(rng, most)
        return " ".join(rng.choices(COMMON, k=rng.randint(0, most)))

    items = [text(20) for _ in range(n_items)]
    documents = []
    for _ in range(n_documents):
        parts = [text(30)]
        for _ in range(rng.randint(0, 3)):
            item = rng.choice(items)
            start = rng.randint(0, len(item))
            passage = item[start : start + rng.randint(0, 60)] if rng.random() < 0.5 else item
            parts.append(passage.upper() if rng.random() < 0.2 else passage)
            parts.append(text(6))
        documents.append(rng.choice((" ", " ", "")).join(parts))
    return items, documents
