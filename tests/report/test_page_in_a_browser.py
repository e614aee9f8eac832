"""The page in Chromium, with the network off: nothing a model says runs, and the plots and the sorting do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

Browse = Callable[[Path], tuple[str, str]]

PROBE = """
<script>
addEventListener("load", () => {
  const head = [...document.querySelectorAll("table.board thead th")];
  const rows = () => [...document.querySelectorAll("table.board tbody tr")];
  const column = (i) => rows().map((row) => row.cells[i].textContent.trim());
  const say = (name, value) => {
    const found = document.createElement("output");
    found.id = name;
    found.textContent = JSON.stringify(value);
    document.body.append(found);
  };
  const value = head.findIndex((cell) => cell.textContent.startsWith("exact_match"));
  say("before", column(0));
  const button = head[value].querySelector("button");
  button.click();
  say("ascending", [head[value].getAttribute("aria-sort"), head[0].getAttribute("aria-sort"), column(0)]);
  button.click();
  say("descending", [head[value].getAttribute("aria-sort"), column(0)]);
  say("width", document.documentElement.scrollWidth <= innerWidth);
});
</script>
"""


def test_nothing_runs_but_its_own_scripts(hostile_page: Path, browse: Browse) -> None:
    document, console = browse(hostile_page)
    assert console == ""
    assert "<title>evalsuite report: tiny</title>" in document
    assert len(re.findall(r"<script", document)) == len(re.findall(r"<script", hostile_page.read_text("utf-8")))
    assert document.count('class="main-svg"') >= 3  # plotly drew
    assert not re.search(r"<img(?! src=\"data:)", document)
    # Labels are text in the plots too, and not plotly's markup.
    assert "&lt;b&gt;bad&lt;/b&gt;" in "".join(re.findall(r"<svg.*?</svg>", document, re.DOTALL))


def test_the_table_can_be_sorted(hostile_page: Path, browse: Browse, tmp_path: Path) -> None:
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", hostile_page.read_text("utf-8"))
    probed = tmp_path / "probed.html"
    probed.write_text(text.replace("</body>", PROBE + "</body>"), "utf-8")
    document, console = browse(probed)
    assert console == ""
    said = dict(re.findall(r'<output id="(\w+)">(.*?)</output>', document))
    assert said["before"] == '["1","2"]'
    assert said["ascending"] == '["ascending",null,["2","1"]]'
    assert said["descending"] == '["descending",["1","2"]]'
    assert said["width"] == "true"


def test_a_foreign_script_would_be_refused(hostile_page: Path, browse: Browse, tmp_path: Path) -> None:
    injected = tmp_path / "injected.html"
    text = hostile_page.read_text("utf-8")
    injected.write_text(
        text.replace("</body>", "<script>document.title='owned'</script><img src='http://127.0.0.1:9/x'></body>"),
        "utf-8",
    )
    document, console = browse(injected)
    assert "<title>evalsuite report: tiny</title>" in document
    assert console.count("Content Security Policy") == 2
