"""The zoo: small models trained for real, shipped with their weights, cards and the scripts that trained them.

Importing this package imports neither torch nor NumPy; ``evalsuite.zoo.model.open_model`` loads what it needs.
"""

from __future__ import annotations

__all__ = [
    "CONTROLS",
    "IMAGE_MODELS",
    "NAMES",
    "PICTURE_MODELS",
    "TEXT_MODELS",
    "VIDEO_CONTROLS",
    "describe_model",
]

TEXT_MODELS: dict[str, str] = {
    "data_to_text_gru": "GRU that turns trail records into sentences",
    "data_to_text_transformer": "transformer that turns trail records into sentences",
    "data_to_text_transformer_early": "the same transformer, stopped early in its training",
    "ledger_cot": "transformer that works through a ledger step by step, then answers",
    "ledger_cot_early": "the same transformer, stopped early in its training",
    "ledger_direct": "transformer that answers a ledger at once",
    "ledger_lstm": "LSTM that works through a ledger step by step, then answers",
    "program_cot": "transformer that runs a program instruction by instruction, then answers",
    "program_direct": "transformer that says at once what a program ends with",
    "tracking_cot": "transformer that follows a thing from place to place, then answers",
    "tracking_direct": "transformer that says at once where a thing ends up",
    "tracking_lstm": "LSTM that follows a thing from place to place, then answers",
}
IMAGE_MODELS: dict[str, str] = {
    "fashion_autoencoder": "plain autoencoder with a density over its codes that draws pictures of clothes",
    "fashion_autoregressive": "autoregressive model that draws pictures of clothes pixel by pixel",
    "fashion_ddpm": "diffusion model that draws pictures of clothes",
    "fashion_ddpm_early": "the same diffusion model, stopped early in its training",
    "fashion_gan": "generative adversarial network that draws pictures of clothes",
    "fashion_vae": "variational autoencoder that draws pictures of clothes",
}
PICTURE_MODELS: dict[str, str] = {
    "picture_transformer": "transformer that draws pictures of shapes from a text",
    "picture_transformer_early": "the same transformer, stopped early in its training",
}
# Nothing is trained: they show how well and how badly a model of images can do.
CONTROLS: dict[str, str] = {
    "noise": "pictures of noise: the worst a model of images can do",
    "real": "real pictures of clothes that no model learned from: the best a model of images can do",
}
VIDEO_CONTROLS: dict[str, str] = {
    "films": "films of moving shapes as asked: the best a model of the task moving_shapes can do",
    "films_other_way": "films in which each shape moves as asked or in another way, by chance",
    "films_shuffled": "films as asked, with their frames in another order",
    "films_still": "films as asked, of which every frame is the first one",
}
NAMES: dict[str, str] = {**TEXT_MODELS, **IMAGE_MODELS, **PICTURE_MODELS, **CONTROLS, **VIDEO_CONTROLS}


def describe_model(name: str) -> str:
    """Return one line about the model called `name`, one of `NAMES`."""
    return NAMES[name]
