"""Numbers and flags of every kind are taken, or refused by a message that names the argument."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from evalsuite import text
from evalsuite.errors import InputError
from evalsuite.kernels import (
    bleu,
    bootstrap,
    chrf,
    contamination,
    diversity,
    edit,
    ngrams,
    numpy_bootstrap,
    paired_trials,
    pairwise,
    self_bleu,
    token_ids,
)
from evalsuite.text.error_rate_transforms import AbstractTransform, RemoveWhiteSpace
from evalsuite.text.signature import Signature

LINES = ["the cat sat on the mat", "a dog ran", "birds sing"]
STREAMS = [LINES]
GROUPS = [[line] for line in LINES]
SYSTEMS = [("a", LINES), ("b", LINES[::-1])]
ROWS = np.ones((3, 2))


class Nothing:
    """An object of no use, whose name is the same in every process."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = Nothing()
TOKENS = token_ids.token_ids(LINES)
METRIC = {"metric": text.CHRF()}
TURNED = (np.eye(3)[[0, 1, 2] * 4], np.eye(3)[[0, 1, 1] * 4])

# A function over one number, and the argument that it is.
INTEGERS: list[tuple[str, Callable[[Any], object]]] = [
    ("max_ngram_order", lambda n: text.BLEU(max_ngram_order=n)),
    ("max_ngram_order", lambda n: text.BLEU.compute_bleu([1], [1], 1, 1, max_ngram_order=n)),
    ("n_bootstrap", lambda n: text.BLEU().corpus_score(LINES, STREAMS, n_bootstrap=n)),
    ("char_order", lambda n: text.CHRF(char_order=n)),
    ("word_order", lambda n: text.CHRF(word_order=n)),
    ("n_samples", lambda n: text.PairedTest(SYSTEMS, METRIC, STREAMS, n_samples=n)()),
    ("n_samples", lambda n: text.PairedTest(SYSTEMS, METRIC, STREAMS, "bs", n_samples=n)()),
    ("n_ar_confidence", lambda n: text.PairedTest(SYSTEMS, METRIC, STREAMS, n_samples=9, n_ar_confidence=n)()),
    ("n_jobs", lambda n: text.PairedTest(SYSTEMS, METRIC, STREAMS, n_samples=9, n_jobs=n)),
    ("seed", lambda n: text.PairedTest(SYSTEMS, METRIC, STREAMS, n_samples=9, seed=n)()),
    ("n_samples", lambda n: text.BootstrapAggregator(n_samples=n)),
    ("n", lambda n: text.distinct_n(LINES, n)),
    ("n", lambda n: text.ngram_entropy(LINES, n)),
    ("n", lambda n: text.rep_n(LINES, n)),
    ("top", lambda n: text.zipf_coefficient(LINES, top=n)),
    ("min_repetitions", lambda n: text.find_loops(LINES, min_repetitions=n)),
    ("min_span", lambda n: text.find_loops(LINES, min_span=n)),
    ("order", lambda n: text.js_ngram(LINES, LINES, order=n)),
    ("order", lambda n: text.pairwise_similarity(LINES, "jaccard", order=n)),
    ("smoothing", lambda n: text.self_bleu(LINES, smoothing=n)),
    ("score_cutoff", lambda n: text.levenshtein("ab", "b", score_cutoff=n)),
    ("ngram", lambda n: text.find_contamination(LINES, LINES, ngram=n)),
    ("min_words", lambda n: text.find_contamination(LINES, LINES, min_words=n)),
    ("max_documents", lambda n: text.find_contamination(LINES, LINES, max_documents=n)),
    ("ngram", lambda n: text.score_originality(LINES, LINES, ngram=n)),
    ("dimension", text.HashedNgrams),
    ("most_words", lambda n: text.HashedSubwords(8, n)),
    ("num_buckets", lambda n: text.compute_mauve(*TURNED, num_buckets=n)),
    ("pca_max_data", lambda n: text.compute_mauve(*TURNED, pca_max_data=n)),
    ("seed", lambda n: text.compute_mauve(*TURNED, seed=n)),
    (
        "divergence_curve_discretization_size",
        lambda n: text.mauve_from_counts([1, 2], [2, 1], divergence_curve_discretization_size=n),
    ),
    ("top_k", lambda n: text.visualize_error_counts(text.process_words(LINES, LINES[::-1]), top_k=n)),
    ("line_width", lambda n: text.visualize_alignment(text.process_words(LINES, LINES[::-1]), line_width=n)),
    ("num_layers", lambda n: text.read_baseline("there-is-none", n)),
    ("max_order", lambda n: bleu.bleu_statistics(LINES, GROUPS, max_order=n)),
    ("char_order", lambda n: chrf.chrf_statistics(LINES, GROUPS, char_order=n)),
    ("max_order", lambda n: self_bleu.self_bleu_statistics(TOKENS, max_order=n)),
    ("max_order", lambda n: diversity.distinct_counts(TOKENS, max_order=n)),
    ("order", lambda n: diversity.ngram_frequencies(TOKENS, order=n)),
    ("n", lambda n: contamination.text_ngrams(LINES, n)),
    ("seed", lambda n: contamination.text_ngrams(LINES, 2, seed=n)),
    ("limit", lambda n: edit.edit_distances(LINES, LINES, limit=n)),
    ("order", lambda n: ngrams.joint_ngram_counts(LINES, LINES, order=n)),
    ("n_features", lambda n: ngrams.hashed_text_features(LINES, n_features=n)),
    ("order", lambda n: pairwise.pairwise_similarities([LINES], "jaccard", order=n)),
    ("n_resamples", lambda n: bootstrap.bootstrap_sums(ROWS, np.arange(3), n_resamples=n, seed=0)),
    ("n_resamples", lambda n: bootstrap.bootstrap_draws(2**12, n_resamples=n, seed=0)),
    ("n_clusters", lambda n: bootstrap.bootstrap_draws(n, n_resamples=0, seed=0)),
    ("seed", lambda n: bootstrap.bootstrap_sums(ROWS, np.arange(3), n_resamples=2, seed=n)),
    ("first_resample", lambda n: bootstrap.bootstrap_draws(3, n_resamples=2, seed=0, first_resample=n)),
    ("n_resamples", lambda n: numpy_bootstrap.numpy_choices(3, n, seed=0)),
    ("n_flips", lambda n: numpy_bootstrap.numpy_choices(3, 2, seed=0, n_flips=n)),
    ("n_trials", lambda n: paired_trials.numpy_coins(3, n, seed=0)),
    ("n_trials", lambda n: paired_trials.trial_sums(ROWS, n_trials=n, seed=0)),
    ("first_trial", lambda n: paired_trials.trial_sums(ROWS, n_trials=2, seed=0, first_trial=n)),
    ("seed", lambda n: paired_trials.numpy_coins(3, 2, seed=n)),
]
NO_INTEGERS = ["3", "", 2.5, 2.0, np.float32(2), True, np.True_, [2], (), np.array([2]), np.array([1, 2]), NOTHING, 2j]

FLAGS: list[tuple[str, Callable[[Any], object]]] = [
    *[(name, lambda flag, name=name: text.BLEU(**{name: flag})) for name in ("lowercase", "force", "effective_order")],
    *[(name, lambda flag, name=name: text.CHRF(**{name: flag})) for name in ("lowercase", "whitespace")],
    ("eps_smoothing", lambda flag: text.corpus_chrf(LINES, STREAMS, eps_smoothing=flag)),
    ("remove_whitespace", lambda flag: text.corpus_chrf(LINES, STREAMS, remove_whitespace=flag)),
    *[
        (name, lambda flag, name=name: text.TER(**{name: flag}))
        for name in ("normalized", "no_punct", "asian_support", "case_sensitive")
    ],
    ("use_stemmer", lambda flag: text.RougeScorer(["rougeL"], use_stemmer=flag)),
    ("split_summaries", lambda flag: text.RougeScorer(["rougeL"], split_summaries=flag)),
    ("idf", lambda flag: text.BertScorer("hashed_subwords", idf=flag)),
    ("overlap", lambda flag: text.longest_repeats(LINES, overlap=flag)),
    ("lowercase", lambda flag: text.distinct_n(LINES, lowercase=flag)),
    ("lowercase", lambda flag: text.js_ngram(LINES, LINES, lowercase=flag)),
    ("show_deletions", lambda flag: text.visualize_error_counts(text.process_words(LINES, LINES), show_deletions=flag)),
    ("skip_correct", lambda flag: text.visualize_alignment(text.process_words(LINES, LINES), skip_correct=flag)),
    ("replace_by_space", lambda flag: RemoveWhiteSpace(replace_by_space=flag)),
    ("verify", lambda flag: text.NgramIndex.open("there-is-none", verify=flag)),
    ("lowercase", lambda flag: bleu.bleu_statistics(LINES, GROUPS, lowercase=flag)),
    ("lowercase", lambda flag: chrf.chrf_statistics(LINES, GROUPS, lowercase=flag)),
    ("distinct", lambda flag: contamination.text_ngrams(LINES, 2, distinct=flag)),
]


@pytest.mark.parametrize("bad", NO_INTEGERS, ids=repr)
@pytest.mark.parametrize(("name", "call"), INTEGERS)
def test_what_is_no_integer_is_refused_by_name(name: str, call: Callable[[Any], object], bad: object) -> None:
    with pytest.raises((TypeError, ValueError), match=f"`{name}`"):
        call(bad)


# Some arguments have no such limit: a result is as good as a refusal, anything else is not.
@pytest.mark.parametrize("value", [-(2**70), -(2**31), -1, 0, 2**31, 2**63, 2**64, 10**400], ids=lambda n: str(n)[:24])
@pytest.mark.parametrize(("name", "call"), INTEGERS)
def test_an_integer_out_of_range_is_refused_by_name(name: str, call: Callable[[Any], object], value: int) -> None:
    try:
        call(value)
    except (TypeError, ValueError, InputError) as error:
        message = str(error)
    else:
        return
    assert f"`{name}`" in message or "there-is-none" in message


@pytest.mark.parametrize(("name", "call"), [entry for entry in INTEGERS if entry[0] != "num_layers"])
def test_integers_of_numpy_are_integers(name: str, call: Callable[[Any], object]) -> None:
    if name == "max_ngram_order":
        call(np.int64(1))
        return
    call(np.int16(3))


@pytest.mark.parametrize(("name", "call"), FLAGS)
@pytest.mark.parametrize("bad", [np.array([True, False]), np.array([True])], ids=["array", "array of one"])
def test_a_flag_is_no_array(name: str, call: Callable[[Any], object], bad: object) -> None:
    with pytest.raises(TypeError, match=f"`{name}` must be True or False"):
        call(bad)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        entry
        for entry in INTEGERS
        if entry[0] in ("n_samples", "n_bootstrap", "n_resamples", "n_trials", "n_ar_confidence")
    ],
)
def test_too_many_resamples_are_refused_with_value_and_limit(name: str, call: Callable[[Any], object]) -> None:
    with pytest.raises(ValueError, match=rf"`{name}` must be .* to {2**24}; found {2**31}"):
        call(2**31)


def test_a_result_beyond_memory_is_refused_by_the_name_of_what_asks_for_it() -> None:
    with pytest.raises(
        ValueError, match=r"`n_resamples` must be smaller: 16777216 asks for .* 512\.0 GiB, beyond 64 GiB"
    ):
        bootstrap.bootstrap_draws(2**12, n_resamples=2**24, seed=0)
    with pytest.raises(ValueError, match=r"`max_order` must be 1 to 65536; found 2147483648"):
        bleu.bleu_statistics(LINES, GROUPS, max_order=2**31)


@pytest.mark.parametrize(
    ("message", "call"),
    [
        ("`baseline` must be three numbers", lambda: text.BertScorer("hashed_subwords", baseline="abc")),  # type: ignore[arg-type]
        ("`baseline` must be three numbers", lambda: text.BertScorer("hashed_subwords", baseline=[[1], [2, 3]])),  # type: ignore[list-item]
        ("`baseline` must be three numbers", lambda: text.BertScorer("hashed_subwords", baseline=NOTHING)),  # type: ignore[arg-type]
        ("`path` must be a str or a Path", lambda: text.NgramIndex.open(3)),  # type: ignore[arg-type]
        ("`path` must be a str or a Path", lambda: text.build_ngram_index(None, LINES)),  # type: ignore[arg-type]
        ("`path` must be a str or a Path", lambda: text.read_baseline(None, 1)),  # type: ignore[arg-type]
        ("`num_layers` must be an int", lambda: text.BertScorer("hashed_subwords", num_layers="1")),  # type: ignore[arg-type]
        ("`keys` must hold tuples", lambda: Signature(1, ["case"])),  # type: ignore[list-item]
        ("`keys` must hold tuples", lambda: Signature(1, [(1, "c", "lc")])),  # type: ignore[list-item]
        ("`key` must be a str", lambda: Signature(1).update(3, "x")),  # type: ignore[arg-type]
        ("`encoder` must be", lambda: text.compute_mauve(p_text=LINES, q_text=LINES, encoder=3)),  # type: ignore[arg-type]
    ],
)
def test_other_arguments_are_refused_by_name(message: str, call: Callable[[], object]) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        call()


def test_a_transform_that_defines_nothing_says_what_to_define() -> None:
    class Idle(AbstractTransform):
        pass

    with pytest.raises(NotImplementedError, match=r"Idle must define `process_string\(self, s\)`"):
        Idle()("a")
