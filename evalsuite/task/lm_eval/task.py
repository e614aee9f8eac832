"""A task of lm-evaluation-harness: each sample has worked examples of its own, and prompts equal to the letter."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalsuite.errors import TaskError
from evalsuite.task.task import Task
from evalsuite.types import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.task.lm_eval.few_shot import FewShots, Sampler
    from evalsuite.types import Output, Request, Sample

__all__ = ["LmEvalTask"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LmEvalTask(Task):
    """Samples whose prompts were made of templates: ``input`` has the question as ``text``, and the ``description``.

    Parameters
    ----------
    shots : FewShots, optional
        Which of `fewshot` each sample is shown; None where there are none.
    sampler : {"default", "first_n"}
    shot_delimiter : str
        Between a worked example's question and answer.
    between_shots : str
        After each worked example.
    """

    shots: FewShots | None = None
    sampler: Sampler = "default"
    shot_delimiter: str = " "
    between_shots: str = "\n\n"

    @property
    def content_hash(self) -> str:
        """SHA-256 of all that decides what a model is asked: samples, worked examples, how they are drawn and shown."""
        base = super(LmEvalTask, self).content_hash
        content = json.dumps([base, self.sampler, self.shot_delimiter, self.between_shots])
        return hashlib.sha256(content.encode("ascii")).hexdigest()

    def request(
        self, sample: Sample, *, repeat: int, turn: int, history: Sequence[Output], run_seed: int, num_fewshot: int = 0
    ) -> Request | None:
        """Render one request of a sample: description, worked examples, question.

        Raises
        ------
        TaskError
            If there are too few worked examples.
        """
        bare = super(LmEvalTask, self).request(sample, repeat=repeat, turn=turn, history=history, run_seed=run_seed)
        if bare is None or self.ask == "rolling":
            return bare
        description, question = str(sample.input["description"]), str(sample.input["text"])
        messages = [Message(role="system", content=description)] if description else []
        prompt = description
        for shot in self._shown(sample, num_fewshot):
            asked, answer = str(shot.input["text"]), shot.references[0]
            messages.append(Message(role="user", content=asked))
            prompt += asked
            if answer:
                messages.append(Message(role="assistant", content=answer))
                prompt += f"{self.shot_delimiter}{answer}{self.between_shots}"
        messages.append(Message(role="user", content=question))
        return replace(bare, prompt=prompt + question, messages=tuple(messages))

    def _shown(self, sample: Sample, n: int) -> list[Sample]:
        if n == 0:
            return []
        if self.shots is None:
            raise TaskError(f'task "{self.name}" has no worked examples, num_fewshot asks for {n}')
        try:
            return [self.fewshot[i] for i in self.shots.of(sample.id, n)]
        except TaskError as error:
            raise TaskError(f'task "{self.name}": {error}') from None
