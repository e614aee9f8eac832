"""Outputs that lm-evaluation-harness 0.4.13 wrote with ``--log_samples``, in the form of its evaluation_tracker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import evalsuite
from evalsuite.cli.main import main
from evalsuite.errors import ModelError
from evalsuite.models.spec import open_model

TASKS = Path(__file__).parent.parent / "task" / "lm_eval_files"
RIGHT = [["so #### 5"], ["so #### 14"], ["#### 14"]]
N = 7  # samples of the task


def line(doc_id: int, resps: list[Any], filter_name: str = "strict-match") -> dict[str, Any]:
    return {
        "doc_id": doc_id,
        "doc": {"question": "q"},
        "target": "t",
        "arguments": {"gen_args_0": {"arg_0": "q", "arg_1": {"until": ["Question:"]}}},
        "resps": resps,
        "filtered_resps": [filter_name],
        "filter": filter_name,
        "metrics": ["exact_match"],
        "exact_match": 1.0,
    }


def written(folder: Path, *lines: dict[str, Any]) -> Path:
    path = folder / "samples_sums.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    return path


def bound(path: Path, n: int, options: str = "") -> None:
    model = open_model(f"files:{path}{options}")
    model.bind([f"{i:05d}" for i in range(n)])  # type: ignore[attr-defined]


def test_a_whole_doc_id_is_the_place_and_filters_are_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line(i, [texts], name) for name in ("strict-match", "flexible-extract") for i, texts in enumerate(RIGHT)]
    path = written(tmp_path, *reversed(lines))
    command = ["run", "-M", f"files:{path}", "-t", str(TASKS / "sums.yaml"), "-o", str(tmp_path / "runs"), "-L", "3"]
    assert main([*command, "--json"]) == 0
    shown = capsys.readouterr()
    assert "warning" not in shown.err
    report = json.loads(next((tmp_path / "runs").rglob("report.json")).read_text())
    assert [score["value"] for score in report["scores"]] == [1.0, 1.0]
    assert report["scores"][0]["n"] == 3


@pytest.mark.parametrize(("repeats", "used"), [(None, None), (2, "first 2"), (1, "first")])
def test_outputs_that_are_not_used_are_told_of(tmp_path: Path, repeats: int | None, used: str | None) -> None:
    path = written(tmp_path, *(line(i, [["5", "14", "5"]], "majority") for i in range(N)))

    def run() -> evalsuite.Report:
        task = str(TASKS / "votes.yaml")
        return evalsuite.evaluate(f"files:{path}", task, output=tmp_path / "runs", repeats=repeats)[0]

    if used is None:
        assert run().n_outputs == 3 * N
        return
    with pytest.warns(UserWarning, match=rf"holds 3 outputs a sample; --repeats {repeats} uses the {used}$"):
        assert run().n_outputs == (repeats or 0) * N


def test_the_command_warns_once_for_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, *(line(i, [["5", "14"]]) for i in range(2)))
    tasks = f"{TASKS / 'sums.yaml'},{TASKS / 'phrases.yaml'}"
    command = ["run", "-M", f"files:{path}", "-t", tasks, "-o", str(tmp_path / "runs"), "-L", "2", "-q"]
    assert main([*command, "--repeats", "1"]) == 0
    shown = capsys.readouterr().err
    assert shown.count("warning: ") == 1
    assert "the file holds 2 outputs a sample; --repeats 1 uses the first\n" in shown


@pytest.mark.parametrize(
    ("lines", "options", "message"),
    [
        (
            [line(0, [["5"]]), line(1, [["5"]]), line(0, [["6"]], "other")],
            "",
            r':3: sample "0" has other outputs, with the filter "other", than on line 1 with "strict-match"; keep',
        ),
        (
            [line(0, [["5"]]), line(0, [["5"]], "other")],
            ",field=filtered_resps",
            ":2: sample .* than on line 1 with .*, or take a field that is equal in both",
        ),
        ([line(0, [["5"]]), line(0, [["5"]])], "", r':2: sample "0", repeat 0, stands on line 1 already'),
        (
            [line(0, [[["-3.25", "False"]], [["-1.5", "True"]]])],
            "",
            r':1: "resps" holds log-probabilities of choices, as lm-eval writes them of multiple_choice',
        ),
        ([line(0, [[[-3.25, False]]])], "", "holds log-probabilities of choices"),
        ([line(0, [["5"], ["6"]])], "", r'"resps" must be text, found list'),
        (
            [line(0, [["5"]]), line(3, [["5"]]), line(4, [["5"]])],
            "",
            "2 of its 3 places .* beyond the 3 samples .* 3$",
        ),
        ([line(-1, [["5"]])], "", r'a whole "doc_id" is the place in the task, from 0; found -1'),
        ([line(0, [["5"]]), {"id": "00001", "text": "5"}], "", ":2: .* and line 1 names its sample the other way"),
        ([line(0, [["5"]]), {"text": "5"}], "", ":2: either every line has an id"),
        ([line(0, [])], "", "has empty lists of texts only"),
        ([{"id": 0, "text": "5"}], "", 'the first is "0".*; the first id of the task is "00000"'),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, lines: list[dict[str, Any]], options: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        bound(written(tmp_path, *lines), 3, options)


def test_an_explicit_id_stays_one(tmp_path: Path) -> None:
    bound(written(tmp_path, {"id": "00002", "doc_id": 77, "text": "5"}), 3)


def test_places_are_checked_before_a_run(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="beyond the 1 samples"):
        open_model(f"files:{written(tmp_path, line(1, [['5']]))}").check_asked(["a"], ["a"])  # type: ignore[attr-defined]
