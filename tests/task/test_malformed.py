"""Task files that are wrong: file, field and expectation are named, and there is never a traceback."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evalsuite.cli import main
from evalsuite.errors import EvalsuiteError, TaskError, UsageError
from evalsuite.scoring import task_metrics
from evalsuite.task import load_task

WriteTask = Callable[..., Path]
GOOD_METRICS = '[{ name = "exact_match", primary = true }]'


def load(path: Path) -> None:
    task_metrics(load_task(str(path)))


def check(path: Path, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The message is in the error, which names the file; the command line prints it and returns 2."""
    with pytest.raises((TaskError, UsageError)) as raised:
        load(path)
    text = str(raised.value)
    assert message in text
    assert str(path.parent) in text
    capsys.readouterr()
    assert main(["validate", str(path)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("evalsuite: error: ")
    assert "Traceback" not in printed.err


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "tiny"', 'nmae = "tiny"', 'unknown field "nmae"; did you mean "name"?'),
        ('name = "tiny"', "", 'missing field "name" (a string)'),
        ('name = "tiny"', "name = 3", "name must be a string, found an integer: 3"),
        ('name = "tiny"', 'name = "../up"', "name may hold letters, digits"),
        ('name = "tiny"', 'name = ""', "name may hold letters, digits"),
        ("version = 1", "", 'missing field "version" (an integer)'),
        ("version = 1", "version = 0", "version must be at least 1, found 0"),
        ("version = 1", "version = 1.0", "version must be an integer, found a number: 1.0"),
        ("version = 1", "version = true", "version must be an integer, found true or false: True"),
        ("version = 1", f"version = {'9' * 5000}", "not TOML"),
        ("version = 1", "version = 1\nversion = 2", "not TOML"),
        ("version = 1", "version = ", "not TOML"),
        ("version = 1", f"version = {'[' * 3000}", "not TOML"),
        (
            "version = 1",
            'version = 1\nmodality = "smell"',
            'modality must be one of text, image, audio, video, found "smell"',
        ),
        (
            "version = 1",
            "version = 1\nimage_shape = [28, 28, 1]",
            "image_shape is for tasks of modality image or video, this one gen",
        ),
        (
            "version = 1",
            "version = 1\nimage_shape = [28, 28, 2]",
            "image_shape must be height, width and channels (1 or 3), foun",
        ),
        ("version = 1", 'version = 1\nimage_shape = "28x28"', "image_shape must be a list, found a string"),
        ("prompt = ", "promt = ", 'unknown field "promt"; did you mean "prompt"?'),
        ('prompt = "Say {word} {number}."', "", 'missing field "prompt"'),
        ("{word}", "{wrod}", 'sample "s00": the prompt names the field "wrod", its input has: number, word'),
        ('file = "samples.jsonl"', 'fle = "samples.jsonl"', 'expected "world" or "file", found: fle, sha256'),
        ('file = "samples.jsonl"', 'file = "samples.jsonl", n = 3', 'unknown field "n"'),
        ('file = "samples.jsonl"', 'file = "none.jsonl"', "No such file or directory"),
        ('file = "samples.jsonl"', 'file = ""', "Is a directory"),
        ('file = "samples.jsonl"', "file = 7", "samples: file must be a string, found an integer: 7"),
        ('file = "samples.jsonl"', 'file = "../tiny2/samples.jsonl"', "is outside the task's folder"),
        ('file = "samples.jsonl"', 'file = "/etc/passwd"', "is outside the task's folder"),
        ('file = "samples.jsonl"', 'file = "a\\u0000b"', "is not a path"),
        ('file = "samples.jsonl"', 'file = "link.jsonl"', "is outside the task's folder"),
        ('file = "samples.jsonl"', 'file = "loop.jsonl"', "is not a path"),
        ('file = "samples.jsonl"', 'world = "ledgr", seed = 1, n = 2', 'unknown world "ledgr"; did you mean "ledger"?'),
        ('file = "samples.jsonl"', 'world = "ledger", seed = -1, n = 2', "seed must be in [0, 2**64), found -1"),
        ('file = "samples.jsonl"', 'world = "ledger", seed = 1, n = 0', "n must be at least 1, found 0"),
        ('file = "samples.jsonl"', 'world = "ledger", seed = 1', 'missing field "n"'),
        (
            'file = "samples.jsonl"',
            'world = "ledger", seed = 1, n = 2, depths = [1, "2"]',
            "depths must be two integers, least and greatest, found [1, '2']",
        ),
        (
            'file = "samples.jsonl"',
            'world = "ledger", seed = 1, n = 2, variants = ["rename"], context_words = [0, 9]',
            "may be one of variants, interventions, context_words, choices, found variants and context_words",
        ),
        (
            'file = "samples.jsonl"',
            'world = "ledger", seed = 1, n = 2, variants = "rename"',
            "world ledger: variants must be a list, found a string: 'rename'",
        ),
        (
            'file = "samples.jsonl"',
            'world = "ledger", seed = 1, n = 2, context_words = ["9"]',
            "world ledger: context_words must be a list of integers, found ['9']",
        ),
        (
            'file = "samples.jsonl"',
            'world = "ledger", seed = 1, n = 2, context_words = [true]',
            "world ledger: context_words must be a list of integers, found [True]",
        ),
        (
            'file = "samples.jsonl"',
            'world = "ledger", seed = 1, n = 2, variants = ["reorder"]',
            'world ledger: its items have no variant "reorder"',
        ),
        ('file = "samples.jsonl"', 'file = "samples.jsonl", variants = ["rename"]', 'unknown field "variants"'),
        (
            'file = "samples.jsonl"',
            'world = "data_to_text", seed = 1, n = 2, interventions = ["control"]',
            'unknown reasoning family "data_to_text"',
        ),
        (GOOD_METRICS, "[]", "metrics: exactly one must say primary = true, found 0"),
        (GOOD_METRICS, '"bleu"', "metrics must be a list, found a string"),
        (GOOD_METRICS, '["bleu"]', "metrics[0] must be a table such as"),
        (GOOD_METRICS, "[{ primary = true }]", 'metrics[0]: missing field "name"'),
        (GOOD_METRICS, '[{ name = "exact_match" }]', "exactly one must say primary = true, found 0"),
        (
            GOOD_METRICS,
            '[{ name = "exact_match", primary = true }, { name = "chrf", primary = true }]',
            "exactly one must say primary = true, found 2",
        ),
        (GOOD_METRICS, '[{ name = "exact_match", primary = "yes" }]', "primary must be true or false, found a string"),
        (
            GOOD_METRICS,
            '[{ name = "exact_mtch", primary = true }]',
            'metrics[0]: unknown metric "exact_mtch"; did you mean "exact_match"?',
        ),
        (GOOD_METRICS, '[{ name = "zzzz", primary = true }]', 'unknown metric "zzzz". See "evalsuite list metrics".'),
        (
            GOOD_METRICS,
            '[{ name = "exact_match", primary = true, ignore_cse = true }]',
            'has no option "ignore_cse"; did you mean "ignore_case"?',
        ),
        (GOOD_METRICS, '[{ name = "exact_match", primary = true, ignore_case = 3 }]', "must be true or false, got 3"),
        (GOOD_METRICS, '[{ name = "bleu", primary = true, tokenize = 1979-05-27 }]', "`tokenize` must be one of"),
        (GOOD_METRICS, '[{ name = "exact_match", primary = true, by = "depth" }]', "by must be a list, found a string"),
        (GOOD_METRICS, '[{ name = "exact_match", primary = true, by = [1] }]', "by must be a list of strings"),
        (
            GOOD_METRICS,
            '[{ name = "exact_match", primary = true, by = ["kimd"] }]',
            'no sample has a "kimd"; did you mean "kind"?',
        ),
        (
            "# more",
            "generation = { max_tokens = 5 }",
            'generation: unknown field "max_tokens"; did you mean "max_new_tokens"?',
        ),
        ("# more", "generation = { max_new_tokens = 0 }", "max_new_tokens must be at least 1, found 0"),
        ("# more", "generation = { temperature = -0.1 }", "temperature must be at least 0, found -0.1"),
        ("# more", "generation = { temperature = nan }", "temperature must be at least 0, found nan"),
        ("# more", "generation = { temperature = inf }", "temperature must be at least 0, found inf"),
        ("# more", 'generation = { temperature = "hot" }', "temperature must be a number, found a string: 'hot'"),
        ("# more", f"generation = {{ temperature = 1{'0' * 400} }}", "an integer of 1329 bits, where TOML has 64"),
        ("# more", "generation = { top_k = 0 }", "top_k must be at least 1, found 0"),
        ("# more", "generation = { top_p = 0.0 }", "top_p must be in (0, 1], found 0.0"),
        ("# more", "generation = { top_p = nan }", "top_p must be in (0, 1], found nan"),
        ("# more", 'generation = { stop = "x" }', "stop must be a list, found a string"),
        ("# more", 'generation = { stop = ["x", ""] }', "stop must be a list of strings that are not empty"),
        ("# more", 'generation = "greedy"', "generation must be a table, found a string"),
        ("# more", "fewshot = []", "fewshot must be a table, found a list"),
        ("# more", "generation = { num_fewshot = 2 }", "has 0 worked examples, num_fewshot asks for 2"),
    ],
)
def test_a_malformed_task_file(
    write_task: WriteTask, capsys: pytest.CaptureFixture[str], old: str, new: str, message: str
) -> None:
    path = write_task(4, metrics=GOOD_METRICS, more="# more")
    folder = path.parent
    (folder / "link.jsonl").symlink_to("/etc/hostname")
    (folder / "loop.jsonl").symlink_to("loop.jsonl")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    if "num_fewshot" in new:  # loads; asking fails, and so does validating
        assert main(["validate", str(path)]) == 2
        assert message in capsys.readouterr().err
    else:
        check(path, message, capsys)


def good(**change: object) -> dict[str, object]:
    return {"id": "a", "input": {"word": "x", "number": 1}, "references": ["x 1"], **change}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([json.dumps(good()), json.dumps(good())], 'samples.jsonl:2: the id "a" was used before, on line 1'),
        ([json.dumps(good()), "", json.dumps(good())], 'samples.jsonl:3: the id "a" was used before, on line 1'),
        (["{"], "samples.jsonl:1: not a JSON object"),
        (["[]"], "samples.jsonl:1: expected a JSON object, found a list"),
        (["[" * 100_000], "samples.jsonl:1: not a JSON object"),
        ([json.dumps(good(depth=3)).replace("3", "NaN")], "samples.jsonl:1: not a JSON object: NaN is not JSON"),
        ([json.dumps(good(depth=3)).replace("3", "-Infinity")], "-Infinity is not JSON"),
        ([json.dumps(good(depth=3)).replace("3", "9" * 5000)], "samples.jsonl:1: not a JSON object"),
        (["", ""], "there is no sample in it"),
        ([], "there is no sample in it"),
        ([json.dumps(good(id=""))], "id must not be empty"),
        ([json.dumps(good(id=3))], "samples.jsonl:1: id must be a string, found an integer: 3"),
        ([json.dumps(good(idd="b"))], 'unknown field "idd"; did you mean "id"?'),
        ([json.dumps({"id": "a"})], 'samples.jsonl:1: missing field "input" (a table)'),
        ([json.dumps(good(input="x"))], "input must be a table, found a string"),
        ([json.dumps(good(input={"word": "x"}))], 'sample "a": the prompt names the field "number"'),
        ([json.dumps(good(references="x"))], "references must be a list, found a string"),
        ([json.dumps(good(references=["x", 1]))], "references[1] must be a string, found an integer: 1"),
        ([json.dumps(good(references=[None]))], "references[0] must be a string, found nothing: None"),
        ([json.dumps(good(cluster=1))], "cluster must be a string, found an integer"),
        ([json.dumps(good(depth=0))], "depth must be from 1 to 1000000000, found 0"),
        ([json.dumps(good(depth=10**321))], "depth must be from 1 to 1000000000, found a number of 1067 bits"),
        ([json.dumps(good(depth=1.5))], "depth must be an integer, found a number"),
        ([json.dumps(good(depth=None))], "depth must be an integer, found nothing"),
        ([json.dumps(good(metadata=[]))], "metadata must be a table, found a list"),
    ],
)
def test_malformed_samples(
    write_task: WriteTask, capsys: pytest.CaptureFixture[str], lines: list[str], message: str
) -> None:
    check(write_task(lines=lines, metrics=GOOD_METRICS), message, capsys)


@pytest.mark.parametrize("content", [b'{"id": "\xff"}\n', b"\xff\xfe", b"\xef\xbb\xbf{}"])
def test_samples_in_another_encoding(write_task: WriteTask, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    path = write_task(2, metrics=GOOD_METRICS)
    (path.parent / "samples.jsonl").write_bytes(content)
    check(path, "samples.jsonl:1: not ", capsys)


def test_a_wrong_hash_names_both(write_task: WriteTask, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_task(2, metrics=GOOD_METRICS)
    samples = path.parent / "samples.jsonl"
    expected = hashlib.sha256(samples.read_bytes()).hexdigest()
    samples.write_bytes(samples.read_bytes().replace(b"lake", b"lace"))
    found = hashlib.sha256(samples.read_bytes()).hexdigest()
    check(path, f"expected {expected}, found {found}", capsys)


def test_a_task_file_in_another_encoding(write_task: WriteTask, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_task(2, metrics=GOOD_METRICS)
    path.write_bytes(path.read_bytes() + b"# caf\xe9\n")
    check(path, "not UTF-8 at byte", capsys)


def test_worked_examples_need_a_reference(write_task: WriteTask, capsys: pytest.CaptureFixture[str]) -> None:
    content = (json.dumps(good(references=[])) + "\n").encode()
    more = f'fewshot = {{ file = "shots.jsonl", sha256 = "{hashlib.sha256(content).hexdigest()}" }}'
    path = write_task(2, metrics=GOOD_METRICS, more=more)
    (path.parent / "shots.jsonl").write_bytes(content)
    check(path, 'fewshot: sample "a" has no reference to show', capsys)


def test_a_metric_of_another_modality(write_task: WriteTask, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_task(2, metrics=GOOD_METRICS, more='modality = "image"')
    check(path, '"exact_match" reads text, the task generates image', capsys)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ledgr", 'unknown task "ledgr"; did you mean "ledger"? See "evalsuite list tasks".'),
        ("zzzzzz", 'unknown task "zzzzzz". See "evalsuite list tasks".'),
        ("", 'unknown task "". See'),
        ("none/", "there is no task file"),
        ("none.toml", "there is no task file none.toml"),
        ("x" * 5000, "cannot be read: File name too long"),
        ("a\0b", "unknown task"),
    ],
)
def test_a_task_that_is_not_there(name: str, message: str) -> None:
    with pytest.raises(EvalsuiteError) as raised:
        load_task(name)
    assert message in str(raised.value)
