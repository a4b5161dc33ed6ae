"""The reference for gradient descent against TensorFlow's autodiff, Keras's SGD, closed forms and hand numbers."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q05_gradient_descent import gd_step, mse_gradient, train_linear

METHODS = ["manual", "autodiff", "optimizer"]


def _regression(m: int, n: int, seed: int = 3) -> tuple[tf.Tensor, tf.Tensor]:
    rng = np.random.default_rng(seed)
    return tf.constant(rng.normal(size=(m, n))), tf.constant(rng.normal(size=(m, 1)))


@pytest.mark.parametrize(("m", "n"), [(1, 1), (2, 5), (30, 4)])
def test_the_formula_is_what_autodiff_finds(m: int, n: int) -> None:
    X, y = _regression(m, n)
    theta = tf.Variable(np.random.default_rng(5).normal(size=(n, 1)))
    with tf.GradientTape() as tape:
        mse = keras.losses.mean_squared_error(tf.reshape(y, [1, -1]), tf.reshape(X @ theta, [1, -1]))[0]
    np.testing.assert_allclose(mse_gradient(X, y, theta), tape.gradient(mse, theta), rtol=1e-12)


def test_the_formula_is_the_slope_of_the_cost() -> None:
    X, y = _regression(12, 3)
    X_, y_ = X.numpy(), y.numpy()
    theta = np.array([[0.3], [-1.0], [2.0]])

    def mse(at: np.ndarray) -> float:
        return float(np.mean((X_ @ at - y_) ** 2))

    for j in range(3):
        step = 1e-6 * np.eye(3)[:, [j]]
        slope = (mse(theta + step) - mse(theta - step)) / 2e-6
        assert mse_gradient(X, y, theta).numpy()[j, 0] == pytest.approx(slope, abs=1e-6)


def test_what_tensorflow_1_gives_back_is_a_list_of_gradients_not_of_costs() -> None:
    with tf.Graph().as_default():
        X, y = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.ones([2, 1])
        theta = tf.constant([[1.0], [2.0]])
        mse = tf.reduce_mean(tf.square(X @ theta - y))
        gradients = tf.gradients(mse, [theta])
        with tf.compat.v1.Session() as session:
            cost, [gradient] = session.run([mse, gradients])
    assert cost == 58.0
    np.testing.assert_array_equal(gradient, [[34], [48]])
    np.testing.assert_array_equal(gradient, mse_gradient([[1, 2], [3, 4]], [[1], [1]], [[1], [2]]))


def test_at_the_normal_equations_solution_the_gradient_vanishes() -> None:
    X, y = _regression(50, 4)
    solution = np.linalg.lstsq(X.numpy(), y.numpy(), rcond=None)[0]
    np.testing.assert_allclose(mse_gradient(X, y, solution), np.zeros((4, 1)), atol=1e-14)


@pytest.mark.parametrize(("X", "y", "theta"), [
    ((4, 2), (4,), (2, 1)), ((4, 2), (4, 2), (2, 1)), ((4, 2), (1, 1), (2, 1)), ((0, 2), (0, 1), (2, 1)),
    ((4, 2), (4, 1), (2,)), ((4, 2), (4, 1), (1, 1)), ((4,), (4, 1), (1, 1)),
])  # fmt: skip
def test_shapes_that_do_not_fit_are_refused(X: tuple[int], y: tuple[int], theta: tuple[int]) -> None:
    with pytest.raises(ValueError, match="must be"):
        mse_gradient(tf.ones(X), tf.ones(y), tf.ones(theta))


def test_steps_are_those_of_keras_sgd() -> None:
    starts = [np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([2.0, -1.0])]
    ours, theirs = ([tf.Variable(start) for start in starts] for _ in range(2))
    optimizer = keras.optimizers.SGD(0.0625)  # a power of two, which Keras's float32 rate holds exactly

    def loss(variables: list[tf.Variable]) -> tf.Tensor:
        matrix, vector = variables
        return tf.reduce_sum(tf.sin(tf.linalg.matvec(matrix, vector))) + tf.reduce_sum(tf.square(vector))

    for _ in range(5):
        before = gd_step(lambda: loss(ours), ours, 0.0625)
        with tf.GradientTape() as tape:
            expected = loss(theirs)
        optimizer.apply_gradients(zip(tape.gradient(expected, theirs), theirs, strict=True))
        assert float(before) == pytest.approx(float(expected), rel=1e-12)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_on_a_bowl_each_step_shrinks_the_parameter_by_a_constant_factor() -> None:
    theta = tf.Variable(4.0, dtype=tf.float64)
    losses = [float(gd_step(lambda: 0.5 * 3.0 * theta**2, [theta], 0.1)) for _ in range(6)]
    assert float(theta) == pytest.approx(4.0 * 0.7**6)
    np.testing.assert_allclose(losses, 24.0 * 0.49 ** np.arange(6))


def test_a_variable_without_a_gradient_keeps_every_bit() -> None:
    used, unused = tf.Variable(1.0), tf.Variable(0.1)
    gd_step(lambda: used * 2.0, [unused, used], 0.25)
    assert (used.numpy(), unused.numpy()) == (np.float32(0.5), np.float32(0.1))


@pytest.mark.parametrize(("rate", "count"), [(0.0, 1), (-1.0, 1), (0.1, 0)])
def test_a_step_that_is_none_is_refused_before_the_loss_is_computed(rate: float, count: int) -> None:
    def never() -> tf.Tensor:
        raise AssertionError("computed")

    with pytest.raises(ValueError, match=r"positive|no variables"):
        gd_step(never, [tf.Variable(1.0)] * count, rate)


@pytest.mark.parametrize("method", METHODS)
def test_training_follows_the_closed_form(method: str) -> None:
    """From θ = 0, θ after k steps is (I − (I − ηH)ᵏ) θ*, with H = 2/m XᵀX and θ* the least-squares solution."""
    X, y = _regression(25, 3)
    theta, losses = train_linear(X, y, method, n_epochs=10, lr=0.125)
    H = 2 / 25 * X.numpy().T @ X.numpy()
    solution = np.linalg.lstsq(X.numpy(), y.numpy(), rcond=None)[0]
    shrunk = np.linalg.matrix_power(np.eye(3) - 0.125 * H, 10)
    np.testing.assert_allclose(theta, (np.eye(3) - shrunk) @ solution, rtol=1e-10)
    assert losses.shape == [10]
    assert float(losses[0]) == pytest.approx(float(np.mean(y.numpy() ** 2)))


@pytest.mark.parametrize("method", METHODS)
def test_standardised_data_give_the_parameters_back(method: str) -> None:
    features = np.random.default_rng(1).normal(size=(200, 3))
    X = np.column_stack([np.ones(200), (features - features.mean(0)) / features.std(0)]).astype(np.float32)
    true = np.array([[1], [2], [-3], [0.5]], np.float32)
    theta, losses = train_linear(X, X @ true, method, n_epochs=400, lr=0.05)
    np.testing.assert_allclose(theta, true, atol=1e-3)
    assert float(losses[-1]) < 1e-9
    assert theta.dtype == losses.dtype == tf.float32


def test_above_twice_the_inverse_curvature_the_losses_grow() -> None:
    X, y = _regression(40, 2)
    steepest = float(np.linalg.eigvalsh(2 / 40 * X.numpy().T @ X.numpy()).max())
    _, below = train_linear(X, y, "autodiff", n_epochs=200, lr=1.9 / steepest)
    _, above = train_linear(X, y, "autodiff", n_epochs=200, lr=2.1 / steepest)
    assert float(below[-1]) < float(below[0])
    assert float(above[-1]) > 1e3 * float(above[0])
    assert np.all(np.diff(above.numpy()[20:]) > 0)


@pytest.mark.parametrize("bad", [{"method": "adam"}, {"lr": 0.0}, {"n_epochs": 0}, {"y": tf.zeros([5])}])
def test_training_refuses_what_it_cannot_do(bad: dict[str, object]) -> None:
    good = {"X": tf.ones([5, 2]), "y": tf.ones([5, 1]), "method": "manual", "n_epochs": 1, "lr": 0.1}
    train_linear(**good)
    with pytest.raises(ValueError, match=r"must be|method is"):
        train_linear(**{**good, **bad})
