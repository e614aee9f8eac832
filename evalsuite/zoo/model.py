"""The ``zoo:`` backend: opens a shipped model and answers requests with it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from evalsuite.environment import check_device, one_thread
from evalsuite.errors import ModelError, did_you_mean
from evalsuite.types import GenerationConfig, Modality, Output, Request
from evalsuite.zoo import CONTROLS, IMAGE_MODELS, NAMES, PICTURE_MODELS, VIDEO_CONTROLS
from evalsuite.zoo.tokenizer import GO, Tokenizer
from evalsuite.zoo.weights import WEIGHTS, check_weights, load_config

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evalsuite.zoo.films import FilmControl
    from evalsuite.zoo.images.controls import NoiseModel, RealModel
    from evalsuite.zoo.images.model import ImageModel
    from evalsuite.zoo.networks import Network

__all__ = ["ZooModel", "open_model"]

_CHARACTERS_A_TOKEN = 64  # more than any token has; what lies further back cannot matter


def open_model(
    name: str, options: Mapping[str, str], *, device: str = "auto"
) -> FilmControl | ImageModel | NoiseModel | RealModel | ZooModel:
    """Open a model of the zoo.

    Parameters
    ----------
    name : str
        One of ``evalsuite.zoo.NAMES``.
    options : mapping of str to str
        Must be empty: the zoo's models have no options.
    device : str
        ``"auto"`` is the CPU: the models are so small that another device would not be faster, and its outputs could
        differ.

    Returns
    -------
    FilmControl, ImageModel, NoiseModel, RealModel or ZooModel
        With its weights' hash checked; they are loaded at the first use.

    Raises
    ------
    ModelError
        If there is no such model, an option is given, or a file is not the one that was shipped.
    """
    if name not in NAMES:
        raise ModelError(f'zoo: no model "{name}"{did_you_mean(name, NAMES)} (known: {", ".join(NAMES)})')
    if options:
        raise ModelError(f'zoo:{name}: unknown option "{min(options)}"; the models of the zoo have no options')
    if name in CONTROLS:
        from evalsuite.zoo.images.controls import NoiseModel, RealModel

        return NoiseModel() if name == "noise" else RealModel()
    if name in VIDEO_CONTROLS:
        from evalsuite.zoo.films import FilmControl

        return FilmControl(name)
    computing = "cpu" if device == "auto" else device
    if name in IMAGE_MODELS:
        from evalsuite.zoo.images.model import ImageModel

        return ImageModel(name, WEIGHTS, device=computing)
    if name in PICTURE_MODELS:
        from evalsuite.zoo.images.picture_model import PictureModel

        return PictureModel(name, WEIGHTS, device=computing)
    return ZooModel(name, WEIGHTS, device=computing)


class ZooModel:
    """A trained model of the zoo that writes text.

    Parameters
    ----------
    name : str
        Files are ``NAME.json`` and ``NAME.safetensors``.
    folder : Path
        Where they lie.
    device : str
        A torch device.

    Raises
    ------
    ModelError
        If a file is missing, or the weights are not those the config names.
    """

    def __init__(self, name: str, folder: Path, *, device: str = "cpu") -> None:
        self.name = name
        self.spec = f"zoo:{name}"
        self.modalities: frozenset[Modality] = frozenset({"text"})
        self.batch_size = 256
        self.batch_invariant = False
        self.dtype = "float32"
        self.device = device
        self._folder = folder
        self._config, raw_config = load_config(folder, name)
        raw_weights = check_weights(folder, name, self._config["weights_sha256"])
        self.fingerprint = hashlib.sha256(raw_weights + raw_config).hexdigest()
        self._tokenizer = Tokenizer.from_config(self._config)
        self._network: Network | None = None

    def load(self) -> None:
        """Load the weights.

        Raises
        ------
        ModelError
            If torch cannot compute on the device.
        """
        check_device(self.device, self.spec)
        self._load()

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Answer every request, in the same order.

        Parameters
        ----------
        requests : sequence of Request
            Of each prompt, the model reads what follows the last ``Problem: `` or ``Record: ``, and of that the last
            `max_prompt_tokens` tokens of its config.
        config : GenerationConfig
            How to choose tokens. The config's own `max_new_tokens` is a further bound.

        Returns
        -------
        list of Output
            With text, finish reason and token counts (``<go>`` and ``<eos>`` included).
        """
        from evalsuite.zoo.decoding import write_completions

        prompts = [self._read(request.prompt) for request in requests]
        config = replace(config, max_new_tokens=min(config.max_new_tokens, self._config["max_new_tokens"]))
        seeds = [request.seed for request in requests]
        with one_thread():
            written = write_completions(self._load(), self._tokenizer, prompts, seeds, config, device=self.device)
        return [
            Output(
                text=one.text,
                finish_reason="stop" if one.ended else "length",
                tokens_in=len(prompt),
                tokens_out=one.n_tokens,
                sample_id=request.sample_id,
                repeat=request.repeat,
                turn=request.turn,
                seed=request.seed,
            )
            for request, prompt, one in zip(requests, prompts, written, strict=True)
        ]

    def loglikelihood(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Rate the choices of every request, in the same order.

        Parameters
        ----------
        requests : sequence of Request
            Of each prompt, the model reads what `generate` reads. A choice begins without white space, as the model's
            texts do. Of a whole text, the model is given nothing.
        config : GenerationConfig
            Not used.

        Returns
        -------
        list of Output
            A choice with a word that the model's vocabulary lacks has the log-probability ``-inf``. A whole text that
            the vocabulary does not hold as it stands, down to case and white space, gets an error output: the
            probability of what is left of it would not be that of the text.
        """
        del config  # nothing is generated
        from evalsuite.zoo.likelihood import Pair, rate_pairs

        pairs: list[Pair] = []
        read: list[tuple[slice, int] | str] = []
        for request in requests:
            given = [GO] if request.ask == "rolling" else self._read(request.prompt)
            rated = [self._tokenizer.encode(choice.strip()) for choice in request.choices]
            lost = next((i for i, tokens in enumerate(rated, 1) if not tokens), 0)
            if lost:
                read.append(f"choice {lost} has no word that the model's tokenizer knows")
            elif request.ask == "rolling" and not self._holds(request.choices[0], rated[0]):
                read.append(
                    "the model's vocabulary does not hold this text as it stands, so that it has no probability"
                )
            else:
                read.append((slice(len(pairs), len(pairs) + len(rated)), len(given)))
                pairs += [Pair(given=tuple(given), rated=tuple(tokens)) for tokens in rated]
        with one_thread():
            found = rate_pairs(self._load(), pairs, device=self.device)
        outputs: list[Output] = []
        for request, at in zip(requests, read, strict=True):
            if isinstance(at, str):
                outputs.append(Output(finish_reason="error", error=at))
                continue
            place, n_given = at
            outputs.append(
                Output(
                    logprobs=tuple(value for value, _ in found[place]),
                    choice_tokens=tuple(len(pair.rated) for pair in pairs[place]),
                    greedy=tuple(greedy for _, greedy in found[place]),
                    tokens_in=0 if request.ask == "rolling" else n_given,
                )
            )
        return outputs

    def _holds(self, text: str, tokens: list[int]) -> bool:
        """Whether tokens spell a text, but for white space around it and unknown words."""
        spelt = "".join(self._tokenizer.vocabulary[token] for token in tokens).strip()
        return spelt == text.strip()

    def _read(self, prompt: str) -> list[int]:
        most = self._config["max_prompt_tokens"] - 1
        found = prompt.rpartition(self._config["prompt_marker"])[2]
        return [*self._tokenizer.encode(found[-most * _CHARACTERS_A_TOKEN :])[-most:], GO]

    def _load(self) -> Network:
        if self._network is None:
            from evalsuite.zoo.networks import build_network
            from evalsuite.zoo.weights import load_weights

            network = build_network(self._config["architecture"], self._config["sizes"], self._tokenizer)
            weights = load_weights(self._folder, self.name, self._config["weights_sha256"])
            network.load_state_dict(weights)
            self._network = network.to(self.device).eval()
        return self._network
