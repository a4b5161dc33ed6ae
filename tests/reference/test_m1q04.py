"""The MLP reference held to account by GradientTape, Keras, finite differences, hand numbers and measurements."""

from itertools import pairwise

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q04_mlp_backprop import mlp_backward, mlp_forward, sgd_update, train_xor


def network(sizes, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return [
        (tf.constant(rng.normal(size=(n_in, n_out)), dtype), tf.constant(rng.normal(size=n_out), dtype))
        for n_in, n_out in pairwise(sizes)
    ]


def batch(rows, sizes, seed=1, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return tf.constant(rng.normal(size=(rows, sizes[0])), dtype), tf.constant(rng.random((rows, sizes[-1])), dtype)


def keras_twin(sizes, params):
    model = keras.Sequential([keras.Input((sizes[0],))])
    for width in sizes[1:]:
        model.add(keras.layers.Dense(width, "sigmoid", dtype="float64"))
    model.set_weights([theta.numpy() for pair in params for theta in pair])
    return model


@pytest.mark.parametrize("sizes", [[3, 2], [3, 4, 2], [2, 5, 4, 3]])
def test_forward_is_a_stack_of_dense_sigmoid_layers(sizes):
    params = network(sizes)
    X, _ = batch(6, sizes)
    expected = [X]
    for layer in keras_twin(sizes, params).layers:
        expected.append(layer(expected[-1]))
    activations = mlp_forward(X, params)
    assert len(activations) == len(sizes)
    for one, other in zip(activations, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize("sizes", [[3, 2], [3, 4, 2], [2, 5, 4, 3]])
def test_backward_is_what_the_tape_finds(sizes):
    params = network(sizes)
    X, y = batch(5, sizes)
    with tf.GradientTape() as tape:
        tape.watch(params)
        a = X
        for W, b in params:
            a = 1 / (1 + tf.exp(-(tf.linalg.matmul(a, W) + b)))
        loss = keras.losses.MeanSquaredError(dtype="float64")(y, a)
    for pair, expected in zip(mlp_backward(X, y, params), tape.gradient(loss, params), strict=True):
        for one, other in zip(pair, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-14)


def test_backward_is_the_slope_of_the_cost():
    params = network([2, 3, 2])
    X, y = batch(4, [2, 3, 2])
    (dW, _), _ = mlp_backward(X, y, params)

    def cost(shift):
        W = params[0][0].numpy()
        W[1, 2] += shift
        return np.mean((mlp_forward(X, [(W, params[0][1]), params[1]])[-1] - y) ** 2)

    assert float(dW[1, 2]) == pytest.approx((cost(1e-6) - cost(-1e-6)) / 2e-6, abs=1e-9)


def test_backward_by_hand():
    # a₁ = ½, ½ and a₂ = ½, so δ₂ = 2 (½ − 1) ¼ = −¼ and δ₁ = −¼ (2, −2) ¼.
    params = [(tf.zeros([2, 2]), tf.zeros([2])), (tf.constant([[2.0], [-2.0]]), tf.zeros([1]))]
    (dW1, db1), (dW2, db2) = mlp_backward([[1.0, 2.0]], [[1.0]], params)
    assert dW2.numpy().tolist() == [[-0.125], [-0.125]]
    assert db2.numpy().tolist() == [-0.25]
    assert dW1.numpy().tolist() == [[-0.125, 0.125], [-0.25, 0.25]]
    assert db1.numpy().tolist() == [-0.125, 0.125]


def test_one_trace_serves_every_batch_size():
    params = network([3, 4, 2])
    traces = []

    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float64), tf.TensorSpec([None, 2], tf.float64)])
    def gradients(X, y):
        traces.append(1)
        return mlp_backward(X, y, params)

    for rows in (1, 7):
        X, y = batch(rows, [3, 4, 2])
        for pair, expected in zip(gradients(X, y), mlp_backward(X, y, params), strict=True):
            np.testing.assert_allclose(pair[0], expected[0], rtol=1e-12)
    assert len(traces) == 1


def test_update_is_keras_sgd():
    sizes = [3, 4, 2]
    params, gradients = network(sizes), network(sizes, seed=7)
    variables = [tf.Variable(theta) for pair in params for theta in pair]
    flat = [g for pair in gradients for g in pair]
    keras.optimizers.SGD(0.3).apply_gradients(zip(flat, variables, strict=True))
    updated = [theta for pair in sgd_update(params, gradients, 0.3) for theta in pair]
    for one, other in zip(updated, variables, strict=True):
        # Keras holds its learning rate in float32
        np.testing.assert_allclose(one, other.numpy(), rtol=1e-6)


def test_a_small_step_lowers_the_cost_on_twenty_networks():
    for seed in range(20):
        params = network([3, 4, 2], seed)
        X, y = batch(8, [3, 4, 2], seed + 100)
        before = np.mean((mlp_forward(X, params)[-1] - y) ** 2)
        params = sgd_update(params, mlp_backward(X, y, params), 0.1)
        assert np.mean((mlp_forward(X, params)[-1] - y) ** 2) < before


@pytest.mark.parametrize(
    "call",
    [
        lambda: mlp_forward(tf.zeros([2, 3]), []),
        lambda: mlp_forward(tf.zeros([3]), network([3, 2], dtype=np.float32)),
        lambda: mlp_forward(tf.zeros([2, 4]), network([3, 2], dtype=np.float32)),
        lambda: mlp_forward(tf.zeros([2, 3]), [(tf.zeros([3, 2]), tf.zeros([1]))]),
        lambda: mlp_backward(tf.zeros([4, 3]), tf.zeros([4]), [(tf.zeros([3, 1]), tf.zeros([1]))]),
        lambda: sgd_update(network([3, 2]), network([3, 2]), 0.0),
        lambda: sgd_update(network([3, 2, 2]), network([3, 2]), 0.1),
        lambda: sgd_update([(tf.zeros([2, 2]), tf.zeros([2]))], [(tf.zeros([2, 2]), tf.zeros([1]))], 0.1),
        lambda: train_xor(0, n_hidden=0),
        lambda: train_xor(0, n_epochs=0),
        lambda: train_xor(0, lr=-1.0),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError):  # noqa: PT011 - the kind is the contract, the words are not
        call()


@pytest.mark.parametrize("seed", range(3))
def test_xor_is_learnt_with_the_defaults(seed):
    # measured at most 2e-4 on seeds 0 to 4
    params, losses = train_xor(seed)
    assert len(losses) == 4000
    assert losses[-1] < 1e-3
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    outputs = keras_twin([2, 4, 1], params).predict(X, verbose=0)
    assert outputs.round().ravel().tolist() == [0, 1, 1, 0]


def test_training_is_what_keras_does_with_the_same_weights():
    X = tf.constant([[0, 0], [0, 1], [1, 0], [1, 1]], tf.float64)
    y = tf.constant([[0], [1], [1], [0]], tf.float64)
    start = [
        (tf.random.stateless_normal([2, 3], [11, 0], dtype=tf.float64), tf.zeros([3], tf.float64)),
        (tf.random.stateless_normal([3, 1], [11, 1], dtype=tf.float64), tf.zeros([1], tf.float64)),
    ]
    model = keras_twin([2, 3, 1], start)
    model.compile(keras.optimizers.SGD(2.0), "mse")
    expected = [model.train_on_batch(X, y) for _ in range(5)]
    params, losses = train_xor(11, n_hidden=3, lr=2.0, n_epochs=5)
    assert losses[0] == pytest.approx(float(expected[0]), rel=1e-6)
    for one, other in zip([theta for pair in params for theta in pair], model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_a_step_function_gives_gradient_descent_nothing():
    # the numbers of the erratum
    z = tf.constant([-1.0, 0.5, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(z)
        sign, heaviside, logistic = tf.sign(z), tf.cast(z >= 0, tf.float32), tf.sigmoid(z)
    assert tape.gradient(sign, z).numpy().tolist() == [0, 0, 0]
    assert tape.gradient(heaviside, z) is None
    np.testing.assert_allclose(tape.gradient(logistic, z), [0.197, 0.235, 0.105], atol=5e-4)
