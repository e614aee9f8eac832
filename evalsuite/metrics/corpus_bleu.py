"""sacrebleu's ``corpus_bleu``: one call from texts to a score and all that it is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evalsuite import kernels
from evalsuite.metrics.bleu import SMOOTH_METHODS, Bleu

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BLEUScore", "corpus_bleu"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BLEUScore:
    """A BLEU score and its parts; ``str()`` is sacrebleu's line.

    Parameters
    ----------
    score : float
        0 to 100.
    counts, totals : list of float
        Matching n-grams and all n-grams of the outputs, by order; integers, unless ``"add-k"`` added to them.
    precisions : list of float
        By order, 0 to 100.
    bp : float
        Brevity penalty, 0 to 1.
    sys_len, ref_len : int
        Tokens of the outputs and of the closest references.
    """

    score: float
    counts: list[float]
    totals: list[float]
    precisions: list[float]
    bp: float
    sys_len: int
    ref_len: int

    @property
    def ratio(self) -> float:
        """Length of the outputs over length of the references; 0 where those are empty."""
        return self.sys_len / self.ref_len if self.ref_len else 0.0

    def __str__(self) -> str:
        precisions = "/".join(f"{precision:.1f}" for precision in self.precisions)
        return (
            f"BLEU = {self.score:.2f} {precisions} (BP = {self.bp:.3f} ratio = {self.ratio:.3f} "
            f"hyp_len = {self.sys_len:d} ref_len = {self.ref_len:d})"
        )


def corpus_bleu(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str | None]],
    *,
    smooth_method: Literal["exp", "floor", "add-k", "none"] = "exp",
    smooth_value: float | None = None,
    lowercase: bool = False,
    tokenize: Literal["13a", "none"] = "13a",
    use_effective_order: bool = False,
    max_order: int = 4,
) -> BLEUScore:
    """Compute the BLEU of a corpus, as ``sacrebleu.corpus_bleu`` does.

    Parameters
    ----------
    hypotheses : sequence of str
        At least one output.
    references : sequence of sequences of str or None
        Reference streams: ``references[k][i]`` is the k-th reference of output i, None where it has no k-th.
    smooth_method, smooth_value, lowercase, tokenize, use_effective_order, max_order
        See `evalsuite.metrics.bleu.Bleu`.

    Returns
    -------
    BLEUScore

    Raises
    ------
    ValueError
        If there is nothing to score, an output has no reference, or a stream is not as long as `hypotheses`, of which
        sacrebleu would drop the rest.
    UsageError
        If an option is not allowed.

    Examples
    --------
    The example of sacrebleu's README:

    >>> references = [
    ...     ["The dog bit the man.", "It was not unexpected.", "The man bit him first."],
    ...     ["The dog had bit the man.", "No one was surprised.", "The man had bitten the dog."],
    ... ]
    >>> hypotheses = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."]
    >>> print(corpus_bleu(hypotheses, references))
    BLEU = 48.53 82.4/50.0/45.5/37.5 (BP = 0.943 ratio = 0.944 hyp_len = 17 ref_len = 18)
    """
    options = Bleu(
        max_order=max_order,
        lowercase=lowercase,
        tokenize=tokenize,
        smooth_method=smooth_method,
        smooth_value=smooth_value,
        effective_order=use_effective_order,
    )
    if isinstance(hypotheses, str) or any(isinstance(stream, str) for stream in references):
        raise ValueError(
            "corpus_bleu: `hypotheses` must be a sequence of texts and `references` a sequence of such sequences, "
            "got one text"
        )
    if not hypotheses or not references:
        raise ValueError("corpus_bleu: `hypotheses` and `references` must not be empty")
    for k, stream in enumerate(references):
        if len(stream) != len(hypotheses):
            raise ValueError(
                f"corpus_bleu: references[{k}] must be as long as `hypotheses`, "
                f"expected {len(hypotheses)}, got {len(stream)}"
            )
    by_segment = list(zip(*references, strict=True))
    for i, segment in enumerate(by_segment):
        if all(reference is None for reference in segment):
            raise ValueError(f"corpus_bleu: hypotheses[{i}] has no reference")
    statistics = kernels.bleu_statistics(
        hypotheses, by_segment, tokenize=tokenize, lowercase=lowercase, max_order=max_order
    ).sum(axis=0)
    (score,) = kernels.bleu_scores(
        statistics[None, :], smooth_method=smooth_method, smooth_value=smooth_value, effective_order=use_effective_order
    )
    sys_len, ref_len, *counts = (int(count) for count in statistics)
    return _with_parts(float(score), sys_len, ref_len, counts[:max_order], counts[max_order:], options)


def _with_parts(
    score: float, sys_len: int, ref_len: int, correct: list[int], total: list[int], options: Bleu
) -> BLEUScore:
    """Derive what sacrebleu prints beside the score."""
    bp = 1.0
    if sys_len < ref_len:
        bp = math.exp(1 - ref_len / sys_len) if sys_len > 0 else 0.0
    counts: list[float] = [*correct]
    totals: list[float] = [*total]
    precisions = [0.0] * len(correct)
    default = SMOOTH_METHODS[options.smooth_method]
    value = options.smooth_value if options.smooth_value is not None else default
    doubled = 1.0
    for n in range(len(correct) if any(correct) else 0):
        if options.smooth_method == "add-k" and n > 0 and value is not None:
            counts[n] += value
            totals[n] += value
        if totals[n] == 0:
            break
        if counts[n] > 0:
            precisions[n] = 100.0 * counts[n] / totals[n]
        elif options.smooth_method == "exp":
            doubled *= 2
            precisions[n] = 100.0 / (doubled * totals[n])
        elif options.smooth_method == "floor" and value is not None:
            precisions[n] = 100.0 * value / totals[n]
    return BLEUScore(
        score=score, counts=counts, totals=totals, precisions=precisions, bp=bp, sys_len=sys_len, ref_len=ref_len
    )
