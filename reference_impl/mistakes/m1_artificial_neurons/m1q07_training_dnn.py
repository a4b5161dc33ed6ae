"""What students get wrong when they train a network with plain TensorFlow, as running code."""

import math
import tempfile
from pathlib import Path

import keras
import tensorflow as tf
from numpy.random import default_rng, permutation

from reference_impl.m1_artificial_neurons.m1q07_training_dnn import (
    TRUNCATED_STD,
    build_graph,
    neuron_layer,
    run_training,
)

v1 = tf.compat.v1


def neuron_layer__printed_stddev(X, n_neurons, name, activation=None, seed=0):
    return _layer(X, n_neurons, name, activation, seed, stddev=lambda n: 2 / math.sqrt(n))


def neuron_layer__numpy_not_imported(X, n_neurons, name, activation=None, seed=0):
    n_inputs = int(X.get_shape()[1])
    stddev = math.sqrt(2) / np.sqrt(n_inputs)  # noqa: F821 - the import is what is missing
    return _layer(X, n_neurons, name, activation, seed, stddev=lambda n: stddev / TRUNCATED_STD)


def neuron_layer__not_rescaled(X, n_neurons, name, activation=None, seed=0):
    return _layer(X, n_neurons, name, activation, seed, stddev=lambda n: math.sqrt(2 / n))


def neuron_layer__glorot(X, n_neurons, name, activation=None, seed=0):
    return _layer(X, n_neurons, name, activation, seed, lambda n: math.sqrt(2 / (n + n_neurons)) / TRUNCATED_STD)


def neuron_layer__not_truncated(X, n_neurons, name, activation=None, seed=0):
    return _layer(X, n_neurons, name, activation, seed, lambda n: math.sqrt(2 / n), draw=tf.random.normal)


def neuron_layer__zeros_kernel(X, n_neurons, name, activation=None, seed=0):
    return _layer(X, n_neurons, name, activation, seed, draw=lambda shape, stddev, seed: tf.zeros(shape))


def neuron_layer__seed_ignored(X, n_neurons, name, activation=None, seed=0):
    return _layer(X, n_neurons, name, activation, None)


def neuron_layer__bias_per_input(X, n_neurons, name, activation=None, seed=0):
    return _layer(X, n_neurons, name, activation, seed, bias_size=lambda n_in: n_in)


def neuron_layer__relu_always(X, n_neurons, name, activation=None, seed=0):
    return neuron_layer(X, n_neurons, name, tf.nn.relu, seed)


def neuron_layer__activation_by_name(X, n_neurons, name, activation=None, seed=0):
    return neuron_layer(X, n_neurons, name, tf.nn.relu if activation == "relu" else None, seed)


def neuron_layer__name_scope_for_get_variable(X, n_neurons, name, activation=None, seed=0):
    _check(X, n_neurons)
    with tf.name_scope(name):
        return _get_variables(X, n_neurons, activation, seed)


def neuron_layer__shared(X, n_neurons, name, activation=None, seed=0):
    _check(X, n_neurons)
    with v1.variable_scope("layer", reuse=v1.AUTO_REUSE):
        return _get_variables(X, n_neurons, activation, seed)


def neuron_layer__no_checks(X, n_neurons, name, activation=None, seed=0):
    n_inputs = X.shape[1]
    with tf.name_scope(name):
        start = tf.random.truncated_normal(
            [n_inputs, n_neurons], stddev=math.sqrt(2 / n_inputs) / TRUNCATED_STD, seed=seed
        )
        z = X @ v1.Variable(start, name="kernel") + v1.Variable(tf.zeros([n_neurons]), name="bias")
        return z if activation is None else activation(z)


def build_graph__labels_rank_unknown(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    return _graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, y_shape=(None))


def build_graph__batch_size_fixed(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    return _graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, X_shape=(50, n_inputs), y_shape=(50,))


def build_graph__fully_connected_undefined(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    _check_rate(lr)
    with tf.Graph().as_default():
        X = v1.placeholder(tf.float32, shape=(None, n_inputs), name="X")
        return fully_connected(X, n_hidden1, scope="hidden1")  # noqa: F821 - the import is what is missing


def build_graph__no_graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    _check_rate(lr)
    return v1.placeholder(tf.float32, shape=(None, n_inputs), name="X")


def build_graph__default_graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    return _graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, graph=v1.get_default_graph())


def build_graph__disables_eager(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    v1.disable_eager_execution()
    return build_graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed)


def build_graph__session_at_construction(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    graph = build_graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed)
    with v1.Session(graph=graph) as session:
        session.run("init")
    return graph


def build_graph__init_too_early(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    return _graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, init_first=True)


def build_graph__one_seed(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    return _graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, seeds=(seed, seed, seed))


def build_graph__seed_ignored(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    return _graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, seeds=(42, 43, 44))


def build_graph__relu_on_logits(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    return _graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, at_the_end=tf.nn.relu)


def build_graph__softmax_on_logits(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    return _graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, at_the_end=tf.nn.softmax)


def build_graph__softmax_in_loss(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    return _graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, before_loss=tf.nn.softmax)


def build_graph__linear_hidden(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    return _graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, hidden=None)


def build_graph__loss_summed(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    return _graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, reduce=tf.reduce_sum)


def build_graph__rate_fixed(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    _check_rate(lr)
    return build_graph(n_inputs, n_hidden1, n_hidden2, n_outputs, 0.01, seed)


def build_graph__adam(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    return _graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, optimizer=v1.train.AdamOptimizer)


def build_graph__in_top_k_tf1_order(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    return _graph(
        n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, right=lambda logits, y: tf.math.in_top_k(logits, y, 1)
    )


def build_graph__compared_by_identity(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    return _graph(
        n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, right=lambda logits, y: tf.argmax(logits, axis=1) == y
    )


def build_graph__no_checks(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    return _graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, layer=neuron_layer__no_checks, check=False)


def run_training__evaluates_every_batch(graph, X, y, X_test, y_test, n_epochs, batch_size, seed):
    return _train(graph, X, y, X_test, y_test, n_epochs, batch_size, seed, evaluate_every_batch=True)


def run_training__saves_every_epoch(graph, X, y, X_test, y_test, n_epochs, batch_size, seed):
    return _train(graph, X, y, X_test, y_test, n_epochs, batch_size, seed, save_every_epoch=True)


def run_training__init_not_run(graph, X, y, X_test, y_test, n_epochs, batch_size, seed):
    return _train(graph, X, y, X_test, y_test, n_epochs, batch_size, seed, initialize=False)


def run_training__drops_last_batch(graph, X, y, X_test, y_test, n_epochs, batch_size, seed):
    _check_sizes(X, y, X_test, y_test, n_epochs, batch_size)
    whole = len(X) // batch_size * batch_size
    return _train(
        graph, X, y, X_test, y_test, n_epochs, batch_size, seed, order=lambda epoch: _order(seed, epoch, X)[:whole]
    )


def run_training__same_order(graph, X, y, X_test, y_test, n_epochs, batch_size, seed):
    def once(epoch):
        return default_rng(seed).permutation(len(X))

    return _train(graph, X, y, X_test, y_test, n_epochs, batch_size, seed, order=once)


def run_training__not_shuffled(graph, X, y, X_test, y_test, n_epochs, batch_size, seed):
    return _train(graph, X, y, X_test, y_test, n_epochs, batch_size, seed, order=lambda epoch: range(len(X)))


def run_training__global_random(graph, X, y, X_test, y_test, n_epochs, batch_size, seed):
    return _train(graph, X, y, X_test, y_test, n_epochs, batch_size, seed, order=lambda epoch: permutation(len(X)))


def run_training__measured_on_all(graph, X, y, X_test, y_test, n_epochs, batch_size, seed):
    return _train(graph, X, y, X_test, y_test, n_epochs, batch_size, seed, measure_on_all=True)


def run_training__session_per_epoch(graph, X, y, X_test, y_test, n_epochs, batch_size, seed):
    _check_sizes(X, y, X_test, y_test, n_epochs, batch_size)
    with graph.as_default():
        saver = v1.train.Saver()
    train_acc, test_acc, path = [], [], _path()
    for epoch in range(n_epochs):
        with v1.Session(graph=graph) as session:
            session.run("init")
            order = _order(seed, epoch, X)
            for start in range(0, len(X), batch_size):
                rows = order[start : start + batch_size]
                batch = {"X:0": X[rows], "y:0": y[rows]}
                session.run("training_op", batch)
            train_acc.append(session.run("accuracy:0", batch))
            test_acc.append(session.run("accuracy:0", {"X:0": X_test, "y:0": y_test}))
            if epoch == n_epochs - 1:
                saver.save(session, path)
    return {"train_acc": train_acc, "test_acc": test_acc, "save_path": path}


def run_training__saves_after_closing(graph, X, y, X_test, y_test, n_epochs, batch_size, seed):
    results = run_training(graph, X, y, X_test, y_test, n_epochs, batch_size, seed)
    with graph.as_default():
        saver = v1.train.Saver()
    with v1.Session(graph=graph) as session:
        session.run("init")
    return {**results, "save_path": saver.save(session, _path())}


def run_training__checkpoint_deleted(graph, X, y, X_test, y_test, n_epochs, batch_size, seed):
    results = run_training(graph, X, y, X_test, y_test, n_epochs, batch_size, seed)
    for file in Path(results["save_path"]).parent.iterdir():
        file.unlink()
    return results


def run_training__no_checks(graph, X, y, X_test, y_test, n_epochs, batch_size, seed):
    return _train(graph, X, y, X_test, y_test, n_epochs, batch_size, seed, check=False)


def make_train_step__probabilities(model, optimizer):
    return _step(model, optimizer, loss=keras.losses.SparseCategoricalCrossentropy())


def make_train_step__loss_summed(model, optimizer):
    return _step(model, optimizer, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum"))


def make_train_step__loss_not_reduced(model, optimizer):
    return _step(model, optimizer, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction=None))


def make_train_step__function_per_batch(model, optimizer):
    step = _step(model, optimizer, compile_step=lambda step: step)
    return lambda X, y: tf.function(lambda X, y: step(X, y))(X, y)


def make_train_step__not_compiled(model, optimizer):
    return _step(model, optimizer, compile_step=lambda step: step)


def make_train_step__no_signature(model, optimizer):
    return _step(model, optimizer, compile_step=tf.function)


def make_train_step__inference_mode(model, optimizer):
    return _step(model, optimizer, training=False)


def make_train_step__own_optimizer(model, optimizer):
    return _step(model, keras.optimizers.SGD(0.01))


def make_train_step__loss_after(model, optimizer):
    return _step(model, optimizer, measure_again=True)


def _layer(
    X, n_neurons, name, activation, seed, stddev=lambda n: math.sqrt(2 / n) / TRUNCATED_STD,
    draw=tf.random.truncated_normal, bias_size=None,
):  # fmt: skip
    _check(X, n_neurons)
    n_inputs = X.shape[1]
    with tf.name_scope(name):
        W = v1.Variable(draw([n_inputs, n_neurons], stddev=stddev(n_inputs), seed=seed), name="kernel")
        b = v1.Variable(tf.zeros([bias_size(n_inputs) if bias_size else n_neurons]), name="bias")
        z = X @ W + b
        return z if activation is None else activation(z)


def _get_variables(X, n_neurons, activation, seed):
    he = v1.variance_scaling_initializer(scale=2.0, mode="fan_in", distribution="truncated_normal", seed=seed)
    W = v1.get_variable("kernel", [X.shape[1], n_neurons], initializer=he)
    b = v1.get_variable("bias", [n_neurons], initializer=v1.zeros_initializer())
    z = X @ W + b
    return z if activation is None else activation(z)


def _check(X, n_neurons):
    if X.shape.rank != 2 or not X.shape[1] or n_neurons < 1:
        raise ValueError("no matrix of known width, or no neuron")


def _check_rate(lr):
    if lr <= 0:
        raise ValueError("the learning rate must be positive")


def _graph(
    n_inputs, n_hidden1, n_hidden2, n_outputs, lr, seed, *, graph=None, X_shape=None, y_shape=(None,), seeds=None,
    hidden=tf.nn.relu, at_the_end=None, before_loss=tf.identity, reduce=tf.reduce_mean, layer=neuron_layer,
    optimizer=v1.train.GradientDescentOptimizer, right=lambda logits, y: tf.math.in_top_k(y, logits, 1),
    init_first=False, check=True,
):  # fmt: skip
    if check:
        _check_rate(lr)
    seeds = seeds or (seed, seed + 1, seed + 2)
    graph = graph or tf.Graph()
    with graph.as_default():
        X = v1.placeholder(tf.float32, shape=X_shape or (None, n_inputs), name="X")
        y = v1.placeholder(tf.int64, shape=y_shape, name="y")
        if init_first:
            v1.variables_initializer(v1.global_variables(), name="init")
        hidden1 = layer(X, n_hidden1, "hidden1", hidden, seeds[0])
        hidden2 = layer(hidden1, n_hidden2, "hidden2", hidden, seeds[1])
        logits = tf.identity(layer(hidden2, n_outputs, "outputs", at_the_end, seeds[2]), name="logits")
        xentropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=before_loss(logits))
        loss = reduce(xentropy, name="loss")
        optimizer(lr).minimize(loss, name="training_op")
        tf.reduce_mean(tf.cast(right(logits, y), tf.float32), name="accuracy")
        if not init_first:
            v1.variables_initializer(v1.global_variables(), name="init")
    return graph


def _check_sizes(X, y, X_test, y_test, n_epochs, batch_size):
    if n_epochs < 1 or batch_size < 1 or len(X) != len(y) or len(X_test) != len(y_test):
        raise ValueError("bad sizes")


def _order(seed, epoch, X):
    return default_rng([seed, epoch]).permutation(len(X))


def _path():
    return str(Path(tempfile.mkdtemp()) / "my_model_final.ckpt")


def _train(
    graph, X, y, X_test, y_test, n_epochs, batch_size, seed, *, order=None, initialize=True,
    evaluate_every_batch=False, save_every_epoch=False, measure_on_all=False, check=True,
):  # fmt: skip
    if check:
        _check_sizes(X, y, X_test, y_test, n_epochs, batch_size)
    order = order or (lambda epoch: _order(seed, epoch, X))
    with graph.as_default():
        saver = v1.train.Saver()
    train_acc, test_acc, path = [], [], _path()

    def evaluate(batch):
        train_acc.append(session.run("accuracy:0", {"X:0": X, "y:0": y} if measure_on_all else batch))
        test_acc.append(session.run("accuracy:0", {"X:0": X_test, "y:0": y_test}))

    with v1.Session(graph=graph) as session:
        if initialize:
            session.run("init")
        for epoch in range(n_epochs):
            rows = list(order(epoch))
            for start in range(0, len(rows), batch_size):
                chosen = rows[start : start + batch_size]
                batch = {"X:0": X[chosen], "y:0": y[chosen]}
                session.run("training_op", batch)
                if evaluate_every_batch:
                    evaluate(batch)
            if not evaluate_every_batch:
                evaluate(batch)
            if save_every_epoch:
                saver.save(session, path)
        if not save_every_epoch:
            saver.save(session, path)
    return {"train_acc": train_acc, "test_acc": test_acc, "save_path": path}


def _step(model, optimizer, *, loss=None, compile_step=None, training=True, measure_again=False):
    loss = loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer.build(model.trainable_variables)
    if compile_step is None:
        signature = [tf.TensorSpec((None, *model.input_shape[1:]), tf.float32), tf.TensorSpec((None,), tf.int64)]
        compile_step = tf.function(input_signature=signature)

    def step(X, y):
        with tf.GradientTape() as tape:
            value = loss(y, model(X, training=training))
        optimizer.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)
        return loss(y, model(X, training=training)) if measure_again else value

    return compile_step(step)
