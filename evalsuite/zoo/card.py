"""Write model cards from configs and measured scores: ``python -m evalsuite.zoo.card [NAME ...]``."""

from __future__ import annotations

import sys
from textwrap import fill
from typing import TYPE_CHECKING, Any

from evalsuite.worlds.families import FAMILIES
from evalsuite.zoo import CONTROLS, NAMES
from evalsuite.zoo.card_words import (
    ARCHITECTURE,
    CODES,
    COUNTS,
    DATA,
    DRAWN,
    HELD_OUT,
    LEDGER_MIX,
    LEDGER_SEEN,
    NOT,
    NOT_PICTURES,
    ON_THE_SIDE,
    PURPOSE,
    RECALL,
    SIGNS,
    STEP_INDEX,
)
from evalsuite.zoo.film_card import render_film_card
from evalsuite.zoo.films import FilmControl
from evalsuite.zoo.images.card import render_control_card, render_image_card
from evalsuite.zoo.images.measure import measure_images
from evalsuite.zoo.images.picture_model import PictureModel
from evalsuite.zoo.measure import measure_pictures, measure_reasoning, measure_records, task_samples
from evalsuite.zoo.model import ZooModel, open_model
from evalsuite.zoo.weights import WEIGHTS, load_config

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CARDS", "main", "render_card"]

CARDS = WEIGHTS.parent / "cards"
_IMAGES = 1000  # drawn for a card


def render_card(name: str, config: Mapping[str, Any], scores: str) -> str:
    """Return the card of a model that reads text as Markdown.

    Parameters
    ----------
    name : str
        Of the model.
    config : mapping
        Its config.
    scores : str
        Measured scores as Markdown.
    """
    training = config["training"]
    pictures = training["data"] == "pictures"
    family = _family(config)
    sizes = ", ".join(f"{key} {value}" for key, value in config["sizes"].items())
    planned = sum(training["rounds"])
    stopped = "" if training["steps"] == planned else f" (stopped there, of {planned:,} planned)"
    rounds = (
        f", in rounds of {' and '.join(f'{n:,}' for n in training['rounds'])}" if len(training["rounds"]) > 1 else ""
    )
    on_the_side = {"ledger": [LEDGER_SEEN, LEDGER_MIX, ON_THE_SIDE], "program": [SIGNS]}.get(family, [])
    data = [DATA[training["data"]], HELD_OUT, *on_the_side]
    architecture = [
        f"{ARCHITECTURE[config['architecture']]}; {sizes}; {config['parameters']:,} parameters.",
        f"Its {len(config['vocabulary'])} tokens are whole words; the vocabulary is in the config.",
        *([CODES] if pictures else []),
        *([STEP_INDEX] if family else []),
        *([COUNTS] if family == "ledger" else []),
        *([DRAWN[config["architecture"]]] if family in ("ledger", "program") else []),
        *([RECALL[config["architecture"]]] if family == "tracking" else []),
        f"It reads only what follows the last `{config['prompt_marker']}` of a prompt,",
        f"and of that the last {config['max_prompt_tokens']} tokens.",
    ]
    trained = [
        f"{training['steps']:,} steps{stopped} of {training['batch']} examples{rounds}, AdamW,",
        f"peak learning rate {training['peak_rate']}, seed {training['seed']}, float32 on one core:",
        f"{training['core_seconds']:,} core-seconds.",
        *([f"Training begins with the weights of `{training['begin']}`."] if "begin" in training else []),
        f"Remade by `python -m evalsuite.zoo.train {name.removesuffix('_early')}`; stored as float16.",
    ]
    sections = {
        "Data": _paragraph(data),
        "Architecture": _paragraph(architecture),
        "Training": _paragraph(trained),
        "Scores": scores,
        "What it is for": _paragraph([PURPOSE[name]]),
        "What it is not": _paragraph([NOT_PICTURES if pictures else NOT]),
    }
    title = f"# {name}\n\n{NAMES[name][0].upper()}{NAMES[name][1:]}.\n"
    return title + "".join(f"\n## {heading}\n\n{text}\n" for heading, text in sections.items())


def _family(config: Mapping[str, Any]) -> str:
    """Return the reasoning family that a model learned, empty where it learned something else."""
    family = str(config["training"]["data"]).partition("_")[0]
    return family if family in FAMILIES else ""


def _paragraph(sentences: list[str]) -> str:
    return fill(" ".join(sentences), 116, break_long_words=False, break_on_hyphens=False)


def main(arguments: list[str] | None = None) -> None:
    """Measure models on one core and write their cards; all of them where none is named."""
    import torch

    torch.set_num_threads(1)
    for name in (sys.argv[1:] if arguments is None else arguments) or NAMES:
        path = CARDS / f"{name}.md"
        path.write_text(_card(name), encoding="utf-8")
        print(path)


def _card(name: str) -> str:
    model = open_model(name, {})
    if name in CONTROLS:
        return render_control_card(name, measure_images(model, _IMAGES))
    if isinstance(model, FilmControl):
        return render_film_card(model)
    config, _ = load_config(WEIGHTS, name)
    if not isinstance(model, ZooModel):
        return render_image_card(name, config, measure_images(model, _IMAGES))
    return render_card(name, config, _scores(model, config))


def _scores(model: ZooModel, config: Mapping[str, Any]) -> str:
    if config["training"]["data"] == "records":
        samples = task_samples("records")
        said = measure_records(model, samples)
        return _paragraph(
            [
                f"On the {len(samples)} records of the embedded task, greedily: {said.slots:.1%} of slots said right,",
                f"{said.faithful:.1%} of texts with every slot right and nothing else.",
                f"All texts took {said.core_seconds:.1f} core-seconds.",
            ]
        )
    if isinstance(model, PictureModel):
        samples = task_samples("pictures")
        drawn = measure_pictures(model, samples)
        summary = [
            f"Pictures for the {len(samples)} requests of the embedded task: {drawn.accuracy:.1%} are exactly what was",
            f"asked for. All pictures took {drawn.core_seconds:.1f} core-seconds. Depth is the number of constraints.",
        ]
        return "\n\n".join([_paragraph(summary), *_tables(drawn.by_depth)])
    samples = task_samples(_family(config))
    found = measure_reasoning(model, samples)
    summary = [
        f"Final answers on the {len(samples)} items of the embedded task, greedily: {found.accuracy:.1%} right.",
        f"All answers took {found.core_seconds:.1f} core-seconds.",
    ]
    return "\n\n".join([_paragraph(summary), *_tables(found.by_depth)])


def _tables(by_depth: Mapping[int, float]) -> list[str]:
    """Return accuracies by depth as tables of twelve."""
    tables = []
    for first in range(0, len(by_depth), 12):
        part = list(by_depth.items())[first : first + 12]
        head = " | ".join(str(depth) for depth, _ in part)
        body = " | ".join(f"{accuracy:.2f}" for _, accuracy in part)
        tables.append(f"| depth | {head} |\n|{'---|' * (len(part) + 1)}\n| accuracy | {body} |")
    return tables


if __name__ == "__main__":
    main()
