"""The orthonormal wavelet transform that the hand-written solvers use: db4, three levels, periodic, by block products."""

from __future__ import annotations

import pywt
import torch
from torch import Tensor

BLOCK = 16  # samples per block; the transform is a banded matrix with the same block all along the diagonal
REACH = 3  # db4 sees three samples to each side of a block, and its adjoint two coefficients
SMALL = 64  # below this a dense matrix is faster


class Wavelet:
    """PyWavelets' `periodization` transform of square (…, n, n) arrays, all bands in one array of the same shape."""

    def __init__(self, n: int, levels: int = 3):
        self.sizes = [n >> level for level in range(levels)]
        self.dense = {size: matrix(size) for size in self.sizes if size <= SMALL}
        whole, half = matrix(4 * BLOCK), 2 * BLOCK
        rows, columns = slice(BLOCK // 2, BLOCK), slice(BLOCK, 2 * BLOCK)
        seen, near = slice(BLOCK - REACH, 2 * BLOCK + REACH), slice(BLOCK // 2 - 2, BLOCK + 2)
        self.split = torch.cat((whole[rows, seen], whole[half:][rows, seen]))  # a window to 8 low and 8 high coefficients
        self.merge = torch.cat((whole[near, columns], whole[half:][near, columns])).mT.contiguous()  # and back to 16 samples

    def forward(self, x: Tensor) -> Tensor:
        c = x
        for size in self.sizes:
            corner = self.split_level(x if size == self.sizes[0] else c[..., :size, :size])
            if size == self.sizes[0]:
                c = corner
            else:
                c[..., :size, :size] = corner
        return c

    def adjoint(self, c: Tensor) -> Tensor:
        x = c.clone()
        for size in reversed(self.sizes):
            corner = self.merge_level(x[..., :size, :size])
            if size == self.sizes[0]:
                return corner
            x[..., :size, :size] = corner
        return x

    def split_level(self, x: Tensor) -> Tensor:
        n = x.shape[-1]
        if n in self.dense:
            return self.dense[n] @ x @ self.dense[n].mT
        wide = torch.cat((x[..., -REACH:], x, x[..., :REACH]), -1).unfold(-1, BLOCK + 2 * REACH, BLOCK)
        x = (wide.reshape(-1, BLOCK + 2 * REACH) @ self.split.mT).view(*x.shape[:-1], -1, 2, BLOCK // 2)
        x = x.transpose(-3, -2).reshape(*x.shape[:-3], n)
        tall = torch.cat((x[..., -REACH:, :], x, x[..., :REACH, :]), -2).unfold(-2, BLOCK + 2 * REACH, BLOCK)
        x = (self.split @ tall.mT).unflatten(-2, (2, BLOCK // 2))
        return x.transpose(-4, -3).reshape(*x.shape[:-4], n, n)

    def merge_level(self, c: Tensor) -> Tensor:
        n, step = c.shape[-1], BLOCK // 2
        if n in self.dense:
            return self.dense[n].mT @ c @ self.dense[n]
        bands = c.unflatten(-2, (2, n // 2))
        tall = torch.cat((bands[..., -2:, :], bands, bands[..., :2, :]), -2).unfold(-2, step + 4, step)  # …, 2, blocks, n, 12
        c = (self.merge @ tall.mT.transpose(-4, -3).flatten(-3, -2)).flatten(-3, -2)
        bands = c.unflatten(-1, (2, n // 2))
        wide = torch.cat((bands[..., -2:], bands, bands[..., :2]), -1).unfold(-1, step + 4, step)  # …, 2, blocks, 12
        return (wide.transpose(-3, -2).reshape(-1, 2 * (step + 4)) @ self.merge.mT).view(c.shape)


def matrix(n: int, name: str = "db4") -> Tensor:
    """One level along one axis: low part, then high part. (n, n), orthogonal"""
    images = [pywt.dwt(unit, name, mode="periodization") for unit in torch.eye(n).numpy()]
    return torch.stack([torch.cat([torch.from_numpy(part) for part in image]) for image in images], 1)
