"""One pass over outputs."""

from __future__ import annotations

from evalsuite.report.tally import tally
from evalsuite.types import Output


def test_figures_of_outputs() -> None:
    first = Output(text="a", tokens_in=3, tokens_out=5, seconds=2.0, first_token_seconds=0.5, peak_memory_bytes=7)
    copy = Output(text="a", tokens_in=3, tokens_out=5, same_as=("s", 0, 0))
    slow = Output(text="b", tokens_in=1, tokens_out=1, seconds=9.0)
    found = tally([(first, copy), (), (slow,)])
    assert (found.n, found.n_copies, found.n_missing, found.n_images) == (3, 1, 0, 0)
    assert (found.tokens_in.known, found.tokens_in.asked) == (7, 4)
    assert (found.tokens_out.known, found.tokens_out.asked) == (11, 6)
    assert list(found.seconds) == [2.0, 9.0]
    assert list(found.first_token_seconds) == [0.5]
    assert found.peak_memory_bytes == 7
    assert not found.errors


def test_what_is_not_said_is_not_known() -> None:
    failed = Output(finish_reason="error", error="no")
    missing = Output(finish_reason="error", error="not generated")
    found = tally([(Output(text="a", tokens_in=3),), (failed, missing, Output(finish_reason="error"))])
    assert dict(found.errors) == {"no": 1, "not generated": 1, "unknown": 1}
    assert found.n_missing == 1
    assert (found.tokens_in.known, found.tokens_in.asked) == (3, None)
    assert (found.tokens_out.known, found.tokens_out.asked) == (None, None)
    nothing = tally([])
    assert (nothing.tokens_in.known, nothing.tokens_in.asked, nothing.peak_memory_bytes) == (None, 0, None)
