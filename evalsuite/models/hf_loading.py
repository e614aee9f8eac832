"""Loading a checkpoint of transformers: its network and tokenizer, special tokens, and how much they can hold."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from evalsuite.environment import check_device
from evalsuite.errors import ModelError
from evalsuite.models.hf_kind import auto_class

if TYPE_CHECKING:
    from evalsuite.models.hf_folder import Checkpoint

__all__ = ["LoadedCheckpoint", "load_checkpoint"]

# Beside the tokens that end a text: how the decoder of an encoder-decoder begins one, and what it must not write.
_SEQ2SEQ_TOKENS = ("decoder_start_token_id", "bos_token_id", "forced_bos_token_id", "bad_words_ids")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedCheckpoint:
    """A checkpoint in memory.

    Parameters
    ----------
    model, tokenizer
        Of transformers.
    device : str
        Where the weights are; several are separated by commas.
    input_device : torch.device
        Where tokens go in.
    is_encoder_decoder : bool
    eos : list of int
        The tokens that end a text.
    pad : int
    context : int
        Tokens of prompt and answer together; of an encoder-decoder, of what its decoder writes and begins with.
    prompt_context : int
        Most tokens of a prompt.
    """

    model: Any
    tokenizer: Any
    device: str
    input_device: Any
    is_encoder_decoder: bool
    eos: list[int]
    pad: int
    context: int
    prompt_context: int

    def room(self, n_prompt: int) -> int:
        """Return how many tokens may be written to a prompt of so many; below 1 where there is no room."""
        if not self.is_encoder_decoder:
            return self.context - n_prompt
        return self.context - 1 if n_prompt <= self.prompt_context else 0

    def decode(self, tokens: list[int]) -> str:
        """Return the text of tokens, without special ones."""
        text: str = self.tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return text

    def encode(self, text: str, *, special_tokens: bool, add_bos: bool | None) -> list[int]:
        """Return the tokens of a prompt; where it has none, the one that begins or ends texts.

        Parameters
        ----------
        text : str
        special_tokens : bool
            Whether the tokenizer adds its own.
        add_bos : bool or None
            Whether the prompt begins with the token that begins texts; None: as the tokenizer does.
        """
        ids: list[int] = self.tokenizer(text, add_special_tokens=special_tokens, verbose=False)["input_ids"]
        bos = self.tokenizer.bos_token_id
        if add_bos is True and bos is not None and ids[:1] != [bos]:
            ids = [bos, *ids]
        elif add_bos is False and bos is not None and ids[:1] == [bos]:
            ids = ids[1:]
        return ids or self.begin

    def encode_plain(self, text: str) -> list[int]:
        """Return the tokens of a text, without special ones that the tokenizer would add."""
        ids: list[int] = self.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
        return ids

    def prefix(self, *, special_tokens: bool, add_bos: bool | None) -> list[int]:
        """Return what stands before the tokens of a text's own in those of `encode`; parameters as there."""
        plain = self.encode_plain("a")
        whole: list[int] = self.tokenizer("a", add_special_tokens=special_tokens, verbose=False)["input_ids"]
        special = list(takewhile(set(self.tokenizer.all_special_ids).__contains__, whole))
        before = next((whole[:at] for at in range(len(whole)) if whole[at : at + len(plain)] == plain), special)
        bos = self.tokenizer.bos_token_id
        if add_bos is True and bos is not None and before[:1] != [bos]:
            return [bos, *before]
        return before[1:] if add_bos is False and bos is not None and before[:1] == [bos] else before

    @property
    def begin(self) -> list[int]:
        """The token that a text without any stands for: the one that begins texts, or else ends them."""
        bos = self.tokenizer.bos_token_id
        return [bos] if bos is not None else self.eos[:1]

    @property
    def vocabulary(self) -> int:
        """Logits of a position; 0 where the configuration does not say."""
        return int(getattr(self.model.config.get_text_config(), "vocab_size", 0) or 0)

    @property
    def decoder_start(self) -> int | None:
        """The token that the decoder of an encoder-decoder begins with."""
        found = [
            getattr(of, "decoder_start_token_id", None) for of in (self.model.config, self.model.generation_config)
        ]
        return next((int(token) for token in found if isinstance(token, int)), None)


def load_checkpoint(
    checkpoint: Checkpoint, *, where: str, dtype: str, device: str, device_map: str | None, max_length: int
) -> LoadedCheckpoint:
    """Load the weights and the tokenizer.

    Parameters
    ----------
    checkpoint : Checkpoint
    where : str
        The start of messages.
    dtype, device : str
        As torch names them; the device may be ``"auto"``.
    device_map : str, optional
        As accelerate names it, instead of a device.
    max_length : int
        Narrows what the model holds.

    Raises
    ------
    ModelError
        If transformers cannot load them, some are missing, or the model writes no texts.
    """
    torch: Any = import_module("torch")
    transformers: Any = import_module("transformers")
    bars: Any = import_module("transformers.utils.logging")
    if device_map is None:
        device = device if device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
        check_device(device, where)
    local = {"local_files_only": True, "trust_remote_code": False}
    named = "dtype" if int(transformers.__version__.split(".")[0]) >= 5 else "torch_dtype"
    had_bars = bars.is_progress_bar_enabled()
    bars.disable_progress_bar()
    try:
        loader = auto_class(checkpoint, transformers.AutoConfig.from_pretrained(checkpoint.folder, **local), where)
        tokenizer = transformers.AutoTokenizer.from_pretrained(checkpoint.folder, **local)
        model, report = loader.from_pretrained(
            checkpoint.folder,
            **local,
            **{named: getattr(torch, dtype)},
            **({} if device_map is None else {"device_map": device_map}),
            use_safetensors=True,
            output_loading_info=True,
        )
        model = (model if device_map is not None else model.to(device)).eval()
    except ModelError:
        raise
    except Exception as error:  # transformers raises many kinds, all of them about this checkpoint
        raise ModelError(
            f"{where}: transformers {transformers.__version__} cannot load {checkpoint.folder}: "
            f"{type(error).__name__}: {error}"
        ) from error
    finally:
        if had_bars:
            bars.enable_progress_bar()
    _check_complete(report, checkpoint, where)
    # Weights that accelerate has put on disk are on "meta", and hooks move what they are computed with.
    devices = [parameter.device for parameter in model.parameters() if parameter.device.type != "meta"]
    if device_map is not None:
        device = ",".join(sorted(set(map(str, devices))))
    eos = model.generation_config.eos_token_id
    ends = sorted({*(eos if isinstance(eos, list) else [eos]), tokenizer.eos_token_id} - {None})
    pads = [tokenizer.pad_token_id, tokenizer.eos_token_id, *ends, 0]
    pad = next(pad for pad in pads if pad is not None)
    _replace_generation_config(model, ends, pad, where)
    limits = [max_length if limit is None else min(max_length, limit) for limit in _positions(model.config)]
    return LoadedCheckpoint(
        model=model,
        tokenizer=tokenizer,
        device=device,
        input_device=devices[0],
        is_encoder_decoder=bool(model.config.is_encoder_decoder),
        eos=ends,
        pad=pad,
        prompt_context=limits[0],
        context=limits[1],
    )


def _check_complete(report: Any, checkpoint: Checkpoint, where: str) -> None:
    lost = sorted(map(str, [*report["missing_keys"], *report.get("mismatched_keys", ())]))
    if lost:
        raise ModelError(
            f"{where}: {checkpoint.folder} lacks {len(lost)} of the model's weights, or has them in "
            f"another shape; transformers would make them up at random: {', '.join(lost[:3])}"
        )


def _replace_generation_config(model: Any, eos: list[int], pad: int, where: str) -> None:
    """Leave of the checkpoint's generation settings the special tokens alone."""
    transformers: Any = import_module("transformers")
    saved = model.generation_config
    kept: dict[str, Any] = {}
    if model.config.is_encoder_decoder:
        kept = {name: value for name in _SEQ2SEQ_TOKENS if (value := getattr(saved, name, None)) is not None}
        if not {"decoder_start_token_id", "bos_token_id"} & set(kept):
            raise ModelError(
                f"{where}: neither generation_config.json nor config.json says decoder_start_token_id or bos_token_id, "
                "so it is not known what an answer begins with; write it into generation_config.json"
            )
    model.generation_config = transformers.GenerationConfig(
        **kept, eos_token_id=eos or None, pad_token_id=pad, do_sample=False
    )


def _positions(config: Any) -> tuple[int | None, int | None]:
    """Return how many positions there are for the prompt, and for what is written; None where any number will do."""
    if not config.is_encoder_decoder:
        limit = getattr(config.get_text_config(), "max_position_embeddings", None)
        return limit, limit
    limits = []
    for side in ("encoder", "decoder"):
        part = getattr(config, side, None)  # a configuration of its own where two models were put together
        whole = config if not hasattr(part, "model_type") else part
        found = getattr(whole, f"max_{side}_position_embeddings", None)
        limits.append(found or getattr(whole, "max_position_embeddings", None))
    return limits[0], limits[1]
