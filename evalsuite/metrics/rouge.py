"""ROUGE, equal to rouge-score's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from evalsuite.kernels.rouge import rouge_scores, rouge_statistics
from evalsuite.metrics._mean_score import MeanScoreMetric
from evalsuite.metrics._options import check_choice, check_flag
from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics.base import Example, FloatArray
from evalsuite.types import Sample

__all__ = ["Rouge1", "Rouge2", "RougeL", "RougeLsum"]


@dataclass(frozen=True)
class _Rouge(MeanScoreMetric):
    """Mean F over samples of one type of ROUGE."""

    rouge_type: ClassVar[str]

    use_stemmer: bool = False
    tokenizer: Literal["rouge-score", "unicode"] = "rouge-score"

    def __post_init__(self) -> None:
        check_flag(self.name, "use_stemmer", self.use_stemmer)
        check_choice(self.name, "tokenizer", self.tokenizer, ("rouge-score", "unicode"))

    def signature(self) -> str:
        """Return the name and the options; the default tokenizer, which is rouge-score's, is not named."""
        named = [] if self.tokenizer == "rouge-score" else [f"tokenizer:{self.tokenizer}"]
        return "|".join([self.name, f"use_stemmer:{self.use_stemmer}", *named, f"version:{self.version}"])

    def _scores(self, texts: list[str], references: list[tuple[str, ...]]) -> FloatArray:
        statistics = rouge_statistics(
            references, texts, [self.rouge_type], tokenize=self.tokenizer, use_stemmer=self.use_stemmer
        )
        return rouge_scores(statistics)[:, 0, 2]

    def example(self) -> Example:
        """Return a match, a near match and nothing in common."""
        samples = (
            Sample(id="1", input={}, references=("The path leads to the lake.",)),
            Sample(id="2", input={}, references=("Dogs are welcome.", "Dogs may come along.")),
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, ["The path leads to the lake.", "Dogs may come along."]),
            worse=example_outputs(samples, ["The lake: a path leads to it.", "Dogs may be welcome!"]),
            worst=example_outputs(samples, ["", "nothing like it"]),
        )


@dataclass(frozen=True)
class Rouge1(_Rouge):
    """ROUGE-1: F-score of single words, mean over samples, 0-1.

    Parameters
    ----------
    use_stemmer : bool, default False
        Reduce words of more than 3 characters to their stems (Porter) first.
    tokenizer : {"rouge-score", "unicode"}, default "rouge-score"
        ``"rouge-score"``: words are runs of a-z and 0-9 after folding case, so that texts in other scripts score 0.
        ``"unicode"``: runs of letters, numbers and marks of any script; Chinese and Japanese characters one by one.
        The signature names it where it is not the default.

    Notes
    -----
    ``F = 2 * P * R / (P + R)``, ``P = matches / words of the output``, ``R = matches / words of the reference`` [1]_; 0
    where nothing matches. A word matches as often as it is in both texts. Of several references the one with the best F
    counts. Range 0 to 1; higher is better.

    A row is [F, 1], F averaged over the repeats of a sample. F equals rouge-score 0.1.2 bit for bit with the default
    tokenizer.

    References
    ----------
    .. [1] Lin, "ROUGE: a package for automatic evaluation of summaries", ACL 2004 workshop, section 2.

    Examples
    --------
    Six of the 9 words of the reference and of the 8 of the output match:

    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("The quick brown fox jumps over the lazy dog",))
    >>> rows = Rouge1(use_stemmer=True).rows([sample], [[Output(text="The quick brown dog jumps on the log.")]])
    >>> rows.values.round(4)
    array([[0.7059, 1.    ]])
    """

    name = "rouge1"
    rouge_type = "rouge1"


@dataclass(frozen=True)
class Rouge2(_Rouge):
    """ROUGE-2: F-score of pairs of words, mean over samples, 0-1.

    Parameters
    ----------
    use_stemmer : bool, default False
        Reduce words of more than 3 characters to their stems (Porter) first.
    tokenizer : {"rouge-score", "unicode"}, default "rouge-score"
        ``"rouge-score"``: words are runs of a-z and 0-9 after folding case, so that texts in other scripts score 0.
        ``"unicode"``: runs of letters, numbers and marks of any script; Chinese and Japanese characters one by one.
        The signature names it where it is not the default.

    Notes
    -----
    ``F = 2 * P * R / (P + R)``, ``P = matches / pairs of the output``, ``R = matches / pairs of the reference`` [1]_; 0
    where nothing matches. A pair matches as often as it is in both texts. Of several references the one with the best F
    counts. Range 0 to 1; higher is better.

    A row is [F, 1], F averaged over the repeats of a sample. F equals rouge-score 0.1.2 bit for bit with the default
    tokenizer.

    References
    ----------
    .. [1] Lin, "ROUGE: a package for automatic evaluation of summaries", ACL 2004 workshop, section 2.

    Examples
    --------
    Two of the 8 pairs of words of the reference and of the 7 of the output match:

    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("The quick brown fox jumps over the lazy dog",))
    >>> rows = Rouge2(use_stemmer=True).rows([sample], [[Output(text="The quick brown dog jumps on the log.")]])
    >>> rows.values.round(4)
    array([[0.2667, 1.    ]])
    """

    name = "rouge2"
    rouge_type = "rouge2"


@dataclass(frozen=True)
class RougeL(_Rouge):
    """ROUGE-L: F-score of the longest common subsequence of words, mean over samples, 0-1.

    Parameters
    ----------
    use_stemmer : bool, default False
        Reduce words of more than 3 characters to their stems (Porter) first.
    tokenizer : {"rouge-score", "unicode"}, default "rouge-score"
        ``"rouge-score"``: words are runs of a-z and 0-9 after folding case, so that texts in other scripts score 0.
        ``"unicode"``: runs of letters, numbers and marks of any script; Chinese and Japanese characters one by one.
        The signature names it where it is not the default.

    Notes
    -----
    ``F = 2 * P * R / (P + R)``, ``P = LCS / words of the output``, ``R = LCS / words of the reference`` [1]_; 0 where
    nothing is common. Of several references the one with the best F counts. Range 0 to 1; higher is better.

    A row is [F, 1], F averaged over the repeats of a sample. F equals rouge-score 0.1.2 bit for bit with the default
    tokenizer; the subsequence is
    found with bit-parallel arithmetic [2]_, which needs no table.

    References
    ----------
    .. [1] Lin, "ROUGE: a package for automatic evaluation of summaries", ACL 2004 workshop, section 3.
    .. [2] Hyyrö, "Bit-parallel LCS-length computation revisited", AWOCA 2004.

    Examples
    --------
    Five of the 9 words of the reference and of the 8 of the output are a common subsequence:

    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("The quick brown fox jumps over the lazy dog",))
    >>> rows = RougeL(use_stemmer=True).rows([sample], [[Output(text="The quick brown dog jumps on the log.")]])
    >>> rows.values.round(4)
    array([[0.5882, 1.    ]])
    """

    name = "rougeL"
    rouge_type = "rougeL"


@dataclass(frozen=True)
class RougeLsum(_Rouge):
    """ROUGE-Lsum: F-score of the common subsequences of sentences, mean over samples, 0-1.

    Parameters
    ----------
    use_stemmer : bool, default False
        Reduce words of more than 3 characters to their stems (Porter) first.
    tokenizer : {"rouge-score", "unicode"}, default "rouge-score"
        ``"rouge-score"``: words are runs of a-z and 0-9 after folding case, so that texts in other scripts score 0.
        ``"unicode"``: runs of letters, numbers and marks of any script; Chinese and Japanese characters one by one.
        The signature names it where it is not the default.

    Notes
    -----
    ``F = 2 * P * R / (P + R)``, ``P = hits / words of the output``, ``R = hits / words of the reference`` [1]_, where
    sentences are lines. Hits are the words of the reference's sentences that are in a longest common subsequence with
    any sentence of the output, each no more often than the output has it. On texts of one line this is ROUGE-L. Of
    several references the one with the best F counts. Range 0 to 1; higher is better.

    A row is [F, 1], F averaged over the repeats of a sample. F equals rouge-score 0.1.2 bit for bit with the default
    tokenizer.

    References
    ----------
    .. [1] Lin, "ROUGE: a package for automatic evaluation of summaries", ACL 2004 workshop, section 3.2.

    Examples
    --------
    Of the reference's 5 words, 4 are in a subsequence with one line or the other of the output (the paper's example):

    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("w1 w2 w3 w4 w5",))
    >>> lines = chr(10).join(["w1 w2 w6 w7 w8", "w1 w3 w8 w9 w5"])
    >>> rows = RougeLsum().rows([sample], [[Output(text=lines)]])
    >>> rows.values.round(4)  # P = 4/10, R = 4/5
    array([[0.5333, 1.    ]])
    """

    name = "rougeLsum"
    rouge_type = "rougeLsum"
