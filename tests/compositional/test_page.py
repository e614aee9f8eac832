"""The page on stored detections and answers shows lines that are read, and messages that are printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evalsuite.cli import main
from evalsuite.compositional import read_answers, read_detections, score_dpg, score_geneval

PAGE = (Path(__file__).parents[2] / "docs" / "compositional.md").read_text("utf-8")
DETECTIONS, ANSWERS = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


def test_the_lines_shown_are_read(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text(DETECTIONS)
    assert score_geneval(read_detections(tmp_path / "d.jsonl"))[0].value == 1.0
    (tmp_path / "a.jsonl").write_text(ANSWERS)
    # Crop by crop: yes yes, no no, yes no, yes yes.
    assert score_dpg(read_answers(tmp_path / "a.jsonl"))[0].value == pytest.approx(100 * (1 + 0 + 0.5 + 1) / 4)


def test_the_message_shown_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("detections.jsonl").write_text(DETECTIONS + DETECTIONS.replace("0.97", "1.5"))
    assert main(["score", "--detections", "detections.jsonl", "--metric", "geneval"]) == 2
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert capsys.readouterr().err == shown
