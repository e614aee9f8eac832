"""Checkpoints in folders of the user's: their hash, and how transformers opens them. Nothing is downloaded."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from evalsuite.errors import DependencyError, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["first_line", "hash_folder", "open_network", "open_transformers"]


def hash_folder(folder: Path, patterns: Sequence[str]) -> str:
    """Return the SHA-256 over names and bytes of the files in a folder that a pattern fits, in order of their names.

    Raises
    ------
    OSError
        If one cannot be read.
    """
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}):
        with path.open("rb") as file:
            digest.update(f"{path.name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()


def open_transformers(folder: Path, kind: str) -> Any:
    """Open a configuration, tokenizer or processor that ``save_pretrained`` of transformers wrote to a folder.

    Parameters
    ----------
    folder : Path
    kind : str
        Class of transformers, such as ``"AutoTokenizer"``. Code of the checkpoint does not run.

    Raises
    ------
    InputError
        If transformers cannot open it.
    DependencyError
        If transformers, or what it needs for this class, is missing.
    """
    return _open(folder, kind, {})


def open_network(folder: Path, kind: str, *, may_lack: str | None = None) -> Any:
    """Open a network that ``save_pretrained`` of transformers wrote to a folder: float32, on the CPU, to evaluate.

    Parameters
    ----------
    folder : Path
    kind : str
        Class of transformers, such as ``"AutoModel"``. Code of the checkpoint does not run.
    may_lack : str, optional
        Part of the names of weights that are not used.

    Raises
    ------
    InputError
        If transformers cannot open it, or weights are missing, which it would make up at random.
    DependencyError
        If transformers is missing.
    """
    options: dict[str, Any] = {"output_loading_info": True}
    with suppress(ImportError):  # which is told below
        import torch
        import transformers

        options["dtype" if int(transformers.__version__.split(".")[0]) >= 5 else "torch_dtype"] = torch.float32
    network, report = _open(folder, kind, options)
    missing = sorted(map(str, [*report["missing_keys"], *report.get("mismatched_keys", ())]))
    missing = [name for name in missing if may_lack is None or may_lack not in name]
    if missing:
        raise InputError(
            f"hf:{folder}: the checkpoint lacks {len(missing)} of the weights of {type(network).__name__}, or has them "
            f"in another shape; transformers would make them up at random: {', '.join(missing[:3])}"
        )
    return network.eval()


def _open(folder: Path, kind: str, options: dict[str, Any]) -> Any:
    try:
        import transformers
        import transformers.utils.logging

        opener = getattr(transformers, kind)
    except ImportError as error:
        raise DependencyError(
            f"hf:{folder}: takes transformers and torch: pip install 'evalsuite[hf]' ({error})"
        ) from error
    if kind.startswith("Auto"):  # only these would run code of the checkpoint
        options = {**options, "trust_remote_code": False}
    bars: Any = transformers.utils.logging
    had_bars = bars.is_progress_bar_enabled()
    bars.disable_progress_bar()
    try:
        return opener.from_pretrained(folder, local_files_only=True, **options)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise InputError(f"hf:{folder}: transformers' {kind} cannot open it: {first_line(error)}") from error
    finally:
        if had_bars:
            bars.enable_progress_bar()


def first_line(error: Exception) -> str:
    """Return the first line of what an error says, or else its kind."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
