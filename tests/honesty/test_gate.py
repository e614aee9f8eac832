"""The honesty gate in its lighter form, how it continues, and what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import evalsuite
from evalsuite.cli import main
from evalsuite.errors import InputError
from evalsuite.honesty.claim import Claim, Verdict, is_covered
from evalsuite.honesty.gate import CLAIMS, Gate, load_claim

if TYPE_CHECKING:
    from pathlib import Path

# Traces are written and read for these: some take a third of a second a run.
FEWER = {"V4": 50, "V12": 15}


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_holds(name: str) -> None:
    claim = load_claim(name)
    assert claim.name == name
    gate = Gate(FEWER.get(name, 200), 5)
    for setting in claim.settings:
        verdict = gate.run(claim, setting)
        assert verdict.passed, verdict.text


def test_a_share_is_judged_by_its_noise() -> None:
    assert is_covered(0.93, 1000)
    assert not is_covered(0.929, 1000)
    assert not is_covered(0.971, 5000)
    assert is_covered(0.91, 200)
    assert not is_covered(0.90, 200)
    assert is_covered(0.99, 200)
    assert not is_covered(1.0, 400)


HEADER = {"format": "evalsuite audit reasoning", "format_version": 1, "evalsuite": evalsuite.__version__, "seed": 0}
COUNTED = {"C": ("a",)}


def counting(calls: list[int], *, stop_at: int | None = None) -> Claim:
    def trial(setting: str, seed: int) -> dict[str, float | None]:
        if seed == stop_at:
            raise KeyboardInterrupt
        calls.append(seed)
        return {"seed": float(seed), "covered": None}

    return Claim(
        name="C",
        text="It counts.",
        settings=("a",),
        trial=trial,
        judge=lambda setting, trials: Verdict(passed=True, text=f"{setting} {sum(one['seed'] or 0 for one in trials)}"),
    )


def test_what_was_done_is_not_done_again(tmp_path: Path) -> None:
    file = tmp_path / "trials.jsonl"
    calls: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        Gate(6, 1, file=file, settings=COUNTED).run(counting(calls, stop_at=4), "a")
    assert calls == [0, 1, 2, 3]
    with file.open("ab") as handle:
        handle.write(b'["C", "a", 4, {"see')  # cut off by a kill
    progress: list[tuple[int, int]] = []
    gate = Gate(6, 1, file=file, settings=COUNTED)
    verdict = gate.run(counting(calls), "a", lambda done, total: progress.append((done, total)))
    assert calls == [0, 1, 2, 3, 4, 5]
    assert verdict.text == "a 15.0"
    assert progress[-1] == (6, 6)
    header, *lines = file.read_text().splitlines()
    assert json.loads(header) == HEADER
    assert [json.loads(line)[2] for line in lines] == calls


def test_files_that_are_none_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "trials.jsonl"
    file.write_text('["C", "a", 0, {}]\n{"other": 1}\n')
    with pytest.raises(InputError, match=r"trials\.jsonl:1: expected the header of an audit, .*; move the file away"):
        Gate(1, 1, file=file)
    file.write_text("my notes")
    with pytest.raises(InputError, match=r"trials\.jsonl:1: expected the header of an audit"):
        Gate(1, 1, file=file)
    assert file.read_text() == "my notes"
    file.write_text(json.dumps(HEADER)[:9])  # cut off by a kill
    Gate(1, 1, file=file, settings=COUNTED).run(counting([]), "a")
    assert json.loads(file.read_text().splitlines()[0]) == HEADER
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        Gate(1, 1, file=tmp_path)
    with pytest.raises(InputError, match="cannot be written: No such file"):
        Gate(1, 1, file=tmp_path / "gone" / "x").run(counting([]), "a")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"evalsuite": "0.0.1"}, r":1: its trials are of evalsuite '0\.0\.1', and this audit is of '"),
        ({"seed": 7}, ":1: its trials are of seed 7, and this audit is of 0"),
        ({"format_version": 2}, ":1: its trials are of format_version 2, and this audit is of 1"),
    ],
)
def test_trials_of_another_audit(tmp_path: Path, change: dict[str, object], message: str) -> None:
    file = tmp_path / "trials.jsonl"
    file.write_text(json.dumps({**HEADER, **change}) + '\n["V8", "copies", 0, {"flagged": 1.0}]\n')
    with pytest.raises(InputError, match=message):
        Gate(1, 1, file=file)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('["V8", "copies", 0, {"flagged": 1.0}', "not a trial of an audit"),
        ('{"other": 1}', "not a trial of an audit"),
        ('["V8", 3, 0, {"flagged": 1.0}]', "not a trial of an audit"),
        ('["V99", "copies", 0, {"flagged": 1.0}]', 'unknown claim "V99"; did you mean "V9"'),
        ('["V8", "copy", 0, {"flagged": 1.0}]', 'unknown setting "copy"; did you mean "copies"'),
        ('["V8", "copies", 0.5, {"flagged": 1.0}]', r"the run must be an integer from 0, found 0\.5"),
        ('["V8", "copies", -1, {"flagged": 1.0}]', "the run must be an integer from 0, found -1"),
        ('["V8", "copies", 0, {}]', "expected an object of figures, found {}"),
        ('["V8", "copies", 0, {"flagged": "x"}]', "figure \"flagged\" must be a number, found 'x'"),
        ('["V8", "copies", 0, {"flagged": NaN}]', 'figure "flagged" must be a number, found nan'),
        ('["V10", "deep", 0, {"told": null}]', 'figure "told" must be a number, found None'),
        (
            '["V8", "copies", 0, {"flagged": 1.0}]\n["V8", "copies", 0, {"flagged": 0.0}]',
            "run 0 of V8, .* is there twice",
        ),
    ],
)
def test_lines_that_are_no_trials(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "trials.jsonl"
    file.write_text(f"{json.dumps(HEADER)}\n{line}\n")
    with pytest.raises(InputError, match=rf"trials\.jsonl:[23]: {message}"):
        Gate(1, 1, file=file)


def test_figures_of_other_names_cannot_be_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "trials.jsonl"
    file.write_text(f'{json.dumps(HEADER)}\n["V10", "deep", 0, {{"said": 1.0}}]\n')
    assert main(["audit", "reasoning", "--claims", "V10", "--runs", "50", "--quiet", "-o", str(file)]) == 2
    assert (
        'the trials of V10, setting "deep", are not such as this release makes (KeyError: ' in capsys.readouterr().err
    )


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["audit", "reasoning", "--claims", "V10,V11", "--runs", "50", "-o", str(tmp_path / "x.jsonl")]
    assert main([*arguments, "--quiet"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("V10  No horizon is told beyond the depths tested.\n  held: ")
    assert printed.out.endswith("\nAll 10 held.\n")
    assert printed.err == ""
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["runs"] == 50
    assert all(one["held"] for one in found["claims"])


def test_a_claim_that_does_not_hold_ends_with_5(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Claim(
        name="V10",
        text="It is so.",
        settings=("a",),
        trial=lambda setting, seed: {},
        judge=lambda setting, trials: Verdict(passed=False, text="it is not"),
    )
    monkeypatch.setattr("evalsuite.honesty.gate.load_claim", lambda name: broken)
    assert main(["audit", "reasoning", "--claims", "V10", "--quiet"]) == 5
    assert capsys.readouterr().out == "V10  It is so.\n  DOES NOT HOLD: it is not\n\n0 of 1 held.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["reasoning", "--claims", "V99"], '--claims: unknown claim "V99"; did you mean "V9"?'),
        (["reasoning", "--runs", "49"], "--runs must be at least 50, got 49: of fewer the noise is as large as what"),
        (["reasoning", "--whole-runs", "1"], "--whole-runs must be at least 20, got 1"),
        (["reasoning", "--train", "x"], "--train is for sets of images"),
        (["fashion_mnist/test", "--runs", "3"], "--runs is for evalsuite audit reasoning"),
    ],
)
def test_wrong_options(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", *arguments]) == 2
    assert message in capsys.readouterr().err
