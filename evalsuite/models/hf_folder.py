"""The folder of a transformers checkpoint: finding it, checking that it is whole, hashing it. Needs no transformers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evalsuite.errors import ModelError
from evalsuite.models.fingerprint import hash_files
from evalsuite.models.folder_json import read_folder_json

__all__ = ["Checkpoint", "cached_snapshot", "find_checkpoint", "folder_name"]

_TOKENIZERS = (
    "tokenizer.json",
    "tokenizer.model",
    "spiece.model",
    "sentencepiece.bpe.model",
    "vocab.json",
    "vocab.txt",
    "tekken.json",
)
_HASHED = (
    "config.json",
    "generation_config.json",
    "*.safetensors",
    "*.safetensors.index.json",
    "tokenizer*",
    "*.model",
    "*.spm",
    "*.tiktoken",
    "tekken.json",
    "vocab.*",
    "merges.txt",
    "added_tokens.json",
    "special_tokens_map.json",
    "chat_template.*",
    "additional_chat_templates/*",
)
_NEEDED = (
    "Such a folder holds config.json; model.safetensors, or its shards with model.safetensors.index.json; and a "
    "tokenizer: tokenizer.json, or tokenizer.model, or vocab.json with merges.txt."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A checkpoint that has all its parts.

    Parameters
    ----------
    folder : Path
    config : mapping
        What ``config.json`` holds.
    has_chat_template : bool
        Whether the tokenizer comes with one.
    """

    folder: Path
    config: dict[str, Any]
    has_chat_template: bool

    def hash(self) -> str:
        """Return the SHA-256 over weights, configuration and tokenizer: names within the folder, and bytes."""
        files = {path for pattern in _HASHED for path in self.folder.glob(pattern) if path.is_file()}
        return hash_files(files, root=self.folder)

    @property
    def saved_dtype(self) -> str:
        """The dtype the weights were saved in, or ``"float32"`` where the configuration does not say."""
        nested = self.config.get("text_config")
        for config in (self.config, nested if isinstance(nested, dict) else {}):
            dtype = config.get("dtype") or config.get("torch_dtype")
            if isinstance(dtype, str):
                return dtype.removeprefix("torch.")
        return "float32"


def find_checkpoint(name: str, *, backend: str = "hf") -> Checkpoint:
    """Find a checkpoint and check that it is whole, without reading its weights.

    Parameters
    ----------
    name : str
        The path of a folder, or the id of a model that a hub client has already downloaded. Nothing is downloaded.
    backend : str, default "hf"
        Named in messages.

    Returns
    -------
    Checkpoint

    Raises
    ------
    ModelError
        If there is no such folder or it lacks a part; says which, and what such a folder holds.
    """
    where = f"{backend}:{name}"
    folder = Path(name).expanduser()
    if folder.is_file():
        raise ModelError(f"{where}: this is a file, but a folder is expected. {_NEEDED}")
    if not folder.is_dir():
        cached = cached_snapshot(name, "config.json")
        if cached is None:
            raise ModelError(
                f"{where}: there is no folder {folder}, and no model of that id in the local hub cache; nothing is "
                f"downloaded. Give the path of a folder that is on this machine: {backend}:path/to/model. {_NEEDED}"
            )
        folder = cached
    config = read_folder_json(folder / "config.json", where, needed=_NEEDED)
    if not any((folder / file).is_file() for file in _TOKENIZERS):
        raise ModelError(f"{where}: the folder {folder} holds no tokenizer. {_NEEDED}")
    _check_weights(folder, where)
    return Checkpoint(folder=folder, config=config, has_chat_template=_has_chat_template(folder, where))


def cached_snapshot(name: str, file: str) -> Path | None:
    """Return the folder into which a hub client has downloaded `file` of the model `name`, if it has."""
    try:
        from huggingface_hub import try_to_load_from_cache
        from huggingface_hub.errors import HFValidationError
    except ImportError:
        return None
    try:
        path = try_to_load_from_cache(name, file)
    except HFValidationError:  # not an id: "./x", "a/b/c"
        return None
    return Path(path).parent if isinstance(path, str) else None


def folder_name(folder: Path) -> str:
    """Return what tables call a model in a folder: by its id where a hub client has downloaded it, under a hash."""
    if folder.parent.name == "snapshots" and folder.parent.parent.name.startswith("models--"):
        return folder.parent.parent.name.rpartition("--")[2]
    return folder.resolve().name if folder.name in ("", "..") else folder.name


def _check_weights(folder: Path, where: str) -> None:
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        shards = read_folder_json(index, where, needed=_NEEDED).get("weight_map")
        if not isinstance(shards, dict) or not shards:
            raise ModelError(f"{where}: {index}: expected an object weight_map, the file that holds each weight")
        wanted = sorted({str(shard) for shard in shards.values()})
        missing = [shard for shard in wanted if not (folder / shard).is_file()]
        if missing:
            raise ModelError(
                f"{where}: {index} names {len(wanted)} files of weights, {len(missing)} of which are not there: "
                f"{', '.join(missing[:3])}{', ...' if len(missing) > 3 else ''}"
            )
    elif not (folder / "model.safetensors").is_file():
        others = sorted(path.name for pattern in ("*.bin", "*.pt", "*.pth") for path in folder.glob(pattern))
        hint = (
            f" It holds {others[0]}, which can run code when it is read; where you trust it, convert it with "
            "transformers: model.save_pretrained(folder)."
            if others
            else ""
        )
        raise ModelError(f"{where}: the folder {folder} holds no model.safetensors.{hint} {_NEEDED}")


def _has_chat_template(folder: Path, where: str) -> bool:
    if (folder / "chat_template.jinja").is_file() or (folder / "chat_template.json").is_file():
        return True
    path = folder / "tokenizer_config.json"
    return path.is_file() and bool(read_folder_json(path, where, needed=_NEEDED).get("chat_template"))
