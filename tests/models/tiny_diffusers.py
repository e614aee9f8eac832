"""Tiny pipelines of diffusers with random weights and a tokenizer of letters, saved as diffusers saves them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789,.'-"
LABELS = {0: "cat, house cat", 1: "dog", 2: "horse"}


def build(folder: Path, *, kind: str = "ddpm", seed: int = 0, size: int = 8, positions: int = 77) -> Path:
    """Save a pipeline: ``ddpm``, ``ddim``, ``dit``, ``sd``, ``img2img``, ``edit`` or ``checked`` (for safety).

    ``least`` is a ``ddim`` of one resolution, without layers.
    """
    import diffusers
    import torch
    import transformers

    torch.set_num_threads(1)  # more only wait for one another on networks as small as these
    torch.manual_seed(seed)
    for library in (diffusers, transformers):
        library.utils.logging.disable_progress_bar()
    pipeline: Any
    if kind in ("ddpm", "ddim"):
        unet = diffusers.UNet2DModel(
            sample_size=size,
            in_channels=1,
            out_channels=1,
            block_out_channels=(8, 8),
            down_block_types=("DownBlock2D", "AttnDownBlock2D"),
            up_block_types=("AttnUpBlock2D", "UpBlock2D"),
            norm_num_groups=4,
            layers_per_block=1,
            attention_head_dim=4,
        )
        if kind == "ddpm":
            pipeline = diffusers.DDPMPipeline(unet, diffusers.DDPMScheduler(num_train_timesteps=20))
        else:
            pipeline = diffusers.DDIMPipeline(unet, diffusers.DDIMScheduler(num_train_timesteps=20))
    elif kind == "least":
        unet = diffusers.UNet2DModel(
            sample_size=size,
            in_channels=1,
            out_channels=1,
            block_out_channels=(1,),
            down_block_types=("DownBlock2D",),
            mid_block_type=None,
            up_block_types=("UpBlock2D",),
            norm_num_groups=1,
            layers_per_block=0,
        )
        pipeline = diffusers.DDIMPipeline(unet, diffusers.DDIMScheduler(num_train_timesteps=50))
    elif kind == "dit":
        transformer = diffusers.DiTTransformer2DModel(
            num_attention_heads=2,
            attention_head_dim=4,
            in_channels=4,
            out_channels=8,
            num_layers=1,
            sample_size=8,
            patch_size=2,
            num_embeds_ada_norm=1000,
        )
        with torch.no_grad():
            for parameter in transformer.parameters():
                parameter.add_(torch.randn(parameter.shape) * 0.1)
        pipeline = diffusers.DiTPipeline(transformer, _vae(diffusers), diffusers.DDIMScheduler())
    else:
        pipeline = _stable_diffusion(kind, folder, positions)
    pipeline.save_pretrained(folder)
    if kind == "dit":  # as published ones have, and save_pretrained leaves out
        index = json.loads((folder / "model_index.json").read_text())
        (folder / "model_index.json").write_text(json.dumps({**index, "id2label": LABELS}))
    return folder


def _vae(diffusers: Any) -> Any:
    return diffusers.AutoencoderKL(
        block_out_channels=(8, 8),
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D", "DownEncoderBlock2D"),
        up_block_types=("UpDecoderBlock2D", "UpDecoderBlock2D"),
        latent_channels=4,
        norm_num_groups=4,
        sample_size=16,
    )


def _stable_diffusion(kind: str, folder: Path, positions: int) -> Any:
    import diffusers
    import transformers

    tokenizer = _tokenizer(folder.parent / f"{folder.name}-tokenizer", positions)
    text_encoder = transformers.CLIPTextModel(
        transformers.CLIPTextConfig(
            vocab_size=2 * len(LETTERS) + 2,
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=positions,
            bos_token_id=2 * len(LETTERS),
            eos_token_id=2 * len(LETTERS) + 1,
            pad_token_id=2 * len(LETTERS) + 1,
            initializer_range=1.0,
        )
    )
    unet = diffusers.UNet2DConditionModel(
        sample_size=8,
        in_channels=8 if kind == "edit" else 4,
        out_channels=4,
        block_out_channels=(8, 16),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        norm_num_groups=4,
        layers_per_block=1,
        cross_attention_dim=16,
        attention_head_dim=4,
    )
    others = {"img2img": "StableDiffusionImg2ImgPipeline", "edit": "StableDiffusionInstructPix2PixPipeline"}
    name = others.get(kind, "StableDiffusionPipeline")
    extractor: Any = None
    checker: Any = None
    if kind == "checked":
        extractor = transformers.CLIPImageProcessor(size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16})
        checker = _safety_checker()
    scheduler = diffusers.DDIMScheduler(
        num_train_timesteps=20, steps_offset=1, clip_sample=False, beta_schedule="scaled_linear"
    )
    return getattr(diffusers, name)(
        vae=_vae(diffusers),
        text_encoder=text_encoder,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=scheduler,
        safety_checker=checker,
        feature_extractor=extractor,
        requires_safety_checker=checker is not None,
    )


def _safety_checker() -> Any:
    import transformers
    from diffusers.pipelines.stable_diffusion import StableDiffusionSafetyChecker

    text = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    vision = {**text, "image_size": 16, "patch_size": 8}
    config = transformers.CLIPConfig(text_config=text, vision_config=vision, projection_dim=8)
    return StableDiffusionSafetyChecker(config)


def _tokenizer(folder: Path, positions: int) -> Any:
    import transformers

    letters = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS)]
    vocabulary = {token: i for i, token in enumerate([*letters, "<|startoftext|>", "<|endoftext|>"])}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return transformers.CLIPTokenizer.from_pretrained(folder, model_max_length=positions, pad_token="<|endoftext|>")
