"""Task files of lm-evaluation-harness that are wrong, ask for what is not supported, or are hostile."""

from __future__ import annotations

import gzip
import json
import re
import sys
from typing import TYPE_CHECKING

import pytest

from evalsuite.errors import DependencyError, EvalsuiteError, TaskError
from evalsuite.task import load_task
from evalsuite.task.lm_eval import lm_eval_head, load_lm_eval, templates
from evalsuite.task.lm_eval.yaml_file import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalsuite.task import Task

BASE = {
    "task": "small",
    "dataset_path": "json",
    "dataset_kwargs": "{data_files: {test: data.jsonl}}",
    "test_split": "test",
    "doc_to_text": "'{{q}}'",
    "doc_to_target": "'{{a}}'",
}
RECORDS = [
    {"q": "One?", "a": "1", "label": 0, "options": ["1", "2"]},
    {"q": "Two?", "a": "2", "label": 1, "options": ["1", "2"]},
]


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Task]:
    """Return what loads a task file with some fields instead of, or beside, those of `BASE`."""
    (tmp_path / "data.jsonl").write_text("".join(json.dumps(record) + "\n" for record in RECORDS), "utf-8")

    def load_with(**fields: str | None) -> Task:
        lines = [f"{key}: {value}" for key, value in {**BASE, **fields}.items() if value is not None]
        path = tmp_path / "small.yaml"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return load_task(str(path))

    return load_with


def test_the_base_is_sound(load: Callable[..., Task]) -> None:
    task = load()
    assert [(sample.input["text"], sample.references) for sample in task.samples] == [
        ("One?", ("1",)),
        ("Two?", ("2",)),
    ]
    assert task.generation.stop == ("\n\n",)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"process_docs": "!function utils.process"},
            r"small.yaml:7: process_docs: !function utils.process names Python",
        ),
        (
            {"doc_to_text": "!function utils.text"},
            r"small.yaml:5: doc_to_text: !function .* as a Jinja template",
        ),
        (
            {"doc_to_text": "!!python/name:os.system ''"},
            r"small.yaml:5: the tag tag:yaml.org,2002:python/name:os.system",
        ),
        ({"process_docs": "utils.process"}, r"small.yaml:7: process_docs is code, and no code runs from a task file"),
        ({"process_results": "utils.score"}, r"small.yaml:7: process_results is code"),
        ({"class": "Mine"}, r"small.yaml:7: class is code"),
        ({"unsafe_code": "true"}, r"small.yaml:7: unsafe_code asks for generated code to be run"),
        ({"doc_to_image": "picture"}, r"small.yaml:7: doc_to_image is of tasks that show images"),
        ({"gen_prefix": "'x'"}, r"small.yaml:7: gen_prefix is not supported: write .* at the end of doc_to_text"),
        ({"doc_to_txt": "'x'"}, r'small.yaml:7: doc_to_txt: there is no such field; did you mean "doc_to_text"'),
        ({"task": "[a, b]"}, r"small.yaml:1: task: this is a group of tasks, which are run one by one"),
        ({"task": "'a b'"}, r"small.yaml:1: task may hold letters"),
        ({"task": None}, r"small.yaml: task is missing"),
        ({"dataset_path": "openai/gsm8k"}, r"'openai/gsm8k' is not read: evalsuite downloads nothing\. .*to_json"),
        (
            {"dataset_kwargs": "{data_files: {test: gone.jsonl}}"},
            r"small.yaml:3: dataset_kwargs: cannot read .*gone.jsonl",
        ),
        ({"dataset_kwargs": "{data_files: {test: 'https://x.org/a.json'}}"}, r"is not on this machine"),
        ({"dataset_kwargs": "{data_files: {test: '*.jsonl'}}"}, r"is a pattern: name the files one by one"),
        ({"dataset_kwargs": "{data_files: {test: data.csv}}"}, r"must end in .json, .jsonl"),
        ({"dataset_kwargs": "{data_dir: .}"}, r"small.yaml:3: dataset_kwargs: missing data_files"),
        ({"test_split": "tset"}, r'small.yaml:4: test_split: there is no split "tset"; did you mean "test"'),
        (
            {"output_type": "generate"},
            r'small.yaml:7: output_type: there is no "generate"; did you mean "generate_until"',
        ),
        (
            {"doc_to_text": "'{{qq}}'"},
            r"small.yaml:5: doc_to_text: .*data.jsonl:1: UndefinedError: 'qq' .*\(the record has: q, a",
        ),
        ({"doc_to_text": "'{{q'"}, r"small.yaml:5: doc_to_text: not a template: TemplateSyntaxError"),
        (
            {"doc_to_target": "'[1, 2]'"},
            r"small.yaml:6: doc_to_target: .*data.jsonl:1: several right texts must be a list of str",
        ),
        (
            {"num_fewshot": "2"},
            r"small.yaml:7: num_fewshot: worked examples are asked for, and there is no fewshot_split",
        ),
        ({"num_fewshot": "many"}, r"small.yaml:7: num_fewshot must be an integer from 0"),
        ({"fewshot_config": "{sampler: balanced}"}, r"sampler must be one of default, first_n"),
        ({"fewshot_config": "{process_docs: x}"}, r'fewshot_config: "process_docs" is not supported'),
        ({"generation_kwargs": "{num_beams: 3}"}, r'generation_kwargs: "num_beams" is not supported'),
        ({"generation_kwargs": "{do_sample: true}"}, r"do_sample is true, which takes a temperature above 0"),
        ({"generation_kwargs": "{until: ['']}"}, r"until must be a string or a list of strings, none of them empty"),
        ({"metric_list": "[{metric: !function m.f}]"}, r"small.yaml:7: metric_list: !function m.f names"),
        (
            {"metric_list": "[{metric: acc}]"},
            r"\[0\]: the metric .acc. is not supported with .*it is for output_type mul",
        ),
        ({"metric_list": "[{metric: exact_match, aggregation: median}]"}, r"aggregation of exact_match is 'mean' here"),
        ({"metric_list": "[{metric: ter, higher_is_better: true}]"}, r"higher_is_better of ter is False here"),
        ({"metric_list": "[{metric: exact_match, ignore_cases: true}]"}, r'did you mean "ignore_case"'),
        (
            {"filter_list": "[{name: f, filter: [{function: take_first}, {function: lowercase}]}]"},
            r"must be the last filter",
        ),
        (
            {"metric_list": "[{metric: bleu}]", "filter_list": "[{name: f, filter: [{function: lowercase}]}]"},
            r"small.yaml:8: filter_list: filters other than take_first go with exact_match alone",
        ),
        ({"output_type": "multiple_choice"}, r"small.yaml: doc_to_choice is missing"),
        (
            {"output_type": "multiple_choice", "doc_to_choice": "options", "doc_to_target": "'7'"},
            r"the right choice must be its place, 0 to 1, or one of '1', '2', found 7",
        ),
        (
            {
                "output_type": "multiple_choice",
                "doc_to_choice": "options",
                "doc_to_text": "label",
                "doc_to_target": "a",
            },
            r"the question must be a string, found an integer: 0; tasks that put each choice into the question",
        ),
        (
            {"output_type": "loglikelihood_rolling", "num_fewshot": "1"},
            r"whole texts are rated without worked examples",
        ),
        ({"include": "small.yaml"}, r"include: the file includes itself"),
        ({"doc_to_text": "2020-01-01"}, r"which YAML takes for a date; put it in quotes"),
        ({"description": "['x'"}, r"small.yaml:8: not YAML"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_the_message_says_where_and_what(load: Callable[..., Task], fields: dict[str, str], message: str) -> None:
    with pytest.raises(TaskError, match=message):
        load(**fields)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ 'a' * 10**11 }}", "was ended|MemoryError|too many"),
        ("{% set s = q * 3000 %}{{ ((s * 3000) | length) * 3000 * s }}", "was ended|too many"),
        ("{% for i in range(10**9) %}x{% endfor %}", "OverflowError|Range too big"),
        ("{{ q.__class__.__mro__ }}", "SecurityError"),
        ("{{ cycler.__init__.__globals__.os.system('true') }}", "SecurityError|Undefined"),
        ("{{ options.append('3') }}", "SecurityError"),
        ("{% include 'x' %}", "TypeError|no loader"),
        ("{{ q | regex_replace('[', '') }}", "error: unterminated character set"),
        ("{{ 'x' * 2**24 }}y", "too many"),
    ],
)
def test_hostile_templates_end_in_an_error(load: Callable[..., Task], template: str, message: str) -> None:
    with pytest.raises(TaskError, match=r"small.yaml.*") as caught:
        load(doc_to_text=json.dumps(template))
    assert re.search(message, str(caught.value))


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{{ ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' ~ q) | regex_replace('(a+)+$', '') }}",
    ],
)
def test_templates_without_end_are_ended(
    load: Callable[..., Task], template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templates, "SECONDS_EACH", 0)
    with pytest.raises(
        TaskError, match=r"small.yaml: .*data.jsonl:1: filling the templates took more than .* was ended"
    ):
        load(doc_to_text=json.dumps(template))


def test_aliases_do_not_fill_the_memory(load: Callable[..., Task]) -> None:
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    with pytest.raises(TaskError, match="more than 1,000,000 values"):
        load(metadata="1\n" + "\n".join(layers))
    with pytest.raises(TaskError, match="more than 1,000,000 values, or 100 of them within one another"):
        load(metadata="&m [*m]")


def test_records_may_be_a_list_a_field_or_compressed(load: Callable[..., Task], tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text(json.dumps(RECORDS), "utf-8")
    (tmp_path / "field.json").write_text(json.dumps({"rows": RECORDS}), "utf-8")
    (tmp_path / "lines.jsonl.gz").write_bytes(gzip.compress((tmp_path / "data.jsonl").read_bytes()))
    digests = {load().samples_digest}
    digests.add(load(dataset_kwargs="{data_files: list.json}", test_split="train").samples_digest)
    digests.add(load(dataset_kwargs="{data_files: {test: [field.json]}, field: rows}").samples_digest)
    digests.add(load(dataset_kwargs="{data_files: {test: lines.jsonl.gz}}").samples_digest)
    assert len(digests) == 1
    (tmp_path / "lines.jsonl.gz").write_bytes(gzip.compress(b'{"q": "One?"}\n')[:-9])
    with pytest.raises(TaskError, match="is not a whole gzip file"):
        load(dataset_kwargs="{data_files: {test: lines.jsonl.gz}}")


def test_a_field_that_a_record_lacks_is_none(load: Callable[..., Task], tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_text('{"q": "One?", "a": "1"}\n{"q": "Two?", "a": "2", "hint": "x"}\n', "utf-8")
    task = load(doc_to_text="'{{ hint or q }}'")
    assert [sample.input["text"] for sample in task.samples] == ["One?", "x"]


def test_an_included_file_gives_what_the_file_does_not_say(tmp_path: Path, load: Callable[..., Task]) -> None:
    load()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.yml").write_text("include: ../small.yaml\ntask: mine\ndoc_to_text: '{{x}}'\n", "utf-8")
    with pytest.raises(TaskError, match=r"mine.yml:3: doc_to_text: .*data.jsonl:1: .*'x' is undefined"):
        load_task(str(tmp_path / "other" / "mine.yml"))
    (tmp_path / "other" / "mine.yml").write_text("include: [../small.yaml]\ntask: mine\n", "utf-8")
    task = load_lm_eval(tmp_path / "other" / "mine.yml")
    assert (task.name, len(task.samples)) == ("mine", 2)


def test_code_of_an_included_file_may_be_replaced(tmp_path: Path, load: Callable[..., Task]) -> None:
    load()
    text = (tmp_path / "small.yaml").read_text("utf-8")
    (tmp_path / "theirs.yaml").write_text(f"{text}process_docs: !function utils.f\n", "utf-8")
    (tmp_path / "mine.yaml").write_text("include: theirs.yaml\n", "utf-8")
    with pytest.raises(
        TaskError, match=r'theirs.yaml:7: process_docs: .* with "include: mine.yaml", "process_docs: null"'
    ):
        load_task(str(tmp_path / "mine.yaml"))
    (tmp_path / "mine.yaml").write_text("include: theirs.yaml\nprocess_docs: null\n", "utf-8")
    assert len(load_task(str(tmp_path / "mine.yaml")).samples) == 2


def test_without_pyyaml_the_message_names_the_extra(load: Callable[..., Task], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(DependencyError, match=r"pip install 'evalsuite\[yaml\]'"):
        load()


def test_generation_settings(load: Callable[..., Task]) -> None:
    task = load(
        generation_kwargs="{until: X, do_sample: true, temperature: 0.5, top_p: 0.9, top_k: 7, max_gen_toks: 5}"
    )
    config = task.generation
    assert (config.stop, config.temperature, config.top_p, config.top_k, config.max_new_tokens) == (
        ("X",),
        0.5,
        0.9,
        7,
        5,
    )
    greedy = load(generation_kwargs="{do_sample: false, temperature: 0.8}", fewshot_delimiter="'##'").generation
    assert (greedy.temperature, greedy.stop) == (0.0, ("##",))


def test_the_head_of_a_file_is_read_without_its_data() -> None:
    text = "task: mine\ndataset_path: far/away\noutput_type: multiple_choice\nprocess_docs: !function utils.f\n"
    assert lm_eval_head(text) == ("mine", "Task file of lm-evaluation-harness: output_type multiple_choice.")
    assert lm_eval_head("dataset_path: json\n") is None
    assert lm_eval_head("task: [a, b]\ngroup: g\n") is None
    assert lm_eval_head("jobs:\n  task: x\n") is None
    with pytest.raises(ValueError, match="not YAML"):
        lm_eval_head("task: [\ndataset_path: json\n")


def test_mutated_files_end_in_errors_of_ours(load: Callable[..., Task], tmp_path: Path) -> None:
    import random

    load(metric_list="[{metric: exact_match, ignore_case: true}]", fewshot_split="test", num_fewshot="1")
    path = tmp_path / "small.yaml"
    text = path.read_text("utf-8")
    generator = random.Random(0)
    n_refused = 0
    for _ in range(25):
        at = generator.randrange(len(text))
        path.write_text(
            text[:at] + generator.choice("{}[]:'\"&*!%\n\t\0é") + text[at + generator.randrange(3) :], "utf-8"
        )
        try:
            load_task(str(path))
        except EvalsuiteError:
            n_refused += 1
    assert n_refused > 5


BOMB = "l0: &l0 {k: v}\n" + "".join(f"l{i}: &l{i}\n  <<: [{', '.join([f'*l{i - 1}'] * 10)}]\n" for i in range(1, 9))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, r"f:11: merge keys \(<<\) make more than 100,000 fields"),
        ("a: !!bool zz\n", r"f:1: 'zz' is not what its tag .*bool says"),
        ('b: 1\na: !!int ""\n', r"f:2: '' is not what its tag .*int says"),
        ("a: !!timestamp x\n", r"f:1: 'x' is not what its tag .*timestamp says"),
        ("1: 2\n", r"f: keys must be strings, found 1; put it in quotes"),
        ("true: x\n", r"f: keys must be strings, found True"),
        ("dataset_kwargs: {1: 2}\n", r"f: keys must be strings, found 1"),
        (f"a: 0x{'f' * 5000}\n", r"f:1: a number of more than 100 characters"),
        (f"a: 0x{'f' * 20}\n", r"f: an integer of 80 bits is too large"),
        (f"a: 1{':1' * 5000}\n", r"f:1: a number of more than 100 characters"),
        ("[" * 100_000, r"f: not YAML that can be read: RecursionError"),
        ("a: " + "x" * 2**20, r"f: 1,048,579 characters are too many for a task file"),
    ],
)
def test_what_no_yaml_loader_looks_at_is_refused(text: str, message: str) -> None:
    with pytest.raises(TaskError, match=message):
        parse_yaml(text, "f")


def test_texts_are_bounded_together(load: Callable[..., Task], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "MOST_BYTES", 2**20)
    assert len(load(doc_to_text="'{{ \"x\" * 500000 }}'").samples) == 2
    with pytest.raises(TaskError, match=r"data.jsonl:2: the templates make more than 1 MiB of text of the records up"):
        load(doc_to_text="'{{ \"x\" * 600000 }}'")


def test_a_target_of_bytes_is_named_with_its_record(load: Callable[..., Task]) -> None:
    with pytest.raises(TaskError, match=r"doc_to_target: .*data.jsonl:1: ValueError: gives what is neither text"):
        load(doc_to_target="\"[b'{{a}}']\"")


def test_broken_jinja_is_named(load: Callable[..., Task], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad" / "jinja2").mkdir(parents=True)
    (tmp_path / "bad" / "jinja2" / "__init__.py").write_text("raise ImportError('half installed')")
    monkeypatch.syspath_prepend(str(tmp_path / "bad"))
    with pytest.raises(DependencyError, match=r"templates need Jinja, which cannot be imported: .*half installed"):
        load()


def test_a_path_that_is_too_long_is_refused(load: Callable[..., Task]) -> None:
    with pytest.raises(TaskError, match=r"dataset_kwargs: cannot read .*x.json: File name too long"):
        load(dataset_kwargs=f"{{data_files: {{test: {'x' * 5000}.json}}}}")
