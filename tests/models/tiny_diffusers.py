"""Tiny pipelines of diffusers with random weights and a tokenizer of letters, saved as diffusers saves them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789,.'-"
LABELS = {0: "cat, house cat", 1: "dog", 2: "horse"}


def build(folder: Path, *, kind: str = "ddpm", seed: int = 0, size: int = 8, positions: int = 77) -> Path:
    """Save a pipeline.

    `kind` is ``ddpm``, ``ddim``, ``dit``, ``sd``, ``img2img``, ``edit`` or ``checked`` (for safety); ``least``, a
    ``ddim`` of one resolution, without layers; of videos, ``t2v`` or ``cogvideox``.
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
    elif kind == "cogvideox":
        pipeline = _cogvideox(folder)
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
    scheduler = diffusers.DDIMScheduler(
        num_train_timesteps=20, steps_offset=1, clip_sample=False, beta_schedule="scaled_linear"
    )
    if kind == "t2v":
        unet = diffusers.UNet3DConditionModel(
            sample_size=8,
            block_out_channels=(8, 16),
            down_block_types=("DownBlock3D", "CrossAttnDownBlock3D"),
            up_block_types=("CrossAttnUpBlock3D", "UpBlock3D"),
            norm_num_groups=4,
            layers_per_block=1,
            cross_attention_dim=16,
            attention_head_dim=4,
        )
        return diffusers.TextToVideoSDPipeline(_vae(diffusers), text_encoder, tokenizer, unet, scheduler)
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


def _cogvideox(folder: Path) -> Any:
    """Return a transformer that compresses 4 frames and 8 by 8 pixels, with a T5 encoder of single characters."""
    import diffusers
    import transformers

    from tests.models.tiny_seq2seq import build as build_t5

    tokenizer = transformers.AutoTokenizer.from_pretrained(build_t5(folder.parent / f"{folder.name}-t5"))
    text_encoder = transformers.T5EncoderModel(
        transformers.T5Config(
            vocab_size=len(tokenizer), d_model=32, d_kv=8, d_ff=48, num_layers=1, num_heads=4, initializer_factor=3.0
        )
    )
    transformer = diffusers.CogVideoXTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=16,
        in_channels=4,
        out_channels=4,
        time_embed_dim=4,
        text_embed_dim=32,
        num_layers=1,
        sample_width=2,
        sample_height=2,
        sample_frames=9,
        use_rotary_positional_embeddings=True,
    )
    vae = diffusers.AutoencoderKLCogVideoX(
        block_out_channels=(4, 4, 4, 4), latent_channels=4, layers_per_block=1, norm_num_groups=2
    )
    return diffusers.CogVideoXPipeline(tokenizer, text_encoder, vae, transformer, diffusers.CogVideoXDDIMScheduler())


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
