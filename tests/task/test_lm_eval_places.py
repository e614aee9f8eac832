"""Messages about metrics and filters of YAML task files name the file's own fields, and their lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evalsuite.errors import EvalsuiteError
from evalsuite.scoring import task_metrics
from evalsuite.task import load_task

if TYPE_CHECKING:
    from pathlib import Path

BASE = """\
task: small
dataset_path: json
dataset_kwargs: {data_files: {test: data.jsonl}}
test_split: test
doc_to_text: q
doc_to_target: a
"""
PIPELINES = """\
filter_list:
  - name: first
    filter:
      - function: take_first
  - name: second
    filter:
      - function: lowercase
      - %s
"""
METRICS = """\
metric_list:
  - metric: exact_match
  - metric: exact_match
    %s
"""


def refused(folder: Path, text: str, name: str = "small.yaml") -> str:
    """Return what is said of a task file, without the folder."""
    (folder / "data.jsonl").write_text(json.dumps({"q": "One?", "a": "1"}) + "\n")
    (folder / name).write_text(text)
    with pytest.raises(EvalsuiteError) as error:
        task_metrics(load_task(str(folder / name)))
    return str(error.value).replace(f"{folder}/", "")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("function: uppercas", 'there is no filter "uppercas"; did you mean "uppercase"'),
        ("{function: regex, regex_pattern: '('}", "regex_pattern: "),
        ("{function: take_first_k, k: 0}", "k must be at least 1, found 0"),
        ("{function: take_first_k, k: 3}", "take_first_k takes 3 outputs of a sample, and the file's repeats is 1"),
        ("lowercase", 'must be a table such as {"function": "take_first"}'),
    ],
)
def test_a_filter_is_named_with_its_line(tmp_path: Path, written: str, message: str) -> None:
    told = refused(tmp_path, BASE + PIPELINES % written)
    assert told.startswith("small.yaml:14: filter_list[1].filter[1]")
    assert message in told


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("ignore_case: maybe", "filtered_exact_match: `ignore_case` must be true or false"),
        ("regexes_to_ignore: ['(']", "`regexes_to_ignore` must be a list of patterns"),
        ("aggregation: median", "aggregation of exact_match is 'mean' here"),
    ],
)
def test_a_metric_is_named_with_its_line(tmp_path: Path, written: str, message: str) -> None:
    told = refused(tmp_path, BASE + METRICS % written)
    assert told.startswith("small.yaml:9: metric_list[1]: ")
    assert message in told


def test_the_line_is_of_the_file_that_has_the_field(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("# above\n" + BASE + PIPELINES % "function: uppercas")
    told = refused(tmp_path, "include: base.yaml\ntask: other\n", "other.yaml")
    assert told.startswith("base.yaml:15: filter_list[1].filter[1]: ")
    own = "include: base.yaml\nx: &f [{function: uppercas}]\nfilter_list: [{name: a, <<: {filter: *f}}]\n"
    told = refused(tmp_path, own.replace("x:", "metadata:"), "other.yaml")
    assert told.startswith("other.yaml:2: filter_list[0].filter[0]: ")  # where the filter is written
