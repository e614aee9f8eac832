"""Model cards of the models that draw images."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from evalsuite.zoo import CONTROLS, NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.zoo.images.measure import ImageScores

__all__ = ["render_control_card", "render_image_card"]

_DATA = (
    "Fashion-MNIST (Zalando, MIT licence; Xiao, Rasul and Vollgraf, arXiv:1708.07747): the first 50,000 training "
    "images, as they are. The other 10,000 training images and the test images were not learned from."
)
_CLASSES = "The class of an image is the one that its prompt names, or else drawn with it, all ten alike likely."
_SEED = (
    "All randomness of an image comes from the seed of its request. Settings of text generation, such as temperature, "
    "change nothing."
)
_ARCHITECTURE = {
    "autoencoder": "Plain convolutional autoencoder, without noise in training. Having no distribution to draw from, "
    "it was given one after training: one Gaussian a class, of the mean and covariance of that class's codes (of the "
    "last 25,000 images of training). An image is the decoder's answer to a code drawn from it",
    "autoregressive": "Draws pixel by pixel, each from a softmax over 32 grey levels (0, 8, 16, ... 255), given all "
    "pixels before it in the order of 4x4 patches: a causal transformer over the 49 patches, and a masked perceptron "
    "over the pixels of a patch and those around it. Nothing is cut from the distributions (temperature 1)",
    "diffusion": "Diffusion model that says velocities, on the cosine schedule: a U-Net on 2x2 blocks of pixels, with "
    "one attention at 7x7, told the time and the class. Images are drawn in 20 deterministic steps (DDIM)",
    "gan": "Generator of a DCGAN, one linear and two transposed convolutional layers, trained against a critic with "
    "spectral norms and the hinge loss; the critic is not shipped",
    "vae": "Convolutional variational autoencoder; an image is the mean that the decoder gives for a random code",
}
_TRAINED = {
    "autoencoder": "Adam, learning rate {rate} falling linearly, squared error",
    "autoregressive": "Adam, peak learning rate {rate} falling as a cosine, cross-entropy of the levels",
    "diffusion": "Adam, peak learning rate {rate} falling as a cosine; the running mean of the weights is kept",
    "gan": "Adam, learning rate {rate} of the critic and half of it of the generator, falling linearly; the running "
    "mean of the generator is kept",
    "vae": "Adam, learning rate {rate} falling linearly",
}
_PURPOSE = {
    "fashion_autoencoder": "The oldest family, and another kind of fault: blurred images, and some between two kinds "
    "of clothes where the density covers codes that no image has.",
    "fashion_autoregressive": "Another family of model, with another kind of fault: grain, and shapes that come "
    "apart where one unlucky pixel led to the next.",
    "fashion_ddpm": "The best drawn images of the zoo, for metrics of sets of images.",
    "fashion_ddpm_early": "A model known to be worse than `fashion_ddpm`: metrics must rank it lower.",
    "fashion_gan": "Another family of model, with another kind of fault: broken shapes with sharp edges.",
    "fashion_vae": "Another family of model, with another kind of fault: smooth, blurred images.",
    "noise": "The ceiling of distances: a model that scores no better than this draws nothing.",
    "real": "The floor of distances: what a perfect model would score with as many images.",
}
_CONTROL_DATA = {
    "noise": "None: every pixel is uniform noise from the seed of the request.",
    "real": "2,000 of the last 10,000 training images of Fashion-MNIST (Zalando, MIT licence; Xiao, Rasul and "
    "Vollgraf, arXiv:1708.07747), which nothing of ours learned from, each of them once, in a random order that does "
    "not change. A task with more samples gets errors from there on.",
}
_NOT = (
    "A model for use: it knows one set of pictures of clothes, 28x28 pixels in grey. Its scores say nothing about "
    "larger models."
)


def render_image_card(name: str, config: Mapping[str, Any], scores: ImageScores) -> str:
    """Return the card of a trained model as Markdown.

    Parameters
    ----------
    name : str
        Of the model.
    config : mapping
        Its config.
    scores : ImageScores
        As measured.
    """
    training = config["training"]
    architecture = config["architecture"]
    sizes = ", ".join(f"{key} {value}" for key, value in config["sizes"].items())
    stopped = f" (stopped there, of {training['planned']:,} planned)" if training["steps"] < training["planned"] else ""
    passes = training["steps"] * training["batch"] / 50_000
    sections = {
        "Data": [_DATA],
        "Architecture": [
            f"{_ARCHITECTURE[architecture]}; {sizes}; {config['parameters']:,} parameters.",
            *([_CLASSES] if architecture in ("autoencoder", "autoregressive", "diffusion") else []),
            _SEED,
        ],
        "Training": [
            f"{training['steps']:,} steps{stopped} of {training['batch']} images, {passes:.1f} passes over the data;",
            f"{_TRAINED[architecture].format(rate=training['peak_rate'])}; seed {training['seed']}, float32 on one",
            f"core: {training['core_seconds']:,} core-seconds.",
            f"Remade by `python -m evalsuite.zoo.train {name.removesuffix('_early')}`; stored as float16.",
        ],
        "Scores": _scores(scores),
        "What it is for": [_PURPOSE[name]],
        "What it is not": [_NOT],
    }
    return _card(name, sections)


def render_control_card(name: str, scores: ImageScores) -> str:
    """Return the card of a control as Markdown; see `render_image_card`."""
    assert name in CONTROLS
    sections = {"Data": [_CONTROL_DATA[name]], "Scores": _scores(scores), "What it is for": [_PURPOSE[name]]}
    return _card(name, sections)


def _scores(scores: ImageScores) -> list[str]:
    return [
        f"Fréchet distance of {scores.n:,} images to the 10,000 test images, in features of `fashion_convnet`:",
        f"{scores.distance:.2f}. The extractor sees {scores.commonest:.0%} of them in their commonest class.",
        f"Drawing them took {scores.core_seconds:.1f} core-seconds.",
    ]


def _card(name: str, sections: Mapping[str, list[str]]) -> str:
    title = f"# {name}\n\n{NAMES[name][0].upper()}{NAMES[name][1:]}.\n"
    return title + "".join(
        f"\n## {heading}\n\n{fill(' '.join(text), 116, break_long_words=False, break_on_hyphens=False)}\n"
        for heading, text in sections.items()
    )
