"""The model backends, by the name before the colon of a model spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.registry import Entry, Registry

if TYPE_CHECKING:
    from evalsuite.models.base import OpenModel

__all__ = ["MODELS"]

MODELS: Registry[OpenModel] = Registry(
    "model",
    "evalsuite.models",
    {
        "diffusers": Entry(
            "evalsuite.models.diffusers:open_model",
            "A pipeline of diffusers that draws images or makes videos, from a local folder.",
        ),
        "files": Entry(
            "evalsuite.models.files:open_model",
            "Outputs that already exist: texts (JSONL or lines) or images (folder, tar, npz).",
        ),
        "hf": Entry(
            "evalsuite.models.hf:open_model",
            "A language model of transformers, causal or encoder-decoder, from a local path.",
        ),
        "openai": Entry("evalsuite.models.openai:open_model", "A model behind any server that speaks the OpenAI API."),
        "python": Entry(
            "evalsuite.models.python:open_model",
            "A Python callable, module:callable, prompt in, text, image or video out.",
        ),
        "scripted": Entry("evalsuite.models.scripted:open_model", "Says what it is told to; for tests and trying out."),
        "torchscript": Entry(
            "evalsuite.models.torchscript:open_model", "A generator of images saved by torch.jit.save, noise in."
        ),
        "vllm": Entry(
            "evalsuite.models.vllm:open_model", "A language model run by vLLM's own engine, from a local path."
        ),
        "zoo": Entry("evalsuite.zoo.model:open_model", "The small trained models that come with evalsuite."),
    },
)
