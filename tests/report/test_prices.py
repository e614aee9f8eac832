"""What runs cost by a table of prices: worked out by hand, and left out where it is not known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalsuite.cli import main
from evalsuite.errors import InputError
from evalsuite.evaluation import evaluate
from evalsuite.models.scripted import ScriptedModel
from evalsuite.report import Report, load_report
from evalsuite.report.cost import price_report
from evalsuite.report.prices import read_prices
from evalsuite.report.schema import validate_file
from evalsuite.types import Output, Request

WriteTask = Callable[..., Path]

TABLE = """
currency = "EUR"
source = "https://example.org, 2026-10-01"

[[model]]
match = "scripted:other*"
per_request = 99

[[model]]
match = "thrifty"
per_million_tokens_in = 1_000_000
per_million_tokens_out = 2e6
per_request = 0.5
"""


def three_of_four(request: Request) -> Output:
    number = int(request.sample_id[1:])
    text = request.prompt.removeprefix("Say ").removesuffix(".") if number % 4 else "wrong"
    return Output(text=text, tokens_in=3, tokens_out=1)


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    path = tmp_path / "prices.toml"
    path.write_text(TABLE)
    return path


def run(write_task: WriteTask, root: Path, reply: Callable[[Request], Any] = three_of_four) -> Report:
    model = ScriptedModel(reply, name="thrifty", fingerprint="fixed")
    return evaluate(model, str(write_task(8)), output=root / "runs")[0]


def test_evaluate_takes_the_table(write_task: WriteTask, tmp_path: Path, prices: Path) -> None:
    model = ScriptedModel(three_of_four, name="thrifty", fingerprint="fixed")
    (report,) = evaluate(model, str(write_task(8)), output=tmp_path / "runs", prices=prices)
    (path,) = (tmp_path / "runs").rglob("report.json")
    assert report.record == load_report(path).record
    assert report.record["efficiency"]["cost"] == price_report(report, read_prices(prices)).record["efficiency"]["cost"]
    assert report.record["efficiency"]["cost"]["currency"] == "EUR"


def test_the_cost_of_a_run_and_of_a_right_answer(write_task: WriteTask, tmp_path: Path, prices: Path) -> None:
    report = price_report(run(write_task, tmp_path), read_prices(prices))
    cost = report.record["efficiency"]["cost"]
    assert cost["parts"] == {"tokens_in": 24.0, "tokens_out": 16.0, "requests": 4.0}
    assert (cost["total"], cost["per_output"], cost["currency"]) == (44.0, 5.5, "EUR")
    assert cost["prices"]["match"] == "thrifty"
    assert len(cost["prices"]["sha256"]) == 64
    found = report.record["efficiency"]["cost_per_right"]
    assert found["value"] == pytest.approx(44 / 6)
    share = report.primary.interval
    assert share is not None
    assert found["interval"]["low"] == pytest.approx(44 / 8 / share.high)
    assert found["interval"]["high"] == pytest.approx(44 / 8 / share.low)


def test_the_commands_report_it_and_the_run_stays_the_same(
    write_task: WriteTask, tmp_path: Path, prices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(write_task, tmp_path)
    root = tmp_path / "runs"
    (path,) = root.rglob("report.json")
    before = json.loads(path.read_bytes())
    assert main(["score", str(path.parent), "--prices", str(prices)]) == 0
    assert "44.0 EUR; a right answer" in capsys.readouterr().out
    assert validate_file(path) == "report"
    after = load_report(path)
    assert after.record["efficiency"]["cost"]["total"] == 44.0
    assert {**after.record, "efficiency": before["efficiency"]} == before
    prices.write_text(TABLE.replace("0.5", "1.5"))
    board = tmp_path / "board.json"
    page = tmp_path / "page.html"
    command = ["leaderboard", str(root), "--prices", str(prices), "-o", str(board), "--html", str(page)]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert "52.0 EUR; a right answer" in printed
    assert "8.67 EUR [" in printed
    assert validate_file(board) == "leaderboard"
    row = json.loads(board.read_bytes())["rows"][0]
    assert (row["efficiency"]["cost"], row["efficiency"]["currency"]) == (52.0, "EUR")
    assert row["efficiency"]["cost_per_right"] == pytest.approx(52 / 6)
    assert "cost / right" in page.read_text()
    assert load_report(path).record["efficiency"]["cost"]["total"] == 44.0


def test_run_takes_the_table_and_refuses_a_wrong_one_before_it_runs(
    write_task: WriteTask, tmp_path: Path, prices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prices.write_text('currency = "USD"\n[[model]]\nmatch = "scripted:*"\nper_request = 0.25\n')
    task = str(write_task(8))
    command = ["run", "-M", "scripted:echo", "-t", task, "-o", str(tmp_path / "runs"), "--prices"]
    assert main([*command, str(tmp_path / "none.toml")]) == 2
    assert not (tmp_path / "runs").exists()
    for _ in range(2):
        assert main([*command, str(prices)]) == 0
        assert "2.00 USD" in capsys.readouterr().out
    (path,) = (tmp_path / "runs").rglob("report.json")
    assert load_report(path).record["efficiency"]["cost"]["total"] == 2.0
    assert len(list((tmp_path / "runs").rglob("run.jsonl"))) == 1


def silent(request: Request) -> Output:
    output = three_of_four(request)
    return Output(text=output.text, tokens_in=3) if request.sample_id == "s01" else output


def failing(request: Request) -> Output:
    if request.sample_id == "s01":
        raise ValueError("no")
    return three_of_four(request)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (silent, "not every output says how many tokens out it has"),
        (failing, "1 of 8 outputs ended in an error: what they cost is not known"),
    ],
)
def test_what_is_not_known_is_left_out_with_the_reason(
    write_task: WriteTask, tmp_path: Path, prices: Path, reply: Callable[[Request], Output], reason: str
) -> None:
    report = price_report(run(write_task, tmp_path, reply), read_prices(prices))
    efficiency = report.record["efficiency"]
    assert not {"cost", "cost_per_right"} & set(efficiency)
    assert efficiency["left_out"]["cost"] == efficiency["left_out"]["cost_per_right"] == reason


def test_another_table_takes_the_place_of_the_first(write_task: WriteTask, tmp_path: Path, prices: Path) -> None:
    report = price_report(run(write_task, tmp_path), read_prices(prices))
    prices.write_text('currency = "USD"\n[[model]]\nmatch = "hf:*"\nper_device_hour = 3\n')
    unknown = price_report(report, read_prices(prices))
    assert "cost" not in unknown.record["efficiency"]
    assert "has no entry for" in unknown.record["efficiency"]["left_out"]["cost"]
    again = price_report(unknown, read_prices(_write(prices, TABLE)))
    assert again.record == report.record


def test_hours_of_a_device(write_task: WriteTask, tmp_path: Path, prices: Path) -> None:
    report = run(write_task, tmp_path)
    table = read_prices(_write(prices, 'currency = "USD"\n[[model]]\nmatch = "*"\nper_device_hour = 3600\n'))
    seconds = report.record["efficiency"]["generating_seconds"]
    assert price_report(report, table).record["efficiency"]["cost"]["total"] == pytest.approx(seconds)


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("currency = ", "not TOML"),
        ('currency = "dollars"', 'currency must be three capitals, such as "USD"'),
        ('currency = "USD"', "there is no price"),
        ('currency = "USD"\nmodels = []', 'unknown field "models"; did you mean "model"?'),
        ('currency = "USD"\n[[model]]\nper_request = 1', r"model\[0\]: match must be a pattern"),
        ('currency = "USD"\n[[model]]\nmatch = "x"', r"model\[0\]: there is no price: give one or more of per_million"),
        ('currency = "USD"\n[[model]]\nmatch = "x"\nper_image = -1', "per_image must be a number of at least 0"),
        ('currency = "USD"\n[[model]]\nmatch = "x"\nper_image = nan', "per_image must be a number of at least 0"),
        ('currency = "USD"\n[[model]]\nmatch = "x"\nper_image = true', "per_image must be a number of at least 0"),
        ('currency = "USD"\n[[model]]\nmatch = "x"\nper_imgae = 1', 'did you mean "per_image"?'),
    ],
)
def test_tables_that_are_wrong(prices: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_prices(_write(prices, text))


def test_only_a_log_has_a_cost(prices: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["score", "--hyp", "a", "--ref", "b", "--metric", "bleu", "--prices", str(prices)]
    assert main(command) == 2
    assert "--prices is for a run log" in capsys.readouterr().err
