"""Write down the part of vLLM's interface that the backend uses, from the source in a wheel that is not installed.

Usage: python tests/models/record_vllm.py vllm-VERSION.whl > tests/models/vllm_interface.json
"""

from __future__ import annotations

import ast
import json
import sys
import zipfile
from pathlib import Path


def class_of(source: bytes, name: str) -> ast.ClassDef:
    return next(node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == name)


def fields(source: bytes, name: str) -> list[str]:
    """Return the fields of a dataclass or struct."""
    body = class_of(source, name).body
    return [node.target.id for node in body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)]


def method(source: bytes, name: str, of: str) -> ast.FunctionDef:
    return next(node for node in class_of(source, of).body if isinstance(node, ast.FunctionDef) and node.name == name)


def parameters(call: ast.FunctionDef) -> dict[str, list[str]]:
    """Return the parameters that may be given by position, and those that must be given by name."""
    positional = [one.arg for one in [*call.args.posonlyargs, *call.args.args]]
    return {"positional": positional[1:], "keyword": [one.arg for one in call.args.kwonlyargs]}


def attributes(call: ast.FunctionDef) -> list[str]:
    """Return the attributes of self that a method sets."""
    found = {
        node.attr
        for node in ast.walk(call)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)
    }
    return sorted(found)


def record(wheel: Path) -> dict[str, object]:
    with zipfile.ZipFile(wheel) as archive:
        llm, params, outputs, engine, stats, config, inputs, reasons, core = (
            archive.read(f"vllm/{name}.py")
            for name in (
                "entrypoints/llm",
                "sampling_params",
                "outputs",
                "engine/arg_utils",
                "v1/metrics/stats",
                "config/model",
                "inputs/llm",
                "v1/engine/__init__",
                "v1/engine/llm_engine",
            )
        )
    finish = next(
        ast.literal_eval(node.value)
        for node in ast.parse(reasons).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "FINISH_REASON_STRINGS"
    )
    start = method(llm, "__init__", "LLM")
    return {
        "version": wheel.name.split("-")[1],
        "LLM": parameters(start),
        "LLM further keywords": fields(engine, "EngineArgs") if start.args.kwarg else [],
        "LLM attributes": attributes(start),
        "LLM methods": [node.name for node in class_of(llm, "LLM").body if isinstance(node, ast.FunctionDef)],
        "LLM.generate": parameters(method(llm, "generate", "LLM")),
        "LLMEngine attributes": attributes(method(core, "__init__", "LLMEngine")),
        "ModelConfig": fields(config, "ModelConfig"),
        "SamplingParams": [name for name in fields(params, "SamplingParams") if not name.startswith("_")],
        "TokensPrompt": fields(inputs, "TokensPrompt"),
        "RequestOutput": attributes(method(outputs, "__init__", "RequestOutput")),
        "CompletionOutput": fields(outputs, "CompletionOutput"),
        "RequestStateStats": fields(stats, "RequestStateStats"),
        "finish reasons": list(finish),
    }


if __name__ == "__main__":
    print(json.dumps(record(Path(sys.argv[1])), indent=1))
