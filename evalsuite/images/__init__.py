"""Images beside images, and images beside texts: similarities of pairs, without sets, files of runs or metrics."""

from __future__ import annotations

from evalsuite.images.clip import Clip
from evalsuite.images.lpips import Lpips
from evalsuite.images.ms_ssim import ms_ssim
from evalsuite.images.path_length import PathLength, perceptual_path_length
from evalsuite.images.psnr import psnr
from evalsuite.images.ssim import ssim

__all__ = ["Clip", "Lpips", "PathLength", "ms_ssim", "perceptual_path_length", "psnr", "ssim"]
