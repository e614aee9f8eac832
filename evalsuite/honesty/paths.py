"""V4: error and recovery per step come back from written traces, which answers alone cannot tell apart."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.honesty.claim import Claim, Figures, Verdict, column, is_covered
from evalsuite.honesty.design import Design, doubling
from evalsuite.honesty.solver import Solver, draws
from evalsuite.honesty.writer import SimulatedModel, write_trace
from evalsuite.scoring import ScoringInput, make_metric, score_all
from evalsuite.task import MetricSpec, load_task
from evalsuite.types import Output, Sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.types import Interval, Score

__all__ = ["RECOVERY", "score_traces", "written"]

_ERROR = 0.05
_RECOVERY = {"none": 0.0, "one in twenty": 0.05, "one in five": 0.20}
_WHOLE = "one in five, whole pipeline"
_DESIGN = Design(depths=doubling(16), per_template=2)
_SPECS = tuple(MetricSpec(name=name) for name in ("step_error", "recovery", "horizon"))


def _trial(setting: str, seed: int) -> Figures:
    solver = Solver(error=_ERROR, recovery=_RECOVERY[setting.partition(",")[0]])
    if setting == _WHOLE:
        return _figures(solver, _through_pipeline(solver, seed))
    return _figures(solver, score_traces(*written(solver, len(setting), seed)))


def _figures(solver: Solver, scores: Mapping[str, Score]) -> Figures:
    error, recovery, horizon = (scores[spec.name] for spec in _SPECS)
    return {
        "e covered": _holds(error.interval, solver.error),
        "r covered": _holds(recovery.interval, solver.recovery),
        "e": error.value,
        "r": recovery.value,
        "said": float(any("not an error rate" in note for note in horizon.notes)),
    }


def written(solver: Solver, key: int, seed: int) -> tuple[list[Sample], list[tuple[Output, ...]]]:
    """Return items of all depths, and what a solver wrote for each."""
    random = draws(4, key, seed)
    depths, templates = _DESIGN.items()
    paths = solver.paths(depths, templates, random)
    states = random.integers(100, size=paths.shape)
    samples = [
        Sample(
            id=str(i),
            input={},
            references=(f"answer: {states[i, depth - 1]}",),
            cluster=str(templates[i]),
            depth=int(depth),
            metadata={"states": states[i, :depth].tolist()},
        )
        for i, depth in enumerate(depths)
    ]
    outputs: list[tuple[Output, ...]] = [
        (write_trace(sample, paths[i, : depths[i]].tolist(), random),) for i, sample in enumerate(samples)
    ]
    return samples, outputs


def score_traces(samples: Sequence[Sample], outputs: Sequence[Sequence[Output]]) -> dict[str, Score]:
    """Return step error, recovery and horizon."""
    data = ScoringInput(task_name="simulated", samples=samples, outputs=outputs)
    made = [(spec, make_metric(spec, "honesty gate")) for spec in _SPECS]
    return {score.metric: score for score in score_all(data, made)}


def _through_pipeline(solver: Solver, seed: int) -> dict[str, Score]:
    """Run the embedded task, from requests to a report in a folder that is thrown away."""
    from evalsuite.evaluation import evaluate

    task = load_task("ledger")
    wanted = replace(task, metrics=tuple(replace(spec, primary=spec.name == "horizon") for spec in _SPECS))
    with tempfile.TemporaryDirectory() as folder:
        (report,) = evaluate(SimulatedModel(solver, task.samples, seed), wanted, seed=seed, output=folder)
    return {score.metric: score for score in report.scores}


def _holds(interval: Interval | None, truth: float) -> float | None:
    return None if interval is None else float(interval.low <= truth <= interval.high)


def _judge(setting: str, trials: Sequence[Mapping[str, float | None]]) -> Verdict:
    wanted = _RECOVERY[setting.partition(",")[0]]
    error, recovery = (float(np.nan_to_num(column(trials, f"{name} covered")).mean()) for name in "er")
    n, means = len(trials), [float(np.nanmean(column(trials, name))) for name in "er"]
    said = float(column(trials, "said").mean())
    text = (
        f"e = {_ERROR}, r = {wanted}: e in its interval in {error:.1%} of {n} runs, mean {means[0]:.4f}; r in "
        f"{recovery:.1%}, mean {means[1]:.4f}"
    )
    held = is_covered(error, n) and (means[1] == 0.0 if wanted == 0 else is_covered(recovery, n))
    if wanted >= 0.2:
        text += f"; that the answer-only figure is no error rate is said in {said:.1%}"
        held = held and said >= 0.95
    return Verdict(passed=held, text=text)


RECOVERY = Claim(
    name="V4",
    text="Error and recovery per step come back from traces; the figure of answers alone is not called an error rate.",
    settings=(*_RECOVERY, _WHOLE),
    whole=(_WHOLE,),
    trial=_trial,
    judge=_judge,
)
