"""What a task is, and how its samples become requests."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalsuite.errors import TaskError
from evalsuite.likelihood import choices_of
from evalsuite.rng import derive_seed
from evalsuite.task.formats import NO_STEPS
from evalsuite.task.likelihood import check_likelihood_samples
from evalsuite.types import Ask, GenerationConfig, JSONValue, Message, Modality, Output, Request, Sample
from evalsuite.worlds.rendering import DRAWING, draw_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.figures import Figure, FigureInput

__all__ = ["MetricSpec", "Task"]

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSpec:
    """A metric as a task asks for it.

    Parameters
    ----------
    name : str
        Registry name.
    primary : bool
        Whether the task ranks models by it; of one metric a task.
    by : tuple of str
        What to report it by as well: ``"depth"``, or a key of the samples' metadata.
    options : mapping
        The metric's own options.
    place : str, default ""
        What messages call it, where that is not ``metrics[i]`` of the task's file.
    """

    name: str
    primary: bool = False
    by: tuple[str, ...] = ()
    options: Mapping[str, JSONValue] = field(default_factory=dict)
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Samples, a prompt, generation settings and metrics under a name and a version.

    Parameters
    ----------
    name : str
    version : int
        Goes up whenever a score could change.
    summary : str
        One line.
    modality : {"text", "image", "audio", "video"}
        What a model must generate.
    samples : tuple of Sample
        In canonical order; ids are unique.
    samples_digest : str
        SHA-256 of what the samples were made from.
    prompt : str
        ``{field}`` stands for that field of a sample's input; it is replaced literally, once.
    generation : GenerationConfig
    metrics : tuple of MetricSpec
        One of them is primary.
    fewshot : tuple of Sample
        Worked examples, used from the first on; not part of the samples.
    source : str
        The name or path it was loaded by, to load it again.
    image_shape : tuple of int, optional
        Height, width and channels (1 for grey, 3 for colours) of the images, or the frames of the videos, asked for;
        one of another size, or with colours where grey is asked for, is an error of its sample. Any where None.
    prompt_format : str
        How models are asked, one of `evalsuite.task.formats.PROMPT_FORMATS`; empty for a task with one way only.
    prompt_formats : tuple of str
        All the formats of its file, the default first.
    draw : str
        A field of the samples' input whose text is drawn and shown as an image with the prompt, where a sample has it;
        empty for a task without images.
    ask : {"text", "choices", "rolling"}
        What a model is asked: to write; how likely each of the choices in the samples' metadata is after the prompt; or
        how likely each sample's first reference is as a whole text, without a prompt.
    target_delimiter : str
        What stands between a prompt and a choice. It is sent as part of the choice.
    repeats : int
        Outputs of each sample where a run does not say how many. Runs of other numbers of them continue one another.

    Raises
    ------
    TaskError
        If there are no samples, two have one id, not exactly one metric is primary, or no sample has what is to be
        drawn, or a worked example has it; or a sample lacks its choices, or the text to rate.
    """

    name: str
    version: int
    summary: str = ""
    modality: Modality = "text"
    samples: tuple[Sample, ...]
    samples_digest: str
    prompt: str
    generation: GenerationConfig = field(default_factory=GenerationConfig)
    metrics: tuple[MetricSpec, ...]
    fewshot: tuple[Sample, ...] = ()
    source: str = ""
    image_shape: tuple[int, int, int] | None = None
    prompt_format: str = ""
    prompt_formats: tuple[str, ...] = ()
    draw: str = ""
    ask: Ask = "text"
    target_delimiter: str = " "
    repeats: int = 1

    def __post_init__(self) -> None:
        where = f'task "{self.name}"'
        if not self.samples:
            raise TaskError(f"{where}: there is no sample in it")
        twice = [id_ for id_, count in Counter(sample.id for sample in self.samples).items() if count > 1]
        if twice:
            raise TaskError(f'{where}: samples must have different ids, found "{twice[0]}" more than once')
        n_primary = sum(spec.primary for spec in self.metrics)
        if n_primary != 1:
            raise TaskError(f"{where}: metrics: exactly one must be primary, found {n_primary}")
        if self.draw and not any(self.draw in sample.input for sample in self.samples):
            raise TaskError(f'{where}: draw: no sample has the field "{self.draw}" in its input')
        if self.draw and any(self.draw in sample.input for sample in self.fewshot):
            raise TaskError(f'{where}: fewshot: worked examples show no images, and so have no field "{self.draw}"')
        if self.ask != "text" and (self.modality != "text" or self.draw):
            raise TaskError(f'{where}: ask = "{self.ask}" is for tasks of text alone')
        if self.ask == "rolling" and (self.prompt or self.fewshot):
            raise TaskError(f'{where}: ask = "rolling" rates whole texts: there is no prompt and no worked example')
        check_likelihood_samples(self.ask, self.samples, where)

    @property
    def content_hash(self) -> str:
        """SHA-256 of all that decides what a model is asked: prompt, samples, worked examples."""
        content = {
            "prompt": self.prompt,
            "samples": self.samples_digest,
            "fewshot": [[render_prompt(self.prompt, sample), *sample.references] for sample in self.fewshot],
            "modality": self.modality,
            **({"draw": [self.draw, DRAWING]} if self.draw else {}),
            **({"ask": self.ask} if self.ask != "text" else {}),
            **({"target_delimiter": self.target_delimiter} if self.ask == "choices" else {}),
        }
        text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    @property
    def primary(self) -> MetricSpec:
        """The metric that models are ranked by."""
        return next(spec for spec in self.metrics if spec.primary)

    @property
    def no_steps(self) -> str:
        """Why outputs state no steps that could be judged; empty where they may."""
        return NO_STEPS.get(self.prompt_format, "")

    @property
    def inputs(self) -> frozenset[Modality]:
        """What a model must be able to read."""
        return frozenset({"text", "image"}) if self.draw else frozenset({"text"})

    @property
    def turns(self) -> int:
        """Requests a sample asks for, one after the other."""
        return 1

    def figures(self, data: FigureInput) -> Sequence[Figure]:
        """Return what the report is to show of a run beside the metrics' figures: outputs to read or to see."""
        from evalsuite.figures import example_texts, random_films, random_grid

        if self.modality == "image":
            figure = random_grid(data)
        elif self.modality == "video":
            figure = random_films(data)
        elif self.modality == "text":
            figure = example_texts(data, [render_prompt(self.prompt, sample) for sample in data.samples])
        else:
            figure = None
        return [figure] if figure else []

    def request(
        self, sample: Sample, *, repeat: int, turn: int, history: Sequence[Output], run_seed: int, num_fewshot: int = 0
    ) -> Request | None:
        """Render one request of a sample.

        Parameters
        ----------
        sample : Sample
        repeat, turn : int
            Counted from 0.
        history : sequence of Output
            The sample's outputs of the turns before, which a task of several turns may read.
        run_seed : int
        num_fewshot : int, default 0
            Worked examples to show first.

        Returns
        -------
        Request, optional
            None where the sample asks for nothing at this turn.

        Raises
        ------
        TaskError
            If there are too few worked examples, or the sample's image cannot be drawn.
        """
        del history  # a task of one turn has none
        if turn > 0:
            return None
        if num_fewshot > len(self.fewshot):
            raise TaskError(
                f'task "{self.name}" has {len(self.fewshot)} worked examples, num_fewshot asks for {num_fewshot}'
            )
        question = render_prompt(self.prompt, sample)
        between = "\n" if self.ask == "text" else self.target_delimiter
        shots = [(render_prompt(self.prompt, shot), shot.references[0]) for shot in self.fewshot[:num_fewshot]]
        messages = [
            message
            for shown, answer in shots
            for message in (Message(role="user", content=shown), Message(role="assistant", content=answer))
        ]
        return Request(
            sample_id=sample.id,
            repeat=repeat,
            turn=turn,
            prompt="".join(f"{shown}{between}{answer}\n\n" for shown, answer in shots) + question,
            messages=() if self.ask == "rolling" else (*messages, Message(role="user", content=question)),
            seed=derive_seed(run_seed, self.name, sample.id, repeat, turn),
            images=self._images(sample),
            ask=self.ask,
            choices=self._choices(sample),
        )

    def _choices(self, sample: Sample) -> tuple[str, ...]:
        if self.ask == "choices":
            return tuple(self.target_delimiter + choice for choice in choices_of(sample))
        return sample.references[:1] if self.ask == "rolling" else ()

    def _images(self, sample: Sample) -> tuple[NDArray[np.uint8], ...]:
        if not self.draw or self.draw not in sample.input:
            return ()
        text = sample.input[self.draw]
        if not isinstance(text, str):
            raise TaskError(
                f'sample "{sample.id}": input.{self.draw} is to be drawn and must be a string, found {text!r:.80}'
            )
        try:
            return (draw_text(text),)
        except ValueError as error:
            raise TaskError(f'sample "{sample.id}": input.{self.draw}: {error}') from error


def render_prompt(prompt: str, sample: Sample) -> str:
    """Put a sample's fields into a prompt, in one pass: text that comes from a sample is never read as a placeholder.

    Raises
    ------
    TaskError
        If the sample lacks a field.
    """

    def field_text(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in sample.input:
            known = ", ".join(sorted(sample.input)) or "none"
            raise TaskError(f'sample "{sample.id}": the prompt names the field "{name}", its input has: {known}')
        value = sample.input[name]
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    return _PLACEHOLDER.sub(field_text, prompt)
