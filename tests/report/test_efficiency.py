"""What a run took: figures that can be worked out by hand, and reasons where there is none."""

from __future__ import annotations

from typing import Any

import pytest

from evalsuite.report.amounts import format_amount, format_bytes, format_per_right
from evalsuite.report.efficiency import describe_efficiency
from evalsuite.report.per_right import RightAnswers, right_answers
from evalsuite.runlog.session import Session
from evalsuite.types import Interval, Output, Score

USAGE = {
    "seconds": 4.0,
    "peak_rss_bytes": 1000,
    "peak_rss_since": "session",
    "energy_joules": 30.0,
    "energy_by": "counter",
}


def session(n: int = 8, *, usage: dict[str, Any] | None = USAGE, errors: int = 0, tokens: int | None = 80) -> Session:
    return Session(n_outputs=n, n_errors=errors, tokens_in=5 * n, tokens_out=tokens, usage=usage)


def score(right: int = 6, wrong: int = 2, metric: str = "accuracy", **fields: Any) -> Score:
    outcomes = {name: n for name, n in {"right": right, "wrong": wrong}.items() if n} | fields.pop("more", {})
    n = sum(outcomes.values())
    known = n - outcomes.get("error", 0) - outcomes.get("undecided", 0)
    settings = {
        "value": right / known if known else None,
        "interval": Interval(low=0.5, high=1.0, level=0.95, method="wilson"),
        "higher_is_better": True,
        "primary": True,
        **fields,
    }
    return Score(
        metric=metric, signature=metric, n=n, n_unscored=n - known, n_clusters=n, outcomes=outcomes, **settings
    )


def outputs(n: int = 8, **fields: Any) -> list[Output]:
    return [Output(**{"text": "x", "tokens_in": 5, "tokens_out": 10, **fields}) for _ in range(n)]


def describe(
    sessions: list[Session], found: list[Output] | None = None, scores: list[Score] | None = None, **settings: Any
) -> dict[str, Any]:
    found = outputs() if found is None else found
    scores = [score()] if scores is None else scores
    return describe_efficiency(found, sessions, scores, **{"repeats": 1, "n_logged": len(found), **settings})


def test_figures_of_a_run_that_was_measured() -> None:
    found = describe([session(6, tokens=50), session(2, tokens=30, usage={**USAGE, "peak_rss_bytes": 2000})])
    assert (found["generating_seconds"], found["outputs_per_second"], found["tokens_per_second"]) == (8.0, 1.0, 10.0)
    assert (found["peak_rss_bytes"], found["energy_joules"], found["partial"]) == (2000, 60.0, False)
    assert found["seconds_per_right"]["value"] == pytest.approx(8 / 6)
    assert found["joules_per_right"]["value"] == 10.0
    # The share of right ones is 0.75 in [0.5, 1].
    interval = found["joules_per_right"]["interval"]
    assert (interval["low"], interval["high"]) == (pytest.approx(7.5), pytest.approx(15.0))
    assert found["right"] == {"n": 6, "metric": "accuracy"}
    assert found["left_out"] == {}


def test_a_killed_session_leaves_totals_out_and_speeds_of_the_others() -> None:
    found = describe([session(6, usage=None), session(2, tokens=30)])
    assert found["partial"]
    assert found["sessions"] == {"n": 2, "measured": 1}
    assert (found["outputs_per_second"], found["tokens_per_second"]) == (0.5, 7.5)
    names = ("generating_seconds", "peak_rss_bytes", "energy_joules", "seconds_per_right", "joules_per_right")
    assert not set(names) & set(found)
    assert {found["left_out"][name] for name in names} == {
        "1 of 2 sessions did not say what they took, such as one that was killed"
    }


def test_a_log_without_closing_lines_has_no_figures() -> None:
    for sessions in ([session(usage=None)], []):
        found = describe(sessions)
        assert "outputs_per_second" not in found
        assert "of an older release" in found["left_out"]["generating_seconds"]


def test_outputs_that_failed_count_for_no_speed_and_hide_tokens() -> None:
    found = describe([session(8, errors=4, tokens=None)])
    assert found["outputs_per_second"] == 1.0
    assert found["left_out"]["tokens_per_second"] == "not every output says how many tokens it has"


def test_counts_of_tokens_are_all_or_nothing() -> None:
    found = describe([session()], [*outputs(7), Output(text="x", tokens_in=1)])
    assert found["counts"]["tokens_in"] == 36
    assert found["counts"]["tokens_out"] is None


def test_time_of_outputs_that_are_not_scored_is_not_put_on_those_that_are() -> None:
    found = describe([session(20)], outputs(8), n_logged=20)
    assert "seconds_per_right" not in found
    assert found["left_out"]["seconds_per_right"] == "the log has 12 outputs more than are scored here"
    missing = [*outputs(7), Output(finish_reason="error", error="not generated")]
    assert "seconds_per_right" in describe([session(7)], missing, n_logged=7)


def test_memory_of_devices_is_the_most_that_anything_told() -> None:
    usage = {**USAGE, "device_memory_bytes": 50, "device_memory_by": "torch", "n_devices": 2}
    found = describe([session(usage=usage)], outputs(peak_memory_bytes=70))
    assert (found["peak_device_memory_bytes"], found["device_memory_by"], found["n_devices"]) == (70, "torch", 2)


def test_energy_of_some_sessions_is_none_of_the_run() -> None:
    without = {key: value for key, value in USAGE.items() if not key.startswith("energy")}
    found = describe([session(), session(usage={**without, "energy_missing": "no driver"})])
    assert found["left_out"]["energy_joules"] == found["left_out"]["joules_per_right"] == "no driver"


@pytest.mark.parametrize(
    ("scores", "repeats", "expected"),
    [
        ([score(3, 1)], 1, 3),
        ([score(3, 1, more={"undecided": 2, "error": 1})], 1, 3),
        ([score(3, 1, metric="horizon", value=7.0), score(3, 1, primary=False)], 1, 3),
        ([score(3, 1, metric="horizon", value=7.0)], 1, 3),
        ([score(3, 1, value=0.5, more={"scored": 4})], 4, 16),
        ([score(0, 4)], 1, "no answer is right"),
        ([score(0, 0, metric="bleu", value=30.0, more={"scored": 4})], 1, "bleu does not call answers right or wrong"),
        ([score(3, 1, metric="pass_at_k")], 4, "of several outputs of a sample none"),
        ([score(3, 1, more={"undecided": 1})], 4, "of several outputs of a sample none"),
    ],
)
def test_right_answers(scores: list[Score], repeats: int, expected: float | str) -> None:
    found = right_answers(scores, repeats)
    if isinstance(expected, str):
        assert isinstance(found, str)
        assert found.startswith(expected)
    else:
        assert isinstance(found, RightAnswers)
        assert found.n == expected


def test_an_interval_that_reaches_none_has_no_upper_end() -> None:
    answers = RightAnswers(n=2, score=score(2, 6, interval=Interval(low=0.0, high=0.5, level=0.95, method="wilson")))
    found = answers.per_right(8.0)
    assert found["interval"] == {"low": 2.0, "high": None, "level": 0.95, "method": "wilson"}
    assert format_per_right(found, "J") == "4.00 J [2.00, no end]"
    assert RightAnswers(n=2, score=None).per_right(8.0) == {"value": 4.0, "interval": None}


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.00123456, "0.00123"), (0.5, "0.500"), (12.34, "12.3"), (999.4, "999"), (12345.6, "12,346")],
)
def test_amounts_have_three_digits_and_no_exponent(value: float, text: str) -> None:
    assert format_amount(value) == text


def test_bytes() -> None:
    assert (format_bytes(512 << 20), format_bytes(1.5 * 2**30)) == ("512 MiB", "1.50 GiB")
