"""A task whose items are asked by depth, as results come in, until its horizon is known."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from evalsuite.errors import UsageError
from evalsuite.task.task import Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Output, Request, Sample

__all__ = ["AdaptiveTask", "adaptive_task"]

_SUFFIX = "-adaptive"
_RULE = "depth 2"  # changes whenever other items could be asked after the same answers


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveTask(Task):
    """Another task's samples, of which as many are asked as its horizon takes.

    It has a name of its own and the metric `horizon` alone: what else could be measured, such as accuracy, would be of
    depths that the answers have chosen, and compare with nobody's. A sample is asked as the other task asks it.

    Parameters
    ----------
    base : Task
        The other task.
    """

    base: Task

    @property
    def content_hash(self) -> str:
        """SHA-256 of all that decides what is asked: the other task's, the horizon's options, the rule of choice."""
        options = json.dumps(dict(self.metrics[0].options), sort_keys=True)  # they decide how the answers so far read
        return hashlib.sha256(f"adaptive {_RULE} {options} {self.base.content_hash}".encode("ascii")).hexdigest()

    def request(
        self, sample: Sample, *, repeat: int, turn: int, history: Sequence[Output], run_seed: int, num_fewshot: int = 0
    ) -> Request | None:
        """Render one request of a sample: the other task's, with its seed."""
        return self.base.request(
            sample, repeat=repeat, turn=turn, history=history, run_seed=run_seed, num_fewshot=num_fewshot
        )


def adaptive_task(task: Task) -> AdaptiveTask:
    """Return the task that asks for the horizon of another.

    Raises
    ------
    UsageError
        If the task has no horizon, several, or samples that do not fit one.
    """
    found = [spec for spec in task.metrics if spec.name == "horizon"]
    where = f'--adaptive: task "{task.name}"'
    if len(found) != 1:
        raise UsageError(
            f'{where} has {len(found)} metrics "horizon", and exactly one says which depths to ask; the tasks of '
            'dependent steps have it, such as "ledger"'
        )
    if task.turns != 1:
        raise UsageError(f"{where} has {task.turns} turns a sample; depths are chosen where there is one")
    shallow = next((sample.id for sample in task.samples if sample.depth is None), None)
    if shallow is not None:
        raise UsageError(f'{where}: sample "{shallow}" has no depth')
    if len({sample.depth for sample in task.samples}) < 2:
        raise UsageError(f"{where} has samples of one depth: there is nothing to choose")
    if len({str(sample.metadata.get("family", "")) for sample in task.samples}) > 1:
        raise UsageError(f"{where} has samples of several families, which have a horizon each: run them one by one")
    if len({sample.cluster or sample.id for sample in task.samples}) < 2:
        raise UsageError(f"{where} has samples of one template: no interval can be told, and so no precision reached")
    values = {field.name: getattr(task, field.name) for field in fields(Task)}
    values |= {
        "name": task.name + _SUFFIX,
        "summary": f"The horizon alone, from as few items as it takes. {task.summary}".strip(),
        "metrics": (replace(found[0], primary=True, by=()),),
    }
    return AdaptiveTask(base=task, **values)
