"""``evalsuite contamination``: what it prints, what it returns, what it refuses."""

from __future__ import annotations

import gzip
import io
import json
import os
from pathlib import Path

import pytest

from evalsuite.cli import main

Capture = pytest.CaptureFixture[str]
QUIZ = "name the largest lake of the three lakes in the north of the country"
ITEMS = [
    f"{QUIZ.title()}!",
    "what did the old fisherman say to the two boys who came late that morning",
    "too short",
    "Count the apples on the third tree, please.",
]
CORPUS = ["nothing of interest", f"Quiz: {QUIZ}. Answer: ...", "They said: count the apples on the third tree please"]


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "items.txt").write_text("\n".join(ITEMS) + "\n")
    (tmp_path / "corpus.txt").write_text("\n".join(CORPUS) + "\n")
    (tmp_path / "corpus.jsonl.gz").write_bytes(
        gzip.compress("".join(json.dumps({"body": text}) + "\n" for text in CORPUS).encode())
    )


def call(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    code = main(["contamination", *arguments])
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    return code, printed.out, printed.err


def test_a_table(capsys: Capture) -> None:
    code, out, err = call(capsys, "--corpus", "corpus.txt", "--items", "items.txt")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "4 items, 3 documents",
        "  dirty      2  (66.7% of those judged)",
        "  clean      1",
        "  too short  1  (fewer than 8 words)",
        "",
        "item         overlap  covered  longest  found in      evidence",
        "items.txt:1  100.0%   100.0%   14       corpus.txt:2  name the largest lake of the three lakes in the north "
        "of the",
        "items.txt:4  100.0%   100.0%   8        corpus.txt:3  count the apples on the third tree please",
        "",
        "contamination|ngram:13|min_words:8|max_documents:any|min_overlap:0|normalizer:lower-alnum|unicode:15.1.0"
        "|version:1",
    ]


def test_items_may_have_a_field_of_their_own(capsys: Capture) -> None:
    Path("items.jsonl").write_text("".join(json.dumps({"text": "no", "question": item}) + "\n" for item in ITEMS))
    Path("corpus.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in CORPUS))
    arguments = ("--corpus", "corpus.jsonl", "--items", "items.jsonl", "--items-field", "question", "--json")
    code, out, _ = call(capsys, *arguments)
    assert code == 0
    assert [item["verdict"] for item in json.loads(out)["items"]] == ["dirty", "clean", "too_short", "dirty"]


def test_a_share_as_large_as_the_limit_passes(capsys: Capture) -> None:
    Path("half.txt").write_text("\n".join(ITEMS[:2]) + "\n")
    for limit, expected in (("0.5", 0), ("0.49", 5)):
        code, _, _ = call(capsys, "--corpus", "corpus.txt", "--items", "half.txt", "--max-dirty", limit)
        assert code == expected


def test_json(capsys: Capture) -> None:
    code, out, _ = call(
        capsys, "--corpus", "corpus.jsonl.gz", "--field", "body", "--items", "items.txt", "--json", "--ngram", "8"
    )
    found = json.loads(out)
    assert code == 0
    assert [item["verdict"] for item in found["items"]] == ["dirty", "clean", "too_short", "dirty"]
    assert (found["n_items"], found["n_dirty"], found["n_clean"], found["n_too_short"]) == (4, 2, 1, 1)
    assert found["dirty_share"] == 2 / 3
    assert found["items"][0]["where"] == "corpus.jsonl.gz:2"
    assert found["items"][2]["overlap"] is None


def test_an_index(capsys: Capture, tmp_path: Path) -> None:
    code, out, err = call(capsys, "--corpus", "corpus.txt", "--save-index", "corpus.index")
    assert (code, out) == (0, "")
    assert err == "evalsuite: corpus.index: 4 different 13-grams of 3 documents\n"
    code, out, _ = call(capsys, "--corpus", "corpus.index", "--items", "items.txt", "--json")
    found = json.loads(out)
    assert [item["verdict"] for item in found["items"]] == ["dirty", "clean", "too_short", "too_short"]
    assert found["items"][0]["where"] is None
    assert "too short  2  (fewer than 13 words)" in call(capsys, "--corpus", "corpus.index", "--items", "items.txt")[1]
    damaged = bytearray((tmp_path / "corpus.index").read_bytes())
    damaged[-1] ^= 1
    (tmp_path / "corpus.index").write_bytes(damaged)
    code, _, err = call(capsys, "--corpus", "corpus.index", "--items", "items.txt")
    assert code == 2
    assert "corpus.index: damaged: its checksum is wrong; make it again" in err


def test_a_task(capsys: Capture) -> None:
    code, out, _ = call(capsys, "--corpus", "corpus.txt", "--items", "data_to_text", "--json")
    assert code == 0
    assert json.loads(out)["n_dirty"] == 0


def test_too_many_dirty_items_exit_with_5(capsys: Capture) -> None:
    code, out, err = call(capsys, "--corpus", "corpus.txt", "--items", "items.txt", "--max-dirty", "0.5")
    assert code == 5
    assert out.startswith("4 items")
    assert err == "evalsuite: error: contamination: 66.67% of the items are dirty, --max-dirty is 0.5\n"
    assert call(capsys, "--corpus", "corpus.txt", "--items", "items.txt", "--max-dirty", "0.7")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--items", "items.txt"], "the following arguments are required: --corpus"),
        (["--corpus", "corpus.txt"], "--items is missing: a file of items or a task (or --save-index FILE)"),
        (["--corpus", "nowhere.txt", "--items", "items.txt"], "nowhere.txt: no such file, folder or pattern"),
        (["--corpus", "corpus.txt", "--items", "nowhere.txt"], "nowhere.txt: no such file of items"),
        (["--corpus", "corpus.txt", "--items", "data_to_txt"], 'did you mean "data_to_text"?'),
        (["--corpus", "corpus.txt", "--items", "nowhere"], "There is no file of that name either."),
        (["--corpus", "corpus.jsonl.gz", "--items", "items.txt"], 'field "text" is missing, expected a text; fields'),
        (["--corpus", "corpus.txt", "--items", "items.txt", "--ngram", "99"], "`ngram` must be 1 to 64; found 99"),
        (["--corpus", "corpus.txt", "--items", "items.txt", "--min-overlap", "2"], "`min_overlap` must be 0 to 1"),
        (["--corpus", "corpus.txt", "--items", "items.txt", "--max-dirty", "7"], "--max-dirty must be 0 to 1, got 7.0"),
        (["--corpus", "corpus.txt", "--itmes", "x"], 'unknown option "--itmes"; did you mean "--items"?'),
    ],
)
def test_refusals_say_what_to_do(capsys: Capture, arguments: list[str], message: str) -> None:
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.startswith("evalsuite: error: ")


def test_an_index_is_asked_by_itself_and_by_its_own_length(capsys: Capture) -> None:
    call(capsys, "--corpus", "corpus.txt", "--save-index", "corpus.index", "--ngram", "5")
    for arguments, message in (
        (["--corpus", "corpus.index", "corpus.txt", "--items", "items.txt"], "is an index: it is given by itself"),
        (
            ["--corpus", "corpus.index", "--items", "items.txt", "--ngram", "13"],
            "has n-grams of 5 words, --ngram is 13",
        ),
        (
            ["--corpus", "corpus.index", "--items", "items.txt", "--max-documents", "300"],
            "`max_documents` must be 1 to",
        ),
        (["--corpus", "corpus.index", "--save-index", "other"], "is an index already"),
    ):
        code, _, err = call(capsys, *arguments)
        assert code == 2
        assert message in err


def test_a_folder_of_items_is_read_as_a_corpus_of_them_is(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "quiz" / "hard").mkdir(parents=True)
    (tmp_path / "quiz" / "a.txt").write_text(f"{ITEMS[1]}\n")
    (tmp_path / "quiz" / "hard" / "b.jsonl").write_text(json.dumps({"text": ITEMS[0]}) + "\n")
    code, out, err = call(capsys, "--corpus", "corpus.txt", "--items", "quiz", "--json")
    assert (code, err) == (0, "")
    assert [(item["item"], item["verdict"]) for item in json.loads(out)["items"]] == [
        ("a.txt:1", "clean"),
        ("hard/b.jsonl:1", "dirty"),
    ]
    (tmp_path / "empty").mkdir()
    code, _, err = call(capsys, "--corpus", "corpus.txt", "--items", "empty")
    assert code == 2
    assert "empty: no file in this folder ends in .txt, .text, .jsonl, .ndjson" in err


def test_items_and_corpus_may_come_by_the_standard_input(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def pipe(lines: list[str]) -> None:
        content = io.BytesIO("".join(line + "\n" for line in lines).encode())
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(content))

    expected = json.loads(call(capsys, "--corpus", "corpus.txt", "--items", "items.txt", "--json")[1])
    pipe(ITEMS)
    found = json.loads(call(capsys, "--corpus", "corpus.txt", "--items", "-", "--json")[1])
    assert [item.pop("item") for item in found["items"]] == ["line 1", "line 2", "line 3", "line 4"]
    assert [item["verdict"] for item in found["items"]] == ["dirty", "clean", "too_short", "dirty"]
    pipe(CORPUS)
    found = json.loads(call(capsys, "--corpus", "-", "--items", "items.txt", "--json")[1])
    assert [item.pop("where") for item in found["items"]] == ["document 2", None, None, "document 3"]
    for item in expected["items"]:
        item.pop("where")
    assert found == expected
    pipe(CORPUS)
    assert call(capsys, "--corpus", "-", "--save-index", "corpus.index")[0] == 0
    assert call(capsys, "--corpus", "corpus.index", "--items", "items.txt")[1].startswith("4 items, 3 documents")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--corpus", "-", "--items", "-"], "can be read but once"),
        (["--corpus", "-", "--items", "items.txt", "--save-index", "x"], "can be read but once"),
        (["--corpus", "-", "corpus.txt", "--items", "items.txt"], "it is given by itself"),
    ],
)
def test_the_standard_input_is_given_once(capsys: Capture, arguments: list[str], message: str) -> None:
    code, _, err = call(capsys, *arguments)
    assert code == 2
    assert message in err


def test_a_standard_input_that_is_not_utf8_is_named_with_its_line(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"good\nbad \xff\n")))
    code, _, err = call(capsys, "--corpus", "-", "--items", "items.txt")
    assert code == 2
    assert "standard input:2: not UTF-8 (byte 5 of the line)" in err


@pytest.mark.parametrize("name", ["corpus.txt", "items.txt", "folder", "pipe"])
def test_an_index_replaces_nothing_but_an_index(capsys: Capture, name: str) -> None:
    Path("folder").mkdir()
    os.mkfifo("pipe")
    before = Path(name).read_bytes() if Path(name).is_file() else b""
    code, out, err = call(capsys, "--corpus", "corpus.txt", "--save-index", name)
    assert (code, out) == (4, "")
    assert err.startswith(f"evalsuite: error: {name}: is there already and is no index")
    assert not Path(name).is_file() or Path(name).read_bytes() == before
    for _ in range(2):  # an index may be made again
        assert call(capsys, "--corpus", "corpus.txt", "--save-index", "corpus.index")[0] == 0


@pytest.mark.parametrize("name", ["", "-"])
def test_an_index_needs_a_name(capsys: Capture, name: str) -> None:
    code, _, err = call(capsys, "--corpus", "corpus.txt", "--save-index", name)
    assert (code, err) == (2, "evalsuite: error: contamination: --save-index takes the path of a file\n")


def test_a_corpus_without_a_document_proves_nothing(capsys: Capture) -> None:
    Path("empty.txt").touch()
    code, out, err = call(capsys, "--corpus", "empty.txt", "--items", "items.txt", "--max-dirty", "0")
    assert (code, out) == (2, "")
    assert "the corpus, empty.txt, holds no document" in err


def test_items_that_are_all_too_short_pass_no_gate(capsys: Capture) -> None:
    Path("short.txt").write_text("too short\n")
    assert call(capsys, "--corpus", "corpus.txt", "--items", "short.txt")[0] == 0
    code, _, err = call(capsys, "--corpus", "corpus.txt", "--items", "short.txt", "--max-dirty", "0")
    assert code == 2
    assert "no item is long enough to be judged" in err


def test_the_signature_of_an_index_names_its_own_least_words(capsys: Capture) -> None:
    call(capsys, "--corpus", "corpus.txt", "--save-index", "corpus.index")
    _, out, _ = call(capsys, "--corpus", "corpus.index", "--items", "items.txt")
    assert "|ngram:13|min_words:13|" in out


def test_items_in_a_folder_without_permission(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    stat = Path.stat

    def refuse(path: Path, **options: bool) -> os.stat_result:
        if path.name == "locked.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", refuse)
    code, _, err = call(capsys, "--corpus", "corpus.txt", "--items", "locked.txt")
    assert (code, err) == (2, "evalsuite: error: locked.txt: cannot be read: Permission denied\n")
