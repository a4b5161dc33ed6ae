"""The backpropagation reference held to account by GradientTape, TensorFlow's ops, closed forms and hand numbers."""

import math
import random

import numpy as np
import pytest
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q08_backpropagation import activation, gradient_check, reverse_mode

TF_OPS = {
    "add": tf.add,
    "sub": tf.subtract,
    "mul": tf.multiply,
    "neg": tf.negative,
    "exp": tf.exp,
    "sigmoid": tf.sigmoid,
    "tanh": tf.tanh,
    "relu": tf.nn.relu,
}
BINARY = {"add", "sub", "mul"}


def by_tape(program, inputs):
    leaves = [tf.constant(x, tf.float64) for x in inputs]
    with tf.GradientTape() as tape:
        tape.watch(leaves)
        values = list(leaves)
        for operation, *operands in program:
            values.append(TF_OPS[operation](*(values[i] for i in operands)))
    gradient = tape.gradient(values[-1], leaves, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return float(values[-1]), [float(g) for g in gradient]


def random_program(rng, n_inputs, length):
    program = []
    for index in range(n_inputs, n_inputs + length):
        operation = rng.choice(sorted(TF_OPS))
        below = n_inputs if operation == "exp" else index
        program.append((operation, *(rng.randrange(below) for _ in range(2 if operation in BINARY else 1))))
    return program


@pytest.mark.parametrize(("name", "op"), [("logistic", tf.sigmoid), ("tanh", tf.tanh), ("relu", tf.nn.relu)])
def test_value_and_derivative_are_tensorflows(name, op):
    z = tf.constant(np.linspace(-30, 30, 241))
    with tf.GradientTape() as tape:
        tape.watch(z)
        expected = op(z)
    value, derivative = activation(name, z)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(derivative, tape.gradient(expected, z), rtol=1e-10, atol=1e-15)


def test_logistic_and_tanh_in_closed_form():
    z = np.linspace(-5, 5, 101)
    sigma, slope = activation("logistic", z)
    np.testing.assert_allclose(sigma, [1 / (1 + math.exp(-x)) for x in z], rtol=1e-12)
    np.testing.assert_allclose(slope, [math.exp(-x) / (1 + math.exp(-x)) ** 2 for x in z], rtol=1e-10)
    twice, _ = activation("logistic", 2 * z)
    tanh, tanh_slope = activation("tanh", z)
    np.testing.assert_allclose(tanh, 2 * twice.numpy() - 1, atol=1e-15)
    np.testing.assert_allclose(tanh_slope, [1 / math.cosh(x) ** 2 for x in z], rtol=1e-10)


def test_peaks():
    z = np.linspace(-4, 4, 81)
    assert max(activation("logistic", z)[1].numpy()) == 0.25
    assert max(activation("tanh", z)[1].numpy()) == 1
    assert set(activation("relu", z)[1].numpy()) == {0, 1}
    assert set(activation("step", z)[1].numpy()) == {0}


def test_at_zero_the_step_is_up_and_relu_is_flat():
    assert [float(x) for x in activation("step", -0.0)] == [1, 0]
    assert [float(x) for x in activation("relu", 0.0)] == [0, 0]


@pytest.mark.parametrize("name", ["step", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes_are_finite_and_keep_their_dtype(name, dtype):
    for part in activation(name, np.array([-1000, -88.8, 88.8, 1000], dtype)):
        assert part.dtype == dtype
        assert np.isfinite(part).all()


def test_x_squared_y_by_hand():
    # x²y + y + 2 at (3, 4): 2xy = 24, x² + 1 = 10
    program = [("mul", 0, 0), ("mul", 3, 1), ("add", 4, 1), ("add", 5, 2)]
    assert reverse_mode(program, [3.0, 4.0, 2.0]) == (42.0, [24.0, 10.0, 1.0])


def test_fifty_random_programs_against_the_tape():
    rng = random.Random(5)
    for _ in range(50):
        inputs = [rng.uniform(-1, 1) for _ in range(3)]
        program = random_program(rng, 3, rng.randint(1, 9))
        value, gradient = reverse_mode(program, inputs)
        expected_value, expected_gradient = by_tape(program, inputs)
        assert value == pytest.approx(expected_value, rel=1e-12, abs=1e-14), program
        assert gradient == pytest.approx(expected_gradient, rel=1e-10, abs=1e-12), program


def test_a_doubling_chain_takes_one_sweep():
    # 2⁶⁰ paths lead from the end to the input; a sweep for each path would never end
    program = [("add", i, i) for i in range(60)]
    assert reverse_mode(program, [1.0]) == (2.0**60, [2.0**60])


def test_extremes_of_the_logistic_do_not_overflow():
    assert reverse_mode([("sigmoid", 0)], [-1000.0]) == (0.0, [0.0])
    value, (slope,) = reverse_mode([("sigmoid", 0)], [-40.0])
    assert value == pytest.approx(math.exp(-40), rel=1e-12)
    assert slope == pytest.approx(math.exp(-40), rel=1e-12)


@pytest.mark.parametrize(
    "program",
    [[], [("div", 0, 1)], [("exp", 2)], [("exp", -1)], [("add", 0)], [("neg", 0, 1)], [("mul", 0, 3), ("exp", 0)]],
)
def test_programs_that_cannot_run_are_refused(program):
    with pytest.raises(ValueError):  # noqa: PT011 - the kind is the contract, the words are not
        reverse_mode(program, [1.0, 2.0])


def bowl(theta):
    """½ θᵀAθ with its exact gradient."""
    theta = tf.convert_to_tensor(theta)
    A = tf.constant([[2.0, 0.5], [0.5, 1.0]], tf.float64)
    gradient = tf.linalg.matvec(A, theta)
    return tf.reduce_sum(theta * gradient) / 2, gradient


def test_a_right_gradient_passes():
    theta = tf.constant([0.3, -2.0], tf.float64)
    assert gradient_check(bowl, theta) < 1e-7


def test_a_gradient_from_the_tape_passes():
    weights = tf.constant(np.random.default_rng(3).normal(size=(4, 3)))

    def f(theta):
        with tf.GradientTape() as tape:
            theta = tf.convert_to_tensor(theta)
            tape.watch(theta)
            loss = tf.reduce_sum(tf.tanh(theta) * weights) ** 2
        return loss, tape.gradient(loss, theta)

    theta = tf.constant(np.random.default_rng(4).normal(size=(4, 3)))
    assert gradient_check(f, theta) < 1e-7


def test_the_error_of_a_wrong_entry():
    # g = (2·0.4 + 0.5·6, 0.5·0.4 + 6) = (3.8, 6.2); 0.31 too much in the second: 0.31 / 6.51
    theta = tf.constant([0.4, 6.0], tf.float64)

    def wrong(theta):
        loss, gradient = bowl(theta)
        return loss, gradient + tf.constant([0.0, 0.31], tf.float64)

    assert gradient_check(wrong, theta) == pytest.approx(0.31 / 6.51, rel=1e-6)


def test_the_difference_is_central():
    # ((x + ε)³ − (x − ε)³) / 2ε = 3x² + ε², an error of ε² = 10⁻⁶; a forward difference is off by 3xε
    error = gradient_check(lambda t: (tf.reduce_sum(t**3), 3 * t**2), tf.constant([0.5], tf.float64), 1e-3)
    assert error == pytest.approx(1e-6, rel=1e-4)


def test_nan_shows():
    f = lambda t: (tf.reduce_sum(t), tf.constant([1.0, math.nan, 1.0], tf.float64))  # noqa: E731
    assert math.isnan(gradient_check(f, tf.zeros([3], tf.float64)))


def test_theta_is_left_alone():
    theta = np.random.default_rng(1).normal(size=2)
    before = theta.copy()
    gradient_check(bowl, theta)
    assert theta.tolist() == before.tolist()


@pytest.mark.parametrize(
    ("theta", "eps"),
    [(tf.zeros([2]), 1e-6), ([0.0, 0.0], 1e-6), (np.zeros(2), 0.0), (np.zeros(2), -1e-6), (np.zeros((2, 2)), 1e-6)],
)
def test_bad_checks_are_refused(theta, eps):
    def f(theta):
        return tf.reduce_sum(theta), tf.ones([2], tf.float64)

    with pytest.raises(ValueError):  # noqa: PT011 - the kind is the contract, the words are not
        gradient_check(f, theta, eps)
