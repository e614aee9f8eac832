"""BLEU by sacrebleu's functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.text.bleu import BLEU

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.text.bleu_score import BLEUScore

__all__ = ["corpus_bleu", "raw_corpus_bleu", "sentence_bleu"]


def corpus_bleu(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str | None]],
    smooth_method: str = "exp",
    smooth_value: float | None = None,
    force: bool = False,
    lowercase: bool = False,
    tokenize: str = BLEU.TOKENIZER_DEFAULT,
    use_effective_order: bool = False,
) -> BLEUScore:
    """Compute the BLEU of a corpus, as ``sacrebleu.corpus_bleu`` does.

    Parameters
    ----------
    hypotheses : sequence of str
        At least one.
    references : sequence of sequences of str or None
        Reference streams: ``references[k][i]`` is the k-th reference of hypothesis i, None where it has no k-th.
    smooth_method, smooth_value, force, lowercase, tokenize, use_effective_order
        See `evalsuite.text.bleu.BLEU`.

    Returns
    -------
    BLEUScore

    Raises
    ------
    TypeError, ValueError
        If an argument or an option is not as above. A stream that is not as long as `hypotheses` is refused; sacrebleu
        drops the rest without a word.

    Examples
    --------
    The example of sacrebleu's README:

    >>> references = [
    ...     ["The dog bit the man.", "It was not unexpected.", "The man bit him first."],
    ...     ["The dog had bit the man.", "No one was surprised.", "The man had bitten the dog."],
    ... ]
    >>> hypotheses = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."]
    >>> corpus_bleu(hypotheses, references)
    BLEU = 48.53 82.4/50.0/45.5/37.5 (BP = 0.943 ratio = 0.944 hyp_len = 17 ref_len = 18)
    """
    metric = BLEU(
        lowercase=lowercase,
        force=force,
        tokenize=tokenize,
        smooth_method=smooth_method,
        smooth_value=smooth_value,
        effective_order=use_effective_order,
    )
    return metric.corpus_score(hypotheses, references)


def raw_corpus_bleu(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str | None]],
    smooth_value: float | None = BLEU.SMOOTH_DEFAULTS["floor"],
) -> BLEUScore:
    """Compute the BLEU of texts that are tokenized already, as ``sacrebleu.raw_corpus_bleu`` does.

    Parameters
    ----------
    hypotheses, references
        See `corpus_bleu`.
    smooth_value : float, default 0.1
        The value of "floor" smoothing. Orders are effective, and words are what whitespace separates.

    Returns
    -------
    BLEUScore

    Raises
    ------
    TypeError, ValueError
        See `corpus_bleu`.
    """
    return corpus_bleu(
        hypotheses,
        references,
        smooth_method="floor",
        smooth_value=smooth_value,
        force=True,
        tokenize="none",
        use_effective_order=True,
    )


def sentence_bleu(
    hypothesis: str,
    references: Sequence[str | None],
    smooth_method: str = "exp",
    smooth_value: float | None = None,
    lowercase: bool = False,
    tokenize: str = BLEU.TOKENIZER_DEFAULT,
    use_effective_order: bool = True,
) -> BLEUScore:
    """Compute the BLEU of one text, as ``sacrebleu.sentence_bleu`` does.

    Parameters
    ----------
    hypothesis : str
    references : sequence of str or None
        Its references.
    smooth_method, smooth_value, lowercase, tokenize, use_effective_order
        See `evalsuite.text.bleu.BLEU`. BLEU was made for corpora; for many sentences, ``BLEU.sentence_scores`` takes
        them in one call.

    Returns
    -------
    BLEUScore

    Raises
    ------
    TypeError, ValueError
        If an argument or an option is not as above.
    """
    metric = BLEU(
        lowercase=lowercase,
        tokenize=tokenize,
        smooth_method=smooth_method,
        smooth_value=smooth_value,
        effective_order=use_effective_order,
    )
    return metric.sentence_score(hypothesis, references)
