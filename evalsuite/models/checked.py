"""What a model returned, made sound: each output of the right kind, or an error that says what was wrong with it."""

from __future__ import annotations

import math
from dataclasses import replace
from operator import index
from typing import TYPE_CHECKING

from evalsuite.errors import InputError
from evalsuite.media import ArrayImage, StoredImage, as_frames, as_pixels
from evalsuite.types import FINISH_REASONS, Modality, Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.types import ImageSource, Request, VideoSource

__all__ = ["check_likelihoods", "check_outputs"]

_ROUNDING = 1e-4  # what the logarithm of a probability of 1 may come to above 0


def check_outputs(
    outputs: object,
    n: int,
    modality: Modality,
    *,
    image_shape: tuple[int, int, int] | None = None,
    references: bool = False,
) -> list[Output]:
    """Check a batch of outputs.

    Parameters
    ----------
    outputs : object
        Whatever ``generate`` returned.
    n : int
        Requests it was given.
    modality : {"text", "image", "audio", "video"}
        What was asked for. An output of another kind, or an image or video that is none, becomes an error output:
        asking for it again would not change it.
    image_shape : tuple of int, optional
        Height, width and channels that an image, or a video's frames, must have; grey may be stored as colours.
    references : bool, default False
        Whether images may be references to files, as those of a ``files:`` model are.

    Returns
    -------
    list of Output
        Images as pixels and videos as frames (see `evalsuite.media.as_pixels` and `evalsuite.media.as_frames`), or
        references to files as they were given.

    Raises
    ------
    TypeError, ValueError
        If it is no list of `n` outputs, or a field of one is of the wrong type or out of range.
    """
    if not isinstance(outputs, (list, tuple)):
        raise TypeError(f"the model must return a list of {n} outputs, got {type(outputs).__name__}")
    if len(outputs) != n:
        raise ValueError(f"the model must return one output a request, expected {n}, got {len(outputs)}")
    return [_check(_unrated(output), modality, image_shape, references) for output in outputs]


def check_likelihoods(outputs: object, requests: Sequence[Request], *, delimiter: str = "") -> list[Output]:
    """Check a batch of outputs that have log-probabilities, and make the likeliest choice the text of each.

    Parameters
    ----------
    outputs : object
        Whatever ``loglikelihood`` returned.
    requests : sequence of Request
        What it was given.
    delimiter : str
        What stands before each choice and is no part of it.

    Returns
    -------
    list of Output
        The text is the first of the likeliest choices, or empty where a whole text was rated. One without a sound
        log-probability for each choice is an error output: asking for it again would not change it.

    Raises
    ------
    TypeError, ValueError
        If it is no list of as many outputs, or a field of one is of the wrong type or out of range.
    """
    if not isinstance(outputs, (list, tuple)) or len(outputs) != len(requests):
        return check_outputs(outputs, len(requests), "text")  # says what is wrong
    found: list[Output] = []
    for output, request in zip(outputs, requests, strict=True):
        if not isinstance(output, Output):
            raise TypeError(f"the model must return Output objects, got {type(output).__name__}")
        if output.finish_reason == "error":
            found.append(_check(_unrated(replace(output, text=None, image=None, video=None)), "text", None, False))
            continue
        made = _rated(output, len(request.choices))
        text = ""
        if request.ask == "choices" and made.logprobs:
            text = request.choices[made.logprobs.index(max(made.logprobs))].removeprefix(delimiter)
        text_or_none = None if made.finish_reason == "error" else text
        found.append(_check(replace(made, text=text_or_none, image=None, video=None), "text", None, False))
    return found


def _unrated(output: object) -> object:
    """Return an output without log-probabilities, which nobody asked for and nobody has checked."""
    if not isinstance(output, Output) or not (output.logprobs or output.choice_tokens or output.greedy):
        return output
    return replace(output, logprobs=(), choice_tokens=(), greedy=())


def _logprobs(values: object) -> tuple[float, ...]:
    """Return the log-probabilities of tokens as plain numbers; none where one is NaN, as half precision may give."""
    try:
        found = () if values is None else tuple(float(value) for value in values)  # type: ignore[attr-defined]
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"an output's token_logprobs must be numbers, got {values!r:.100}") from None
    if any(math.isnan(value) for value in found):
        return ()
    if wrong := [value for value in found if value > _ROUNDING]:
        raise ValueError(f"an output's token_logprobs must be at most 0, got {wrong[0]}")
    return tuple(min(value, 0.0) for value in found)


def _rated(output: Output, n: int) -> Output:
    """Return an output with plain numbers for each of `n` choices, or an error output."""
    lengths = [len(values) for values in (output.logprobs, output.choice_tokens, output.greedy)]
    fault = None
    if lengths != [n] * 3:
        fault = (
            f"the model must give logprobs, choice_tokens and greedy of each of {n} choices, "
            f"got {lengths[0]}, {lengths[1]} and {lengths[2]}"
        )
    else:
        logprobs = tuple(float(value) for value in output.logprobs)
        wrong = [value for value in logprobs if not value <= _ROUNDING]
        if wrong:
            fault = f"a log-probability is at most 0, the model gave {wrong[0]}"
    if fault is not None:
        return replace(output, finish_reason="error", error=fault, logprobs=(), choice_tokens=(), greedy=())
    return replace(
        output,
        logprobs=tuple(min(value, 0.0) for value in logprobs),
        choice_tokens=tuple(_count(value, "choice_tokens") or 0 for value in output.choice_tokens),
        greedy=tuple(bool(value) for value in output.greedy),
    )


def _check(output: object, modality: Modality, shape: tuple[int, int, int] | None, references: bool) -> Output:
    if not isinstance(output, Output):
        raise TypeError(f"the model must return Output objects, got {type(output).__name__}")
    if output.text is not None and not isinstance(output.text, str):
        raise TypeError(f"an output's text must be a str or None, got {type(output.text).__name__}")
    if output.finish_reason not in FINISH_REASONS:
        raise ValueError(f'unknown finish_reason "{output.finish_reason}"')
    if output.error is not None and not isinstance(output.error, str):
        raise TypeError(f"an output's error must be a str or None, got {type(output.error).__name__}")
    image, fault = _image(output.image, shape, references)
    video, video_fault = _video(output.video, shape)
    wrong = fault or video_fault or _wrong_kind(output, modality)
    lost = output.text is None and image is None and video is None and output.finish_reason != "refused"
    failed = wrong is not None or lost or output.finish_reason == "error"
    return replace(
        output,
        text=None if wrong else output.text,
        image=None if failed else image,
        video=None if failed else video,
        finish_reason="error" if failed else output.finish_reason,
        error=(output.error or wrong or f"the model returned no {modality}") if wrong or lost else output.error,
        tokens_in=_count(output.tokens_in, "tokens_in"),
        tokens_out=_count(output.tokens_out, "tokens_out"),
        seconds=_seconds(output.seconds, "seconds"),
        first_token_seconds=_seconds(output.first_token_seconds, "first_token_seconds"),
        peak_memory_bytes=_count(output.peak_memory_bytes, "peak_memory_bytes"),
        token_logprobs=_logprobs(output.token_logprobs),
    )


def _image(
    image: object, shape: tuple[int, int, int] | None, references: bool
) -> tuple[NDArray[np.uint8] | ImageSource | None, str | None]:
    """Return the image as pixels or reference, and what is wrong with it."""
    if image is None:
        return None, None
    try:
        if references and isinstance(image, (StoredImage, ArrayImage)):
            pixels = image.pixels() if shape is not None else None
        else:
            image = pixels = as_pixels(image)
    except (TypeError, ValueError, InputError) as error:
        return None, str(error)
    fault = None if shape is None or pixels is None else _misshapen(pixels, shape)
    return (None, fault) if fault else (image, None)


def _video(
    video: object, shape: tuple[int, int, int] | None
) -> tuple[NDArray[np.uint8] | VideoSource | None, str | None]:
    """Return the video as frames, and what is wrong with it."""
    if video is None:
        return None, None
    try:
        frames = as_frames(video)
    except (TypeError, ValueError) as error:
        return None, str(error)
    fault = None if shape is None else _misshapen(frames, shape, "videos")
    return (None, fault) if fault else (frames, None)


def _misshapen(pixels: NDArray[np.uint8], shape: tuple[int, int, int], what: str = "images") -> str | None:
    """Return what is wrong with the shape of an image, or of a video's frames."""
    height, width, channels = pixels.shape[-3:]
    if (height, width) != shape[:2]:
        return f"the task asks for {what} of {shape[0]} x {shape[1]} pixels, this one has {height} x {width}"
    if shape[2] < channels and (pixels != pixels[..., :1]).any():
        return f"the task asks for {what} in grey, this one has colours; convert it, with Pillow by convert('L')"
    return None


def _wrong_kind(output: Output, modality: Modality) -> str | None:
    found = {"text": output.text, "image": output.image, "video": output.video}
    others = [kind for kind, value in found.items() if value is not None and kind != modality]
    if not others:
        return None
    both = " as well" if found.get(modality) is not None else ""
    articles = {"text": "a text", "image": "an image", "video": "a video"}
    asked = articles.get(modality, modality)
    return f"the task asks for {asked}, the model returned {articles[others[0]]}{both}"


def _count(value: object, name: str) -> int | None:
    """Return a count as an int that JSON can hold, whatever kind of integer the model gave."""
    if value is None:
        return None
    try:
        count = index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"an output's {name} must be an integer or None, got {type(value).__name__}") from None
    if not 0 <= count < 1 << 63:
        raise ValueError(f"an output's {name} must be in [0, 2**63), got {count}")
    return count


def _seconds(value: object, name: str) -> float | None:
    if value is None:
        return None
    try:
        seconds = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"an output's {name} must be a number or None, got {value!r:.100}") from None
    if not 0.0 <= seconds < float("inf"):
        raise ValueError(f"an output's {name} must be finite and not negative, got {seconds}")
    return seconds
