"""Log-probabilities in a run's log, and in the digest of its outputs."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.errors import RunLogError
from evalsuite.runlog.line import encode_line, output_from_record, output_record
from evalsuite.runlog.reader import digest_outputs
from evalsuite.types import Output

RATED = Output(
    text="yes", sample_id="a", logprobs=(-0.1, -math.inf), choice_tokens=(1, 3), greedy=(True, False), tokens_in=5
)
HERE = Path()


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.floats(max_value=0.0, allow_nan=False), st.just(-math.inf)),
            st.integers(0, 1 << 40),
            st.booleans(),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_is_written_is_read(values: list[tuple[float, int, bool]]) -> None:
    logprobs, tokens, greedy = zip(*values, strict=True)
    output = Output(text="", logprobs=logprobs, choice_tokens=tokens, greedy=greedy)
    line, _ = encode_line(output_record(output, HERE), 0)
    assert output_from_record(json.loads(line)["data"], "here", HERE) == output


def test_infinity_is_a_word() -> None:
    assert output_record(RATED, HERE)["logprobs"] == [-0.1, "-inf"]


@pytest.mark.parametrize("value", [math.nan, 0.5, math.inf])
def test_what_is_no_log_probability_is_not_written(value: float) -> None:
    with pytest.raises(ValueError, match="log-probabilities must be at most 0"):
        output_record(Output(text="", logprobs=(value,), choice_tokens=(1,), greedy=(False,)), HERE)


def test_outputs_without_any_are_as_before() -> None:
    output = Output(text="yes", sample_id="a")
    assert output_record(output, HERE) == {
        "type": "output",
        "text": "yes",
        "finish_reason": "stop",
        "sample_id": "a",
        "repeat": 0,
        "turn": 0,
        "seed": 0,
    }
    # As releases before log-probabilities made it.
    assert digest_outputs([(output,)]) == hashlib.sha256(b'["a",0,0,"stop","yes",null]\n').hexdigest()


def test_they_are_in_the_digest() -> None:
    other = Output(text="yes", sample_id="a", logprobs=(-0.2, -math.inf), choice_tokens=(1, 3), greedy=(True, False))
    assert len({digest_outputs([(one,)]) for one in (RATED, other, Output(text="yes", sample_id="a"))}) == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"logprobs": [0.5, -1.0]}, "logprobs are missing or not what they should be"),
        ({"logprobs": [True, -1.0]}, "logprobs are missing or not what they should be"),
        ({"logprobs": ["nan", -1.0]}, "logprobs are missing or not what they should be"),
        ({"logprobs": []}, "logprobs are missing or not what they should be"),
        ({"choice_tokens": [1.5, 2]}, "choice_tokens are missing or not what they should be"),
        ({"choice_tokens": None}, "choice_tokens are missing or not what they should be"),
        ({"greedy": [1, 0]}, "greedy are missing or not what they should be"),
        ({"greedy": [True]}, "differ in length"),
    ],
)
def test_a_line_that_was_changed_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(RunLogError, match=message):
        output_from_record({**output_record(RATED, HERE), **change}, "here", HERE)
