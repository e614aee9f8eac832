"""The tokenizers of BLEU by sacrebleu's names: kernels, and its own objects where a dictionary or model is needed."""

from __future__ import annotations

import os
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from evalsuite.errors import DependencyError, InputError, did_you_mean
from evalsuite.kernels.bleu import bleu_statistics, bleu_stream_statistics
from evalsuite.kernels.tokenizers import TOKENIZATIONS, Tokenization, tokenize

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["TOKENIZERS", "BleuTokenizer", "load_tokenizer"]

_MECAB: Final = {
    "ja-mecab": ("tokenizer_ja_mecab", "TokenizerJaMecab", "ja"),
    "ko-mecab": ("tokenizer_ko_mecab", "TokenizerKoMecab", "ko"),
}
# Name in signatures, and the file that sacrebleu keeps.
_SENTENCEPIECE: Final = {
    "spm": ("flores101", "sacrebleu_tokenizer_spm.model"),
    "flores101": ("flores101", "sacrebleu_tokenizer_spm.model"),
    "flores200": ("flores200", "flores200sacrebleuspm"),
    "spBLEU-1K": ("spBLEU-1K", "spbleu-1k_tokenizer_spm.model"),
}
TOKENIZERS: Final[tuple[str, ...]] = (*TOKENIZATIONS, *_MECAB, *_SENTENCEPIECE)
"""Names of all tokenizers."""


class _SacrebleuTokenizer(Protocol):
    """A tokenizer object of sacrebleu."""

    def signature(self) -> str: ...

    def __call__(self, line: str) -> str: ...


class BleuTokenizer:
    """A tokenizer, with the statistics of BLEU over its tokens.

    Parameters
    ----------
    kernel : {"13a", "intl", "zh", "char", "none"}
        The kernel that cuts texts, or the lines of `outer`.
    outer : tokenizer object of sacrebleu, optional
        What texts go through first.
    """

    def __init__(self, kernel: Tokenization, outer: _SacrebleuTokenizer | None = None) -> None:
        self._kernel = kernel
        self._outer = outer

    @property
    def is_kernels(self) -> bool:
        """Whether texts go to the kernel as they are."""
        return self._outer is None

    def signature(self) -> str:
        """Return the name that signatures have for it."""
        return self._kernel if self._outer is None else self._outer.signature()

    def __call__(self, line: str) -> str:
        """Tokenize a text; its tokens are joined by single spaces."""
        if self._outer is not None:
            return " ".join(self._outer(line).split())
        return tokenize([line], tokenize=self._kernel)[0]

    def statistics(
        self, hypotheses: Sequence[str], references: Sequence[Sequence[str | None]], *, lowercase: bool, max_order: int
    ) -> NDArray[np.int64]:
        """See `evalsuite.kernels.bleu.bleu_statistics`."""
        if self._outer is not None:
            hypotheses = [self._line(text, lowercase) for text in hypotheses]
            references = [
                [None if text is None else self._line(text, lowercase) for text in group] for group in references
            ]
            lowercase = False
        return bleu_statistics(hypotheses, references, tokenize=self._kernel, lowercase=lowercase, max_order=max_order)

    def stream_statistics(
        self, hypotheses: Sequence[str], streams: Sequence[Sequence[str | None]], *, lowercase: bool, max_order: int
    ) -> NDArray[np.int64]:
        """See `evalsuite.kernels.bleu.bleu_stream_statistics`."""
        if self._outer is not None:
            hypotheses = [self._line(text, lowercase) for text in hypotheses]
            streams = [[None if text is None else self._line(text, lowercase) for text in texts] for texts in streams]
            lowercase = False
        return bleu_stream_statistics(
            hypotheses, streams, tokenize=self._kernel, lowercase=lowercase, max_order=max_order
        )

    def _line(self, text: str, lowercase: bool) -> str:
        assert self._outer is not None
        return self._outer((text.lower() if lowercase else text).rstrip())


@lru_cache(maxsize=32)
def load_tokenizer(name: str, spm_model: str | None = None) -> BleuTokenizer:
    """Make a tokenizer of BLEU.

    Parameters
    ----------
    name : str
        One of `TOKENIZERS`. "ja-mecab" and "ko-mecab" need sacrebleu and the dictionaries of its extras; "spm",
        "flores101", "flores200" and "spBLEU-1K" need sacrebleu, sentencepiece and the model's file.
    spm_model : path, optional
        The SentencePiece model. By default the file in sacrebleu's own folder, ``$SACREBLEU/models`` or
        ``~/.sacrebleu/models``, where sacrebleu keeps what it has downloaded. Nothing is downloaded here.

    Returns
    -------
    BleuTokenizer

    Raises
    ------
    ValueError
        If the name is unknown, or `spm_model` is given for a tokenizer that has none.
    DependencyError
        If a package is missing; the message says which to install.
    InputError
        If the model's file is missing or is no SentencePiece model.
    """
    if not isinstance(name, str) or name not in TOKENIZERS:
        names = ", ".join(map(repr, TOKENIZERS))
        raise ValueError(f"`tokenize` must be one of {names}; found {name!r}{did_you_mean(str(name), TOKENIZERS)}")
    if name in _SENTENCEPIECE:
        return BleuTokenizer("none", _sentencepiece_tokenizer(name, spm_model))
    if spm_model is not None:
        raise ValueError(f"`spm_model` is for the tokenizers {', '.join(_SENTENCEPIECE)}; found `tokenize` {name!r}")
    if name in _MECAB:
        return BleuTokenizer("none", _mecab_tokenizer(name))
    return BleuTokenizer(next(known for known in TOKENIZATIONS if known == name))


def _mecab_tokenizer(name: str) -> _SacrebleuTokenizer:
    module, kind, extra = _MECAB[name]
    try:
        tokenizer: _SacrebleuTokenizer = getattr(import_module(f"sacrebleu.tokenizers.{module}"), kind)()
    except (ImportError, RuntimeError) as error:
        raise DependencyError(f'tokenizer "{name}": needs a dictionary: pip install "sacrebleu[{extra}]"') from error
    except AssertionError as error:
        raise DependencyError(f'tokenizer "{name}": {error}: pip install "sacrebleu[{extra}]"') from error
    return tokenizer


def _sentencepiece_tokenizer(name: str, spm_model: str | None) -> _SacrebleuTokenizer:
    signature, file_name = _SENTENCEPIECE[name]
    try:
        module = import_module("sacrebleu.tokenizers.tokenizer_spm")
        sentencepiece = import_module("sentencepiece")
    except ImportError as error:
        raise DependencyError(f'tokenizer "{name}": pip install sacrebleu sentencepiece') from error
    folder = Path(os.environ.get("SACREBLEU") or Path.home() / ".sacrebleu")
    path = folder / "models" / file_name if spm_model is None else Path(spm_model)
    if not path.is_file():
        raise InputError(
            f'tokenizer "{name}": no model at {path}, and none is downloaded: '
            f"pass the file as `spm_model`, or let sacrebleu download it once"
        )
    processor = sentencepiece.SentencePieceProcessor()
    try:
        processor.Load(str(path))
    except (OSError, RuntimeError) as error:
        raise InputError(f'tokenizer "{name}": {path} is not a SentencePiece model: {error}') from error
    # Its constructor would fetch the model; all it sets is these two.
    kind = module.TokenizerSPM
    tokenizer: _SacrebleuTokenizer = kind.__new__(kind)
    vars(tokenizer).update(name=signature, sp=processor)
    return tokenizer
