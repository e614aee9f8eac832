"""Edit similarity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evalsuite.metrics._mean_score import BestReferenceMetric
from evalsuite.metrics._options import check_choice, check_flag
from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics.base import Example, FloatArray
from evalsuite.text.edit_distances import normalized_similarity_batch
from evalsuite.types import Sample

if TYPE_CHECKING:
    from typing import TypeAlias

    EditUnit: TypeAlias = Literal["characters", "words"]

__all__ = ["EditSimilarity"]


@dataclass(frozen=True)
class EditSimilarity(BestReferenceMetric):
    """Edit similarity: 1 less the Levenshtein distance over the longer length, mean over samples, 0-1.

    Parameters
    ----------
    edit_unit : {"characters", "words"}, default "characters"
        What is edited: code points, or words between whitespace.
    lowercase : bool, default False
        Fold case first.

    Notes
    -----
    ``1 - d(output, reference) / max(length of output, length of reference)`` [1]_; 1 for two empty texts. Of several
    references the most similar one counts. Range 0 to 1; higher is better. A row is [similarity, 1], the similarity
    averaged over the repeats of a sample; equal to ``Levenshtein.normalized_similarity`` of rapidfuzz 3.14 bit for bit.

    References
    ----------
    .. [1] Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", Soviet Physics
       Doklady 1966.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("sitting", "knitting"))
    >>> EditSimilarity().rows([sample], [[Output(text="kitten")]]).values
    array([[0.625, 1.   ]])
    """

    name = "edit_similarity"

    edit_unit: EditUnit = "characters"
    lowercase: bool = False

    def __post_init__(self) -> None:
        check_choice(self.name, "edit_unit", self.edit_unit, ("characters", "words"))
        check_flag(self.name, "lowercase", self.lowercase)

    def _pair_scores(self, references: list[str], texts: list[str]) -> FloatArray:
        if self.lowercase:
            references, texts = [text.lower() for text in references], [text.lower() for text in texts]
        return normalized_similarity_batch(references, texts, unit=self.edit_unit)

    def example(self) -> Example:
        """Return a match, a near match and nothing in common."""
        samples = (
            Sample(id="1", input={}, references=("the path leads to the lake",)),
            Sample(id="2", input={}, references=("dogs are welcome", "dogs may come along")),
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, ["the path leads to the lake", "dogs may come along"]),
            worse=example_outputs(samples, ["the path led to a lake", "dogs may come"]),
            worst=example_outputs(samples, ["", "0123456789"]),
        )
