"""The report as a page: what it says, that nothing in it does harm, and that it is made again only when it must be."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.cli import main
from evalsuite.errors import SaveError
from evalsuite.figures import ImageGrid
from evalsuite.metrics.exact_match import ExactMatch
from evalsuite.report.html import write_page
from evalsuite.report.html.safe import beginning, cut, plot_label, script_json, visible
from evalsuite.report.html.sprites import make_sheet

if TYPE_CHECKING:
    from evalsuite.report import Leaderboard

VOID = {"meta", "br", "img", "link", "input", "hr", "wbr"}


class Document(HTMLParser):
    """Reads a page strictly: elements that are closed in order, and all their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def attributes(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.elements if name in attributes]

    def content(self, tag: str) -> list[str]:
        return [data for where, data in self.texts if where == tag]


@pytest.fixture
def text(hostile_page: Path) -> str:
    return hostile_page.read_text("utf-8")


@pytest.fixture
def document(text: str) -> Document:
    return Document(text)


def test_it_is_well_formed(document: Document) -> None:
    assert document.open == []
    ids = Counter(document.attributes("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    for reference in ("aria-labelledby", "for"):
        assert set(document.attributes(reference)) <= set(ids)
    links = document.attributes("href")
    assert links == ["#task-1"]
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_it_loads_nothing(document: Document) -> None:
    assert all(source.startswith("data:image/png;base64,") for source in document.attributes("src"))
    names = {name for _, attributes in document.elements for name in attributes}
    assert not names & {"srcset", "action", "style", "background", "poster", "ping"}
    assert not [name for name in names if name.startswith("on")]
    assert {tag for tag, _ in document.elements}.isdisjoint({"link", "iframe", "object", "embed", "base", "form"})


def test_only_its_own_scripts_and_styles_may_run(document: Document, text: str) -> None:
    (policy,) = [a["content"] for tag, a in document.elements if a.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert "unsafe" not in policy
    for kind in ("script", "style"):
        allowed = set(rules[f"{kind}-src"].split())
        found = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        hashes = {base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() for part in found}
        assert {f"'sha256-{digest}'" for digest in hashes} <= allowed
        assert len(allowed) == 2  # plotly and the page's own; the page's own and the empty one
    plain = [attributes for tag, attributes in document.elements if tag == "script" and "type" in attributes]
    assert {attributes["type"] for attributes in plain} == {"application/json"}


def test_what_a_model_says_is_shown_and_does_nothing(document: Document) -> None:
    said = "".join(document.content("pre"))
    shown = "".join(data for tag, data in document.texts if tag not in ("script", "style"))
    assert "ValueError: <script>document.title='owned'</script>" in shown
    assert "{{7*7}}" in shown
    assert "49" not in re.findall(r"\b49\b", said)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\x9b\u202a-\u202e\u2066-\u2069\ufeff]", shown)
    assert "<b>bad</b></script><img src=x onerror=document.title='owned'> %{x} ⟨U+202E⟩{{7*7}}" in shown


def test_every_hostile_output_can_be_shown(
    hostile_board: Leaderboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalsuite.figures.texts._EACH", 30)
    path = tmp_path / "all.html"
    write_page(hostile_board, path)
    said = "".join(Document(path.read_text("utf-8")).content("pre"))
    assert "<script>document.title='owned'</script>" in said
    assert "␛" in said
    assert "⟨U+202E⟩txt.exe⟨U+2066⟩ ⟨U+2028⟩ ⟨U+FEFF⟩ ⟨U+D800⟩" in said
    assert "x" * 600 + "…" in said
    assert "x" * 10_000 in said
    assert "]]> <!-- <![CDATA[ --> &lt;b&gt; &#60;script&#62;" in said


def test_the_data_of_plots_are_json_that_ends_no_element(text: str) -> None:
    blocks = re.findall(r'<script type="application/json" id="[^"]+">(.*?)</script>', text, re.DOTALL)
    assert len(blocks) == 3  # the intervals, by depth, by kind
    for block in blocks:
        assert not set("<>&\u2028\u2029") & set(block)
        assert json.loads(block)["data"]


def test_equal_inputs_give_equal_bytes(hostile_board: Leaderboard, hostile_page: Path) -> None:
    before = hostile_page.read_bytes()
    assert not write_page(hostile_board, hostile_page)
    hostile_page.unlink()
    assert write_page(hostile_board, hostile_page)
    assert hostile_page.read_bytes() == before
    assert [path.name for path in hostile_page.parent.glob(".*")] == []


def test_it_is_made_anew_when_a_report_or_a_template_changes(
    hostile_board: Leaderboard, hostile_page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evalsuite.report.html import templates

    record = hostile_board.tasks["tiny"][0].report.record
    monkeypatch.setitem(record, "started", "2031-01-01T00:00:00Z")  # type: ignore[arg-type]
    assert write_page(hostile_board, hostile_page)
    assert "2031-01-01" in hostile_page.read_text("utf-8")
    assert not write_page(hostile_board, hostile_page)
    asset = templates.asset
    monkeypatch.setattr(templates, "asset", lambda name: asset(name) + ("\n" if name == "page.css" else ""))
    assert write_page(hostile_board, hostile_page)
    hostile_page.write_text("not ours")
    assert write_page(hostile_board, hostile_page)


def test_without_the_log_the_scores_are_still_there(hostile_board: Leaderboard, tmp_path: Path) -> None:
    for path in tmp_path.rglob("run.jsonl"):
        path.unlink()
    write_page(hostile_board, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    assert "its log is not there" in text
    assert "exact_match by depth" in text


def test_outputs_of_another_run_or_task_are_not_shown(hostile_board: Leaderboard, tmp_path: Path) -> None:
    first, second = sorted((tmp_path / "runs").rglob("run.jsonl"))
    first.write_bytes(second.read_bytes())
    write_page(hostile_board, tmp_path / "page.html")
    assert "the log beside its report is of another run" in (tmp_path / "page.html").read_text("utf-8")
    (task,) = (tmp_path / "tasks").rglob("task.toml")
    task.write_text(task.read_text("utf-8").replace("Say {word}", "Tell {word}"), "utf-8")
    write_page(hostile_board, tmp_path / "again.html")
    text = (tmp_path / "again.html").read_text("utf-8")
    assert "is another one today" in text
    assert "Outputs</h3>" not in text


def test_a_figure_that_fails_costs_itself(
    hostile_board: Leaderboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object, data: object) -> object:
        raise ZeroDivisionError("no <luck>")

    monkeypatch.setattr(ExactMatch, "figures", broken)
    write_page(hostile_board, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    assert "exact_match&#39;s figures could not be made (ZeroDivisionError: no &lt;luck&gt;)" in text
    assert "<h3" in text


def test_a_page_that_cannot_be_written(hostile_board: Leaderboard) -> None:
    with pytest.raises(SaveError, match=r"/dev/null/report\.html: cannot be written"):
        write_page(hostile_board, Path("/dev/null/report.html"))


def test_the_command_line_writes_it(
    hostile_board: Leaderboard, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "else" / "page.html"
    assert main(["leaderboard", str(tmp_path / "runs"), "--html", str(target)]) == 0
    assert f"Report: {target}" in capsys.readouterr().out
    assert "../runs/plain-" in target.read_text("utf-8")
    assert main(["run", "-M", "scripted:echo", "-t", "ledger", "-L", "2", "-o", str(tmp_path / "new")]) == 0
    out = capsys.readouterr().out
    assert out.endswith(f"Report: {tmp_path / 'new' / 'report.html'}\n")
    assert f"Run: {tmp_path / 'new'}/echo-" in out
    assert "scripted:echo" in (tmp_path / "new" / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("plain é 日本 👩‍👩‍👧", "plain é 日本 👩‍👩‍👧"),
        ("a\tb\r\nc\rd", "a\tb\nc␍d"),
        ("\x00\x1b[31m\x7f\x85", "␀␛[31m␡⟨U+0085⟩"),
        ("\u202e\u2067\u200f\u2029\ud800", "⟨U+202E⟩⟨U+2067⟩⟨U+200F⟩⟨U+2029⟩⟨U+D800⟩"),
    ],
)
def test_what_cannot_be_seen_is_spelt_out(given: str, shown: str) -> None:
    assert visible(given) == shown


def test_texts_are_cut_and_labels_are_no_markup() -> None:
    assert (cut("abc", 3), cut("abcd", 3)) == ("abc", "abc…")
    assert beginning("a\nb\nc", 100, 3) == "a\nb\nc"
    assert beginning("a\nb\nc", 100, 2) == "a\nb\n…"
    assert plot_label("model (temperature=0.7)", 11) == "model…=0.7)"
    assert plot_label("<a href='x'>%{y}&") == "&lt;a href='x'&gt;% {y}&amp;"
    assert script_json({"a": "</script>&\u2028"}) == '{"a":"\\u003c/script\\u003e\\u0026\\u2028"}'


@pytest.mark.parametrize("channels", [1, 3])
def test_a_sheet_holds_the_images_as_they_are(channels: int) -> None:
    import io

    from PIL import Image

    images = np.random.default_rng(0).integers(0, 256, (5, 28, 28, channels), dtype=np.uint8)
    sheet = make_sheet(ImageGrid(images=tuple(images), columns=3, alt=""))
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(sheet.uri.partition(",")[2]))))
    assert (sheet.height, sheet.width) == (2 * picture.shape[0], 2 * picture.shape[1])
    np.testing.assert_array_equal(picture[:28, 30:58, :-1], images[1])
    np.testing.assert_array_equal(picture[30:, 30:58, :-1], images[4])
    assert picture[:28, 28, -1].max() == 0  # what is between them is transparent


def test_a_sheet_of_large_images_is_small() -> None:
    images = np.zeros((2, 512, 256, 3), dtype=np.uint8)
    sheet = make_sheet(ImageGrid(images=tuple(images), columns=2, alt=""))
    assert (sheet.width, sheet.height) == (2 * 48 + 2, 96)
