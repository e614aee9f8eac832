"""FID's Inception network in plain torch, with the state-dict keys of pytorch-fid's weights.

It differs from torchvision's Inception v3 in three places, as pytorch-fid says: average pools leave out the padding,
the last block pools by the maximum, and what is read is the last average pool. The classifier is left out.

References
----------
.. [1] Szegedy et al., "Rethinking the Inception architecture for computer vision", CVPR 2016.
.. [2] Seitzer, "pytorch-fid: FID score for PyTorch", 2020.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["WIDTHS", "InceptionFeatures"]

WIDTHS = {64: "Conv2d_2b_3x3", 192: "Conv2d_4a_3x3", 768: "Mixed_6e", 2048: "Mixed_7c"}
"""Features there are after a layer, and the pool that may follow it, by how many they are."""


class InceptionFeatures(nn.Module):
    """Images to the 2,048 features that FID is computed from, or to fewer of an earlier layer.

    Notes
    -----
    `fold` changes its weights and not what it computes, which is then quicker.
    """

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = _Convolution(3, 32, 3, stride=2)
        self.Conv2d_2a_3x3 = _Convolution(32, 32, 3)
        self.Conv2d_2b_3x3 = _Convolution(32, 64, 3, padding=1)
        self.Conv2d_3b_1x1 = _Convolution(64, 80, 1)
        self.Conv2d_4a_3x3 = _Convolution(80, 192, 3)
        self.Mixed_5b = _BlockA(192, 32)
        self.Mixed_5c = _BlockA(256, 64)
        self.Mixed_5d = _BlockA(288, 64)
        self.Mixed_6a = _BlockB(288)
        self.Mixed_6b = _BlockC(768, 128)
        self.Mixed_6c = _BlockC(768, 160)
        self.Mixed_6d = _BlockC(768, 160)
        self.Mixed_6e = _BlockC(768, 192)
        self.Mixed_7a = _BlockD(768)
        self.Mixed_7b = _BlockE(1280, largest=False)
        self.Mixed_7c = _BlockE(2048, largest=True)

    def forward(self, x: Tensor, width: int = 2048) -> Tensor:
        """Return the features of images.

        Parameters
        ----------
        x : Tensor
            Floats of the weights' type, shape (n, 3, 299, 299), in [-1, 1].
        width : {2048, 768, 192, 64}
            Those of the last layer, or of the one before the auxiliary classifier, the second or the first pool.

        Returns
        -------
        Tensor
            float32, shape (n, width): means over places.
        """
        last = WIDTHS[width]
        for name, layer in self.named_children():
            x = layer(x)
            if name in ("Conv2d_2b_3x3", "Conv2d_4a_3x3"):
                x = functional.max_pool2d(x, kernel_size=3, stride=2)
            if name == last:
                break
        return functional.adaptive_avg_pool2d(x.float(), 1).flatten(1)

    def fold(self) -> None:
        """Make each batch normalisation, with the moments that it has now, a part of the convolution before it."""
        for module in self.modules():
            if isinstance(module, _Convolution):
                module.fold()


class _Convolution(nn.Module):
    """A convolution without bias, batch normalisation and the positive part."""

    def __init__(
        self,
        n_in: int,
        n_out: int,
        kernel_size: int | tuple[int, int],
        *,
        stride: int = 1,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(n_in, n_out, kernel_size, stride=stride, padding=padding, bias=False)
        self.bn: nn.Module = nn.BatchNorm2d(n_out, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.bn(self.conv(x)), inplace=True)

    @torch.no_grad()
    def fold(self) -> None:
        """Scale the weights and add a bias, computed in float64, in the place of the normalisation."""
        bn = self.bn
        if not isinstance(bn, nn.BatchNorm2d):
            return
        assert bn.running_var is not None
        assert bn.running_mean is not None
        scale = bn.weight.double() / (bn.running_var.double() + bn.eps).sqrt()
        shift = bn.bias.double() - bn.running_mean.double() * scale
        self.conv.weight.copy_((self.conv.weight.double() * scale[:, None, None, None]).float())
        self.conv.bias = nn.Parameter(shift.float())
        self.bn = nn.Identity()


def _wide(n_in: int, n_out: int, length: int) -> _Convolution:
    return _Convolution(n_in, n_out, (1, length), padding=(0, length // 2))


def _high(n_in: int, n_out: int, length: int) -> _Convolution:
    return _Convolution(n_in, n_out, (length, 1), padding=(length // 2, 0))


def _mean_pool(x: Tensor) -> Tensor:
    return functional.avg_pool2d(x, kernel_size=3, stride=1, padding=1, count_include_pad=False)


class _BlockA(nn.Module):
    def __init__(self, n_in: int, n_pool: int) -> None:
        super().__init__()
        self.branch1x1 = _Convolution(n_in, 64, 1)
        self.branch5x5_1 = _Convolution(n_in, 48, 1)
        self.branch5x5_2 = _Convolution(48, 64, 5, padding=2)
        self.branch3x3dbl_1 = _Convolution(n_in, 64, 1)
        self.branch3x3dbl_2 = _Convolution(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = _Convolution(96, 96, 3, padding=1)
        self.branch_pool = _Convolution(n_in, n_pool, 1)

    def forward(self, x: Tensor) -> Tensor:
        five = self.branch5x5_2(self.branch5x5_1(x))
        three = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch1x1(x), five, three, self.branch_pool(_mean_pool(x))], dim=1)


class _BlockB(nn.Module):
    def __init__(self, n_in: int) -> None:
        super().__init__()
        self.branch3x3 = _Convolution(n_in, 384, 3, stride=2)
        self.branch3x3dbl_1 = _Convolution(n_in, 64, 1)
        self.branch3x3dbl_2 = _Convolution(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = _Convolution(96, 96, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        three = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), three, functional.max_pool2d(x, kernel_size=3, stride=2)], dim=1)


class _BlockC(nn.Module):
    def __init__(self, n_in: int, n_seven: int) -> None:
        super().__init__()
        self.branch1x1 = _Convolution(n_in, 192, 1)
        self.branch7x7_1 = _Convolution(n_in, n_seven, 1)
        self.branch7x7_2 = _wide(n_seven, n_seven, 7)
        self.branch7x7_3 = _high(n_seven, 192, 7)
        self.branch7x7dbl_1 = _Convolution(n_in, n_seven, 1)
        self.branch7x7dbl_2 = _high(n_seven, n_seven, 7)
        self.branch7x7dbl_3 = _wide(n_seven, n_seven, 7)
        self.branch7x7dbl_4 = _high(n_seven, n_seven, 7)
        self.branch7x7dbl_5 = _wide(n_seven, 192, 7)
        self.branch_pool = _Convolution(n_in, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        once = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        twice = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        twice = self.branch7x7dbl_5(self.branch7x7dbl_4(twice))
        return torch.cat([self.branch1x1(x), once, twice, self.branch_pool(_mean_pool(x))], dim=1)


class _BlockD(nn.Module):
    def __init__(self, n_in: int) -> None:
        super().__init__()
        self.branch3x3_1 = _Convolution(n_in, 192, 1)
        self.branch3x3_2 = _Convolution(192, 320, 3, stride=2)
        self.branch7x7x3_1 = _Convolution(n_in, 192, 1)
        self.branch7x7x3_2 = _wide(192, 192, 7)
        self.branch7x7x3_3 = _high(192, 192, 7)
        self.branch7x7x3_4 = _Convolution(192, 192, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        seven = self.branch7x7x3_2(self.branch7x7x3_1(x))
        seven = self.branch7x7x3_4(self.branch7x7x3_3(seven))
        three = self.branch3x3_2(self.branch3x3_1(x))
        return torch.cat([three, seven, functional.max_pool2d(x, kernel_size=3, stride=2)], dim=1)


class _BlockE(nn.Module):
    def __init__(self, n_in: int, *, largest: bool) -> None:
        super().__init__()
        self._largest = largest
        self.branch1x1 = _Convolution(n_in, 320, 1)
        self.branch3x3_1 = _Convolution(n_in, 384, 1)
        self.branch3x3_2a = _wide(384, 384, 3)
        self.branch3x3_2b = _high(384, 384, 3)
        self.branch3x3dbl_1 = _Convolution(n_in, 448, 1)
        self.branch3x3dbl_2 = _Convolution(448, 384, 3, padding=1)
        self.branch3x3dbl_3a = _wide(384, 384, 3)
        self.branch3x3dbl_3b = _high(384, 384, 3)
        self.branch_pool = _Convolution(n_in, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        once = self.branch3x3_1(x)
        twice = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        pooled = functional.max_pool2d(x, kernel_size=3, stride=1, padding=1) if self._largest else _mean_pool(x)
        parts = [
            self.branch1x1(x),
            self.branch3x3_2a(once),
            self.branch3x3_2b(once),
            self.branch3x3dbl_3a(twice),
            self.branch3x3dbl_3b(twice),
            self.branch_pool(pooled),
        ]
        return torch.cat(parts, dim=1)
