"""Tasks in folders that the user names: found, told apart, and listed without being read again."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalsuite.cli import main
from evalsuite.errors import TaskError
from evalsuite.evaluation import evaluate
from evalsuite.task import Task, folder_index, list_tasks, load_task
from evalsuite.task.included import KINDS, TaskFileKind, included_tasks
from evalsuite.task.lookup import list_with_problems, tasks_folder

if TYPE_CHECKING:
    from pathlib import Path


_SAMPLES = '{"id": "a", "input": {"word": "x"}, "references": ["x"]}\n'


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def no_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust what was written just now, as is right where the clock of the file system is fine enough."""
    monkeypatch.setattr(folder_index, "_TICK_NS", -(10**12))


def write_task(folder: Path, name: str, summary: str = "Says a word.") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "samples.jsonl").write_text(_SAMPLES)
    path = folder / "task.toml"
    path.write_text(
        f'name = "{name}"\nversion = 1\nsummary = "{summary}"\nprompt = "{{word}}"\n'
        f'samples = {{ file = "samples.jsonl", sha256 = "{hashlib.sha256(_SAMPLES.encode()).hexdigest()}" }}\n'
        'metrics = [{ name = "exact_match", primary = true }]\n'
    )
    return path


def test_a_task_in_a_folder_is_named_like_ours_and_known_by_its_path_later(tmp_path: Path) -> None:
    path = write_task(tmp_path / "mine" / "deep" / "echo", "echo_word")
    task = load_task("echo_word", [tmp_path / "mine"])
    assert (task.name, task.source) == ("echo_word", str(path))
    assert ("echo_word", "Says a word.") in list_tasks([tmp_path / "mine"])
    assert ("ledger", dict(list_tasks())["ledger"]) in list_tasks([tmp_path / "mine"])
    (report,) = evaluate(lambda prompt: prompt, "echo_word", include_path=tmp_path / "mine", output=tmp_path / "runs")
    assert report.primary.value == 1.0
    log = next((tmp_path / "runs").rglob("run.jsonl"))
    assert main(["score", str(log)]) == 0  # needs no folder


def test_the_commands_take_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_task(tmp_path / "mine" / "echo", "echo_word")
    given = ["--include_path", str(tmp_path / "mine")]
    assert main(["list", "tasks", "--json", *given]) == 0
    assert {"name": "echo_word", "summary": "Says a word."} in json.loads(capsys.readouterr().out)["tasks"]
    assert main(["validate", "echo_word", *given]) == 0
    assert "echo_word version 1: valid" in capsys.readouterr().out
    run = ["run", "-M", "scripted:echo", "-t", "echo_word", "-o", str(tmp_path / "runs"), "--json", *given]
    assert main(run) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert row["task"] == "echo_word"
    assert main(["list", "metrics", *given]) == 2
    assert "--include-path is for tasks" in capsys.readouterr().err


def test_a_name_that_two_files_have_is_an_error_that_names_both(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = write_task(tmp_path / "mine", "ledger")
    with pytest.raises(TaskError, match="2 files have that name") as caught:
        load_task("ledger", [tmp_path])
    assert str(mine) in str(caught.value)
    assert str(tasks_folder() / "ledger" / "task.toml") in str(caught.value)
    assert load_task("plan", [tmp_path]).name == "plan"
    assert load_task(str(mine)).samples[0].id == "a"
    assert main(["list", "tasks", "--include-path", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    assert "2 files have that name" in captured.err
    assert captured.out.count("\n  ledger ") == 2


def test_our_own_folder_clashes_with_nothing() -> None:
    assert list_with_problems([tasks_folder()]) == (list_tasks(), [])
    assert load_task("ledger", [tasks_folder()]).source == "ledger"


def test_links_that_go_round_end_and_a_folder_linked_twice_is_one(tmp_path: Path) -> None:
    write_task(tmp_path / "mine" / "one", "one")
    (tmp_path / "mine" / "one" / "round").symlink_to(tmp_path / "mine")
    (tmp_path / "mine" / "again").symlink_to(tmp_path / "mine" / "one")
    (tmp_path / "mine" / "gone").symlink_to(tmp_path / "nowhere")
    found, problems = included_tasks([tmp_path / "mine"])
    assert ([one.name for one in found], problems) == (["one"], [])


def test_one_file_by_way_of_two_links_is_no_clash(tmp_path: Path) -> None:
    path = write_task(tmp_path / "one", "a")
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "link").symlink_to(tmp_path / "one")
    (tmp_path / "two" / "task.toml").symlink_to(path)
    assert load_task("a", [tmp_path / "one", tmp_path / "two"]).name == "a"
    assert list_with_problems([tmp_path / "one", tmp_path / "two"])[1] == []


def test_what_is_no_task_is_told_and_costs_the_others_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_task(tmp_path / "mine" / "good", "good", summary="x\\u001b[31m")
    (tmp_path / "mine" / ".hidden").mkdir()
    write_task(tmp_path / "mine" / ".hidden", "hidden")
    (tmp_path / "mine" / "pyproject.toml").write_text('name = "other"\n')
    os.mkfifo(tmp_path / "mine" / "task.toml")
    for name, content in {"broken": b"name = ", "number": b"name = 3\n", "latin": b'name = "\xe9"\n'}.items():
        (tmp_path / "mine" / name).mkdir()
        (tmp_path / "mine" / name / "task.toml").write_bytes(content)
    for _ in range(2):  # read, and as it was kept
        found, problems = included_tasks([tmp_path / "mine"])
        assert [one.name for one in found] == ["good"]
        assert [problem.partition("task.toml: ")[2].split(" ")[0] for problem in problems] == ["not", "not", "name"]
    assert main(["list", "tasks", "--include-path", str(tmp_path / "mine")]) == 0
    captured = capsys.readouterr()
    assert "x?[31m" in captured.out
    assert "not UTF-8 at byte 8" in captured.err
    with pytest.raises(TaskError, match=r'unknown task "godo"; did you mean "good"\?.* Not read: .*; and 2 more\.$'):
        load_task("godo", [tmp_path / "mine"])


def test_a_folder_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match=r"--include-path: .*nowhere: there is no such folder"):
        list_tasks([tmp_path / "nowhere"])
    with pytest.raises(TaskError, match="is a file, not a folder"):
        list_tasks([write_task(tmp_path, "one")])


def test_too_many_folders_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_index, "MOST_FOLDERS", 3)
    for i in range(3):
        (tmp_path / "mine" / str(i)).mkdir(parents=True)
    with pytest.raises(TaskError, match="more than 3 folders"):
        included_tasks([tmp_path / "mine"])


@pytest.mark.usefixtures("no_ticks")
def test_a_file_that_has_not_changed_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = write_task(tmp_path / "mine" / "a", "a"), write_task(tmp_path / "mine" / "b", "b")
    read: list[str] = []
    whole = folder_index.FolderIndex._read_file

    def counted(self: folder_index.FolderIndex, path: str, size: int) -> tuple[str | None, str | None]:
        read.append(path)
        return whole(self, path, size)

    monkeypatch.setattr(folder_index.FolderIndex, "_read_file", counted)
    for _ in range(3):
        assert [one.name for one in included_tasks([tmp_path / "mine"])[0]] == ["a", "b"]
    assert read == [str(second), str(first)] or read == [str(first), str(second)]
    read.clear()
    before = first.stat()
    write_task(first.parent, "c")  # of the same length, and then with the same time of modification
    os.utime(first, ns=(before.st_atime_ns, before.st_mtime_ns))
    write_task(tmp_path / "mine" / "d", "d")
    second.unlink()
    assert [one.name for one in included_tasks([tmp_path / "mine"])[0]] == ["c", "d"]
    assert sorted(read) == [str(first), str(tmp_path / "mine" / "d" / "task.toml")]


def test_what_was_written_within_a_tick_of_the_clock_is_read_again(tmp_path: Path) -> None:
    path = write_task(tmp_path / "mine", "a")
    for name in ("b", "c", "d"):
        path.write_text(path.read_text().replace(f'"{included_tasks([tmp_path / "mine"])[0][0].name}"', f'"{name}"'))
        assert [one.name for one in included_tasks([tmp_path / "mine"])[0]] == [name]


@pytest.mark.usefixtures("no_ticks")
@pytest.mark.parametrize("damage", [b"", b"[]", b'{"folders": {}}', b"\xff", b"[" * 100_000, 5, [1]])
def test_a_damaged_index_is_made_anew(tmp_path: Path, cache: Path, damage: object) -> None:
    write_task(tmp_path / "mine", "a")
    included_tasks([tmp_path / "mine"])
    (kept,) = (cache / "evalsuite" / "tasks").glob("*.json")
    sound = kept.read_bytes()
    if isinstance(damage, bytes):
        kept.write_bytes(damage)
    else:  # JSON of the right form, but for what it says of each file
        record = json.loads(sound)
        kept.write_text(json.dumps({**record, "files": dict.fromkeys(record["files"], damage)}))
    assert [one.name for one in included_tasks([tmp_path / "mine"])[0]] == ["a"]
    assert json.loads(kept.read_bytes())["files"] == json.loads(sound)["files"]


def test_no_place_for_the_index_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    write_task(tmp_path / "mine", "a")
    for _ in range(2):
        assert [one.name for one in included_tasks([tmp_path / "mine"])[0]] == ["a"]


def word_head(text: str) -> tuple[str, str] | None:
    return (text.split()[0], "A word.") if text.startswith("word_") else None


def load_word(path: Path, *, where: str, source: str, prompt_format: str | None) -> Task:
    word = path.read_text().split()[0]
    return replace(load_task("ledger"), name=word, source=source, prompt_format=prompt_format or "")


def test_another_suffix_is_another_kind_of_task_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = sys.modules[__name__]
    monkeypatch.setitem(sys.modules, "words_as_tasks", here)
    kind = TaskFileKind(file_name="", head="words_as_tasks:word_head", load="words_as_tasks:load_word", version=1)
    monkeypatch.setitem(KINDS, ".word", kind)
    (tmp_path / "one.word").write_text("word_one\n")
    (tmp_path / "other.word").write_text("none\n")
    write_task(tmp_path / "mine", "mine")
    for _ in range(2):
        found, problems = included_tasks([tmp_path])
        assert ([(one.name, one.summary) for one in found], problems) == (
            [("mine", "Says a word."), ("word_one", "A word.")],
            [],
        )
    assert load_task("word_one", [tmp_path]).source == str(tmp_path / "one.word")
    monkeypatch.chdir(tmp_path)
    assert load_task("one.word:prompt=cot").prompt_format == "cot"


def test_one_strange_entry_costs_the_others_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_task(tmp_path / "mine" / "echo", "echo_word")
    (tmp_path / "mine" / "loop").symlink_to("loop")
    (tmp_path / "mine" / "loop.yaml").symlink_to("loop.yaml")
    broken = write_task(tmp_path / "mine" / "large", "large")
    broken.write_text(f'name = "large"\nversion = 0x{"f" * 5000}\n')
    found, problems = included_tasks([tmp_path / "mine"])
    assert [one.name for one in found] == ["echo_word"]
    assert problems == [f"{broken}: not TOML: an integer of 20000 bits, where TOML has 64"]
    with pytest.raises(TaskError, match="an integer of 20000 bits"):
        load_task(str(broken))

    def fail(text: str) -> None:
        raise KeyError("odd" if "large" in text else "other")

    monkeypatch.setitem(KINDS, ".toml", replace(KINDS[".toml"], version=99))
    monkeypatch.setattr("evalsuite.task.toml_file.toml_head", fail)
    found, problems = included_tasks([tmp_path / "mine"])
    assert found == []
    assert f"{broken}: cannot be read: KeyError: 'odd'" in problems
