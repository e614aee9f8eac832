"""Plans: how many lead to the goal, and how many of those by as few moves as can be."""

from __future__ import annotations

from dataclasses import dataclass

from evalsuite.answers import extract_answer
from evalsuite.metrics._answers import MARKED
from evalsuite.metrics._outputs import Judgement, example_outputs
from evalsuite.metrics._ratio import RatioMetric
from evalsuite.metrics.base import Example
from evalsuite.types import Outcome, Output, Sample
from evalsuite.worlds.plan_reading import PlanReading
from evalsuite.worlds.plan_validator import PlanVerdict, judge_plan, read_maze

__all__ = ["PlanOptimality", "PlanValidity"]

_PASSAGES = "attic -- hall\nhall -> cellar\nattic -- porch\nporch -- cellar\ncellar -- vault"


@dataclass(frozen=True)
class _PlanMetric(RatioMetric[tuple[PlanReading, int]]):
    proportion = True

    def _target(self, sample: Sample) -> tuple[PlanReading, int]:
        try:
            return read_maze(sample)
        except ValueError as error:
            where = f'{self.name}: sample "{sample.id}": input["problem"]'
            raise ValueError(f"{where} must tell a maze: {error}") from error

    @staticmethod
    def _verdict(output: Output, text: str, target: tuple[PlanReading, int]) -> tuple[Outcome, PlanVerdict | None]:
        """Return the outcome of an output, and what its plan does, where there is one that counts."""
        if output.finish_reason == "refused":
            return "refused", None
        answer, cut = extract_answer(text), output.finish_reason == "length"
        if cut and answer.rule not in MARKED:
            return "truncated", None
        verdict = judge_plan(*target, answer)
        if verdict.valid:
            return "right", verdict
        if cut:  # the rest of the plan may be missing
            return "truncated", None
        return ("unextracted", None) if verdict.fault == "no plan" else ("wrong", verdict)

    @staticmethod
    def _mazes() -> tuple[Sample, ...]:
        problem = f"rooms, start: attic\n{_PASSAGES}\ngoal: vault"
        return tuple(Sample(id=str(i), input={"problem": problem}, depth=3) for i in range(2))


@dataclass(frozen=True)
class PlanValidity(_PlanMetric):
    r"""Plan validity: share of plans that lead from the start to the goal by moves that exist, 0-1.

    Notes
    -----
    ``valid / (n - error)``. A plan is carried out in the maze that the sample's ``input["problem"]`` tells (the world
    ``plan``), as a validator does [1]_: any that ends at the goal is valid, however many moves it takes. Moves after
    the goal are part of it. It is the success rate of [2]_. Range 0 to 1; higher is better. How many of the valid ones
    are as short as can be, `PlanOptimality` tells.

    The plan is the answer that `evalsuite.answers.extract_answer` finds, up to 1,000 characters: the places entered, in
    order, with commas, arrows, "then" or spaces between; the start may be named first, and case does not count.

    Outcomes: ``right`` (valid); ``wrong`` (a move that does not exist, an unknown place, the goal not reached, more
    than 1,000 characters); ``unextracted`` (no plan was found: not valid); ``truncated`` (the token budget ended the
    output before it marked a valid plan: not valid); ``refused`` (not valid); ``error`` (no value).

    A row is [valid, counted], summed over the repeats of a sample.

    References
    ----------
    .. [1] Valmeekam et al., "PlanBench: an extensible benchmark for evaluating large language models on planning and
       reasoning about change", NeurIPS 2023, arXiv:2206.10498.
    .. [2] Anderson et al., "On evaluation of embodied navigation agents", 2018, arXiv:1807.06757.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> maze = {"problem": "rooms, start: a\na -- b\nb -> c\na -- d\nd -- e\ne -- c\ngoal: c"}
    >>> texts = ["answer: b, c", "answer: d -> e -> c", "answer: c", "no idea"]
    >>> rows = PlanValidity().rows([Sample(id=t, input=maze) for t in texts], [[Output(text=t)] for t in texts])
    >>> rows.outcomes
    ('right', 'right', 'wrong', 'unextracted')
    """

    name = "plan_validity"

    def _judge(self, output: Output, text: str, target: tuple[PlanReading, int]) -> Judgement:
        outcome, _ = self._verdict(output, text, target)
        return outcome, (float(outcome == "right"), 1.0)

    def example(self) -> Example:
        """Return two valid plans, one, and none."""
        samples = self._mazes()
        return Example(
            samples=samples,
            best=example_outputs(samples, ["answer: hall, cellar, vault", "answer: porch, cellar, vault"]),
            worse=example_outputs(samples, ["answer: hall, cellar, vault", "answer: porch, hall, vault"]),
            worst=example_outputs(samples, ["answer: vault", ""]),
        )


@dataclass(frozen=True)
class PlanOptimality(_PlanMetric):
    r"""Plan optimality: shortest plans among the valid ones, 0-1.

    Notes
    -----
    ``plans of as few moves as can be / valid plans``. What is valid is as in `PlanValidity`; the fewest moves are found
    by breadth-first search. Range 0 to 1; higher is better. It has no value where no plan is valid.

    A share of valid plans, not of all: a model that seldom finds a way has a value of few outputs, whose interval shows
    it. Outputs that give a plan which is not valid count for nothing, those without a plan have no value. Times
    `PlanValidity`, over the same outputs, it is the share of outputs that are shortest plans.

    A row is [shortest, valid], summed over the repeats of a sample.

    References
    ----------
    .. [1] Valmeekam et al., "PlanBench: an extensible benchmark for evaluating large language models on planning and
       reasoning about change", NeurIPS 2023, arXiv:2206.10498, for cost-optimal planning as a task of its own.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> maze = {"problem": "rooms, start: a\na -- b\nb -> c\na -- d\nd -- e\ne -- c\ngoal: c"}
    >>> texts = ["answer: b, c", "answer: d -> e -> c", "answer: c", "no idea"]
    >>> PlanOptimality().rows([Sample(id=t, input=maze) for t in texts], [[Output(text=t)] for t in texts]).values
    array([[ 1.,  1.],
           [ 0.,  1.],
           [ 0.,  0.],
           [nan, nan]])
    """

    name = "plan_optimality"

    def _judge(self, output: Output, text: str, target: tuple[PlanReading, int]) -> Judgement:
        outcome, verdict = self._verdict(output, text, target)
        if verdict is None:
            return outcome, None
        if not verdict.valid:
            return outcome, (0.0, 0.0)
        shortest = verdict.n_moves == verdict.shortest
        return ("right" if shortest else "scored"), (float(shortest), 1.0)

    def example(self) -> Example:
        """Return two shortest plans, one, and longer ones."""
        samples = self._mazes()
        short, long = "answer: hall, cellar, vault", "answer: porch, attic, hall, cellar, vault"
        return Example(
            samples=samples,
            best=example_outputs(samples, [short, "answer: porch, cellar, vault"]),
            worse=example_outputs(samples, [short, long]),
            worst=example_outputs(samples, [long, long]),
        )
