"""Ultrasound by plane waves: echoes against the matrix of their definition, and what programs say of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dense import compare, single
from kernel_checks import assert_adjoint_everywhere, assert_captured, assert_gradient, draw, matrix_of

import invlang
from invlang.kernels.scanners import plane_wave_delays, receiver_delays
from invlang.kernels.ultrasound import echoes, echoes_adjoint

SIZES, AXES, TIMES = (4, 5), (-2, -1), 9
ANGLES = torch.tensor([-20.0, 0, 35], dtype=torch.float64)
ELEMENTS = torch.tensor([-1.5, 2], dtype=torch.float64)


@pytest.fixture(autouse=True)
def double_precision():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def delays(angles=ANGLES, elements=ELEMENTS, speed=0.8):
    return plane_wave_delays(angles, speed, SIZES), receiver_delays(elements, speed, SIZES)


def arrival(angle: float, element: float, row: int, column: int, speed: float = 0.8) -> float:
    """How long a plane wave and the echo of one sample take together."""
    turn, side = np.deg2rad(angle), column - 2.0
    wave = row * np.cos(turn) + side * np.sin(turn) + 2 * abs(np.sin(turn))
    return (wave + np.hypot(row, side - element)) / speed


def echo_matrix() -> np.ndarray:
    matrix = np.zeros((3, 2, TIMES, *SIZES))
    for a, angle in enumerate(ANGLES.tolist()):
        for e, element in enumerate(ELEMENTS.tolist()):
            for row, column in np.ndindex(*SIZES):
                when = arrival(angle, element, row, column)
                share = np.maximum(0, 1 - np.abs(np.arange(TIMES) - when))
                matrix[a, e, :, row, column] = share
    return matrix.reshape(3 * 2 * TIMES, 20)


def test_echoes_and_delay_and_sum_are_the_matrix_of_the_definition():
    send, receive = delays()
    assert echo_matrix().sum() > 50
    forward = matrix_of(lambda x: echoes(x, send, receive, AXES, TIMES), SIZES)
    np.testing.assert_allclose(forward, echo_matrix(), rtol=0, atol=1e-10)
    back = matrix_of(lambda y: echoes_adjoint(y, send, receive, AXES, TIMES, SIZES), (3, 2, TIMES))
    np.testing.assert_allclose(back, echo_matrix().T, rtol=0, atol=1e-10)


def test_dot_tests():
    send, receive = delays()
    assert_adjoint_everywhere(
        lambda x: echoes(x, send, receive, AXES, TIMES), lambda y: echoes_adjoint(y, send, receive, AXES, TIMES, SIZES), SIZES
    )


def test_one_array_for_each_sample():
    send, receive = delays(torch.stack((ANGLES, ANGLES + 5)))
    x = draw((2, *SIZES))
    y = echoes(x, send, receive, AXES, TIMES)
    torch.testing.assert_close(y[1], echoes(x[1], send[1], receive, AXES, TIMES))
    back = echoes_adjoint(y, send, receive, AXES, TIMES, SIZES)
    torch.testing.assert_close(back[1], echoes_adjoint(y[1], send[1], receive, AXES, TIMES, SIZES))


def test_gradients_and_capture():
    send, receive = delays()
    x, y = draw(SIZES), draw((3, 2, TIMES))
    assert_gradient(lambda x: echoes(x, send, receive, AXES, TIMES), x)
    assert_gradient(lambda a: echoes(x, delays(a)[0], receive, AXES, TIMES), ANGLES + 3.3)
    assert_captured(lambda x: echoes(x, send, receive, AXES, TIMES), x)
    assert_captured(lambda y: echoes_adjoint(y, send, receive, AXES, TIMES, SIZES), y)


GIVENS = "given a : real[3]\ngiven e : real[2]\ngiven h : real[5]"


@pytest.mark.parametrize("options", ["", ", times = 4", ", speed = 0.7"])
@pytest.mark.parametrize("domain", ["real[4, 5]", "complex[2, 3, 3]"])
def test_an_array_is_its_matrix(options, domain):
    given = {"a": ANGLES, "e": ELEMENTS, "h": torch.tensor([0.1, -0.4, 1, -0.3, 0.2])}
    assert compare(single(domain, f"PlaneWaveUltrasound(a, e, h{options})", GIVENS), given) == []


def test_one_point_is_heard_as_the_pulse_when_its_echo_arrives():
    given = {"a": ANGLES, "e": torch.tensor([1.0, -1]), "h": torch.tensor([0.0, 0, 1, 2, 0])}
    model = invlang.loads(single("real[4, 5]", "PlaneWaveUltrasound(a, e, h)", GIVENS), **given)
    x = torch.zeros(4, 5)
    x[3, 3] = 1
    expected = torch.zeros(15)
    expected[6:8] = torch.tensor([1.0, 2])  # down 3 samples, straight up to the element above
    torch.testing.assert_close(model.A(x)[1, 0], expected)


def test_waves_that_do_not_go_down_are_refused():
    with pytest.raises(ValueError, match="above −90 and below 90 degrees"):
        plane_wave_delays(torch.tensor([0.0, 90]), 1.0, SIZES)
    with pytest.raises(ValueError, match="`speed` is above 0"):
        receiver_delays(ELEMENTS, 0.0, SIZES)
