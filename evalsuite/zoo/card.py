"""Write model cards from configs and measured scores: ``python -m evalsuite.zoo.card [NAME ...]``."""

from __future__ import annotations

import sys
from textwrap import fill
from typing import TYPE_CHECKING, Any

from evalsuite.zoo import CONTROLS, NAMES
from evalsuite.zoo.images.card import render_control_card, render_image_card
from evalsuite.zoo.images.measure import measure_images
from evalsuite.zoo.images.picture_model import PictureModel
from evalsuite.zoo.measure import measure_ledger, measure_pictures, measure_records, task_samples
from evalsuite.zoo.model import ZooModel, open_model
from evalsuite.zoo.weights import WEIGHTS, load_config

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CARDS", "main", "render_card"]

CARDS = WEIGHTS.parent / "cards"
_IMAGES = 1000  # drawn for a card

_DATA = {
    "ledger_steps": "Problems of the ledger world with the trace of all counts and the answer; depths 1 to 24 "
    "with weights 1/depth^2.",
    "ledger_steps_deeper": "Problems of the ledger world with the trace of all counts and the answer; depths 1 to "
    "24 with weights 1/depth^1.5.",
    "ledger_answer": "Problems of the ledger world with the answer alone: the very problems that `ledger_cot` "
    "learns from; depths 1 to 24 with weights 1/depth^2.",
    "pictures": "Requests of the picture world, each with the codes of a picture that meets it; 1 to 6 constraints, "
    "all depths and templates alike often.",
    "records": "Records of the data_to_text world, each with one of its four references.",
}
_HELD_OUT = (
    "World seeds differ from the embedded task's, and a problem, record or request that is in the task all the same is "
    "left out."
)
_LEDGER_MIX = (
    "Templates are drawn uniformly. Shallow problems are the more frequent because a model that answers at once learns "
    "nothing from deep ones before it masters those."
)
_ON_THE_SIDE = (
    "At the end of each numbered line they also learn to say whether it adds, takes away or multiplies; a trial "
    "without knew sums only up to the sign after 1,500 steps. Nothing of it shows in what they write."
)
_ARCHITECTURE = {
    "transformer": "Decoder-only transformer, pre-norm, rotary positions, tied embeddings",
    "recurrent": "One recurrent layer with one attention over its own earlier outputs, tied embeddings",
}
_CODES = (
    "A picture is 4x4 cells of 12x12 pixels, and the model writes a code for each, by rows, drawn at temperature 1. "
    "The 97 codes stand for an empty cell and for every shape in every colour at four places in its cell. The codebook "
    "is the world's own: what a code looks like is not learned, what to put where is. Settings of text generation "
    "change nothing."
)
_STEP_INDEX = (
    "Every token also gets an embedding of its step: the number of the last line label (`3.` or `3:`) read so far, "
    "computed from the text itself. Counts 0 to 99 start from Fourier features modulo 4 and 25, which training is free "
    "to change."
)
_DRAWN = {
    "transformer": (
        "A fixed term in the attention scores draws the four heads to numbers of the own step, numbers of the step "
        "before, all of the own step, and the token before; training may overrule it. A trial without it and without "
        "gated perceptrons was still at chance on the arithmetic after 1,000 steps."
    ),
    "recurrent": (
        "A fixed term in the attention scores draws the attention to numbers of the own step; training may overrule it."
    ),
}
_COMPARED = "One arm of a comparison: the same network, seed, problems and number of updates as"
_WORSE = "A model known to be worse than"
_PURPOSE = {
    "ledger_cot": f"{_COMPARED} `ledger_direct`, but it writes its working. (An update "
    "costs it a little more time, because a working is longer than an answer.)",
    "ledger_cot_early": f"{_WORSE} `ledger_cot`: metrics must rank it lower.",
    "ledger_direct": f"{_COMPARED} `ledger_cot`, but it must answer at once. So many updates "
    "does it need to be sure of a single step.",
    "ledger_lstm": "Another family of model that writes its working.",
    "picture_transformer": "A text-to-image model that gets worse, the more is asked of it at once.",
    "picture_transformer_early": f"{_WORSE} `picture_transformer`: metrics must rank it lower.",
    "data_to_text_gru": "A recurrent model for text metrics with several references.",
    "data_to_text_transformer": "A good model for text metrics with several references.",
    "data_to_text_transformer_early": f"{_WORSE} `data_to_text_transformer`: metrics must rank it lower.",
}
_NOT_PICTURES = (
    "A model for use: it knows the words of one procedural world and 97 kinds of cells, and draws something whatever "
    "it is asked for. Its scores say nothing about larger models, and nothing about drawing: none of its shapes can be "
    "unclear."
)
_NOT = (
    "A language model: it knows the words of one procedural world and nothing else, and says something whatever it is "
    "shown. Its scores say nothing about larger models."
)


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
    ledger = training["data"] not in ("pictures", "records")
    sizes = ", ".join(f"{key} {value}" for key, value in config["sizes"].items())
    planned = sum(training["rounds"])
    stopped = "" if training["steps"] == planned else f" (stopped there, of {planned:,} planned)"
    rounds = (
        f", in rounds of {' and '.join(f'{n:,}' for n in training['rounds'])}" if len(training["rounds"]) > 1 else ""
    )
    data = [_DATA[training["data"]], _HELD_OUT, *([_LEDGER_MIX, _ON_THE_SIDE] if ledger else [])]
    architecture = [
        f"{_ARCHITECTURE[config['architecture']]}; {sizes}; {config['parameters']:,} parameters.",
        f"Its {len(config['vocabulary'])} tokens are whole words; the vocabulary is in the config.",
        *([_CODES] if pictures else []),
        *([_STEP_INDEX, _DRAWN[config["architecture"]]] if ledger else []),
        f"It reads only what follows the last `{config['prompt_marker']}` of a prompt,",
        f"and of that the last {config['max_prompt_tokens']} tokens.",
    ]
    trained = [
        f"{training['steps']:,} steps{stopped} of {training['batch']} examples{rounds}, AdamW,",
        f"peak learning rate {training['peak_rate']}, seed {training['seed']}, float32 on one core:",
        f"{training['core_seconds']:,} core-seconds.",
        f"Remade by `python -m evalsuite.zoo.train {name.removesuffix('_early')}`; stored as float16.",
    ]
    sections = {
        "Data": _paragraph(data),
        "Architecture": _paragraph(architecture),
        "Training": _paragraph(trained),
        "Scores": scores,
        "What it is for": _paragraph([_PURPOSE[name]]),
        "What it is not": _paragraph([_NOT_PICTURES if pictures else _NOT]),
    }
    title = f"# {name}\n\n{NAMES[name][0].upper()}{NAMES[name][1:]}.\n"
    return title + "".join(f"\n## {heading}\n\n{text}\n" for heading, text in sections.items())


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
    samples = task_samples("ledger")
    found = measure_ledger(model, samples)
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
