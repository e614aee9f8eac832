"""GenEval by its published rules, written again here in another way; files that are wrong; the command line."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.cli import main
from evalsuite.compositional import GenEvalOptions, judge_image, read_detections, score_geneval
from evalsuite.compositional.detections import COLOURS, RELATIONS, TASKS
from evalsuite.compositional.geneval import relations
from evalsuite.errors import InputError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

Capture = pytest.CaptureFixture[str]
CLASSES = ("dog", "cat", "bench")


def box_at(x: float, y: float, size: float = 10) -> list[float]:
    return [x - size / 2, y - size / 2, x + size / 2, y + size / 2]


def found(name: str, score: float, box: Any = (0, 0, 10, 10), colour: str | None = None) -> dict[str, Any]:
    return {"class": name, "score": score, "box": list(box), **({"color": colour} if colour else {})}


def record(
    task: str, include: list[Any], detections: list[Any], exclude: Any = (), prompt: str = "p"
) -> dict[str, Any]:
    metadata = {"tag": task, "prompt": prompt, "include": include, **({"exclude": exclude} if exclude else {})}
    return {"metadata": metadata, "detections": detections}


def write(path: Path, records: list[Any]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    return path


def judge(tmp_path: Path, *records: Any, **options: Any) -> list[bool]:
    images = read_detections(write(tmp_path / "d.jsonl", list(records)))
    return [judge_image(image, GenEvalOptions(**options)) for image in images]


def wants(name: str, count: int = 1, **more: Any) -> dict[str, Any]:
    return {"class": name, "count": count, **more}


def test_objects_and_their_confidence(tmp_path: Path) -> None:
    one, both = [wants("dog")], [wants("dog"), wants("cat")]
    assert judge(
        tmp_path,
        record("single_object", one, [found("dog", 0.31)]),
        record("single_object", one, [found("dog", 0.3)]),  # the threshold itself is not enough
        record("single_object", one, []),
        record("single_object", one, [found("dog", 0.5), found("cat", 0.9)]),
        record("two_object", both, [found("dog", 0.5), found("cat", 0.9)]),
        record("two_object", both, [found("dog", 0.5), found("dog", 0.9)]),
    ) == [True, False, False, True, True, False]


def test_counting_excludes_one_more(tmp_path: Path) -> None:
    include, exclude = [wants("dog", 2)], [wants("dog", 3)]
    records = [
        record("counting", include, [found("dog", score) for score in scores], exclude)
        for scores in ([0.95, 0.95], [0.95, 0.9], [0.95] * 3, [0.95, 0.95, 0.89], [0.95])
    ]
    assert judge(tmp_path, *records) == [True, False, False, True, False]
    assert judge(tmp_path, *records, counting_threshold=0.3) == [True, True, False, False, False]
    assert judge(tmp_path, *records, max_objects=2) == [True, False, True, True, False]


def test_the_surest_objects_have_the_colour(tmp_path: Path) -> None:
    red = [wants("dog", color="red")]
    red_then_blue = [found("dog", 0.9, colour="red"), found("dog", 0.5, colour="blue")]
    blue_then_red = [found("dog", 0.9, colour="blue"), found("dog", 0.95, colour="red")]
    both = [wants("dog", color="red"), wants("cat", color="blue")]
    swapped = [found("dog", 0.9, colour="blue"), found("cat", 0.9, colour="red")]
    two = [wants("dog", 2, color="red")]
    assert judge(
        tmp_path,
        record("colors", red, red_then_blue),
        record("colors", red, blue_then_red),
        record("colors", red, [found("dog", 0.9, colour="blue")]),
        record("color_attr", both, swapped),
        record("color_attr", both, [found("dog", 0.9, colour="red"), found("cat", 0.9, colour="blue")]),
        record("colors", two, red_then_blue),
    ) == [True, True, False, False, True, False]


def test_positions(tmp_path: Path) -> None:
    def cats(relation: str, *detections: Any) -> Any:
        include = [wants("dog"), wants("cat", position=[relation, 0])]
        return record("position", include, [found("dog", 0.9, box_at(50, 50)), *detections])

    left = found("cat", 0.9, box_at(10, 50))
    assert judge(
        tmp_path,
        cats("left of", left),
        cats("right of", left),
        cats("above", left),
        cats("above", found("cat", 0.9, box_at(50, 10))),
        cats("below", found("cat", 0.9, box_at(50, 90))),
        cats("left of", found("cat", 0.9, box_at(49, 50))),  # too near
        cats("left of", found("cat", 0.5, box_at(10, 50)), found("cat", 0.9, box_at(90, 50))),  # the surest one counts
        record("position", [wants("dog"), wants("cat", position=["left of", 0])], [left]),  # no target
    ) == [True, False, False, True, True, False, False, False]


def plain_relations(a: Any, b: Any, share: float) -> set[str]:
    """The published rule over arrays."""
    corners = np.array([a, b], dtype=float).reshape(2, 2, 2)
    centres, sizes = corners.mean(axis=1), corners[:, 1] - corners[:, 0]
    offset = centres[0] - centres[1]
    moved = np.sign(offset) * np.maximum(np.abs(offset) - share * sizes.sum(axis=0), 0)
    if np.abs(moved).max() < 1e-3:
        return set()
    x, y = moved / np.linalg.norm(offset)
    names = {"left of": x < -0.5, "right of": x > 0.5, "above": y < -0.5, "below": y > 0.5}
    return {name for name, holds in names.items() if holds}


def test_relations_are_those_of_arrays() -> None:
    draw = np.random.default_rng(0)
    seen = set()
    for _ in range(3000):
        a, b = (np.concatenate([low := draw.uniform(0, 50, 2), low + draw.uniform(0, 30, 2)]) for _ in range(2))
        share = draw.choice([0.0, 0.1, 0.5])
        expected = plain_relations(a, b, share)
        assert relations(tuple(a), tuple(b), share) == expected
        seen.add(frozenset(expected))
    assert len(seen) == 9
    assert relations((0, 0, 1, 1), (0, 0, 1, 1), 0.1) == frozenset()


def plain_overlap(a: Any, b: Any) -> float:
    grid = [np.zeros((80, 80), bool) for _ in range(2)]
    for part, (x0, y0, x1, y1) in zip(grid, (a, b), strict=True):
        part[y0 : y1 + 1, x0 : x1 + 1] = True
    return float((grid[0] & grid[1]).sum() / (grid[0] | grid[1]).sum())


def plain_judge(image: Any, threshold: float, counting: float, most: int, overlap: float, share: float) -> bool:
    """The rules once more, straight from a record, for random images."""
    metadata, by_class = image["metadata"], defaultdict(list)
    least = counting if metadata["tag"] == "counting" else threshold
    for detection in sorted(image["detections"], key=lambda each: each["score"], reverse=True):
        if detection["score"] > least:
            by_class[detection["class"]].append(detection)
    for name, detections in by_class.items():
        kept: list[Any] = []
        for detection in detections[:most]:
            if overlap == 1 or all(plain_overlap(detection["box"], other["box"]) < overlap for other in kept):
                kept.append(detection)
        by_class[name] = kept
    groups: list[Any] = []
    for clause in metadata["include"]:
        chosen = by_class[clause["class"]][: clause["count"]]
        fine = len(chosen) >= clause["count"]
        if fine and "color" in clause:
            fine = [one["color"] for one in chosen].count(clause["color"]) >= clause["count"]
        if fine and "position" in clause:
            relation, place = clause["position"]
            fine = groups[place] is not None and all(
                relation in plain_relations(one["box"], other["box"], share)
                for one in chosen
                for other in groups[place]
            )
        groups.append(chosen if fine else None)
    few = all(len(by_class[clause["class"]]) < clause["count"] for clause in metadata.get("exclude", []))
    return few and all(group is not None for group in groups)


def random_records(n: int, seed: int) -> list[Any]:
    draw = np.random.default_rng(seed)
    records = []
    for i in range(n):
        task = TASKS[i % 6]
        detections = []
        for _ in range(draw.integers(0, 7)):
            low = draw.integers(0, 40, 2)
            high = low + draw.integers(1, 30, 2)
            name, colour = draw.choice(CLASSES), draw.choice(COLOURS[:2])
            detections.append(found(str(name), float(draw.random()), [int(x) for x in (*low, *high)], str(colour)))
        one, other = (str(name) for name in draw.permutation(CLASSES)[:2])
        count = int(draw.integers(1, 3))
        include: dict[str, list[Any]] = {
            "single_object": [wants(one)],
            "two_object": [wants(one), wants(other)],
            "counting": [wants(one, count)],
            "colors": [wants(one, color="red")],
            "position": [wants(one), wants(other, position=[str(draw.choice(RELATIONS)), 0])],
            "color_attr": [wants(one, color="red"), wants(other, color="orange")],
        }
        exclude = [wants(one, count + 1)] if task == "counting" else []
        records.append(record(task, include[task], detections, exclude, prompt=f"{task} {i % 30}"))
    return records


@pytest.mark.parametrize(
    "options", [{}, {"max_overlap": 0.4, "max_objects": 2, "counting_threshold": 0.2, "threshold": 0.1}]
)
def test_random_images_are_judged_by_the_rules(options: Any, tmp_path: Path) -> None:
    records = random_records(900, seed=1)
    given = GenEvalOptions(**options)
    expected = [
        plain_judge(
            each,
            given.threshold,
            given.counting_threshold,
            given.max_objects,
            given.max_overlap,
            given.position_threshold,
        )
        for each in records
    ]
    assert judge(tmp_path, *records, **options) == expected
    assert 0.05 < np.mean(expected) < 0.95


def test_scores_are_means_over_tasks_images_and_prompts(tmp_path: Path) -> None:
    records = random_records(700, seed=2)  # not as many of each task
    scores = {score.metric: score for score in score_geneval(read_detections(write(tmp_path / "d.jsonl", records)))}
    right = np.array([plain_judge(each, 0.3, 0.9, 16, 1.0, 0.1) for each in records])
    tasks = np.array([each["metadata"]["tag"] for each in records])
    by_task = [right[tasks == task].mean() for task in TASKS]
    assert scores["geneval"].value == pytest.approx(np.mean(by_task), rel=1e-12)
    for task, share in zip(TASKS, by_task, strict=True):
        assert scores[f"geneval_{task}"].value == pytest.approx(share, rel=1e-12)
    assert scores["geneval_images"].value == pytest.approx(right.mean(), rel=1e-12)
    prompts = defaultdict(list)
    for each, is_right in zip(records, right, strict=True):
        prompts[each["metadata"]["prompt"]].append(is_right)
    assert scores["geneval_prompts"].value == pytest.approx(np.mean([any(one) for one in prompts.values()]), rel=1e-12)
    assert (scores["geneval"].n, scores["geneval"].n_clusters) == (700, 30)
    for score in scores.values():
        assert score.interval is not None
        assert 0 <= score.interval.low <= score.value <= score.interval.high <= 1  # type: ignore[operator]
    assert scores["geneval"].primary
    assert scores["geneval"].notes == ()


def test_images_of_one_prompt_are_no_independent_ones(tmp_path: Path) -> None:
    """Four copies of each image tell no more than one, and the interval is no narrower for them."""
    records = random_records(120, seed=3)
    for i, each in enumerate(records):
        each["metadata"]["prompt"] = f"prompt {i}"
    once, four = (score_geneval(read_detections(write(tmp_path / "d.jsonl", records * k))) for k in (1, 4))
    for one, other in zip(once, four, strict=True):
        assert other.value == pytest.approx(one.value, rel=1e-12)
        assert one.interval is not None
        assert other.interval is not None
        width = one.interval.high - one.interval.low
        assert other.interval.high - other.interval.low == pytest.approx(width, rel=0.15)


def test_the_interval_of_the_mean_over_tasks_holds_the_truth(tmp_path: Path) -> None:
    """Of 200 simulated models with prompts of differing difficulty: near 95 %."""
    from evalsuite.compositional.geneval import _mean_of_tasks
    from evalsuite.compositional.scores import make_score

    draw = np.random.default_rng(0)
    held = 0
    for trial in range(200):
        tasks = np.repeat(np.arange(6), 4 * 25)
        prompts = np.arange(600) // 4
        ease = draw.beta(2, 2, 150)
        right = (draw.random(600) < ease[prompts]).astype(float)
        of_task = (tasks[:, None] == np.arange(6)).astype(float)
        rows = np.hstack([of_task * right[:, None], of_task])
        score = make_score("g", f"s{trial}", rows, [str(prompt) for prompt in prompts], _mean_of_tasks)
        held += score.interval is not None and score.interval.low <= 0.5 <= score.interval.high
    assert 183 <= held <= 198


def test_missing_tasks_are_told(tmp_path: Path) -> None:
    path = write(
        tmp_path / "d.jsonl", [record("single_object", [wants("dog")], [found("dog", 0.5)], prompt=p) for p in "ab"]
    )
    scores = score_geneval(read_detections(path))
    assert scores[0].value == 1.0
    assert scores[0].notes == ("of the 6 tasks these are missing: two_object, counting, colors, position, color_attr",)
    assert [score.metric for score in scores] == [
        "geneval",
        "geneval_single_object",
        "geneval_images",
        "geneval_prompts",
    ]


def test_a_colour_that_was_not_asked(tmp_path: Path) -> None:
    path = write(tmp_path / "d.jsonl", [record("colors", [wants("dog", color="red")], [found("dog", 0.9)])])
    with pytest.raises(
        InputError, match=r'd.jsonl:1: the prompt asks for a red dog, and the detection of a "dog" with'
    ):
        score_geneval(read_detections(path))
    with pytest.raises(InputError, match="there is no image"):
        score_geneval([])


def test_options_are_checked() -> None:
    for options in (
        {"threshold": 2},
        {"max_objects": 1.5},
        {"threshold": "high"},
        {"max_overlap": -0.1},
        {"threshold": True},
    ):
        with pytest.raises(UsageError, match=rf"geneval: `{next(iter(options))}` must be a number in \[0, "):
            GenEvalOptions(**options)  # type: ignore[arg-type]


def test_the_command_line(tmp_path: Path, capsys: Capture) -> None:
    path = str(write(tmp_path / "d.jsonl", random_records(120, seed=5)))
    assert main(["score", "--detections", path, "--metric", "geneval", "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert [score["metric"] for score in scores[:2]] == ["geneval", "geneval_single_object"]
    assert main(["score", "--detections", path, "--metric", "geneval", "--option", "geneval.threshold=0.9"]) == 0
    out = capsys.readouterr().out
    assert "geneval_color_attr" in out
    assert "|threshold:0.9|" in out
    for arguments, message in (
        (["--metric", "kid"], '--metric: --detections is for geneval, not "kid"'),
        (
            ["--metric", "geneval", "--option", "geneval.treshold=1"],
            'has no option "treshold"; did you mean "threshold"',
        ),
        (
            ["--metric", "geneval", "--option", "geneval.threshold=3"],
            r"geneval: `threshold` must be a number in [0, 1], got 3",
        ),
        ([], "--metric is missing, for example --metric geneval"),
        (["--metric", "geneval", "--seed", "3"], "--seed is for --hyp and --ref"),
        (["--metric", "geneval", "--real", "x"], "give either --real and --fake or --detections, not both"),
    ):
        assert main(["score", "--detections", path, *arguments]) == 2
        assert message in capsys.readouterr().err
