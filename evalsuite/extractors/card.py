"""Write the card of `fashion_convnet` from its config: ``python -m evalsuite.extractors.card``."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from evalsuite.extractors.fashion_convnet import WEIGHTS
from evalsuite.weights import load_config

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CARD", "main", "render_card"]

CARD = WEIGHTS / "fashion_convnet.md"


def render_card(config: Mapping[str, Any]) -> str:
    """Return the card as Markdown.

    Parameters
    ----------
    config : mapping
        As training wrote it.
    """
    training = config["training"]
    sections = {
        "Data": "Fashion-MNIST (Zalando, MIT licence; Xiao, Rasul and Vollgraf, arXiv:1708.07747): the first 50,000 "
        "training images with their labels, as they are. Nothing was chosen by its accuracy on the other 10,000 or on "
        "the test images.",
        "Architecture": f"Pixels in 2x2 blocks, three 3x3 convolutions with batch norms, the mean over places, and two "
        f"linear layers; {config['parameters']:,} parameters. The features are the {config['dimension']} outputs of "
        "the last linear layer but one, before its activation. They are computed in float32 on one thread, and an "
        "image's are the same bits whatever it is computed with.",
        "Training": f"{training['epochs']} passes in batches of {training['batch']}, AdamW, one cycle of the learning "
        f"rate with its peak at {training['peak_rate']}, labels smoothed by 0.05, seed {training['seed']}, float32 on "
        f"one core: {training['core_seconds']:,} core-seconds. Remade by `python -m evalsuite.extractors.train`; "
        "stored as float16.",
        "Scores": f"{config['test_accuracy']:.2%} of the 10,000 test images and {config['heldout_accuracy']:.2%} of "
        "the 10,000 training images it did not learn from are classified rightly.",
        "What it is for": "Features for distances between sets of 28x28 pictures of clothes, with no network at hand.",
        "What it is not": "An extractor for other images. Its distances are on a scale of their own: they compare "
        "with one another, never with FID.",
    }
    return "# fashion_convnet\n\nSmall convolutional network that classifies pictures of clothes.\n" + "".join(
        f"\n## {heading}\n\n{fill(text, 116, break_long_words=False, break_on_hyphens=False)}\n"
        for heading, text in sections.items()
    )


def main() -> None:
    """Write the card."""
    config, _ = load_config(WEIGHTS, "fashion_convnet")
    CARD.write_text(render_card(config), encoding="utf-8")
    print(CARD)


if __name__ == "__main__":
    main()
