"""Names: what the user wrote made fit for Python, and nouns for values that nobody named."""

from __future__ import annotations

import builtins
import keyword
import unicodedata
from collections.abc import Iterable
from functools import cache

from invlang.graph.spaces import Product
from invlang.graph.values import (
    Aligned,
    Apply,
    Call,
    Iterative,
    Known,
    Number,
    Pointwise,
    Random,
    Reduce,
    Table,
    Value,
    Variable,
    operands_of,
)

TORCH_FFT = ("fft", "ifft", "rfft", "irfft", "fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn")
OWN = (
    "self",
    "model",
    "iterations",
    "watch",
    "looked",
    "generator",
    "seed",
    "epoch",
    "samples",
    "order",
    "per_sample",
    "as_numbers",
)
RESERVED = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "torch", "Tensor", "nn", "math", "zlib", *TORCH_FFT, *OWN}
)
MODULE_ATTRIBUTES = frozenset(
    """T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval
    extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia
    named_buffers named_children named_modules named_parameters objective parameters register_backward_hook register_buffer
    register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
    register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory
    state_dict to to_empty train training type xpu zero_grad""".split()
)


@cache
def python_name(name: str) -> str:
    """The name as a Python identifier that means nothing else; different names stay different.

    lambda becomes lambda_ (and lambda_ becomes lambda__), x' becomes x_next, letters that ASCII lacks are spelt out.
    """
    text = name.replace("'", "_next")
    text = "".join(letter if letter.isascii() else spelt(letter) for letter in text)
    text = "".join(c if c.isalnum() or c == "_" else f"_u{ord(c):x}_" for c in text)
    if not text or text[0].isdigit() or text.startswith("__"):
        text = f"n_{text}"
    bare = text.rstrip("_")
    return text + "_" if bare in RESERVED or bare in MODULE_ATTRIBUTES else text


def spelt(letter: str) -> str:
    """σ as sigma, Σ as Sigma, anything else by its number."""
    words = unicodedata.name(letter, "").split()
    if words[:1] == ["GREEK"] and len(words) == 4 and words[2] == "LETTER":
        word = {"LAMDA": "lambda"}.get(words[3], words[3].lower())
        return word.capitalize() if words[1] == "CAPITAL" else word
    return f"_u{ord(letter):x}_"


class NameTable:
    """The names in use at one place."""

    def __init__(self, taken: Iterable[str] = ()):
        self.taken = set(taken)

    def claim(self, wanted: str) -> str:
        """`wanted` if it is free, else wanted2, wanted3, …"""
        name, number = wanted, 1
        while name in self.taken or name in RESERVED:
            number += 1
            name = f"{wanted}{number}" if wanted not in RESERVED else f"{wanted}_{number if number > 2 else ''}"
        self.taken.add(name)
        return name

    def child(self) -> NameTable:
        return NameTable(self.taken)


POINTWISE_NOUNS = {
    "abs2": "power", "abs": "magnitude", "sqrt": "root", "exp": "exponential", "log": "logarithm", "power": "power",
    "maximum": "larger", "minimum": "smaller", "clamp": "clipped", "conj": "conjugate", "sign": "sign", "negate": "opposite",
    "real": "real_part", "imag": "imaginary_part", "where": "chosen", "multiply": "weighted", "angle": "phase",
    "lerp": "moved",
}  # fmt: skip
KERNEL_NOUNS = {
    "each_turn": "table",
    "gradient": "slopes", "gradient_adjoint": "flow", "wavelet": "coefficients", "crop": "cropped", "crop_adjoint": "padded",
    "pad": "padded", "pad_adjoint": "unpadded", "repeat": "copies", "repeat_adjoint": "combined", "downsample": "coarse",
    "half_fourier_inverse": "image", "plain_fourier_inverse": "image", "plain_half_fourier_inverse": "image",
    "downsample_adjoint": "spread", "sample": "samples", "sample_index": "index",
    "soft_threshold": "shrunk", "cut_short": "cut", "group_soft_threshold": "shrunk",
    "project_to_balls": "projected", "conjugate_gradient": "solution", "power_iteration": "squared_norm", "growth_bound": "squared_norm",
    "shift": "shifted", "line_integrals": "projections", "line_integrals_adjoint": "smeared",
    "half_of": "half", "whole_of": "whole", "dense": "product", "weigh": "mixed", "convolve_inside": "blurred",
    "filter_bank": "filters", "fold": "folded", "fold_mean": "folded", "fold_adjoint": "unfolded", "half_fold": "folded",
    "half_fold_adjoint": "unfolded", "reciprocal_or_zero": "reciprocal", "laplacian_eigenvalues": "eigenvalues",
    "half_spectrum": "spectrum", "modulation": "phases", "toeplitz_spectrum": "toeplitz", "complex_from_real": "as_complex",
    "non_uniform_fourier": "samples", "non_uniform_fourier_adjoint": "image",
    "complex_from_real_adjoint": "real_part",
}  # fmt: skip
REDUCE_NOUNS = {"sum": "total", "mean": "average", "norm2": "length", "max": "largest", "min": "smallest"}


def noun(value: Value, name_of: dict[Value, str]) -> str:
    """A word for a value by what it is.  name_of: the names that its parts have."""
    match value:
        case Known() | Table() if value.name.isidentifier():
            return python_name(value.name)
        case Variable():
            return python_name(value.name)
        case Aligned():
            return name_of.get(value.operand) or noun(value.operand, name_of)
        case Apply():
            return apply_noun(value, name_of)
        case Pointwise("add"):
            return "residual" if has_negative_data(value) else "difference" if negative_term(value) else "combined"
        case Pointwise("lerp", (_, _, Number(2))):
            return "reflected"
        case Pointwise("fused_add"):
            return "difference" if is_below_zero(value.operands[-1]) else "combined"
        case Pointwise("divide"):
            return "gain" if not isinstance(value.operands[0], Apply) and value.space.rank else "ratio"
        case Pointwise("multiply") if value.space.rank == 0:
            return "factor"
        case Pointwise("power", (Known() | Variable() as base, Number(2))):
            return f"{python_name(base.name)}_squared"  # type: ignore[attr-defined]
        case Pointwise("conj"):
            return f"{name_of[value.operands[0]]}_conjugate" if value.operands[0] in name_of else "conjugate"
        case Pointwise():
            return POINTWISE_NOUNS.get(value.function, "values")
        case Reduce():
            return REDUCE_NOUNS[value.function]
        case Call() if value.function in ("fourier", "half_fourier", "plain_fourier", "plain_half_fourier"):
            return transform_noun(value.operands[0], name_of)
        case Call(function="component"):
            return f"{name_of.get(value.operands[0]) or noun(value.operands[0], name_of)}{dict(value.options)['index'] + 1}"
        case Call(function="half_of"):
            return f"half_{name_of.get(value.operands[0]) or noun(value.operands[0], name_of)}"
        case Call() | Iterative():
            return KERNEL_NOUNS.get(value.function, value.function.rpartition("_")[2])
        case Random():
            return value.law.rpartition("_")[2] if value.options else "noise"
    return "parts" if isinstance(value.space, Product) else "value"


def apply_noun(value: Apply, name_of: dict[Value, str]) -> str:
    kernel = value.leaf.primitive.kernel
    if "fourier" in kernel or kernel == "cosine":
        if value.leaf.adjoint:
            return "back"
        return transform_noun(value.operand, name_of)
    name = kernel + "_adjoint" * value.leaf.adjoint
    return KERNEL_NOUNS.get(name, "back" if value.leaf.adjoint else "image")


def transform_noun(operand: Value, name_of: dict[Value, str]) -> str:
    """x_hat for the transform of x."""
    name = python_name(operand.name) if isinstance(operand, Known | Variable) else name_of.get(operand)
    return f"{name}_hat" if name else "spectrum"


def negative_term(value: Pointwise) -> bool:
    return any(is_negative(o) for o in value.operands)


def has_negative_data(value: Pointwise) -> bool:
    return any(isinstance(k, Known) and k.origin == "data" for o in value.operands if is_negative(o) for k in operands_of(o))


def is_negative(value: Value) -> bool:
    if not isinstance(value, Pointwise):
        return False
    if value.function == "negate":
        return True
    return value.function == "multiply" and is_below_zero(value.operands[0])


def is_below_zero(value: Value) -> bool:
    return isinstance(value, Number) and not isinstance(value.value, complex) and value.value < 0
