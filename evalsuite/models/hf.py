"""``hf:PATH``: a language model of transformers, causal or encoder-decoder, from a local folder."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from evalsuite.errors import DependencyError, ModelError
from evalsuite.models.batch_sizes import default_batch_size
from evalsuite.models.hf_decoding import BeamSearch
from evalsuite.models.hf_folder import find_checkpoint
from evalsuite.models.hf_kind import check_writes_texts
from evalsuite.models.hf_model import HfModel
from evalsuite.models.options import check_known, read_bool, read_choice, read_float, read_int
from evalsuite.models.spec import ModelSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HfModel", "open_model"]

_OPTIONS = (
    "add_bos",
    "batch_size",
    "chat",
    "chat_choices",
    "device_map",
    "dtype",
    "length_penalty",
    "logprobs",
    "max_length",
    "num_beams",
    "stride",
)
_DEVICE_MAPS = ("none", "auto", "balanced", "balanced_low_0", "sequential")
_NO_LIMIT = 1 << 62


def open_model(name: str, options: Mapping[str, str], *, device: str = "auto") -> HfModel:
    """Open the checkpoint `name`: check its files and hash them. Weights load when it first generates.

    Parameters
    ----------
    name : str
        The path of a folder, or the id of a model that is already in the local hub cache.
    options : mapping of str to str
        ``dtype`` (``float32``, ``bfloat16``, ``float16``, or ``auto`` for the saved one), ``chat`` (``auto``: where
        the tokenizer has a chat template; ``true``, ``false``), ``chat_choices`` (``false``, or ``true``: choices are
        rated as answers in the chat template), ``add_bos`` (``auto``: as the tokenizer does),
        ``batch_size``, ``max_length`` (prompt and answer together, in tokens; of an encoder-decoder, each),
        ``num_beams`` and ``length_penalty`` (beam search, see `BeamSearch`), ``stride`` (where a whole text is rated:
        tokens rated by each window, with as much text before them as fits; by default all that a window holds),
        ``logprobs`` (``true``: keep the log-probability of each token it writes; ``false``), and ``device_map``
        (``none``, or how the package accelerate spreads the weights over several devices: ``auto``, ``balanced``,
        ``balanced_low_0``, ``sequential``).
    device : str, default "auto"
        As torch names it; ``"auto"`` is ``"cuda"`` where there is a GPU, else ``"cpu"``. Must be ``"auto"`` with a
        device map.

    Raises
    ------
    ModelError
        If the folder is not there, lacks a part or holds a model that writes no texts, or an option is unknown or
        wrong.
    DependencyError
        If transformers is missing, or accelerate where there is a device map.
    """
    where = f"hf:{name}"
    check_known(where, options, _OPTIONS)
    dtype = read_choice(where, options, "dtype", ("float32", "bfloat16", "float16", "auto"))
    chat = read_choice(where, options, "chat", ("auto", "true", "false"))
    chat_choices = read_bool(where, options, "chat_choices", default=False)
    add_bos = read_choice(where, options, "add_bos", ("auto", "true", "false"))
    batch_size = read_int(where, options, "batch_size", default=default_batch_size(device, on_cpu=8, on_gpu=64))
    max_length = read_int(where, options, "max_length", default=_NO_LIMIT)
    beams = _read_beams(where, options)
    logprobs = read_bool(where, options, "logprobs", default=False)
    if logprobs and beams is not None:
        raise ModelError(f'{where}: option "logprobs" is for greedy decoding and sampling; num_beams must be 1')
    stride = read_int(where, options, "stride", default=1) if "stride" in options else None
    device_map = read_choice(where, options, "device_map", _DEVICE_MAPS)
    if find_spec("transformers") is None:
        raise DependencyError(f'{where}: needs the package transformers: pip install "evalsuite[hf]"')
    if device_map != "none":
        _check_device_map(where, device_map, device)
    checkpoint = find_checkpoint(name)
    check_writes_texts(checkpoint, where)
    for key, wanted in (("chat", chat == "true"), ("chat_choices", chat_choices)):
        if wanted and not checkpoint.has_chat_template:
            raise ModelError(f"{where}: {key}=true, but the tokenizer in {checkpoint.folder} has no chat template")
    return HfModel(
        checkpoint,
        spec=str(ModelSpec(backend="hf", name=name, options=options)),
        dtype=checkpoint.saved_dtype if dtype == "auto" else dtype,
        device=device,
        device_map=None if device_map == "none" else device_map,
        chat=checkpoint.has_chat_template if chat == "auto" else chat == "true",
        add_bos=None if add_bos == "auto" else add_bos == "true",
        batch_size=batch_size,
        max_length=max_length,
        beams=beams,
        rates_chat=chat_choices,
        stride=stride,
        logprobs=logprobs,
    )


def _read_beams(where: str, options: Mapping[str, str]) -> BeamSearch | None:
    """Return the beam search that the options ask for; None where they ask for one beam, which is greedy."""
    num_beams = read_int(where, options, "num_beams", default=1)
    if num_beams == 1:
        if "length_penalty" in options:
            raise ModelError(
                f'{where}: option "length_penalty" is for beam search, and there is one beam; give num_beams=2 or more'
            )
        return None
    return BeamSearch(num_beams=num_beams, length_penalty=read_float(where, options, "length_penalty", default=1.0))


def _check_device_map(where: str, device_map: str, device: str) -> None:
    if device != "auto":
        raise ModelError(
            f'{where}: device_map={device_map} chooses the devices itself, and the device "{device}" was asked for; '
            "give one of the two"
        )
    if find_spec("accelerate") is None:
        raise DependencyError(f"{where}: device_map={device_map} needs the package accelerate: pip install accelerate")
