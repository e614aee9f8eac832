"""Ours equals the references, on more than a hundred thousand generated pairs in all."""

from __future__ import annotations

import pytest

from tests.equality.comparison import Comparison, comparisons

COMPARISONS = comparisons()


@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda one: f"{one.metric}, {one.reference}")
def test_it_equals_its_reference(comparison: Comparison) -> None:
    found = comparison.run(comparison.n, 20_261)
    assert found.n_pairs >= comparison.n
    assert found.largest <= comparison.tolerance, f"{found.n_different} of {found.n_pairs} differ"


def test_names_are_unique() -> None:
    assert len({(one.metric, one.reference) for one in COMPARISONS}) == len(COMPARISONS)
