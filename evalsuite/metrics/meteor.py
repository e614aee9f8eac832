"""METEOR, equal to nltk's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evalsuite.errors import DependencyError
from evalsuite.kernels.tokenizers import tokenize_13a
from evalsuite.metrics._mean_score import MeanScoreMetric
from evalsuite.metrics._options import check_choice, check_flag
from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics.base import Example, FloatArray
from evalsuite.text.meteor import find_wordnet, meteor_scores
from evalsuite.types import Sample

__all__ = ["Meteor"]


@dataclass(frozen=True)
class Meteor(MeanScoreMetric):
    """METEOR: words, stems and synonyms in common, less a penalty for their order, mean over samples, 0-1.

    Parameters
    ----------
    tokenize : {"13a", "none"}, default "13a"
        BLEU's words, or what stands between whitespace. nltk leaves this to its caller.
    synonyms : bool, default False
        Match synonyms too, which takes nltk's WordNet data. Off by default, so that a score is the same on every
        machine; figures by nltk mostly have it on.

    Notes
    -----
    ``(1 - 0.5 * (chunks / matches)**3) * P * R / (0.9 * P + 0.1 * R)`` [1]_; see ``evalsuite.text.meteor``. Of several
    references the best counts. Range 0 to 1; higher is better. A perfect match of m words has ``1 - 0.5 / m**3``: 0.5
    for one word. Stems and synonyms are English.

    A row is [score, 1], averaged over the repeats of a sample. Scores equal nltk 3.10's on the same words bit for bit.

    References
    ----------
    .. [1] Lavie and Agarwal, "METEOR: an automatic metric for MT evaluation with high levels of correlation with human
       judgments", WMT 2007.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("The cats sat on the mat.",))
    >>> Meteor().rows([sample], [[Output(text="The cat sat on a mat.")]]).values.round(4)
    array([[0.8036, 1.    ]])
    """

    name = "meteor"

    tokenize: Literal["13a", "none"] = "13a"
    synonyms: bool = False

    def __post_init__(self) -> None:
        check_choice(self.name, "tokenize", self.tokenize, ("13a", "none"))
        check_flag(self.name, "synonyms", self.synonyms)

    def check(self) -> None:
        """Find WordNet where it is asked for; see ``Metric.check``."""
        if self.synonyms and find_wordnet() is None:
            raise DependencyError(
                "meteor: `synonyms` takes nltk's WordNet data, which is not on this machine: "
                "run python -c \"import nltk; nltk.download('wordnet')\", or leave synonyms off"
            )

    def _scores(self, texts: list[str], references: list[tuple[str, ...]]) -> FloatArray:
        self.check()
        words = iter(self._words([*texts, *(text for group in references for text in group)]))
        tokens = [next(words) for _ in texts]
        groups = [[next(words) for _ in group] for group in references]
        return meteor_scores(groups, tokens, wordnet=find_wordnet() if self.synonyms else None)

    def _words(self, texts: list[str]) -> list[list[str]]:
        return [text.split() for text in (tokenize_13a(texts) if self.tokenize == "13a" else texts)]

    def example(self) -> Example:
        """Return a match of words so many that it is perfect to the last bit, one with gaps, nothing in common."""
        # A perfect match of m words lacks 0.5 / m**3 of 1.
        samples = (
            Sample(id="1", input={}, references=(" ".join(f"step{i} leads on" for i in range(3000)),)),
            Sample(id="2", input={}, references=(" ".join(f"dog{i} came along" for i in range(3000)), "no dogs")),
        )
        texts = [sample.references[0] for sample in samples]
        return Example(
            samples=samples,
            best=example_outputs(samples, texts),
            worse=example_outputs(samples, [text[: len(text) // 2] for text in texts]),
            worst=example_outputs(samples, ["", "nothing like it"]),
        )
