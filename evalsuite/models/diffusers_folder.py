"""The folder of a pipeline of diffusers: finding it, checking that it is whole, hashing it. Needs no diffusers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evalsuite.errors import ModelError
from evalsuite.models.diffusers_interface import pipeline_modules
from evalsuite.models.fingerprint import hash_files
from evalsuite.models.folder_json import read_folder_json
from evalsuite.models.hf_folder import cached_snapshot

__all__ = ["Component", "PipelineFolder", "find_pipeline"]

_INDEX = "model_index.json"
_PICKLED = (".bin", ".ckpt", ".pt", ".pth", ".pkl")
_READ = frozenset({".json", ".txt", ".model", ".jinja"})
_SHARD = re.compile(r"-\d+-of-\d+$")
_NEEDED = (
    f"Such a folder holds {_INDEX} and a folder for each component that it names, with weights as .safetensors, as "
    "save_pretrained of diffusers writes it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of a pipeline: a network, a scheduler, a tokenizer.

    Parameters
    ----------
    name : str
    library, class_name : str
        As ``model_index.json`` names them.
    folder : Path
    config : mapping or None
        What ``config.json`` holds, which networks alone have.
    variant : str or None
        Of its weights: the part of their names before ``.safetensors``.
    """

    name: str
    library: str
    class_name: str
    folder: Path
    config: dict[str, Any] | None
    variant: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineFolder:
    """A pipeline that has all its parts.

    Parameters
    ----------
    folder : Path
    class_name : str
    index : mapping
        What ``model_index.json`` holds.
    components : mapping of str to Component
        Without those that were left out when it was saved, such as a safety checker.
    """

    folder: Path
    class_name: str
    index: dict[str, Any]
    components: dict[str, Component]

    def hash(self) -> str:
        """Return the SHA-256 over weights, configurations and tokenizers: names within the folder, and bytes."""
        files = {self.folder / _INDEX}
        for component in self.components.values():
            for path in component.folder.rglob("*"):
                is_used = path.suffix in _READ or (
                    path.suffix == ".safetensors" and _variant(path) == component.variant
                )
                if is_used and path.is_file():
                    files.add(path)
        return hash_files(files, root=self.folder)

    @property
    def image_size(self) -> tuple[int, int] | None:
        """Height and width of images by the configurations alone, in pixels; None where they do not tell."""
        parts = self.components
        denoiser = parts.get("unet") or parts.get("transformer")
        size = (denoiser.config or {}).get("sample_size") if denoiser else None
        if isinstance(size, int):
            size = [size, size]
        if not (isinstance(size, list) and len(size) == 2 and all(type(side) is int for side in size)):
            return None
        if set(parts) == {"unet", "scheduler"}:
            return size[0], size[1]
        blocks = (parts["vae"].config or {}).get("block_out_channels") if "vae" in parts else None
        if not isinstance(blocks, list) or not blocks:
            return None
        scale = 2 ** (len(blocks) - 1)
        return size[0] * scale, size[1] * scale


def find_pipeline(name: str, *, variant: str | None = None) -> PipelineFolder:
    """Find a pipeline and check that it is whole, without reading its weights.

    Parameters
    ----------
    name : str
        The path of a folder, or the id of a pipeline that a hub client has already downloaded. Nothing is downloaded.
    variant : str, optional
        Weights are read from ``NAME.VARIANT.safetensors`` where a component has them, such as ``fp16``.

    Raises
    ------
    ModelError
        If there is no such folder, it lacks a part, a part has pickled weights alone, or code of its own; says which.
    """
    where = f"diffusers:{name}"
    folder = Path(name).expanduser()
    if folder.is_file():
        raise ModelError(f"{where}: this is a file, but a folder is expected. {_NEEDED}")
    if not folder.is_dir():
        cached = cached_snapshot(name, _INDEX)
        if cached is None:
            raise ModelError(
                f"{where}: there is no folder {folder}, and no pipeline of that id in the local hub cache; nothing is "
                f"downloaded. Give the path of a folder that is on this machine: diffusers:path/to/pipeline. {_NEEDED}"
            )
        folder = cached
    index = read_folder_json(folder / _INDEX, where, needed=_NEEDED)
    class_name = index.get("_class_name")
    if isinstance(class_name, list):
        raise ModelError(
            f"{where}: {folder / _INDEX} names a pipeline with code of its own ({class_name[0]}.py), and no code of a "
            "checkpoint is run. Wrap it in Python code of yours that you trust: python:module:callable."
        )
    if not isinstance(class_name, str):
        raise ModelError(f"{where}: {folder / _INDEX}: expected the pipeline's class in _class_name. {_NEEDED}")
    parts = {}
    for key, value in index.items():
        is_component = not key.startswith("_") and isinstance(value, list) and len(value) == 2
        if is_component and all(isinstance(part, str) for part in value):
            parts[key] = _component(folder, key, value, variant, where)
    if variant is not None and all(part.variant is None for part in parts.values()):
        raise ModelError(f'{where}: option "variant": no component has weights named ...{variant}.safetensors')
    return PipelineFolder(folder=folder, class_name=class_name, index=index, components=parts)


def _component(root: Path, name: str, value: list[str], variant: str | None, where: str) -> Component:
    library, class_name = value
    if library not in ("diffusers", "transformers") and library not in pipeline_modules():
        raise ModelError(
            f'{where}: {root / _INDEX}: component "{name}" is of {library}.{class_name}, which is neither of diffusers '
            "nor of transformers; no other code is run. Wrap the pipeline in Python code of yours that you trust: "
            "python:module:callable."
        )
    if not name.isidentifier():
        raise ModelError(f'{where}: {root / _INDEX}: "{name}" is no name of a component')
    folder = root / name
    if not folder.is_dir():
        raise ModelError(
            f'{where}: {root / _INDEX} names the component "{name}" ({library}.{class_name}), but there is no folder '
            f"{folder}. {_NEEDED}"
        )
    path = folder / "config.json"
    config = read_folder_json(path, where, needed=_NEEDED) if path.is_file() else None
    weights = list(folder.glob("*.safetensors"))
    pickled = sorted(path.name for path in folder.iterdir() if path.suffix in _PICKLED)
    if not weights and (pickled or config is not None):
        hint = (
            f" It holds {pickled[0]}, which can run code when it is read; where you trust it, convert it with "
            "diffusers: pipeline.save_pretrained(folder)."
            if pickled
            else ""
        )
        raise ModelError(f'{where}: the component "{name}" in {folder} has no weights as .safetensors.{hint} {_NEEDED}')
    variants = {_variant(file) for file in weights}
    if config is not None and variant not in variants and None not in variants:
        others = ", ".join(sorted(filter(None, variants)))
        raise ModelError(
            f'{where}: the component "{name}" in {folder} has weights of the variants {others} alone; give one: '
            f"variant={others.split(',')[0]}"
        )
    return Component(
        name=name,
        library=library,
        class_name=class_name,
        folder=folder,
        config=config,
        variant=variant if variant in variants else None,
    )


def _variant(path: Path) -> str | None:
    """Return the variant in a name: ``fp16`` of ``model.fp16-00001-of-00002.safetensors``."""
    parts = [_SHARD.sub("", part) for part in path.name.split(".")[1:-1]]
    return ".".join(parts) or None
