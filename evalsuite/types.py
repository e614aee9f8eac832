"""The data that flows through evalsuite: frozen records, no behaviour.

``Sample -> Request -> Output -> Score``; a task yields samples, a sample yields requests by turn, a model answers each
request with an output, and metrics turn the samples and their outputs into scores.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "ASKS",
    "FINISH_REASONS",
    "OUTCOMES",
    "Ask",
    "Estimate",
    "FinishReason",
    "GenerationConfig",
    "ImageSource",
    "Interval",
    "JSONValue",
    "Message",
    "Modality",
    "Outcome",
    "Output",
    "Reach",
    "Request",
    "Sample",
    "Score",
    "Slice",
    "VideoSource",
]

JSONValue: TypeAlias = "bool | int | float | str | list[JSONValue] | dict[str, JSONValue] | None"
Modality: TypeAlias = Literal["text", "image", "audio", "video"]
FinishReason: TypeAlias = Literal["stop", "length", "refused", "error"]
Ask: TypeAlias = Literal["text", "choices", "rolling"]
Reach: TypeAlias = "tuple[float | None, float | None]"
Outcome: TypeAlias = Literal["right", "wrong", "scored", "undecided", "unextracted", "truncated", "refused", "error"]

ASKS: tuple[Ask, ...] = ("text", "choices", "rolling")
FINISH_REASONS: tuple[FinishReason, ...] = ("stop", "length", "refused", "error")
OUTCOMES: tuple[Outcome, ...] = (
    "right",
    "wrong",
    "scored",
    "undecided",
    "unextracted",
    "truncated",
    "refused",
    "error",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One item of a task.

    Parameters
    ----------
    id : str
        Unique within the task.
    input : mapping of str to JSON value
        The fields a task's prompt may name, as ``{field}``.
    references : tuple of str
        Outputs that would be perfect, each on its own; the first is what the oracle says.
    cluster : str, optional
        What makes samples dependent on one another: the template of a generated item. Intervals resample clusters.
        Without one, the sample is a cluster of its own.
    depth : int, optional
        Number of dependent steps the item needs, at least 1.
    metadata : mapping of str to JSON value
        What metrics need beside the references: the state after each step, the slots to be said. Of a task that asks
        for the likelihood of choices, ``choices`` are those, a list of strings; each reference is one of them.
    """

    id: str
    input: Mapping[str, JSONValue]
    references: tuple[str, ...] = ()
    cluster: str | None = None
    depth: int | None = None
    metadata: Mapping[str, JSONValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation: who speaks (``system``, ``user`` or ``assistant``), and what is said."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a model is asked, once.

    Parameters
    ----------
    sample_id, repeat, turn : str, int, int
        The key of the output that answers it; repeats and turns count from 0.
    prompt : str
        The whole request as one text, few-shot examples included.
    messages : tuple of Message
        The same request as a conversation, for models with a chat template.
    seed : int
        In [0, 2**64), fixed by (run seed, task, sample id, repeat, turn) alone. All randomness of the output comes
        from it.
    images : tuple of uint8 arrays of shape (height, width, channels)
        Shown with the prompt, before the text of the last message; mostly none.
    ask : {"text", "choices", "rolling"}
        What is wanted: a text; the log-probability of each of the `choices` as continuation of the prompt; or that of
        the whole text ``choices[0]``, each token given as much of the text before it as the context holds, and the
        first the token that begins texts (the prompt is empty).
    choices : tuple of str
        Exactly as they follow the prompt, with what parts them from it. Empty where a text is wanted.
    """

    sample_id: str
    repeat: int
    turn: int
    prompt: str
    messages: tuple[Message, ...]
    seed: int
    images: tuple[NDArray[np.uint8], ...] = field(default=(), compare=False)
    ask: Ask = "text"
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationConfig:
    """How to generate. Part of a run's identity.

    Parameters
    ----------
    max_new_tokens : int
        Most tokens the model may write, in its own tokens.
    temperature : float
        0 takes the likeliest token each time (greedy); otherwise logits are divided by it before sampling.
    top_k : int, optional
        Sample among the k likeliest tokens only.
    top_p : float, optional
        Sample among the likeliest tokens that together hold this much probability, in (0, 1].
    stop : tuple of str
        Generation ends before the first of these strings.
    num_fewshot : int
        Worked examples shown before the question.
    """

    max_new_tokens: int = 256
    temperature: float = 0.0
    top_k: int | None = None
    top_p: float | None = None
    stop: tuple[str, ...] = ()
    num_fewshot: int = 0


class ImageSource(Protocol):
    """An image that is somewhere else, such as in a run's media folder, and is read when it is needed."""

    @property
    def sha256(self) -> str:
        """Of the bytes as they are stored, in hexadecimal."""
        ...

    def pixels(self) -> NDArray[np.uint8]:
        """Read the image: uint8, shape (height, width, channels), 1 or 3 channels.

        Raises
        ------
        InputError
            If it is gone, was changed, or is no image that can be scored.
        """
        ...


class VideoSource(Protocol):
    """A video that is somewhere else, such as in a run's media folder, and is read when it is needed."""

    @property
    def sha256(self) -> str:
        """Of the bytes as they are stored, in hexadecimal."""
        ...

    @property
    def n_frames(self) -> int:
        """How many frames it has."""
        ...

    def frames(self) -> NDArray[np.uint8]:
        """Read the video: uint8, shape (frames, height, width, channels), 1 or 3 channels.

        Raises
        ------
        InputError
            If it is gone, was changed, or is no video that can be scored.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a model produced for one request.

    A model need only give ``text``, ``image`` or ``video`` (and ``finish_reason`` where it was cut off), or the three
    fields of log-probabilities where it was asked for them; the runner fills in the key, the seed and the time.

    Parameters
    ----------
    text : str, optional
        None when there is no output (``finish_reason`` is then ``"error"`` and ``error`` says why), or an image or a
        video.
    image : uint8 array of shape (height, width, channels), or ImageSource, optional
        From a model, an array; in a run's log, and whenever it is read from there, a reference.
    video : uint8 array of shape (frames, height, width, channels), or VideoSource, optional
        Likewise. An output has one of text, image and video.
    finish_reason : {"stop", "length", "refused", "error"}
        ``"length"`` when the token budget ended it.
    tokens_in, tokens_out : int, optional
        Tokens read and written, in the model's own tokens.
    error : str, optional
        What went wrong.
    sample_id, repeat, turn, seed
        Copied from the request.
    seconds : float, optional
        Wall time; of a batch, its share for each request.
    first_token_seconds : float, optional
        Wall time until the first token was there, where the model tells.
    peak_memory_bytes : int, optional
        Most device memory in use while generating, where the device reports it.
    logprobs : tuple of float
        Natural logarithm of the probability of each of the request's choices: the sum over its tokens, at most 0;
        ``-inf`` where the model rules the choice out. Empty where a text was asked for. With them, `text` is the
        likeliest choice, the first of equals; where a whole text was rated it is empty, lest the log repeat the text.
    choice_tokens : tuple of int
        Tokens of each choice, in the model's own.
    greedy : tuple of bool
        Whether the model, taking the likeliest token each time, would have written that choice.
    token_logprobs : tuple of float
        Natural logarithm of the probability that the model gave each token it wrote, in order, at most 0; with those
        that ended the text where the model tells of them. Empty where it tells of none.
    same_as : tuple of (str, int, int), optional
        Sample id, repeat and turn of the output that this is a copy of: of an equal request to a model whose outputs
        do not depend on the seed. It took no time.
    """

    text: str | None = None
    image: NDArray[np.uint8] | ImageSource | None = None
    video: NDArray[np.uint8] | VideoSource | None = None
    finish_reason: FinishReason = "stop"
    tokens_in: int | None = None
    tokens_out: int | None = None
    error: str | None = None
    sample_id: str = ""
    repeat: int = 0
    turn: int = 0
    seed: int = 0
    seconds: float | None = None
    first_token_seconds: float | None = None
    peak_memory_bytes: int | None = None
    logprobs: tuple[float, ...] = ()
    choice_tokens: tuple[int, ...] = ()
    greedy: tuple[bool, ...] = ()
    token_logprobs: tuple[float, ...] = ()
    same_as: tuple[str, int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A confidence interval: ends, nominal level in (0, 1), and how it was made."""

    low: float
    high: float
    level: float
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number that stands beside a score, such as another quantile.

    Parameters
    ----------
    value : float, optional
        None where the data do not tell.
    interval : Interval, optional
    reach : tuple of float, optional
        Least and greatest value the data can tell of: a value, or an end of an interval, that is at one of them lies
        there or beyond. None where nothing limits it, on that side or at all.
    """

    value: float | None
    interval: Interval | None = None
    reach: Reach | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A score over part of the samples: those with this ``key`` (a depth, a category). `reach` is as in `Score`."""

    key: str | int
    value: float | None
    interval: Interval | None
    n: int
    n_unscored: int
    reach: Reach | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A metric's value over a run, and how sure it is.

    Parameters
    ----------
    metric : str
        Registry name.
    signature : str
        Every option that could change the value. Scores with different signatures are not comparable.
    value : float, optional
        None when no sample could be scored.
    interval : Interval, optional
        None where there is no value or fewer than two clusters.
    higher_is_better, primary : bool
        Direction, and whether the task ranks by it.
    n, n_unscored, n_clusters : int
        Samples; those without a value; clusters among the scored.
    outcomes : mapping of str to int
        Samples of each outcome; they sum to ``n``.
    bounds : tuple of float, optional
        Worst and best case: every sample without a verdict (undecided, or ended in error) wrong, every one right. None
        where each has a verdict, or the score is no share.
    slices : mapping of str to tuple of Slice
        By the name of what divides the samples, such as ``"depth"``.
    notes : tuple of str
        What a reader must know beside the number, a sentence each.
    floor : float, optional
        What as many of the reference's own kind would score, such as real images against real ones: no model can be
        asked to do better. None where it is the metric's best value, or not known.
    reach : tuple of float, optional
        Least and greatest value the samples can tell of, such as the depths that were tested: a value, or an end of an
        interval, that is at one of them lies there or beyond. None where nothing limits it, on that side or at all.
    details : mapping of str to Estimate
        Further numbers of the same fit, by name.
    """

    metric: str
    signature: str
    value: float | None
    interval: Interval | None
    higher_is_better: bool
    primary: bool
    n: int
    n_unscored: int
    n_clusters: int
    outcomes: Mapping[str, int]
    bounds: tuple[float, float] | None = None
    slices: Mapping[str, tuple[Slice, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    floor: float | None = None
    reach: Reach | None = None
    details: Mapping[str, Estimate] = field(default_factory=dict)
