"""BLEU and its tokenizers against sacrebleu."""

from __future__ import annotations

import itertools
import logging
import random
from typing import Any

from sacrebleu.metrics.bleu import BLEU as PEER
from sacrebleu.metrics.bleu import _get_tokenizer

from evalsuite.kernels.bleu import bleu_statistics
from evalsuite.kernels.tokenizers import TOKENIZATIONS, tokenize
from evalsuite.text.bleu import BLEU
from tests.equality.comparison import Comparison, Difference, differences
from tests.reference.texts import nasty_segments, unicode_text

__all__ = ["COMPARISONS"]

OPTIONS: list[dict[str, Any]] = [
    {"tokenize": name, "smooth_method": method, "smooth_value": value, "effective_order": effective, "lowercase": lower}
    for name, (method, value), effective, lower in itertools.product(
        TOKENIZATIONS,
        (("exp", None), ("floor", None), ("floor", 0.3), ("add-k", None), ("add-k", 2), ("none", None)),
        (False, True),
        (False, True),
    )
]


def statistics(name: Any, **options: Any) -> Any:
    def run(n: int, seed: int) -> Difference:
        hypotheses, references = nasty_segments(n, seed=seed)
        streams: Any = list(itertools.zip_longest(*references))
        peer = PEER(
            force=True,
            tokenize=name,
            lowercase=options.get("lowercase", False),
            max_ngram_order=options.get("max_order", 4),
        )
        theirs = peer._extract_corpus_statistics(hypotheses, streams)
        return differences(bleu_statistics(hypotheses, references, tokenize=name, **options).tolist(), theirs)

    return run


def tokens(name: Any) -> Any:
    def run(n: int, seed: int) -> Difference:
        rng = random.Random(seed)
        texts = [unicode_text(rng) for _ in range(n)]
        peer = _get_tokenizer(name)()
        return differences(
            (line.split() for line in tokenize(texts, tokenize=name)), (peer(text).split() for text in texts)
        )

    return run


def sentences(n: int, seed: int) -> Difference:
    """Scores and printed lines of single segments, under one set of options after the other."""
    hypotheses, references = nasty_segments(n, seed=seed)
    ours, theirs = [], []
    for k, options in enumerate(OPTIONS):
        mine, peer = BLEU(**options), PEER(**options)
        chosen = range(k, n, len(OPTIONS))
        scores = mine.sentence_scores([hypotheses[i] for i in chosen], [references[i] for i in chosen])
        ours += [(score.score, score.counts, score.totals, score.precisions, score.bp, str(score)) for score in scores]
        for i in chosen:
            expected = peer.sentence_score(hypotheses[i], references[i])
            theirs.append(
                (
                    expected.score,
                    expected.counts,
                    expected.totals,
                    expected.precisions,
                    expected.bp,
                    str(expected),
                )
            )
    return differences(ours, theirs)


def quiet(run: Any) -> Any:
    def call(n: int, seed: int) -> Difference:
        logging.disable(logging.WARNING)
        try:
            difference: Difference = run(n, seed)
        finally:
            logging.disable(logging.NOTSET)
        return difference

    return call


COMPARISONS = [
    *(Comparison(f"BLEU statistics, {name}", "sacrebleu", statistics(name), 4_000) for name in TOKENIZATIONS),
    Comparison("BLEU statistics, 13a, lowercase", "sacrebleu", statistics("13a", lowercase=True), 2_000),
    Comparison("BLEU statistics, none, orders 1 to 7", "sacrebleu", statistics("none", max_order=7), 2_000),
    *(Comparison(f"tokens, {name}", "sacrebleu", tokens(name), 4_000) for name in TOKENIZATIONS),
    Comparison("BLEU of sentences, all options", "sacrebleu", quiet(sentences), 3_600),
]
