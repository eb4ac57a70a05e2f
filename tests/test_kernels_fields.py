"""Tests of the kernels that pass between real and complex numbers."""

import torch
from kernel_checks import COMPLEX, NUMBERS, REAL, assert_adjoint_everywhere, assert_captured, assert_gradient, draw

from invlang.kernels.fields import complex_from_real, complex_from_real_adjoint, conjugate, conjugate_adjoint


def test_complex_from_real_and_the_real_part_are_adjoint():
    assert_adjoint_everywhere(complex_from_real, complex_from_real_adjoint, (3, 4), REAL)


def test_conjugation_is_its_own_adjoint_for_the_real_inner_product():
    assert_adjoint_everywhere(conjugate, conjugate_adjoint, (3, 4), NUMBERS)


def test_values():
    x = draw((5,))
    for dtype, kind in zip(REAL, COMPLEX, strict=True):
        z = complex_from_real(x.to(dtype))
        assert z.dtype == kind and torch.equal(z.real, x.to(dtype)) and not z.imag.any()
    z = draw((5,), torch.complex128)
    assert torch.equal(complex_from_real_adjoint(z), z.real)
    assert torch.equal(conjugate(z).resolve_conj(), torch.complex(z.real, -z.imag))


def test_gradients_and_capture():
    x, z = draw((3,)), draw((3,), torch.complex128)
    assert_gradient(complex_from_real, x)
    assert_gradient(complex_from_real_adjoint, z)
    assert_gradient(conjugate, z)
    assert_captured(lambda x, z: complex_from_real_adjoint(complex_from_real(x) * conjugate(z)), x, z)
