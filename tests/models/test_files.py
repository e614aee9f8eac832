from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from evalsuite.errors import ModelError
from evalsuite.models.files import FilesModel
from evalsuite.models.spec import open_model
from evalsuite.types import GenerationConfig, Request

if TYPE_CHECKING:
    from pathlib import Path

Ask = Callable[..., Request]
CONFIG = GenerationConfig(max_new_tokens=1, stop=("e",))


def opened(path: Path, content: str | bytes, options: str = "") -> FilesModel:
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    model = open_model(f"files:{path}{options}")
    assert isinstance(model, FilesModel)
    return model


def jsonl(*records: object) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def test_lines_belong_to_the_samples_in_order(tmp_path: Path, ask: Ask) -> None:
    model = opened(tmp_path / "out.txt", "one\r\n\nthr\u2028ee \n")
    model.bind(["a", "b", "c"])
    outputs = model.generate([ask("c"), ask("a"), ask("b"), ask("a", repeat=1), ask("z")], CONFIG)
    assert [output.text for output in outputs] == ["thr\u2028ee ", "one", "", None, None]
    assert outputs[3].finish_reason == "error"
    assert 'no output for sample "a", repeat 1' in (outputs[3].error or "")


def test_lines_need_to_be_bound(tmp_path: Path, ask: Ask) -> None:
    with pytest.raises(ModelError, match=r"must be told the order of the samples: call bind"):
        opened(tmp_path / "out.txt", "one\n").generate([ask("a")], CONFIG)


@pytest.mark.parametrize("content", ["a\nb\n", "a\nb", "a\nb\nc\nd\n"])
def test_another_number_of_lines_is_an_error(tmp_path: Path, content: str) -> None:
    n = len(content.split())
    with pytest.raises(ModelError, match=rf"has {n} outputs without ids, but the task has 3 samples"):
        opened(tmp_path / "out.txt", content).check_asked(["a", "b", "c"], ["a", "b", "c"])


@pytest.mark.parametrize("id_field", ["id", "sample_id", "doc_id"])
@pytest.mark.parametrize("text_field", ["text", "output", "prediction", "response", "resps"])
def test_jsonl_by_id(tmp_path: Path, ask: Ask, id_field: str, text_field: str) -> None:
    number = "7" if id_field == "doc_id" else 7  # a whole doc_id is a place
    records = [
        {id_field: number, text_field: "seven"},
        {id_field: "b", text_field: "\ud800", "finish_reason": "length"},
    ]
    model = opened(tmp_path / "out.jsonl", jsonl(*records) + "\n")
    model.bind(["b", "7", "c"])
    outputs = model.generate([ask("b"), ask("7"), ask("c")], CONFIG)
    assert [output.text for output in outputs] == ["\ud800", "seven", None]
    assert [output.finish_reason for output in outputs] == ["length", "stop", "error"]


def test_repeats(tmp_path: Path, ask: Ask) -> None:
    records = [
        {"id": "a", "text": "a1", "repeat": 1},
        {"id": "a", "text": "a0"},
        {"id": "b", "resps": [["b0", "b1"]]},
        {"id": "c", "text": None, "error": "timed out"},
    ]
    model = opened(tmp_path / "out.jsonl", jsonl(*records))
    requests = [ask(name, repeat=repeat) for name in "ab" for repeat in (0, 1)]
    assert [output.text for output in model.generate(requests, CONFIG)] == ["a0", "a1", "b0", "b1"]
    missing = model.generate([ask("c")], CONFIG)[0]
    assert (missing.text, missing.finish_reason) == (None, "error")
    assert (missing.error or "").endswith(":4: timed out")


def test_field(tmp_path: Path, ask: Ask) -> None:
    model = opened(tmp_path / "out.jsonl", jsonl({"id": "a", "text": "no", "said": "yes"}), ",field=said")
    assert model.generate([ask("a")], CONFIG)[0].text == "yes"
    plain = open_model(f"files:{tmp_path / 'out.jsonl'}")
    assert plain.fingerprint != model.fingerprint


def test_jsonl_without_ids_is_by_position(tmp_path: Path, ask: Ask) -> None:
    model = opened(tmp_path / "out.jsonl", jsonl({"text": "one"}, {"text": "two"}))
    model.bind(["a", "b"])
    assert model.generate([ask("b")], CONFIG)[0].text == "two"
    model.bind(["b", "a"])
    assert model.generate([ask("b")], CONFIG)[0].text == "one"


def test_ids_the_task_does_not_know(tmp_path: Path) -> None:
    model = opened(tmp_path / "out.jsonl", jsonl({"id": "sample-1", "text": ""}, {"id": "b", "text": ""}))
    with pytest.raises(
        ModelError, match=r'1 of its 2 ids are not among the 3 samples .*first is "sample-1"; did you mean "sample_1"'
    ):
        model.bind(["sample_1", "b", "c"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"id": 1, "text": ""}\n{"id"', r":2: is not valid JSON"),
        ("[1]\n", r":1: expected a JSON object, found list"),
        ('\n{"id": 1, "txt": ""}\n', r":2: expected the text in text, output, .*; found id, txt"),
        ('{"id": 1, "text": 5}\n', r':1: "text" must be text, found int'),
        ('{"id": 1.5, "text": ""}\n', r":1: an id must be text or a whole number, found float"),
        ('{"id": true, "text": ""}\n', r":1: an id must be text or a whole number, found bool"),
        ('{"id": 1, "text": "", "repeat": -1}\n', r':1: "repeat" must be a whole number of at least 0, found -1'),
        ('{"id": 1, "text": "", "finish_reason": "eos"}\n', r":1: finish_reason must be one of stop, .*found 'eos'"),
        ('{"id": 1, "text": ""}\n{"id": "1", "text": ""}\n', r':2: sample "1", repeat 0, stands on line 1 already'),
        ('{"id": 1, "text": ""}\n{"text": ""}\n', r":2: either every line has an id .* or none has"),
        ('{"text": ""}\n{"id": 1, "text": ""}\n', r":2: either every line has an id .* or none has"),
        ('{"resps": ["a", "b"]}\n', r":1: repeats and turns need an id"),
        (b'{"id": 1, "text": "\xff"}\n', r":1: is not UTF-8"),
    ],
)
def test_malformed(tmp_path: Path, ask: Ask, content: str | bytes, message: str) -> None:
    with pytest.raises(ModelError, match=r"out\.jsonl" + message):
        opened(tmp_path / "out.jsonl", content).generate([ask("1")], CONFIG)


def test_cannot_open(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"expected texts .* or images .*nowhere\.jsonl is not there"):
        open_model(f"files:{tmp_path}/nowhere.jsonl")
    with pytest.raises(ModelError, match="there is no image in it"):
        open_model(f"files:{tmp_path}")
    with pytest.raises(ModelError, match=r'unknown option "fields"; did you mean "field"'):
        opened(tmp_path / "out.txt", "", ",fields=x")
    with pytest.raises(ModelError, match=r"every line of out\.txt is an output"):
        opened(tmp_path / "out.txt", "", ",field=x")


@pytest.mark.parametrize("name", ["out.txt", "out.jsonl"])
def test_an_empty_file_is_the_same_error_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=rf"^files:.*{name}: .*{name} is empty: there is no output in it"):
        opened(tmp_path / name, "")


def test_objects_are_missing_where_all_lines_are_blank(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="has blank lines only: there is no output in it"):
        opened(tmp_path / "out.jsonl", "\n \n").bind(["a"])


def test_file_is_left_alone_and_its_bytes_are_the_fingerprint(tmp_path: Path, ask: Ask) -> None:
    path = tmp_path / "out.jsonl"
    first = opened(path, jsonl({"id": "a", "text": "x"}))
    first.generate([ask("a")], CONFIG)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.jsonl"]
    assert open_model(f"files:{path}").fingerprint == first.fingerprint
    assert opened(path, jsonl({"id": "a", "text": "y"})).fingerprint != first.fingerprint


def test_repeats_are_counted_and_not_numbered(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    lines = [{"id": "a", "text": "x", "repeat": repeat, "turn": turn} for repeat in (0, 10**12) for turn in (0, 1)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    model = open_model(f"files:{path}")
    assert isinstance(model, FilesModel)
    assert model.n_repeats == 2
