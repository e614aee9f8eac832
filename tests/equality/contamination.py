"""Contamination and originality against a plain twin: there is no package that asks the same question."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from evalsuite.kernels.contamination import normalize_words, text_ngrams
from evalsuite.text.contamination import find_contamination
from evalsuite.text.ngram_index_builder import build_ngram_index
from evalsuite.text.originality import score_originality
from tests.equality.comparison import Comparison, Difference, differences
from tests.reference import contamination as twin
from tests.reference.texts import nasty_text

__all__ = ["COMPARISONS"]

TWIN = "tests/reference/contamination.py"
N_ITEMS = N_DOCUMENTS = 12


def corpora(n: int, seed: int) -> list[tuple[random.Random, list[str], list[str]]]:
    """Corpora with so many pairs of an item and a document in all."""
    rng = random.Random(seed)
    rounds = -(-n // (N_ITEMS * N_DOCUMENTS))
    return [(rng, *twin.nasty_corpus(rng, N_ITEMS, N_DOCUMENTS)) for _ in range(rounds)]


def normalizer(n: int, seed: int) -> Difference:
    rng = random.Random(seed)
    texts = [nasty_text(rng) for _ in range(n)]
    return differences(normalize_words(texts), [" ".join(twin.words(text)) for text in texts])


def verdicts(n: int, seed: int) -> Difference:
    ours: list[object] = []
    theirs: list[object] = []
    for rng, items, documents in corpora(n, seed):
        options = (rng.choice((1, 2, 3, 5, 8, 13)), rng.choice((1, 2, 8)), rng.choice((None, 1, 3)))
        share = rng.choice((0.0, 0.5))
        length, least, most = options
        found = find_contamination(
            items, documents, ngram=length, min_words=least, max_documents=most, min_overlap=share
        )
        for item in found.items:
            kept = (item.verdict, item.n_words, item.n_ngrams, item.n_found, item.overlap, item.covered)
            ours.append((*kept, item.longest_words, item.evidence, item.document))
        theirs.extend(twin.judge(items, documents, *options, share))
    return differences(ours, theirs, n_pairs=len(ours) * N_DOCUMENTS)


def copies(n: int, seed: int) -> Difference:
    ours: list[object] = []
    theirs: list[object] = []
    with tempfile.TemporaryDirectory() as folder:
        for rng, items, documents in corpora(n, seed):
            length = rng.choice((1, 2, 3, 8))
            index = build_ngram_index(Path(folder) / "index", documents, n=length)
            for corpus in (documents, index):
                report = score_originality(items, corpus, ngram=length)
                ours.extend(
                    (output.n_words, output.n_ngrams, output.n_copied, output.longest.n_words if output.longest else 0)
                    for output in report.outputs
                )
                theirs.extend(
                    (words, ngrams, found, longest)
                    for _, words, ngrams, found, _, _, longest, _, _ in twin.judge(
                        items, documents, length, length, None, 0.0
                    )
                )
            hashes, _, _ = text_ngrams(documents, length)
            different = {gram for document in documents for gram in twin.ngrams(twin.words(document), length)}
            ours.append((len(set(hashes.tolist())), index.n_ngrams))
            theirs.append((len(different), len(different)))
    return differences(ours, theirs, n_pairs=len(ours) * N_DOCUMENTS)


COMPARISONS = [
    Comparison("words of corpora, lower-alnum", TWIN, normalizer, 5_000),
    Comparison("contamination, verdicts and evidence", TWIN, verdicts, 12_000),
    Comparison("originality, by documents and by index", TWIN, copies, 6_000),
]
