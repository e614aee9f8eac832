"""Edit metrics against jiwer and rapidfuzz."""

from __future__ import annotations

import random
from typing import Any

import jiwer
from rapidfuzz.distance import LCSseq, Levenshtein

from evalsuite import text
from evalsuite.text import edit_distances, pairwise
from tests.equality.comparison import Comparison, Difference, differences
from tests.reference.texts import nasty_segments

__all__ = ["COMPARISONS"]


def pairs(n: int, seed: int) -> tuple[list[str], list[str]]:
    """References and hypotheses, nasty, most of them near each other."""
    hypotheses, groups = nasty_segments(n, seed=seed, with_none=False)
    return [str(group[0]) for group in groups], hypotheses


def chunks(output: Any) -> list[object]:
    """Everything jiwer reports of each pair, as plain tuples."""
    return [
        (words, others, [(c.type, c.ref_start_idx, c.ref_end_idx, c.hyp_start_idx, c.hyp_end_idx) for c in found])
        for words, others, found in zip(output.references, output.hypotheses, output.alignments, strict=True)
    ]


def alignments(name: str) -> Any:
    def run(n: int, seed: int) -> Difference:
        texts = pairs(n, seed)
        return differences(chunks(getattr(text, name)(*texts)), chunks(getattr(jiwer, name)(*texts)))

    return run


def rates(name: str) -> Any:
    def run(n: int, seed: int) -> Difference:
        references, hypotheses = pairs(n, seed)
        ours, theirs = getattr(text, name), getattr(jiwer, name)
        listed = list(zip(references, hypotheses, strict=True))
        # The corpus as well as each pair.
        mine = [ours(references, hypotheses), *(ours(*pair) for pair in listed)]
        other = [theirs(references, hypotheses), *(theirs(*pair) for pair in listed)]
        return differences(mine, other, n_pairs=n)

    return run


def distances(unit: Any) -> Any:
    def run(n: int, seed: int) -> Difference:
        first, second = pairs(n, seed)
        ours = edit_distances.levenshtein_batch(first, second, unit=unit).tolist()
        similar = edit_distances.normalized_similarity_batch(first, second, unit=unit).tolist()
        cut: Any = str.split if unit == "words" else list
        listed = [(cut(a), cut(b)) for a, b in zip(first, second, strict=True)]
        theirs = [Levenshtein.distance(a, b) for a, b in listed]
        theirs_similar = [Levenshtein.normalized_similarity(a, b) for a, b in listed]
        return differences([*ours, *similar], [*theirs, *theirs_similar], n_pairs=n)

    return run


def opcodes(n: int, seed: int) -> Difference:
    rng = random.Random(seed)
    ours, theirs = [], []
    for _ in range(n):
        letters = "abcdefgh"[: rng.randint(1, 8)]
        a, b = ("".join(rng.choices(letters, k=rng.choice((3, 40, 70, 150, 300)))) for _ in range(2))
        if rng.random() < 0.5:
            b = a[: len(a) // 2] + b[:5] + a[len(a) // 2 + rng.randint(0, 5) :]
        ours.append(edit_distances.levenshtein_opcodes(a, b))
        found = Levenshtein.opcodes(a, b)
        theirs.append([(op.tag, op.src_start, op.src_end, op.dest_start, op.dest_end) for op in found])
    return differences(ours, theirs)


def all_pairs(similarity: Any, scorer: Any) -> Any:
    def run(n: int, seed: int) -> Difference:
        ours: list[float] = []
        theirs: list[float] = []
        for group in range(n // 28):
            texts = pairs(8, seed + group)[0]
            words = [text.split() for text in texts]
            matrix = pairwise.pairwise_similarity(texts, similarity)
            above = [(i, j) for j in range(8) for i in range(j)]
            ours.extend(matrix[i, j].item() for i, j in above)
            theirs.extend(float(scorer(words[i], words[j])) for i, j in above)
        return differences(ours, theirs)

    return run


COMPARISONS = [
    Comparison("words, alignments and counts", "jiwer", alignments("process_words"), 8000),
    Comparison("characters, alignments and counts", "jiwer", alignments("process_characters"), 6000),
    *(Comparison(name.upper(), "jiwer", rates(name), 3000) for name in ("wer", "mer", "wil", "wip", "cer")),
    *(Comparison(f"Levenshtein, {unit}", "rapidfuzz", distances(unit), 8000) for unit in ("characters", "words")),
    Comparison("Levenshtein opcodes", "rapidfuzz", opcodes, 4000),
    Comparison("all pairs, distance", "rapidfuzz", all_pairs("distance", Levenshtein.distance), 2800),
    Comparison("all pairs, edit similarity", "rapidfuzz", all_pairs("edit", Levenshtein.normalized_similarity), 2800),
    Comparison("all pairs, LCS length", "rapidfuzz", all_pairs("lcs_length", LCSseq.similarity), 2800),
]
