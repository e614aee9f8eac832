"""Which checkpoints of transformers write texts, and in which of two ways: causal, or encoder-decoder."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from evalsuite.errors import ModelError

if TYPE_CHECKING:
    from evalsuite.models.hf_folder import Checkpoint

__all__ = ["auto_class", "check_writes_texts"]

# Heads that write no texts, and encoders cut off their decoders. A name that only ends in "Model" tells of no head:
# published encoder-decoders have such names, too, and whether weights are missing is seen when they are loaded.
_NO_TEXTS = re.compile(
    r"For\w*(Classification|Embedding|MaskedLM|MultipleChoice|Prediction|PreTraining|QuestionAnswering|Retrieval)$"
    r"|(?<!Decoder)(?<!Seq2Seq)EncoderModel$"
)


def check_writes_texts(checkpoint: Checkpoint, where: str) -> None:
    """Refuse a checkpoint that is by its configuration of a model without texts to write. Needs no transformers.

    Raises
    ------
    ModelError
        Says what it is of.
    """
    architecture = _architecture(checkpoint)
    if architecture is not None and _NO_TEXTS.search(architecture):
        raise _refusal(checkpoint, str(checkpoint.config.get("model_type", "unknown")), where)


def auto_class(checkpoint: Checkpoint, config: Any, where: str) -> Any:
    """Return the class of transformers that loads the checkpoint.

    Parameters
    ----------
    checkpoint : Checkpoint
    config : transformers.PretrainedConfig
        Its configuration, with the defaults of its type.
    where : str
        The start of the message.

    Returns
    -------
    type
        ``AutoModelForSeq2SeqLM`` where ``config.is_encoder_decoder``, else ``AutoModelForCausalLM``.

    Raises
    ------
    ModelError
        If it is neither; encoders such as BERT are refused, though transformers would load them as causal models.
    """
    transformers: Any = import_module("transformers")
    names: Any = import_module("transformers.models.auto.modeling_auto")
    kind = str(config.model_type)
    if config.is_encoder_decoder:
        known, loader = names.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES, transformers.AutoModelForSeq2SeqLM
        is_encoder = False
    else:
        known, loader = names.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES, transformers.AutoModelForCausalLM
        is_causal = getattr(config, "is_decoder", False) or getattr(config, "causal", False)
        is_encoder = kind in names.MODEL_FOR_MASKED_LM_MAPPING_NAMES and not is_causal
    if kind not in known or is_encoder:
        raise _refusal(checkpoint, kind, where)
    return loader


def _architecture(checkpoint: Checkpoint) -> str | None:
    names = checkpoint.config.get("architectures")
    return names[0] if isinstance(names, list) and names and isinstance(names[0], str) else None


def _refusal(checkpoint: Checkpoint, kind: str, where: str) -> ModelError:
    architecture = _architecture(checkpoint)
    return ModelError(
        f'{where}: {checkpoint.folder} holds a model of type "{kind}"{f" ({architecture})" if architecture else ""}, '
        "which is known neither as a causal language model nor as an encoder-decoder of texts. Give a checkpoint such "
        "as GPT's or Llama's (...ForCausalLM), or T5's or BART's (...ForConditionalGeneration)."
    )
