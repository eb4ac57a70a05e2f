"""Kernels of the orthonormal Walsh–Hadamard transform, in natural (Sylvester's) order, and the orders of single-pixel cameras."""

import torch
from torch import Tensor


def hadamard(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The orthonormal Hadamard transform along `axes`, whose sizes are powers of two.  number[..., n] -> number[..., n]

    That of n = 32 m samples is one of 32 after one of m samples: a product with a small matrix for each factor of n.
    Source: Fino and Algazi, Unified matrix treatment of the fast Walsh–Hadamard transform (1976).
    """
    shape, matrices = x.shape, {}
    for axis in axes:
        n, stride, done = shape[axis], shape[axis:].numel() // shape[axis], 1
        while done < n:
            k = min(32, n // done)
            if k not in matrices:
                matrices[k] = hadamard_matrix(k, x).to(x.dtype)
            x = x.reshape(-1, k) @ matrices[k] if done * stride == 1 else matrices[k] @ x.reshape(-1, k, done * stride)
            done *= k
    return x.reshape(shape)


def hadamard_adjoint(y: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The same transform: it is symmetric and its own inverse.  number[..., n] -> number[..., n]"""
    return hadamard(y, axes)


def hadamard_matrix(size: int, like: Tensor) -> Tensor:
    """The matrix of the transform.  -> real[n, n]"""
    matrix = torch.ones(1, 1, dtype=like.real.dtype, device=like.device)
    while len(matrix) < size:
        matrix = torch.cat((torch.cat((matrix, matrix), 1), torch.cat((matrix, -matrix), 1)))
    return matrix / size**0.5


def sequency(n: int, device: torch.device) -> Tensor:
    """Where the rows of the Hadamard matrix stand by rising number of sign changes: bits reversed after a Gray code.  -> integer[n]"""
    k = torch.arange(n, device=device)
    gray, reversed_bits, half = k ^ (k >> 1), torch.zeros_like(k), 1
    while half < n:
        reversed_bits = 2 * reversed_bits + gray % 2
        gray, half = gray // 2, 2 * half
    return reversed_bits


def hadamard_order(sizes: tuple[int, int], like: Tensor, ordering: str, count: int) -> Tensor:
    """Which `count` of the H × W patterns a camera shows, first to last, as flat indices of the transform.  -> integer[count]

    sequency: as if the image were one long row, columns first, by sign changes; cake_cutting: by pieces that the pattern is
    cut into; zig_zag: along diagonals of the sequency plane; xy: by (u v + (u² + v²) / 4), coarse patterns first.
    Sources: Walsh (1923); Yu, Super sub-Nyquist single-pixel imaging by means of cake-cutting Hadamard basis sort (2019).
    """
    h, w = sizes
    if ordering in ("sequency", "cake_cutting"):
        flat = sequency(h * w, like.device)
        if ordering == "cake_cutting":
            flat = flat[cake_pieces(h * w, like.device).argsort(stable=True)]
        return (flat % h * w + flat // h)[:count]
    u, v = torch.arange(h, device=like.device)[:, None], torch.arange(w, device=like.device)
    if ordering == "zig_zag":
        score = (u + v) * (h * w) - u
    else:
        score = 4 * u * v + u**2 + v**2
    place = score.flatten().argsort(stable=True)[:count]
    return sequency(h, like.device)[place // w] * w + sequency(w, like.device)[place % w]


def cake_pieces(n: int, device: torch.device) -> Tensor:
    """Into how many pieces each pattern of a square image cuts it, patterns by sequency.  -> integer[n]"""
    side = int(n**0.5)
    i, j = torch.arange(1, side + 1, device=device)[:, None], torch.arange(1, side + 1, device=device)
    pieces = i * torch.where(i % 2 == 1, j, side + 1 - j)
    return pieces.flatten()
