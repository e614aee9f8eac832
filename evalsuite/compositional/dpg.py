"""DPG-Bench: shares of questions about an image that were answered yes, from stored answers and their dependencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from evalsuite.compositional.json_lines import integer, items, read_objects, text
from evalsuite.compositional.scores import make_score, quotient_score
from evalsuite.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from evalsuite.types import Score

__all__ = ["AnsweredImage", "Question", "read_answers", "score_dpg"]

_MOST_QUESTIONS: Final = 1000
_MOST_CROPS: Final = 1000
_SCALE: Final = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about an image, with its answers.

    Parameters
    ----------
    id : int
        At least 1, another for each question of an image.
    category : str
        Such as ``"entity - whole"``: what stands before the first ``" - "`` is the broad category.
    parents : tuple of int
        Questions that must be answered yes for this one to count.
    answers : tuple of str
        One for each image of the prompt that a grid holds (crop); all but yes counts as no.
    """

    id: int
    category: str
    parents: tuple[int, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredImage:
    """An image, or a grid of images of one prompt: where its record is, the prompt, and its questions in order."""

    where: str
    prompt: str
    questions: tuple[Question, ...]


def read_answers(path: Path) -> list[AnsweredImage]:
    """Read a file of answers, a JSON object a line and an image.

    Parameters
    ----------
    path : Path
        Each line ``{"prompt": "...", "questions": [{"id": 1, "category": "entity - whole", "parents": [], "answers":
        ["yes", "no"]}]}``.

    Raises
    ------
    InputError
        If a line is something else, ids repeat, a parent is no question, parents form a circle, or numbers of answers
        differ; file, line and field are named.
    """
    return [_image(record, where) for where, record in read_objects(path)]


def score_dpg(images: Sequence[AnsweredImage], *, as_published: bool = False) -> list[Score]:
    """Score images by DPG-Bench.

    Parameters
    ----------
    images : sequence of AnsweredImage
        At least one.
    as_published : bool, default False
        Count as the published program does, under the names ``dpg_bench_script`` and so on; see Notes.

    Returns
    -------
    list of Score
        ``dpg_bench``, 0-100; then each broad category, and each category.

    Raises
    ------
    InputError
        If there is no image.

    Notes
    -----
    In each crop a question scores 1 if its answer is yes and all questions it depends on, by whatever number of steps,
    score 1; else 0. An image's score is the mean over its questions and crops; the whole is the mean over images [1]_.
    A category's is the mean over its questions in all images and crops.

    The published program departs from that in three ways. Its categories are of the last crop alone, and of the
    answers as they are, without the dependencies. In the whole, a question loses its score by those before it in the
    file only. And only the answer ``yes``, written so, is yes; here case, spaces and a full stop at the end are passed
    over.

    Intervals are bootstraps over prompts, for other prompts of the same kinds and other images of the model; the model
    that answered is held fixed.

    References
    ----------
    .. [1] Hu, Wang, Fang, Fu, Cheng and Yu, "ELLA: Equip diffusion models with LLM for enhanced semantic alignment",
       arXiv 2403.05135, 2024.
    """
    if not images:
        raise InputError("dpg_bench: there is no image to score")
    name = "dpg_bench_script" if as_published else "dpg_bench"
    scored = [_published(image) if as_published else _scored(image) for image in images]
    prompts = [image.prompt for image in images]
    signature = f"{name}|clusters:prompt|version:1"
    whole = np.array([[matrix.mean(), 1.0] for matrix, _ in scored])
    odd = sum(_is_odd(answer) for image in images for question in image.questions for answer in question.answers)
    notes = [f"{odd} answers are neither yes nor no, and count as no"] if odd else []
    scores = [make_score(name, signature, whole, prompts, _percent, primary=True, notes=notes)]
    for is_broad in (True, False):
        columns: dict[str, NDArray[np.float64]] = {}
        for i, (image, (_, by_question)) in enumerate(zip(images, scored, strict=True)):
            for question, values in zip(image.questions, by_question, strict=True):
                category = question.category.split("-")[0].strip() if is_broad else question.category
                rows = columns.setdefault(category, np.zeros((len(images), 2)))
                rows[i] += (values.sum(), len(values))
        for category in sorted(columns):
            rows = columns[category]
            kept = np.flatnonzero(rows[:, 1])
            label = f"{name}:{category}" if is_broad else f"{name}:{category} (detailed)"
            scores.append(quotient_score(label, signature, rows[kept], [prompts[i] for i in kept], scale=_SCALE))
    return scores


def _scored(image: AnsweredImage) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the scores of the questions in each crop, shape (questions, crops), for the whole and for categories."""
    place = {question.id: i for i, question in enumerate(image.questions)}
    yes = np.array([[_is_yes(answer) for answer in question.answers] for question in image.questions])
    found = np.zeros(yes.shape)
    for i in _parents_first(image):
        parents = [place[parent] for parent in image.questions[i].parents]
        found[i] = yes[i] & (found[parents] == 1).all(axis=0)
    return found, found


def _published(image: AnsweredImage) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the same as the published program has them."""
    place = {question.id: i for i, question in enumerate(image.questions)}
    exact = np.array([[float(answer == "yes") for answer in question.answers] for question in image.questions])
    found = exact.copy()
    for i, question in enumerate(image.questions):
        for parent in question.parents:
            found[i, found[place[parent]] == 0] = 0.0
    return found, exact[:, -1:]


def _parents_first(image: AnsweredImage) -> list[int]:
    """Return the questions' places, each after those it depends on.

    Raises
    ------
    InputError
        If they depend on one another in a circle.
    """
    place = {question.id: i for i, question in enumerate(image.questions)}
    order: list[int] = []
    done: set[int] = set()
    left = list(range(len(image.questions)))
    while left:
        ready = [i for i in left if all(place[parent] in done for parent in image.questions[i].parents)]
        if not ready:
            circle = ", ".join(str(image.questions[i].id) for i in left)
            raise InputError(f"{image.where}: questions depend on one another in a circle: some of {circle}")
        order += ready
        done.update(ready)
        left = [i for i in left if i not in done]
    return order


def _percent(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(_SCALE * sums[..., 0] / sums[..., 1])


def _plain(answer: str) -> str:
    return answer.strip().removesuffix(".").casefold()


def _is_yes(answer: str) -> bool:
    return _plain(answer) == "yes"


def _is_odd(answer: str) -> bool:
    return _plain(answer) not in ("yes", "no")


def _image(record: Mapping[str, Any], where: str) -> AnsweredImage:
    questions: list[Question] = []
    ids: set[int] = set()
    for i, given in enumerate(items(record, "questions", where, _MOST_QUESTIONS)):
        inside = f"{where}: questions[{i}]"
        if not isinstance(given, dict):
            raise InputError(f"{inside}: expected an object with id, category, parents and answers")
        question = _question(given, inside)
        if question.id in ids:
            raise InputError(f"{inside}: id: {question.id} was used before in this image")
        if questions and len(question.answers) != len(questions[0].answers):
            raise InputError(
                f"{inside}: answers: expected {len(questions[0].answers)}, as many as of the first question, found "
                f"{len(question.answers)}"
            )
        ids.add(question.id)
        questions.append(question)
    if not questions:
        raise InputError(f"{where}: questions: expected at least one")
    for i, question in enumerate(questions):
        for parent in question.parents:
            if parent not in ids or parent == question.id:
                said = "it is the question itself" if parent == question.id else "there is no such question"
                raise InputError(f"{where}: questions[{i}]: parents: {parent}: {said}")
    image = AnsweredImage(where=where, prompt=text(record, "prompt", where), questions=tuple(questions))
    _parents_first(image)
    return image


def _question(given: Mapping[str, Any], where: str) -> Question:
    parents = [
        integer({f"parents[{i}]": parent}, f"parents[{i}]", where, 0)
        for i, parent in enumerate(items(given, "parents", where, _MOST_QUESTIONS, optional=True))
    ]
    answers = items(given, "answers", where, _MOST_CROPS)
    for i, answer in enumerate(answers):
        if not isinstance(answer, str):
            raise InputError(f'{where}: answers[{i}]: expected a string, such as "yes"')
    if not answers:
        raise InputError(f"{where}: answers: expected at least one, of each crop of the image")
    return Question(
        id=integer(given, "id", where, 1),
        category=text(given, "category", where),
        # DPG-Bench writes 0 where a question depends on none.
        parents=tuple(parent for parent in parents if parent != 0),
        answers=tuple(answers),
    )
