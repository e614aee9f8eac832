"""Images of diffusers do not depend on what else is drawn with them, in one batch or by turns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.models.drawing import CONFIG, SHOWN, Folder, build_in, opened, own_call, pixels, request, requests

pytest.importorskip("diffusers")
torch: Any = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return build_in(tmp_path_factory.mktemp("diffusers"))


@pytest.mark.parametrize("kind", ["ddpm", "sd", "img2img", "dit"])
def test_images_do_not_depend_on_the_batch(folder: Folder, kind: str) -> None:
    model, asked = opened(folder(kind)), requests(kind)
    whole = [pixels(output).astype(int) for output in model.generate(asked, CONFIG)]
    assert min(np.abs(whole[0] - other).mean() for other in whole[1:]) > 5
    for size in (1, 3):
        parts = [asked[start : start + size] for start in range(0, len(asked), size)]
        drawn = [output for part in parts for output in model.generate(part, CONFIG)]
        for one, other in zip(drawn, whole, strict=True):
            assert np.abs(pixels(one).astype(int) - other).max() <= 1


def test_noise_is_exactly_the_same_in_every_batch(folder: Folder) -> None:
    model, asked = opened(folder("ddpm")), requests("ddpm")
    model.load()
    read: list[Any] = []
    model._pipeline.unet.register_forward_pre_hook(lambda _, inputs: read.append(inputs[0].clone()))

    def first_noise(size: int) -> Any:
        read.clear()
        for start in range(0, len(asked), size):
            model.generate(asked[start : start + size], CONFIG)
        return torch.cat(read[::3])

    assert torch.equal(first_noise(8), first_noise(1))
    assert torch.equal(first_noise(8), first_noise(3))
    expected = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(asked[5].seed))
    assert torch.equal(first_noise(8)[5:6], expected)


def test_a_scheduler_with_noise_of_its_own_draws_one_by_one(folder: Folder) -> None:
    """DiT hands no generator to its scheduler, whose noise would then be the process's."""
    model, asked = opened(folder("dit"), "steps=3,scheduler=DDPMScheduler"), requests("dit")
    torch.manual_seed(5)
    before = torch.get_rng_state()
    whole = [pixels(output) for output in model.generate(asked, CONFIG)]
    assert torch.equal(torch.get_rng_state(), before)
    assert model._calls.alone
    for i in (5, 0, 7):
        assert np.array_equal(pixels(model.generate([asked[i]], CONFIG)[0]), whole[i])
    fresh = opened(folder("dit"), "steps=3,scheduler=DDPMScheduler")
    assert np.array_equal(pixels(fresh.generate([asked[3]], CONFIG)[0]), whole[3])
    calls: list[Any] = []
    forward = fresh._pipeline.transformer.register_forward_hook(lambda *_: calls.append(1))
    padded = fresh.generate([asked[3]] * 4, CONFIG)
    forward.remove()
    assert len(calls) == 6  # 3 steps of all at once, which noticed the noise, and 3 of the one that they are
    assert all(np.array_equal(pixels(output), whole[3]) for output in padded)
    assert fresh._calls.alone
    assert not opened(folder("dit"))._calls.alone


def test_images_of_several_sizes_come_back_in_order(folder: Folder) -> None:
    small, large = SHOWN, np.zeros((32, 24, 1), dtype=np.uint8)
    asked = [request(i, "a cat", image) for i, image in enumerate((small, large, large, small))]
    asked += [request(4, "a cat"), request(5, "a cat", small, small)]
    outputs = opened(folder("img2img")).generate(asked, CONFIG)
    assert [pixels(output).shape for output in outputs[:4]] == [(16, 16, 3), (32, 24, 3), (32, 24, 3), (16, 16, 3)]
    assert "begins with one image, and the request shows 0" in (outputs[4].error or "")
    assert "begins with one image, and the request shows 2" in (outputs[5].error or "")


def test_editors_see_the_image_of_each_request_alone(folder: Folder) -> None:
    """To some of them, a list of images is several to go by at once."""
    asked = [request(0, "a cat", SHOWN), request(1, "a dog", 255 - SHOWN)]
    model = opened(folder("edit"))
    outputs = model.generate(asked, CONFIG)
    for one, output in zip(asked, outputs, strict=True):
        assert np.array_equal(pixels(output), own_call(folder("edit"), one, "edit"))
    assert model._calls.alone


def test_a_batch_that_does_not_fit_is_halved(folder: Folder) -> None:
    model, asked = opened(folder("ddpm")), requests("ddpm")
    free = [pixels(output) for output in model.generate(asked, CONFIG)]
    forward, sizes = model._pipeline.unet.forward, []

    def limited(sample: Any, *rest: Any, **more: Any) -> Any:
        sizes.append(len(sample))
        if len(sample) > limit:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return forward(sample, *rest, **more)

    model._pipeline.unet.forward = limited
    limit = 3
    drawn = [pixels(output) for output in model.generate(asked, CONFIG)]
    assert all(np.abs(one.astype(int) - other).max() <= 1 for one, other in zip(drawn, free, strict=True))
    assert sizes[:3] == [8, 4, 2]
    limit = 0
    alone = model.generate(asked[:1], CONFIG)[0].error or ""
    assert alone == "out of memory with this request alone: CUDA out of memory. Tried to allocate 2.00 GiB."
