"""DPG-Bench by stored answers: dependencies in the whole and in categories, all crops; the published number besides."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.cli import main
from evalsuite.compositional import read_answers, score_dpg
from evalsuite.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

Capture = pytest.CaptureFixture[str]
CATEGORIES = ("entity - whole", "entity - part", "attribute - color", "relation - spatial", "other - text")


def question(number: int, answers: list[str], parents: Any = (), category: str = "entity - whole") -> dict[str, Any]:
    return {"id": number, "category": category, "parents": list(parents), "answers": answers}


def image(*questions: Any, prompt: str = "p") -> dict[str, Any]:
    return {"prompt": prompt, "questions": list(questions)}


def write(path: Path, records: list[Any]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    return path


def scores(tmp_path: Path, *records: Any, as_published: bool = False) -> dict[str, float | None]:
    images = read_answers(write(tmp_path / "a.jsonl", list(records)))
    return {score.metric: score.value for score in score_dpg(images, as_published=as_published)}


def random_records(n: int, seed: int, *, ordered: bool = True, crops: int = 4) -> list[Any]:
    draw = np.random.default_rng(seed)
    records = []
    for i in range(n):
        size = int(draw.integers(1, 9))
        questions = []
        for number in range(1, size + 1):
            some = draw.permutation(number - 1)[: draw.integers(0, 3)] + 1
            answers = [str(draw.choice(["yes", "no"], p=[0.8, 0.2])) for _ in range(crops)]
            parents = [int(parent) for parent in some] or [0]
            questions.append(question(number, answers, parents, str(draw.choice(CATEGORIES))))
        if not ordered:
            questions = [questions[k] for k in draw.permutation(size)]
        records.append(image(*questions, prompt=f"prompt {i % 40}"))
    return records


def slow(records: list[Any]) -> dict[str, float]:
    """The definition, by recursion over the dependencies."""
    wholes, categories = [], defaultdict(list)
    for record in records:
        by_id = {each["id"]: each for each in record["questions"]}

        def counts(number: int, crop: int, by_id: Any = by_id) -> bool:
            each = by_id[number]
            return each["answers"][crop] == "yes" and all(counts(p, crop) for p in each["parents"] if p)

        found = []
        for crop in range(len(record["questions"][0]["answers"])):
            for each in record["questions"]:
                found.append(counts(each["id"], crop))
                categories[each["category"]].append(found[-1])
                categories[each["category"].split(" - ")[0]].append(found[-1])
        wholes.append(np.mean(found))
    return {"": 100 * np.mean(wholes), **{name: 100 * np.mean(found) for name, found in categories.items()}}


def script(records: list[Any]) -> dict[str, float]:
    """What the published program prints: the whole crop by crop in file order, categories of the last answers."""
    wholes, categories = [], defaultdict(list)
    for record in records:
        per_crop = []
        for crop in range(len(record["questions"][0]["answers"])):
            found = {each["id"]: float(each["answers"][crop] == "yes") for each in record["questions"]}
            original = dict(found)
            for each in record["questions"]:
                if any(parent and found[parent] == 0 for parent in each["parents"]):
                    found[each["id"]] = 0.0
            per_crop.append(sum(found.values()) / len(found))
        wholes.append(sum(per_crop) / len(per_crop))
        for each in record["questions"]:
            categories[each["category"]].append(original[each["id"]])
            categories[each["category"].split("-")[0].strip()].append(original[each["id"]])
    return {"": 100 * np.mean(wholes), **{name: 100 * np.mean(found) for name, found in categories.items()}}


def flat(found: dict[str, float | None], name: str) -> dict[str, float | None]:
    return {key.removeprefix(name).removeprefix(":").removesuffix(" (detailed)"): value for key, value in found.items()}


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("crops", [1, 4])
def test_it_is_the_definition(ordered: bool, crops: int, tmp_path: Path) -> None:
    records = random_records(150, seed=1, ordered=ordered, crops=crops)
    assert flat(scores(tmp_path, *records), "dpg_bench") == pytest.approx(slow(records), rel=1e-12)


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("crops", [1, 4])
def test_the_published_programs_number_has_another_name(ordered: bool, crops: int, tmp_path: Path) -> None:
    records = random_records(150, seed=2, ordered=ordered, crops=crops)
    found = scores(tmp_path, *records, as_published=True)
    assert "dpg_bench_script" in found
    assert flat(found, "dpg_bench_script") == pytest.approx(script(records), rel=1e-12)


def test_where_the_published_program_departs(tmp_path: Path) -> None:
    """A dog that is not there has no colour: not in the whole, and not in its category; and all crops count."""
    dog = question(1, ["no", "yes"])
    brown = question(2, ["yes", "yes"], [1], "attribute - color")
    ours, theirs = scores(tmp_path, image(dog, brown)), scores(tmp_path, image(dog, brown), as_published=True)
    assert ours == {
        "dpg_bench": 50.0,
        "dpg_bench:attribute": 50.0,
        "dpg_bench:entity": 50.0,
        "dpg_bench:attribute - color (detailed)": 50.0,
        "dpg_bench:entity - whole (detailed)": 50.0,
    }
    assert theirs["dpg_bench_script"] == 50.0
    assert theirs["dpg_bench_script:attribute"] == 100.0
    assert theirs["dpg_bench_script:entity"] == 100.0
    # A question before those it depends on, two steps off.
    chain = [question(3, ["yes"], [2]), question(2, ["yes"], [1]), question(1, ["no"])]
    assert scores(tmp_path, image(*chain))["dpg_bench"] == 0.0
    assert scores(tmp_path, image(*chain), as_published=True)["dpg_bench_script"] == pytest.approx(100 / 3)


def test_what_is_yes(tmp_path: Path) -> None:
    answers = ["yes", "Yes", " yes. ", "no", "No.", "man", "yes, it is"]
    record = image(*(question(i + 1, [answer]) for i, answer in enumerate(answers)))
    (whole, *_) = score_dpg(read_answers(write(tmp_path / "a.jsonl", [record])))
    assert whole.value == pytest.approx(300 / 7)
    assert whole.notes == ("2 answers are neither yes nor no, and count as no",)
    assert scores(tmp_path, record, as_published=True)["dpg_bench_script"] == pytest.approx(100 / 7)


def test_intervals_are_by_prompt(tmp_path: Path) -> None:
    records = random_records(120, seed=4)
    for i, each in enumerate(records):
        each["prompt"] = f"prompt {i}"
    once, four = (score_dpg(read_answers(write(tmp_path / "a.jsonl", records * k))) for k in (1, 4))
    assert (four[0].n, four[0].n_clusters) == (480, 120)
    for one, other in zip(once, four, strict=True):
        assert one.interval is not None
        assert other.interval is not None
        assert one.interval.low < one.value < one.interval.high  # type: ignore[operator]
        width = one.interval.high - one.interval.low
        assert other.interval.high - other.interval.low == pytest.approx(width, rel=0.1)
    alone = score_dpg(read_answers(write(tmp_path / "a.jsonl", records[:1])))
    assert alone[0].interval is None


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"questions": [question(1, ["yes"])]}, "prompt: expected a string, found nothing"),
        ({"prompt": "p"}, "questions: expected an array, found nothing"),
        (image(), "questions: expected at least one"),
        (image(3), r"questions\[0\]: expected an object with id, category, parents and answers"),
        (image(question(0, ["yes"])), r"questions\[0\]: id: expected an integer of at least 1"),
        (image(question(1, ["yes"]), question(1, ["no"])), r"questions\[1\]: id: 1 was used before in this image"),
        (image(question(1, [])), r"questions\[0\]: answers: expected at least one"),
        (image(question(1, [True])), r"questions\[0\]: answers\[0\]: expected a string, such as \"yes\""),  # type: ignore[list-item]
        (image(question(1, ["yes"]), question(2, ["yes", "no"])), r"questions\[1\]: answers: expected 1, as many as"),
        (image(question(1, ["yes"], [2])), r"questions\[0\]: parents: 2: there is no such question"),
        (image(question(1, ["yes"], [1])), r"questions\[0\]: parents: 1: it is the question itself"),
        (image(question(1, ["yes"], ["2"])), r"questions\[0\]: parents\[0\]: expected an integer of at least 0"),
        (
            image(question(1, ["yes"], [2]), question(2, ["yes"], [1]), question(3, ["yes"])),
            "questions depend on one another in a circle: some of 1, 2",
        ),
        (image({**question(1, ["yes"]), "category": ""}), r"questions\[0\]: category: expected a string"),
    ],
)
def test_a_wrong_line_is_named(record: Any, message: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [image(question(1, ["yes"])), record])
    with pytest.raises(InputError, match=rf"a.jsonl:2: {message}"):
        read_answers(path)


def test_no_image() -> None:
    with pytest.raises(InputError, match="there is no image"):
        score_dpg([])


def test_the_command_line(tmp_path: Path, capsys: Capture) -> None:
    path = str(write(tmp_path / "a.jsonl", random_records(60, seed=5)))
    names = ["dpg_bench", "dpg_bench_script"]
    assert main(["score", "--answers", path, "--metric", *names, "--json"]) == 0
    found = {score["metric"]: score["value"] for score in json.loads(capsys.readouterr().out)}
    assert found["dpg_bench"] == pytest.approx(found["dpg_bench_script"], rel=1e-12)  # questions are in order
    assert found["dpg_bench:entity"] < found["dpg_bench_script:entity"]
    assert main(["score", "--answers", path, "--metric", "dpg_bench"]) == 0
    assert "dpg_bench:attribute - color (detailed)" in capsys.readouterr().out
    assert main(["score", "--answers", path, "--metric", "geneval"]) == 2
    assert "--answers is for dpg_bench and dpg_bench_script" in capsys.readouterr().err
    assert main(["score", "--answers", path, "--metric", "dpg_bench", "--option", "dpg_bench.crops=1"]) == 2
    assert 'metric "dpg_bench" has no option "crops"; it has none' in capsys.readouterr().err
