"""Kernels that find the sensitivities of coils in their own data."""

import torch
from torch import Tensor


def espirit(y: Tensor, kernel: int = 6, calibration: int = 24, threshold: float = 0.02, crop: float = 0.9) -> Tensor:
    """Sensitivity maps from the middle `calibration`² samples of k-space, ESPIRiT's first set.  complex[..., C, H, W] -> complex[..., C, H, W]

    Patches of `kernel`² samples of all coils span a space of few dimensions (singular values above `threshold` times the largest). A
    pixel's map is the eigenvector of what this space says about it, with the eigenvalue 1 in the object; below `crop` it is zero.
    Σ_c |s_c|² is 1 or 0. The maps have the slow phase of the images, so that what they see has none: a positive object stays positive.
    [Uecker, Lai, Murphy, Virtue, Elad, Pauly, Vasanawala, Lustig 2014]
    """
    height, width = y.shape[-2:]
    middle = y[..., central(height, calibration), central(width, calibration)]
    k, q = (min(kernel, n) for n in middle.shape[-2:])
    patches = middle.unfold(-2, k, 1).unfold(-2, q, 1)  # complex[..., C, p, r, k, q]
    rows = patches.movedim(-5, -3).flatten(-3).flatten(-3, -2)  # complex[..., p r, C k q]
    energies, vectors = torch.linalg.eigh(rows.mT @ rows.conj())
    vectors = vectors * (energies > threshold**2 * energies[..., -1:]).unsqueeze(-2)
    blocks = (vectors @ vectors.mH).unflatten(-1, (-1, k, q)).unflatten(-4, (-1, k, q))
    strength, directions = torch.linalg.eigh(matrices_of_pixels(blocks, (height, width)))
    maps = directions[..., -1].movedim(-1, -3)
    seen = (maps.conj() * blurred_images(middle, (height, width))).sum(-3, keepdim=True)
    maps = maps * torch.where(seen == 0, 1, seen.sgn())
    return maps * (strength[..., -1] > crop).unsqueeze(-3)


def unfold(folded: Tensor, maps: Tensor, ridge: float = 0.0) -> Tensor:
    """One image from the folded images of all coils.  complex[..., C, H, W / f], complex[..., C, H, W] -> complex[..., H, W]

    f pixels W / f apart lie on each other: argmin ‖S x − √f a‖² + ridge ‖x‖² for each such group, the smallest such x.
    Source: Pruessmann, Weiger, Scheidegger, Boesiger, SENSE (1999).
    """
    factor = maps.shape[-1] // folded.shape[-1]
    s = maps.unflatten(-1, (factor, -1)).movedim((-4, -2), (-2, -1))  # complex[..., H, N, C, R]
    a = factor**0.5 * folded.movedim(-3, -1).unsqueeze(-1)
    gram = s.mH @ s + ridge * torch.eye(factor, dtype=s.dtype, device=s.device)
    x = (torch.linalg.pinv(gram, hermitian=True) @ (s.mH @ a)).squeeze(-1)
    return x.movedim(-1, -2).flatten(-2)


def blurred_images(middle: Tensor, sizes: tuple[int, int]) -> Tensor:
    """The images of the middle of k-space, under a Hann window.  complex[..., h, w] -> complex[..., H, W]"""
    h, w = middle.shape[-2:]
    places = [torch.arange(n, dtype=middle.real.dtype, device=middle.device) - n // 2 for n in (h, w)]
    windows = [torch.cos(torch.pi * r / (len(r) + 1)).square() for r in places]
    padded = middle.new_zeros(*middle.shape[:-2], *sizes)
    padded[..., central(sizes[0], h), central(sizes[1], w)] = middle * windows[0][:, None] * windows[1]
    image = torch.fft.ifft2(torch.fft.ifftshift(padded, (-2, -1)), norm="ortho")
    return torch.fft.fftshift(image, (-2, -1))


def central(size: int, count: int) -> slice:
    """The middle `count` of `size` samples, around ⌊size/2⌋."""
    start = max(size // 2 - count // 2, 0)
    return slice(start, start + min(count, size))


def matrices_of_pixels(blocks: Tensor, sizes: tuple[int, int]) -> Tensor:
    """What a projection of patches does to each pixel's coils.  complex[..., C, k, q, C, k, q] -> complex[..., H, W, C, C]

    A sample is the mean of what the projection says of it in the k q patches that it is in: a convolution over k-space with
    R[d] = Σ P[(c, p), (c', p − d)] / (k q), which is a product in each pixel.
    """
    coils, k, q = blocks.shape[-3:]
    kernels = blocks.new_zeros(*blocks.shape[:-6], coils, coils, 2 * k - 1, 2 * q - 1)
    for i in range(k):
        for j in range(q):
            kernels[..., i : i + k, j : j + q] += blocks[..., :, i, j, :, :, :].flip(-2, -1)
    for axis, size, taps in ((-2, sizes[0], k), (-1, sizes[1], q)):
        place = torch.arange(1 - taps, taps, device=blocks.device) % size
        wide = kernels.new_zeros(*kernels.shape[:axis], size, *kernels.shape[kernels.ndim + axis + 1 :])
        kernels = wide.index_add(axis, place, kernels)
    images = torch.fft.ifft2(kernels, norm="forward") / (k * q)
    return torch.fft.fftshift(images, (-2, -1)).movedim((-4, -3), (-2, -1))
