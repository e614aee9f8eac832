"""Paired tests by sacrebleu's interface."""

from __future__ import annotations

import json
import statistics

import numpy as np
import pytest
import sacrebleu.significance
from sacrebleu.metrics.bleu import BLEU as THEIR_BLEU
from sacrebleu.metrics.chrf import CHRF as THEIR_CHRF
from sacrebleu.metrics.ter import TER as THEIR_TER

from evalsuite.text.bleu import BLEU
from evalsuite.text.chrf import CHRF
from evalsuite.text.significance import PairedTest, Result, estimate_ci
from evalsuite.text.ter import TER
from tests.reference.systems import make_systems

SYSTEMS, STREAMS = make_systems(40, 4, seed=3)
REAL = [
    (
        "baseline",
        [
            "Der Hund biss den Mann.",
            "Это было неожиданно.",
            "Τώρα η ζωή είναι ωραία.",
            "今天天气很好。",
            "مرحبا بالعالم",
        ],
    ),
    (
        "better",
        [
            "Der Hund hat den Mann gebissen.",
            "Это было внезапно.",
            "Τώρα η ζωή είναι μικρή.",
            "今天天气真好。",
            "مرحبا يا عالم",
        ],
    ),
    ("worse", ["Hund Mann.", "Это.", "ζωή", "今天", "สวัสดี 👋🏽"]),
]
REAL_REFERENCES = [
    [
        "Der Hund hat den Mann gebissen.",
        "Это было неожиданно.",
        "Τώρα η ζωή είναι μικρή.",
        "今天天气真不错。",
        "مرحبا يا عالم",
    ]
]
OURS = {"bleu": BLEU, "chrf": CHRF, "ter": TER}
THEIRS = {"bleu": THEIR_BLEU, "chrf": THEIR_CHRF, "ter": THEIR_TER}


@pytest.mark.parametrize(
    "arguments", [{"test_type": "bs"}, {"test_type": "ar"}, {"test_type": "ar", "n_ar_confidence": 0, "n_samples": 300}]
)
def test_the_defaults_are_sacrebleus(arguments: dict[str, object]) -> None:
    test = PairedTest(REAL, {name: kind() for name, kind in OURS.items()}, REAL_REFERENCES, **arguments)  # type: ignore[arg-type]
    theirs = sacrebleu.significance.PairedTest(
        REAL,
        {name: kind() for name, kind in THEIRS.items()},
        REAL_REFERENCES,
        **arguments,  # type: ignore[arg-type]
    )
    assert (test.n_samples, test.n_ar_confidence, test.n_systems) == (
        theirs.n_samples,
        theirs.n_ar_confidence,
        theirs.n_systems,
    )
    signatures, scores = test()
    their_signatures, their_scores = theirs()
    assert {name: str(value) for name, value in signatures.items()} == {
        name: str(value) for name, value in their_signatures.items()
    }
    assert repr(scores) == repr(their_scores)
    assert list(scores) == ["System", "BLEU", "chrF2", "TER"]


def test_three_references_whose_mean_length_no_float_holds() -> None:
    systems, _ = make_systems(30, 3, seed=5)
    streams = [[text + " a" * k for text in systems[2][1]] for k in range(3)]
    streams[1] = [text + " b" * (i % 3) for i, text in enumerate(streams[1])]
    for test_type in ("bs", "ar"):
        ours = PairedTest(systems, {"ter": TER()}, streams, test_type=test_type, n_samples=80)()
        theirs = sacrebleu.significance.PairedTest(
            systems, {"ter": THEIR_TER()}, streams, test_type=test_type, n_samples=80
        )()
        assert repr(ours[1]) == repr(theirs[1])


@pytest.mark.parametrize("seed", ["7", "340282366920938463463374607431768211456"])
def test_the_environment_sets_the_seed(monkeypatch: pytest.MonkeyPatch, seed: str) -> None:
    monkeypatch.setenv("SACREBLEU_SEED", seed)
    ours = PairedTest(SYSTEMS, {"chrf": CHRF()}, STREAMS, test_type="bs", n_samples=50)()
    theirs = sacrebleu.significance.PairedTest(SYSTEMS, {"chrf": THEIR_CHRF()}, STREAMS, test_type="bs", n_samples=50)()
    assert repr(ours) == repr(theirs)
    monkeypatch.setenv("SACREBLEU_SEED", "1")
    assert repr(PairedTest(SYSTEMS, {"chrf": CHRF()}, STREAMS, "bs", 50, seed=int(seed))()) == repr(theirs)


def test_a_seed_of_chance_and_the_seed_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SACREBLEU_SEED", "None")
    first, second = (PairedTest(SYSTEMS, {"bleu": BLEU()}, STREAMS, "bs", 50)() for _ in range(2))
    assert "seed:none" in str(first[0]["BLEU"])
    assert repr(first[1]) != repr(second[1])
    monkeypatch.setenv("SACREBLEU_SEED", "0")
    first, second = (PairedTest(SYSTEMS, {"bleu": BLEU()}, STREAMS, "bs", 50)() for _ in range(2))
    assert repr(first[1]) == repr(second[1])
    for wrong in ("-1", "x", "1.5"):
        monkeypatch.setenv("SACREBLEU_SEED", wrong)
        with pytest.raises(ValueError, match="SACREBLEU_SEED must be an integer from 0 on"):
            PairedTest(SYSTEMS, {"bleu": BLEU()}, STREAMS)


def test_references_may_lie_in_the_metrics() -> None:
    streams = [[text or "" for text in stream] for stream in STREAMS]
    held = PairedTest(SYSTEMS, {"bleu": BLEU(references=streams)}, None, "bs", 50)()
    assert repr(held) == repr(PairedTest(SYSTEMS, {"bleu": BLEU()}, streams, "bs", 50)())


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"named_systems": []}, ValueError, "`named_systems` must have a baseline"),
        ({"named_systems": "abc"}, TypeError, "`named_systems` must be a list"),
        ({"named_systems": [("a", "text")]}, TypeError, "`hypotheses` must be"),
        ({"named_systems": [("a",)]}, TypeError, "`named_systems\\[0\\]` must be a tuple"),
        ({"named_systems": [*SYSTEMS, ("x", ["one"])]}, ValueError, "`named_systems\\[4\\]` must have as many"),
        ({"metrics": {}}, ValueError, "`metrics` must have at least one"),
        ({"metrics": [BLEU()]}, TypeError, "`metrics` must be a mapping"),
        ({"metrics": {"a": THEIR_BLEU()}}, TypeError, "`metrics\\['a'\\]` must be a BLEU, CHRF or TER"),
        ({"metrics": {"a": BLEU(), "b": BLEU()}}, ValueError, 'found two of "BLEU"'),
        ({"test_type": "bootstrap"}, ValueError, '`test_type` must be "ar" or "bs"'),
        ({"n_samples": 1.5}, TypeError, "`n_samples` must be an int"),
        ({"references": [["one"]]}, ValueError, "as long as `hypotheses`"),
    ],
)
def test_bad_arguments_are_named(arguments: dict[str, object], error: type[Exception], message: str) -> None:
    given: dict[str, object] = {"named_systems": SYSTEMS, "metrics": {"m": BLEU()}, "references": STREAMS, **arguments}
    with pytest.raises(error, match=message):
        PairedTest(**given)()  # type: ignore[arg-type]


def test_results_print_as_sacrebleus() -> None:
    for values in ((1.5,), (1.5, 0.25), (1.5, None, 1.25, 0.5)):
        assert repr(Result(*values)) == repr(sacrebleu.significance.Result(*values))
        assert Result(*values).__dict__ == sacrebleu.significance.Result(*values).__dict__
    result = Result(np.float32(1.5), 0.25)  # type: ignore[arg-type]
    assert json.loads(result.to_json()) == {"score": 1.5, "p_value": 0.25, "mean": None, "ci": None}


def test_intervals_are_sacrebleus() -> None:
    for dtype in (np.float32, np.float64):
        scores = np.random.default_rng(1).random(997).astype(dtype)
        assert estimate_ci(scores) == sacrebleu.significance.estimate_ci(scores)
    with pytest.raises(ValueError, match="`scores` must not be empty"):
        estimate_ci(np.array([]))


@pytest.mark.parametrize("name", OURS)
def test_corpus_scores_have_sacrebleus_interval(name: str) -> None:
    ours = OURS[name]().corpus_score(SYSTEMS[1][1], STREAMS, n_bootstrap=300)
    theirs = THEIRS[name]().corpus_score(SYSTEMS[1][1], STREAMS, n_bootstrap=300)
    assert (ours._mean, ours._ci, str(ours)) == (theirs._mean, theirs._ci, str(theirs))


def test_an_interval_where_some_resamples_score_nothing() -> None:
    # Here sacrebleu's chrF mixes numpy's and Python's numbers, of which statistics.mean() may want no mean.
    hypotheses, references = ["abc", "xyz", "q"], [["abc", "uvw", "r"]]
    score = CHRF().corpus_score(hypotheses, references, n_bootstrap=100)
    try:
        expected = THEIR_CHRF().corpus_score(hypotheses, references, n_bootstrap=100)
    except (TypeError, statistics.StatisticsError):
        assert 0 < score._mean < 100
    else:
        assert (score._mean, score._ci) == pytest.approx((expected._mean, expected._ci))
