"""Error rates, transforms and views against jiwer 4: its documented usage, called through ours."""

from __future__ import annotations

from typing import Any

import jiwer
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite import text as package
from evalsuite.text import alignment_view, error_rate_transforms
from tests.reference.texts import PIECES, nasty_segments

RATES = ("wer", "mer", "wil", "wip", "cer")
TEXTS = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=15).map("".join)
CORPORA = st.lists(st.tuples(TEXTS, TEXTS), max_size=4)
DOCUMENTED = (
    ["short one here", "quite a bit of longer sentence"],
    ["shoe order one", "quite bit of an even longest sentence here"],
)
LONG = (
    ["This is a very  long sentence that is much longer than the previous one or the one before that"],
    ["This is a very loong sentence that is not much longer than the previous one or one before that"],
)


def plain(output: Any) -> dict[str, Any]:
    """All attributes, chunks as their own attributes."""
    found = dict(vars(output))
    found["alignments"] = [[vars(chunk) for chunk in chunks] for chunks in output.alignments]
    return found


def both(name: str) -> tuple[Any, Any]:
    return getattr(package, name), getattr(jiwer, name)


@pytest.mark.parametrize("name", RATES)
@pytest.mark.parametrize(
    ("reference", "hypothesis"),
    [
        ("hello world", "hello duck"),
        (["hello world", "i like monthy python"], ["hello duck", "i like python"]),
        DOCUMENTED,
        LONG,
        ("", ""),
        ("", "one word"),
        ("one word", ""),
        (["", "a"], ["b", "a"]),
        ([], []),
        ([], ["a"]),
        (["  tab\tinside ", "two  \t spaces\n"], ["tab inside", "two spaces"]),
    ],
)
def test_rates_equal_jiwer(name: str, reference: Any, hypothesis: Any) -> None:
    ours, theirs = both(name)
    assert repr(ours(reference, hypothesis)) == repr(theirs(reference, hypothesis))
    assert repr(ours(reference=reference, hypothesis=hypothesis)) == repr(theirs(reference, hypothesis))


@pytest.mark.parametrize("name", ["process_words", "process_characters"])
@settings(derandomize=True, deadline=None, max_examples=150)
@given(corpus=CORPORA)
def test_outputs_equal_jiwer(name: str, corpus: list[tuple[str, str]]) -> None:
    ours, theirs = both(name)
    references, hypotheses = [a for a, _ in corpus], [b for _, b in corpus]
    mine, other = ours(references, hypotheses), theirs(references, hypotheses)
    assert plain(mine) == plain(other)
    assert repr(mine) == repr(other)


@pytest.mark.parametrize("name", ["process_words", "process_characters"])
@pytest.mark.parametrize("options", [{}, {"show_measures": False}, {"skip_correct": False}, {"line_width": 40}])
def test_alignments_are_drawn_as_by_jiwer(name: str, options: Any) -> None:
    ours, theirs = both(name)
    hypotheses, groups = nasty_segments(200, seed=4, with_none=False)
    nasty: Any = [group[0] for group in groups], hypotheses
    for texts in (DOCUMENTED, LONG, nasty, (["a"], ["a"]), (["* b"], ["a *"])):
        expected = jiwer.visualize_alignment(theirs(*texts), **options)
        assert alignment_view.visualize_alignment(ours(*texts), **options) == expected


@pytest.mark.parametrize("options", [{}, {"top_k": 2}, {"show_insertions": False}, {"show_substitutions": False}])
def test_error_counts_are_written_as_by_jiwer(options: Any) -> None:
    hypotheses, groups = nasty_segments(200, seed=9, with_none=False)
    nasty: Any = [group[0] for group in groups], hypotheses
    for name in ("process_words", "process_characters"):
        ours, theirs = both(name)
        for texts in (DOCUMENTED, nasty, (["a"], ["a"])):
            mine, other = ours(*texts), theirs(*texts)
            assert alignment_view.visualize_error_counts(mine, **options) == jiwer.visualize_error_counts(
                other, **options
            )
            assert alignment_view.collect_error_counts(mine) == jiwer.collect_error_counts(other)


def test_custom_transforms_of_both_kinds() -> None:
    texts = (["She'll <unk> say: YES!", "  "], ["she will say yes", "um"])
    for library in (jiwer, error_rate_transforms):
        steps: Any = library
        transform = steps.Compose(
            [
                steps.ToLowerCase(),
                steps.ExpandCommonEnglishContractions(),
                steps.RemoveKaldiNonWords(),
                steps.RemovePunctuation(),
                steps.RemoveMultipleSpaces(),
                steps.Strip(),
                steps.ReduceToListOfListOfWords(),
            ]
        )
        for name in RATES:
            ours, theirs = both(name)
            expected = theirs(*texts, transform, transform)
            assert ours(*texts, reference_transform=transform, hypothesis_transform=transform) == expected
        assert plain(package.process_words(*texts, transform, transform)) == plain(
            jiwer.process_words(*texts, transform, transform)
        )
    assert package.wer("a-b c", "a-b d", *[lambda texts: [text.split("-") for text in texts]] * 2) == 0.5
    contiguous: Any = error_rate_transforms.wer_contiguous
    assert package.wer(["a b", "c"], ["a b c"], contiguous, contiguous) == 0
    mixed: Any = (error_rate_transforms.wer_default, error_rate_transforms.cer_default)
    assert package.wer("ab c", "ab c", *mixed) == jiwer.wer("ab c", "ab c", *mixed)


@pytest.mark.parametrize("name", ["wer_default", "wer_contiguous", "wer_standardize", "wer_standardize_contiguous"])
def test_ready_made_transforms_equal_jiwers(name: str) -> None:
    texts, _ = nasty_segments(2000, seed=6)
    listed = [*texts, "she'd won't can't let's isn't 't 'm 've", "<unk> [laugh] <a]"]
    assert getattr(error_rate_transforms, name)(listed) == getattr(jiwer, name)(listed)
    assert getattr(error_rate_transforms, name)([]) == getattr(jiwer, name)([])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ReduceToListOfListOfWords", ("-",)),
        ("ReduceToListOfListOfChars", ()),
        ("ReduceToSingleSentence", ()),
        ("ReduceToSingleSentence", ("|",)),
        ("SubstituteRegexes", ({r"doom": r"sacr", r"\b(\w+)ed\b": r"\1"},)),
        ("SubstituteWords", ({"the": "a", "'re": " am", "cat": "dog."},)),
        ("RemoveSpecificWords", (["the", "cat"],)),
        ("RemoveWhiteSpace", ()),
        ("RemoveWhiteSpace", (True,)),
        ("RemovePunctuation", ()),
        ("RemoveMultipleSpaces", ()),
        ("Strip", ()),
        ("RemoveEmptyStrings", ()),
        ("ToLowerCase", ()),
        ("ToUpperCase", ()),
        ("RemoveKaldiNonWords", ()),
    ],
)
def test_each_transform_equals_jiwers(name: str, arguments: Any) -> None:
    texts, _ = nasty_segments(300, seed=8)
    texts.append("is the world doomed or loved, cat's they're")
    mine, other = getattr(error_rate_transforms, name)(*arguments), getattr(jiwer, name)(*arguments)
    assert mine(texts) == other(texts)
    assert [mine(text) for text in texts[-20:]] == [other(text) for text in texts[-20:]]


def test_generators_tuples_and_numpy_strings() -> None:
    texts = ["a b", "c"]
    for made in (tuple(texts), iter(texts), np.array(texts)):
        assert package.wer(made, ["a", "c"]) == 1 / 3


def test_chunks_are_checked() -> None:
    assert package.AlignmentChunk("replace", 0, 1, 0, 1).type == "substitute"
    assert package.AlignmentChunk("equal", 0, 2, 0, 2) == package.process_words("a b", "a b").alignments[0][0]
    with pytest.raises(ValueError, match="`type` must be one of 'equal'"):
        package.AlignmentChunk("swap", 0, 1, 0, 1)
    with pytest.raises(ValueError, match="`hyp_start_idx` must be at most `hyp_end_idx`, 1; found 2"):
        package.AlignmentChunk("equal", 0, 1, 2, 1)


loose: Any = package


@pytest.mark.parametrize("name", [*RATES, "process_words", "process_characters"])
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("a", None), TypeError, "`hypothesis` must be a str or a sequence of str; found NoneType"),
        ((b"a", "a"), TypeError, "`reference` must be a str or a sequence of str; found bytes"),
        ((["a", None], ["a", "b"]), TypeError, r"`reference\[1\]` must be a str; found NoneType"),
        ((["a"], [b"a"]), TypeError, r"`hypothesis\[0\]` must be a str; found bytes"),
        ((["a", "b"], ["a"]), ValueError, "`hypothesis` must have as many texts as `reference`.*, 2; found 1"),
        (("a", "a", str, str), ValueError, "`reference_transform` must return a list of lists of str"),
        (("a", "a", None, None), TypeError, "`reference_transform` must be callable; found NoneType"),
    ],
)
def test_refusals(name: str, arguments: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        getattr(loose, name)(*arguments)


def test_views_refuse_other_objects() -> None:
    wrong: Any = alignment_view
    for view in (wrong.visualize_alignment, wrong.visualize_error_counts, wrong.collect_error_counts):
        with pytest.raises(TypeError, match="`output` must be a WordOutput or a CharacterOutput; found str"):
            view("a")
