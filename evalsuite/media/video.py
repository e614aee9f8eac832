"""Videos: frames from whatever a model returns, and one film strip as a PNG to keep them in.

A film strip is one image, the frames below one another, first on top. It is lossless, has as many frames as the video
(formats of animations merge equal ones), and is read by the decoder, and opened by the viewers, that images have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.errors import InputError
from evalsuite.media.decode import decode_image
from evalsuite.media.pixels import check_numbers, is_image, to_array

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.media.stored import StoredImage
    from evalsuite.types import Output

__all__ = ["MAX_VIDEO_PIXELS", "StoredVideo", "as_frames", "film_strip", "frames_of"]

# Of all frames together: 90 of 720 x 1280. As a PNG they are within MAX_BYTES even if they cannot be compressed.
MAX_VIDEO_PIXELS = 5 << 24

_EXPECTED = "a uint8 array of shape (frames, height, width, 1) or (frames, height, width, 3)"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVideo:
    """A film strip in a file, or in a part of a larger file. An `evalsuite.types.VideoSource`.

    Parameters
    ----------
    strip : StoredImage
    n_frames : int
    """

    strip: StoredImage
    n_frames: int

    def __str__(self) -> str:
        return str(self.strip)

    @property
    def sha256(self) -> str:
        """Of the film strip's bytes, in hexadecimal."""
        return self.strip.sha256

    def frames(self) -> NDArray[np.uint8]:
        """Read the video: uint8, shape (frames, height, width, channels), 1 or 3 channels.

        Raises
        ------
        InputError
            If it is gone, was changed, or is no film strip of so many frames.
        """
        strip = decode_image(self.strip.data(), str(self), max_pixels=MAX_VIDEO_PIXELS)
        height, width, channels = strip.shape
        if height % self.n_frames:
            raise InputError(
                f"{self}: a film strip of height {height} is said to hold {self.n_frames} frames, which do not divide "
                "it. Restore the run's folder from a copy, or generate anew into another folder"
            )
        return strip.reshape(self.n_frames, height // self.n_frames, width, channels)


def as_frames(value: object) -> NDArray[np.uint8]:
    """Return a video as frames, exactly: nothing is scaled, rounded or clipped.

    Parameters
    ----------
    value : object
        A uint8 array or tensor of shape (frames, height, width, channels), 1 or 3 channels.

    Returns
    -------
    uint8 array, shape (frames, height, width, channels)
        A copy.

    Raises
    ------
    TypeError
        If it is something else, or its numbers are not uint8; how to convert is said.
    ValueError
        If it has another shape, no frames, no pixels or more than 5 * 2**24, or holds NaN.
    """
    import numpy as np

    array = to_array(value)
    if array is None:
        raise TypeError(f"the video is a {type(value).__name__}; expected {_EXPECTED}")
    check_numbers(array, "video", _EXPECTED)
    _check_shape(array.shape)
    return np.array(array, dtype=np.uint8, order="C")


def film_strip(frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the frames of a video below one another: uint8, shape (frames * height, width, channels)."""
    n, height, width, channels = frames.shape
    return frames.reshape(n * height, width, channels)


def frames_of(output: Output) -> NDArray[np.uint8]:
    """Return the frames of an output's video: uint8, shape (frames, height, width, channels).

    Raises
    ------
    InputError
        If it has no video, or one that cannot be read or is not as `as_frames` wants it.
    """
    video = output.video
    if video is None:
        raise InputError(f'the output of sample "{output.sample_id}" has no video')
    if not is_image(video) and hasattr(video, "frames"):
        return video.frames()
    try:
        return as_frames(video)
    except (TypeError, ValueError) as error:
        raise InputError(f'the output of sample "{output.sample_id}": {error}') from error


def _check_shape(shape: tuple[int, ...]) -> None:
    if len(shape) == 4 and shape[3] not in (1, 3) and (shape[1] in (1, 3) or shape[0] in (1, 3)):
        axes = "0, 2, 3, 1" if shape[1] in (1, 3) else "1, 2, 3, 0"
        raise ValueError(
            f"the video has shape {shape}, channels not last; put them there, as by video.transpose({axes}), or "
            f"permute of a tensor; expected {_EXPECTED}"
        )
    if len(shape) != 4 or shape[3] not in (1, 3):
        hint = "; return one video a request" if len(shape) == 5 else ""
        raise ValueError(f"the video has shape {shape}{hint}; expected {_EXPECTED}")
    if shape[0] == 0:
        raise ValueError(f"the video has no frames, its shape is {shape}")
    if 0 in shape:
        raise ValueError(f"the video has no pixels, its shape is {shape}")
    n, height, width, _ = shape
    if n * height * (width + 1) > MAX_VIDEO_PIXELS:  # a PNG has a byte more in each line
        raise ValueError(
            f"the video is too large: {n} frames of {height} x {width} pixels are {n * height * width} pixels; "
            f"expected at most about {MAX_VIDEO_PIXELS} in all frames together"
        )
