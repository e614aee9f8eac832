"""Reports: JSON that keeps to its schema, read back as it was, and refused when unsound."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from evalsuite.errors import InputError, SaveError
from evalsuite.evaluation import evaluate
from evalsuite.models.scripted import ScriptedModel
from evalsuite.report import Report, load_report, save_json
from evalsuite.report.report import load_json
from evalsuite.report.schema import load_schema, validate_file
from evalsuite.types import Output, Request

WriteTask = Callable[..., Path]


def half_right(request: Request) -> Any:
    number = int(request.sample_id[1:])
    if number == 3:
        raise ValueError("no \x1b[31m")
    if number == 4:
        return Output(text="cut", finish_reason="length", tokens_in=2, tokens_out=3)
    return request.prompt.removeprefix("Say ").removesuffix(".") if number % 2 else "wrong"


@pytest.fixture
def root(write_task: WriteTask, tmp_path: Path) -> Path:
    evaluate(ScriptedModel(half_right, fingerprint="fixed"), str(write_task(12)), output=tmp_path / "runs")
    return tmp_path / "runs"


@pytest.fixture
def path(root: Path) -> Path:
    (path,) = root.rglob("report.json")
    return path


def test_a_report_keeps_to_its_schema(path: Path) -> None:
    assert validate_file(path) == "report"
    Draft202012Validator.check_schema(load_schema("report"))
    Draft202012Validator.check_schema(load_schema("leaderboard"))


def test_a_report_says_what_happened(path: Path) -> None:
    report = load_report(path)
    assert (report.n_samples, report.n_outputs, report.n_errors) == (12, 12, 1)
    assert report.primary.metric == "exact_match"
    assert report.primary.value == pytest.approx(5 / 11)
    assert report.primary.outcomes == {"right": 5, "wrong": 5, "truncated": 1, "error": 1}
    assert report.record["errors"] == [{"message": "ValueError: no \x1b[31m", "count": 1, "n_messages": 1}]
    assert report.record["tokens"] == {"in": 2, "out": 3}
    assert report.record["timing"]["seconds"] >= report.record["timing"]["seconds_p99"]
    assert [part.key for part in report.primary.slices["kind"]] == ["even", "odd"]


def test_a_report_is_read_as_it_was_written(path: Path, tmp_path: Path) -> None:
    report = load_report(path)
    save_json(report.record, tmp_path / "copy.json")
    assert (tmp_path / "copy.json").read_bytes() == path.read_bytes()
    assert load_report(tmp_path / "copy.json") == report
    assert path.read_bytes().isascii()


def required(
    schema: dict[str, Any], value: Any, root: dict[str, Any], at: tuple[Any, ...] = ()
) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every field that the schema requires and the value has."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, dict):
        yield from ((*at, key) for key in schema.get("required", ()))
        more = schema.get("additionalProperties")
        for key, inner in value.items():
            known = schema.get("properties", {}).get(key, more if isinstance(more, dict) else None)
            if known:
                yield from required(known, inner, root, (*at, key))
    elif isinstance(value, list) and "items" in schema:
        for i, inner in enumerate(value[:2]):
            yield from required(schema["items"], inner, root, (*at, i))


def without(record: Any, at: tuple[Any, ...]) -> Any:
    changed = copy.deepcopy(record)
    inner = changed
    for key in at[:-1]:
        inner = inner[key]
    del inner[at[-1]]
    return changed


@pytest.mark.parametrize("kind", ["report", "leaderboard"])
def test_every_required_field_is_missed(root: Path, write_task: WriteTask, kind: str) -> None:
    from evalsuite.report import build_leaderboard, load_leaderboard_runs

    runs = load_leaderboard_runs([root])
    record: Any = json.loads(json.dumps(runs[0].report.record if kind == "report" else build_leaderboard(runs).record))
    schema = load_schema(kind)
    validator = Draft202012Validator(schema)
    assert not list(validator.iter_errors(record))
    paths = list(required(schema, record, schema))
    assert len(paths) > (80 if kind == "report" else 40)
    for at in paths:
        assert list(validator.iter_errors(without(record, at))), at
    if kind == "report":
        # Nothing unchecked; optional is only what reports of older releases do not have.
        assert set(schema["required"]) == set(record) - {"efficiency"}
        assert list(validator.iter_errors({**record, "extra": 1}))


def change(path: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    record = json.loads(path.read_text())
    edit(record)
    path.write_text(json.dumps(record))


@pytest.mark.parametrize(
    "edit",
    [
        lambda record: record.pop("scores"),
        lambda record: record.update(scores=5),
        lambda record: record.update(scores=["ab"]),
        lambda record: record.update(scores=[]),
        lambda record: record.update(scores=[None]),
        lambda record: record["scores"][0].pop("value"),
        lambda record: record["scores"][0].update(value="high"),
        lambda record: record["scores"][0].update(extra=1),
        lambda record: record["scores"][0].update(interval=[0, 1]),
        lambda record: record["scores"][0].update(interval={"low": "a", "high": 1, "level": 0.9, "method": ""}),
        lambda record: record["scores"][0].update(slices=[]),
        lambda record: record["scores"][0].update(slices={"depth": [3]}),
        lambda record: record["scores"][0].update(primary=False),
        lambda record: record["scores"][1].update(primary=True),
        lambda record: record["scores"][0].update(outcomes=None),
        lambda record: record["scores"][0].update(bounds=3),
        lambda record: record.update(id=None),
        lambda record: record.update(model=None),
        lambda record: record["model"].pop("name"),
        lambda record: record["identity"].pop("task_hash"),
        lambda record: record.update(inputs=None),
        lambda record: record.update(tokens={}),
        lambda record: record.update(errors=[{}]),
    ],
)
def test_an_unsound_report_is_refused_by_reading_and_by_validating(
    path: Path, edit: Callable[[dict[str, Any]], None]
) -> None:
    change(path, edit)
    with pytest.raises(InputError, match=f"^{re.escape(str(path))}: not a sound report .*evalsuite validate"):
        load_report(path)
    if '"primary"' not in json.dumps(json.loads(path.read_text())["scores"] if "scores" in path.read_text() else ""):
        with pytest.raises(InputError, match=re.escape(str(path))):
            validate_file(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "expected a JSON object"),
        (b"[" * 200_000, "not JSON"),
        (b'{"kind": "report", "x": ' + b"[" * 200_000, "not JSON"),
        (b'{"kind": NaN}', "NaN is no number"),
        (b'{"kind": 1e999}', "1e999 is too large"),
        (b'{"kind": "reprot"}', "found 'reprot'; did you mean \"report\""),
        (b'{"kind": 3}', 'kind must be "report" or "leaderboard", found 3'),
        (b"{}", "found None"),
        (b'{"kind": "report", "errors": ' + b"[" * 900 + b"]" * 900 + b"}", "x.json"),
    ],
)
def test_files_that_are_no_report(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as raised:
        validate_file(path)
    assert str(path) in str(raised.value)
    with pytest.raises(InputError):
        load_report(path)


def test_differences_from_the_schema_are_named_up_to_ten(path: Path) -> None:
    change(path, lambda record: record.update({f"extra{i}": 1 for i in range(3)}, limit=0, n_samples=-1))
    with pytest.raises(InputError) as raised:
        validate_file(path)
    assert "$.limit: 0 is less than the minimum of 1" in str(raised.value)
    assert "$.n_samples: -1 is less than the minimum of 0" in str(raised.value)
    change(path, lambda record: record.update(errors=[{}] * 30))
    with pytest.raises(InputError, match=r"\.\.\. and \d+ more"):
        validate_file(path)


def test_another_schema_version_is_refused(path: Path) -> None:
    change(path, lambda record: record.update(schema_version=2))
    with pytest.raises(InputError, match="not a report of schema version 1"):
        load_report(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.json: cannot be read: No such file"):
        load_json(tmp_path / "none.json")


def test_saving_is_all_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    save_json({"a": 1}, path)
    with pytest.raises(ValueError, match="JSON compliant"):
        save_json({"a": float("nan")}, path)
    assert path.read_text() == '{\n  "a": 1\n}\n'
    (tmp_path / "folder").mkdir()
    for bad in (path / "below.json", tmp_path / "folder"):
        with pytest.raises(SaveError, match=f"{re.escape(str(bad))}: cannot be written"):
            save_json({"a": 2}, bad)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder", "x.json"]


def report_again(root: Path, write_task: WriteTask, **settings: Any) -> Report:
    metrics = settings.pop("metrics", None)
    task = write_task(12, **({"metrics": metrics} if metrics else {}))
    return evaluate(ScriptedModel(half_right, fingerprint="fixed"), str(task), output=root, **settings)[0]


def test_a_current_report_is_used_again_and_a_stale_one_is_not(root: Path, path: Path, write_task: WriteTask) -> None:
    # Give sample s03, which failed, an output, so that the run is complete.
    model = ScriptedModel({f"s{i:02}": "x" for i in range(12)}, fingerprint="fixed")
    evaluate(model, str(write_task(12)), output=root)
    before = path.stat().st_mtime_ns, path.stat().st_ino
    report_again(root, write_task)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    changed = [
        {"limit": 5},
        {"limit": None, "metrics": '[{ name = "chrf", primary = true }]'},
        {"metrics": '[{ name = "exact_match", primary = true, ignore_case = true }]'},
    ]
    for settings in changed:
        inode = path.stat().st_ino
        report = report_again(root, write_task, **settings)
        assert path.stat().st_ino != inode
        assert load_report(path) == report


def test_a_damaged_report_is_made_again(root: Path, path: Path, write_task: WriteTask) -> None:
    for content in (b"", b"[]", b'{"kind": "report", "schema_version": 1, "scores": ["ab"]}'):
        path.write_bytes(content)
        report_again(root, write_task)
        assert validate_file(path) == "report"


def test_a_retried_error_shows_what_went_wrong_last(write_task: WriteTask, tmp_path: Path) -> None:
    for message in ("first", "second"):

        def fail(request: Request, message: str = message) -> Any:
            raise ConnectionError(message)

        (report,) = evaluate(ScriptedModel(fail, fingerprint="f"), str(write_task(2)), output=tmp_path / "runs")
        assert report.record["errors"] == [{"message": f"ConnectionError: {message}", "count": 2, "n_messages": 1}]
        assert report.primary.value is None
