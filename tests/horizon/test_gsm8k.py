"""The horizon on real verdicts: the four rows of GSM8K that the design measured, and the wrong label of depth."""

from __future__ import annotations

import pytest

from evalsuite.errors import UsageError
from evalsuite.horizon import fit_horizon
from evalsuite.horizon.goodness import pearson_test
from evalsuite.horizon.gsm8k import MODELS, load_gsm8k_counts

# e, k, H50, likelihood ratio of k = 1, p of the constant law and of Weibull's over depths 2 to 8 without pooling.
# Computed once from the published verdicts with scipy; to two digits they are the table of the design.
ROWS = {
    "6b_finetuning": (0.378, 1.08, 1.56, 0.703, 0.422, 0.341),
    "175b_finetuning": (0.272, 1.12, 2.30, 1.53, 0.677, 0.733),
    "6b_verification": (0.247, 1.43, 2.74, 18.0, 0.000451, 0.222),
    "175b_verification": (0.156, 1.66, 3.96, 31.6, 0.0000255, 0.751),
}
INTERVALS = {
    "6b_finetuning": ((0.360, 0.402), (0.88, 1.28), None),
    "175b_finetuning": ((0.256, 0.289), (0.91, 1.33), (2.05, 2.50)),
    "6b_verification": (None, (1.25, 1.65), (2.57, 2.91)),
    "175b_verification": (None, (1.45, 1.88), (3.74, 4.18)),
}


@pytest.mark.parametrize("model", MODELS)
def test_the_measured_rows_come_back_to_three_digits(model: str) -> None:
    table = load_gsm8k_counts(model)
    assert table.totals.sum() == 1319
    fit = fit_horizon(table, seed=0)
    tests = [
        pearson_test(table, fit.laws, constant=constant, depths=(2, 8), least_expected=0) for constant in (True, False)
    ]
    assert [test.degrees for test in tests] == [6, 5]
    found = (
        fit.laws.step_error()[0],
        fit.shape.value,
        fit.laws.horizon(0.5)[0],
        fit.ratio.statistic,
        *(test.p for test in tests),
    )
    assert [f"{number:.3g}" for number in found] == [f"{number:.3g}" for number in ROWS[model]]


@pytest.mark.parametrize("model", MODELS)
def test_what_is_said_of_them(model: str) -> None:
    fit = fit_horizon(load_gsm8k_counts(model), seed=0)
    assert fit.warnings == ()
    assert fit.is_constant == model.endswith("finetuning")
    if model == "6b_finetuning":  # 1.56 is below the shallowest depth
        assert fit.h50.value == 2.0
        assert fit.h50.reach == (2.0, 11.0)


@pytest.mark.parametrize("model", MODELS)
def test_intervals_are_the_measured_ones(model: str) -> None:
    """Two bootstraps of 2,000: an end's standard error is some 3 % of the width; 0.12 of it is four of them for each.

    The measured ones were rounded to two or three digits.
    """
    fit = fit_horizon(load_gsm8k_counts(model), seed=0)
    for estimate, ends in zip((fit.step_error, fit.shape, fit.h50), INTERVALS[model], strict=True):
        if ends is not None:
            assert estimate.interval is not None
            tolerance = 0.12 * (ends[1] - ends[0]) + 0.005
            assert estimate.interval.low == pytest.approx(ends[0], abs=tolerance)
            assert estimate.interval.high == pytest.approx(ends[1], abs=tolerance)


@pytest.mark.parametrize("model", MODELS)
def test_calculator_marks_are_refused_as_depth(model: str) -> None:
    fit = fit_horizon(load_gsm8k_counts(model, "calculator_marks"), seed=0)
    assert fit.warnings[0].startswith("the depth law does not fit (p = ")
    assert fit.is_constant is False
    if model == "175b_verification":
        assert f"{fit.fit.p:.1g}" == "3e-15"


def test_wrong_names_are_refused() -> None:
    with pytest.raises(UsageError, match=r'`model` must be one of .*, got "175b_verifier"; did you mean'):
        load_gsm8k_counts("175b_verifier")
    with pytest.raises(UsageError, match="`depth_label` must be one of solution_lines, calculator_marks"):
        load_gsm8k_counts("6b_finetuning", "marks")
