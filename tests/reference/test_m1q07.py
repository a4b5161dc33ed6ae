"""The reference for graph and session against Keras, autodiff, closed forms, and against its own modern twin."""

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q07_training_dnn import (
    TRUNCATED_STD,
    build_graph,
    make_train_step,
    neuron_layer,
    run_training,
)
from reference_impl.mistakes.m1_artificial_neurons import m1q07_training_dnn as mistakes

v1 = tf.compat.v1
SIZES = (4, 16, 8, 3)


def _clouds(m: int, seed: int = 0, distance: float = 2.5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, m)
    return (distance * np.eye(3, 4)[y] + rng.normal(size=(m, 4))).astype(np.float32), y


def _first_values(graph: tf.Graph) -> list[np.ndarray]:
    with graph.as_default(), v1.Session(graph=graph) as session:
        session.run("init")
        return session.run(v1.trainable_variables())


def _after_one_step(graph: tf.Graph, X: np.ndarray, y: np.ndarray) -> tuple[float, list[np.ndarray]]:
    with graph.as_default(), v1.Session(graph=graph) as session:
        session.run("init")
        loss = session.run("loss:0", {"X:0": X, "y:0": y})
        session.run("training_op", {"X:0": X, "y:0": y})
        return loss, session.run(v1.trainable_variables())


def _twin(weights: list[np.ndarray]) -> keras.Model:
    model = keras.Sequential(
        [
            keras.Input((SIZES[0],)),
            keras.layers.Dense(SIZES[1], activation="relu"),
            keras.layers.Dense(SIZES[2], activation="relu"),
            keras.layers.Dense(SIZES[3]),
        ]
    )
    model.set_weights(weights)
    return model


def _kernel(layer: Callable[..., Any], n_inputs: int, n_neurons: int, seed: int = 0) -> np.ndarray:
    graph = tf.Graph()
    with graph.as_default():
        layer(v1.placeholder(tf.float32, [None, n_inputs]), n_neurons, "layer", seed=seed)
        kernel = v1.trainable_variables()[0]
        with v1.Session(graph=graph) as session:
            session.run(kernel.initializer)
            return session.run(kernel)


# --- neuron_layer


def test_the_cut_leaves_this_standard_deviation() -> None:
    density = math.exp(-2) / math.sqrt(2 * math.pi)  # of the standard normal at 2
    inside = math.erf(2 / math.sqrt(2))
    assert math.sqrt(1 - 4 * density / inside) == pytest.approx(TRUNCATED_STD, rel=1e-12)


@pytest.mark.parametrize("n_inputs", [784, 300, 20])
def test_weights_have_the_standard_deviation_of_he(n_inputs: int) -> None:
    kernel = _kernel(neuron_layer, n_inputs, 1000)
    keras_he = keras.initializers.HeNormal(seed=1)((n_inputs, 1000))
    assert kernel.std() == pytest.approx(math.sqrt(2 / n_inputs), rel=0.02)
    assert kernel.std() == pytest.approx(float(keras.ops.std(keras_he)), rel=0.02)
    assert np.abs(kernel).max() == pytest.approx(float(keras.ops.max(abs(keras_he))), rel=0.02)
    assert abs(kernel.mean()) < 5 * math.sqrt(2 / n_inputs / kernel.size)


def test_the_printed_standard_deviation_is_a_quarter_too_large() -> None:
    printed = _kernel(mistakes.neuron_layer__printed_stddev, 784, 1000).std()
    assert printed == pytest.approx(0.0628, abs=2e-4)
    assert printed / math.sqrt(2 / 784) == pytest.approx(1.244, abs=0.005)


def test_activations_keep_their_size_through_twenty_layers_and_grow_with_the_printed_value() -> None:
    def growth(layer: Callable[..., Any]) -> float:
        graph = tf.Graph()
        with graph.as_default():
            signal = v1.placeholder(tf.float32, [None, 200], "X")
            for depth in range(20):
                signal = layer(signal, 200, f"hidden{depth}", tf.nn.relu, seed=depth)
            init = v1.global_variables_initializer()
        with v1.Session(graph=graph) as session:
            session.run(init)
            X = np.random.default_rng(0).normal(size=(300, 200))
            return float(np.sqrt(np.mean(session.run(signal, {"X:0": X}) ** 2)))

    assert 0.4 < growth(neuron_layer) < 1.6
    assert growth(mistakes.neuron_layer__printed_stddev) > 30


@pytest.mark.parametrize("activation", [None, "relu", "tanh"])
def test_a_layer_computes_what_a_dense_layer_does(activation: str | None) -> None:
    X = np.random.default_rng(2).normal(size=(6, 5)).astype(np.float32)
    graph = tf.Graph()
    with graph.as_default():
        inputs = v1.placeholder(tf.float32, [None, 5])
        outputs = neuron_layer(inputs, 3, "layer", getattr(tf.nn, activation) if activation else None, seed=4)
        kernel, bias = v1.trainable_variables()
        assert (kernel.name, bias.name) == ("layer/kernel:0", "layer/bias:0")
        with v1.Session(graph=graph) as session:
            session.run([kernel.initializer, bias.initializer])
            session.run(bias.assign([1.0, -2.0, 0.5]))
            weights, values = session.run([[kernel, bias], outputs], {inputs: X})
    dense = keras.layers.Dense(3, activation=activation)
    dense.build((None, 5))
    dense.set_weights(weights)
    np.testing.assert_allclose(values, dense(X), rtol=1e-5, atol=1e-6)


def test_the_seed_decides_the_weights() -> None:
    first = _kernel(neuron_layer, 6, 4, seed=9)
    assert np.array_equal(first, _kernel(neuron_layer, 6, 4, seed=9))
    assert not np.array_equal(first, _kernel(neuron_layer, 6, 4, seed=10))


@pytest.mark.parametrize(("shape", "n_neurons"), [([None, None], 3), (None, 3), ([4], 3), ([None, 4], 0)])
def test_a_layer_of_unknown_width_is_refused(shape: list[int | None] | None, n_neurons: int) -> None:
    with tf.Graph().as_default(), pytest.raises(ValueError, match=r"must be of shape|at least one"):
        neuron_layer(v1.placeholder(tf.float32, shape), n_neurons, "layer")


# --- build_graph


def test_one_step_is_gradient_descent_by_autodiff() -> None:
    X, y = _clouds(12)
    graph = build_graph(*SIZES, lr=0.3)
    weights = [tf.Variable(value) for value in _first_values(graph)]
    with tf.GradientTape() as tape:
        W1, b1, W2, b2, W3, b3 = weights
        logits = tf.nn.relu(tf.nn.relu(X @ W1 + b1) @ W2 + b2) @ W3 + b3
        chosen = tf.gather(tf.nn.log_softmax(logits), y, batch_dims=1)
        expected_loss = -tf.reduce_mean(chosen)
    gradients = tape.gradient(expected_loss, weights)
    loss, after = _after_one_step(graph, X, y)
    assert loss == pytest.approx(float(expected_loss), rel=1e-5)
    for value, weight, gradient in zip(after, weights, gradients, strict=True):
        np.testing.assert_allclose(value, weight - 0.3 * gradient, rtol=1e-5, atol=1e-6)


def test_the_default_learning_rate_is_a_hundredth() -> None:
    X, y = _clouds(9)
    by_default, stated = _after_one_step(build_graph(*SIZES), X, y), _after_one_step(build_graph(*SIZES, lr=0.01), X, y)
    for one, other in zip(by_default[1], stated[1], strict=True):
        np.testing.assert_array_equal(one, other)


def test_accuracy_and_loss_are_those_of_keras() -> None:
    X, y = _clouds(50)
    graph = build_graph(*SIZES)
    with v1.Session(graph=graph) as session:
        session.run("init")
        logits, loss, accuracy = session.run(["logits:0", "loss:0", "accuracy:0"], {"X:0": X, "y:0": y})
    matches = keras.metrics.sparse_categorical_accuracy(y, logits)
    assert accuracy == pytest.approx(float(keras.ops.mean(matches)))
    expected = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, logits)
    assert loss == pytest.approx(float(expected), rel=1e-5)


def test_labels_that_are_no_vector_are_refused_but_by_the_printed_graph() -> None:
    labels = np.zeros((2, 3), np.int64)

    def fed(graph: tf.Graph) -> tuple[int, ...]:
        with v1.Session(graph=graph) as session:
            return session.run("y:0", {"y:0": labels}).shape

    with pytest.raises(ValueError, match="Cannot feed"):
        fed(build_graph(*SIZES))
    assert fed(mistakes.build_graph__labels_rank_unknown(*SIZES)) == (2, 3)


def test_building_leaves_eager_execution_and_the_default_graph_alone() -> None:
    around = v1.get_default_graph()
    before = len(around.get_operations())
    assert build_graph(*SIZES) is not build_graph(*SIZES)
    assert tf.executing_eagerly()
    assert v1.get_default_graph() is around
    assert len(around.get_operations()) == before


@pytest.mark.parametrize("position", [0, 1, 2, 3])
def test_a_graph_with_an_empty_layer_is_refused(position: int) -> None:
    sizes = [size if index != position else 0 for index, size in enumerate(SIZES)]
    with pytest.raises(ValueError, match=r"must be of shape|at least one"):
        build_graph(*sizes)


@pytest.mark.parametrize("lr", [0.0, -0.1])
def test_a_graph_that_cannot_learn_is_refused(lr: float) -> None:
    with pytest.raises(ValueError, match="learning rate"):
        build_graph(*SIZES, lr=lr)


# --- run_training


def test_three_clouds_are_learnt() -> None:
    (X, y), (X_test, y_test) = _clouds(300, distance=4.0), _clouds(90, seed=1, distance=4.0)
    for seed in range(3):
        results = run_training(build_graph(*SIZES, lr=0.1, seed=seed), X, y, X_test, y_test, 20, 50, seed)
        assert results["test_acc"][-1] >= 0.9
        assert len(results["train_acc"]) == len(results["test_acc"]) == 20


def test_runs_are_counted_and_the_checkpoint_restores(monkeypatch: pytest.MonkeyPatch) -> None:
    (X, y), (X_test, y_test) = _clouds(22), _clouds(10, seed=1)
    fetched: list[tuple[Any, int]] = []
    run = v1.Session.run

    def counted(session: Any, fetches: Any, feed_dict: Any = None, **more: Any) -> Any:
        fetched.append((fetches, len((feed_dict or {}).get("X:0", []))))
        return run(session, fetches, feed_dict=feed_dict, **more)

    monkeypatch.setattr(v1.Session, "run", counted)
    graph = build_graph(*SIZES, lr=0.1)
    results = run_training(graph, X, y, X_test, y_test, n_epochs=3, batch_size=8, seed=2)
    monkeypatch.undo()
    assert [size for what, size in fetched if what == "training_op"] == [8, 8, 6] * 3
    assert [size for what, size in fetched if what == "accuracy:0"] == [6, 10] * 3
    assert sum(what == "init" for what, _ in fetched) == 1
    with graph.as_default():
        saver = v1.train.Saver()
    with v1.Session(graph=graph) as session:
        saver.restore(session, results["save_path"])
        assert session.run("accuracy:0", {"X:0": X_test, "y:0": y_test}) == pytest.approx(results["test_acc"][-1])


def test_a_whole_training_ends_where_the_modern_twin_ends() -> None:
    X, y = _clouds(22)
    graph = build_graph(*SIZES, lr=0.1)
    model = _twin(_first_values(graph))
    step = make_train_step(model, keras.optimizers.SGD(0.1))
    train_acc = []
    for epoch in range(4):
        order = np.random.default_rng([5, epoch]).permutation(22)
        for rows in np.split(order, [8, 16]):
            step(X[rows], y[rows])
        train_acc.append(np.mean(np.argmax(model(X[rows]), axis=1) == y[rows]))
    results = run_training(graph, X, y, X, y, n_epochs=4, batch_size=8, seed=5)
    saved = tf.train.load_checkpoint(results["save_path"])
    names = [f"{layer}/{part}" for layer in ("hidden1", "hidden2", "outputs") for part in ("kernel", "bias")]
    for name, weight in zip(names, model.get_weights(), strict=True):
        np.testing.assert_allclose(saved.get_tensor(name), weight, rtol=1e-4, atol=1e-5)
    assert results["train_acc"] == pytest.approx(train_acc)


@pytest.mark.parametrize(
    "bad", [{"n_epochs": 0}, {"batch_size": 0}, {"y": np.zeros(9, int)}, {"y_test": np.zeros(9, int)}]
)
def test_training_refuses_what_does_not_fit(bad: dict[str, Any]) -> None:
    X, y = _clouds(10)
    arguments = {"X": X, "y": y, "X_test": X, "y_test": y, "n_epochs": 1, "batch_size": 5, "seed": 0} | bad
    with pytest.raises(ValueError, match=r"1 or more|classes"):
        run_training(build_graph(*SIZES), **arguments)


# --- make_train_step


def test_the_first_step_is_that_of_the_graph() -> None:
    X, y = _clouds(12)
    graph = build_graph(*SIZES, lr=0.3)
    model = _twin(_first_values(graph))
    loss = make_train_step(model, keras.optimizers.SGD(0.3))(X, y)
    expected_loss, expected = _after_one_step(graph, X, y)
    assert float(loss) == pytest.approx(float(expected_loss), rel=1e-5)
    for weight, value in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_allclose(weight, value, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("optimizer", [keras.optimizers.SGD(0.1, momentum=0.9), keras.optimizers.Adam(0.01)])
def test_steps_are_those_of_keras_itself(optimizer: keras.optimizers.Optimizer) -> None:
    X, y = _clouds(12)
    weights = _first_values(build_graph(*SIZES))
    model, other = _twin(weights), _twin(weights)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    other.compile(type(optimizer).from_config(optimizer.get_config()), loss)
    step = make_train_step(model, optimizer)
    for _ in range(3):
        assert float(step(X, y)) == pytest.approx(float(other.train_on_batch(X, y)), rel=1e-5)
    for weight, value in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(weight, value, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_one_trace_serves_every_batch_size(optimizer: str) -> None:
    X, y = _clouds(12)
    step = make_train_step(_twin(_first_values(build_graph(*SIZES))), keras.optimizers.get(optimizer))
    for size in (12, 5, 1):
        step(X[:size], y[:size])
    assert step.experimental_get_tracing_count() == 1


def test_the_model_is_in_training_mode() -> None:
    X, y = _clouds(12)
    model = keras.Sequential([keras.Input((4,)), keras.layers.BatchNormalization(), keras.layers.Dense(3)])
    make_train_step(model, keras.optimizers.SGD(0.1))(X, y)
    moving_mean = model.layers[0].moving_mean
    np.testing.assert_allclose(moving_mean, 0.01 * X.mean(axis=0), rtol=1e-4, atol=1e-6)
