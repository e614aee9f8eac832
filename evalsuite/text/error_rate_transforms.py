"""What is done to texts before their error rate is computed: the names, arguments and results of jiwer 4."""

from __future__ import annotations

import functools
import re
import string
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

from evalsuite.kernels.arguments import check_flag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = [
    "AbstractTransform",
    "Compose",
    "ExpandCommonEnglishContractions",
    "ReduceToListOfListOfChars",
    "ReduceToListOfListOfWords",
    "ReduceToSingleSentence",
    "RemoveEmptyStrings",
    "RemoveKaldiNonWords",
    "RemoveMultipleSpaces",
    "RemovePunctuation",
    "RemoveSpecificWords",
    "RemoveWhiteSpace",
    "Strip",
    "SubstituteRegexes",
    "SubstituteWords",
    "ToLowerCase",
    "ToUpperCase",
    "cer_contiguous",
    "cer_default",
    "wer_contiguous",
    "wer_default",
    "wer_standardize",
    "wer_standardize_contiguous",
]


class AbstractTransform:
    """Something done to one text or to a list of texts; a subclass defines `process_string`, or `process_list` too."""

    def __call__(self, sentences: Any) -> Any:
        """Return the transformed text or list of texts; TypeError for anything else."""
        if isinstance(sentences, str):
            return self.process_string(sentences)
        if isinstance(sentences, list):
            return self.process_list(sentences)
        raise TypeError(f"`sentences` must be a str or a list of str; found {type(sentences).__name__}")

    def process_string(self, s: str) -> Any:
        """Transform one text."""
        raise NotImplementedError(
            f"{type(self).__name__} must define `process_string(self, s)`, which returns one text transformed; or "
            "`process_list(self, inp)`, for a list of texts"
        )

    def process_list(self, inp: list[str]) -> Any:
        """Transform each text of a list."""
        return [self.process_string(s) for s in inp]


class Compose:
    """Transforms, one after the other.

    Parameters
    ----------
    transforms : list of callable
        The last must return a list of lists of str if error rates are to be computed.
    """

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def __call__(self, text: Any) -> Any:
        """Return what the last transform makes of what the others made."""
        for transform in self.transforms:
            text = transform(text)
        return text


class ReduceToListOfListOfWords(AbstractTransform):
    """Cut each text into words at a delimiter; no text at all is one text without a word.

    Parameters
    ----------
    word_delimiter : str, default " "
    """

    def __init__(self, word_delimiter: str = " ") -> None:
        self.word_delimiter = word_delimiter

    def process_string(self, s: str) -> list[list[str]]:
        """Return a list of one list of words."""
        return [[word for word in s.split(self.word_delimiter) if word]]

    def process_list(self, inp: list[str]) -> list[list[str]]:
        """Return a list of words for each text."""
        return [self.process_string(s)[0] for s in inp] or [[]]


class ReduceToListOfListOfChars(AbstractTransform):
    """Cut each text into characters; no text at all is one text without a character."""

    def process_string(self, s: str) -> list[list[str]]:
        """Return a list of one list of characters."""
        return [list(s)]

    def process_list(self, inp: list[str]) -> list[list[str]]:
        """Return a list of characters for each text."""
        return [list(s) for s in inp] or [[]]


class ReduceToSingleSentence(AbstractTransform):
    """Join the texts of a list that are not empty, so that two lists need not be equally long.

    Parameters
    ----------
    word_delimiter : str, default " "
        What is put between them.
    """

    def __init__(self, word_delimiter: str = " ") -> None:
        self.word_delimiter = word_delimiter

    def process_string(self, s: str) -> str:
        """Return the text as it is."""
        return s

    def process_list(self, inp: list[str]) -> list[str]:
        """Return a list of one text, or of none."""
        kept = [s for s in inp if s]
        return [self.word_delimiter.join(kept)] if kept else []


class SubstituteRegexes(AbstractTransform):
    r"""Replace what regular expressions match.

    Parameters
    ----------
    substitutions : mapping of str to str
        Replacements by expression, such as ``{r"(\w+)ed": r"\1"}``, applied in this order.
    """

    def __init__(self, substitutions: Mapping[str, str]) -> None:
        self.substitutions = substitutions

    def process_string(self, s: str) -> str:
        """Transform one text."""
        for pattern, replacement in self.substitutions.items():
            s = re.sub(pattern, replacement, s)
        return s


class SubstituteWords(AbstractTransform):
    """Replace whole words by others.

    Parameters
    ----------
    substitutions : mapping of str to str
        New words by old ones, applied in this order.
    """

    def __init__(self, substitutions: Mapping[str, str]) -> None:
        self.substitutions = substitutions

    def process_string(self, s: str) -> str:
        """Transform one text."""
        for word, replacement in self.substitutions.items():
            s = re.sub(rf"\b{re.escape(word)}\b", replacement, s)
        return s


class RemoveSpecificWords(SubstituteWords):
    """Replace words by a space; let `RemoveMultipleSpaces` and `Strip` follow.

    Parameters
    ----------
    words_to_remove : list of str
    """

    def __init__(self, words_to_remove: Iterable[str]) -> None:
        super().__init__(dict.fromkeys(words_to_remove, " "))


class RemoveWhiteSpace(AbstractTransform):
    """Remove space, tab, line end, return, vertical tab and form feed.

    Parameters
    ----------
    replace_by_space : bool, default False
        Put a space in the place of each instead.
    """

    def __init__(self, replace_by_space: bool = False) -> None:
        self._table = str.maketrans(
            dict.fromkeys(string.whitespace, " " if check_flag(replace_by_space, "replace_by_space") else "")
        )

    def process_string(self, s: str) -> str:
        """Transform one text."""
        return s.translate(self._table)


class RemovePunctuation(AbstractTransform):
    """Remove the characters of Unicode's categories P, as the running interpreter has them."""

    def process_string(self, s: str) -> str:
        """Transform one text."""
        return s.translate(_punctuation())


class RemoveMultipleSpaces(AbstractTransform):
    """Put one space in the place of two or more whitespace characters in a row."""

    def process_string(self, s: str) -> str:
        """Transform one text."""
        # Space is the only whitespace that is printable.
        if "  " not in s and s.isprintable():
            return s
        return re.sub(r"\s\s+", " ", s)


class Strip(AbstractTransform):
    """Remove whitespace at both ends."""

    def process_string(self, s: str) -> str:
        """Transform one text."""
        return s.strip()


class RemoveEmptyStrings(AbstractTransform):
    """Drop the texts of a list that hold nothing but whitespace; a text alone is stripped."""

    def process_string(self, s: str) -> str:
        """Return the text without whitespace at its ends."""
        return s.strip()

    def process_list(self, inp: list[str]) -> list[str]:
        """Return the texts, as they are, that hold something."""
        return [s for s in inp if s.strip()]


class ExpandCommonEnglishContractions(AbstractTransform):
    """Write out won't, can't, let's and the endings n't, 're, 's, 'd, 'll, 't, 've and 'm."""

    def process_string(self, s: str) -> str:
        """Transform one text."""
        for short, long in _CONTRACTIONS:
            s = s.replace(short, long)
        return s


class ToLowerCase(AbstractTransform):
    """Lower case, by ``str.lower``."""

    def process_string(self, s: str) -> str:
        """Transform one text."""
        return s.lower()


class ToUpperCase(AbstractTransform):
    """Upper case, by ``str.upper``."""

    def process_string(self, s: str) -> str:
        """Transform one text."""
        return s.upper()


class RemoveKaldiNonWords(AbstractTransform):
    """Remove what stands between < or [ and the next > or ], such as <unk> and [laugh]."""

    def process_string(self, s: str) -> str:
        """Transform one text."""
        return re.sub(r"[<\[][^>\]]*[>\]]", "", s)


# In this order: a rule sees what those before it have written.
_CONTRACTIONS = (
    ("won't", "will not"),
    ("can't", "can not"),
    ("let's", "let us"),
    ("n't", " not"),
    ("'re", " are"),
    ("'s", " is"),
    ("'d", " would"),
    ("'ll", " will"),
    ("'t", " not"),
    ("'ve", " have"),
    ("'m", " am"),
)


@functools.cache
def _punctuation() -> dict[int, None]:
    return {code: None for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)).startswith("P")}


def _standardize() -> list[AbstractTransform]:
    return [
        ToLowerCase(),
        ExpandCommonEnglishContractions(),
        RemoveKaldiNonWords(),
        RemoveWhiteSpace(replace_by_space=True),
        RemoveMultipleSpaces(),
        Strip(),
    ]


wer_default = Compose([RemoveMultipleSpaces(), Strip(), ReduceToListOfListOfWords()])
"""Words between spaces; the default of word error rates."""
wer_contiguous = Compose([RemoveMultipleSpaces(), Strip(), ReduceToSingleSentence(), ReduceToListOfListOfWords()])
"""The same of all texts in one, for lists of different lengths."""
wer_standardize = Compose([*_standardize(), ReduceToListOfListOfWords()])
"""Lower case, English contractions written out, Kaldi's non-words removed, then as `wer_default`."""
wer_standardize_contiguous = Compose([*_standardize(), ReduceToSingleSentence(), ReduceToListOfListOfWords()])
"""The same of all texts in one."""
cer_default = Compose([Strip(), ReduceToListOfListOfChars()])
"""Characters of the text without whitespace at its ends; the default of character error rates."""
cer_contiguous = Compose([Strip(), ReduceToSingleSentence(), ReduceToListOfListOfChars()])
"""The same of all texts in one."""
