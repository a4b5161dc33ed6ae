"""Ada's network: get_variable, gradients and updates written out, and a train step on log-probabilities."""

import os
import tempfile

import numpy as np
import tensorflow as tf

tf1 = tf.compat.v1


def neuron_layer(inputs, units, scope, activation=None, seed=0):
    static = inputs.get_shape()
    if static.ndims != 2 or static.as_list()[1] in (None, 0):
        raise ValueError("I need a matrix whose number of columns is known")
    if units <= 0:
        raise ValueError("I need at least one neuron")
    he_normal = tf1.variance_scaling_initializer(2.0, "fan_in", "truncated_normal", seed=seed)
    with tf1.variable_scope(scope):
        weights = tf1.get_variable("kernel", (static.as_list()[1], units), tf.float32, he_normal)
        biases = tf1.get_variable("bias", (units,), tf.float32, tf1.zeros_initializer())
        sums = tf1.nn.xw_plus_b(inputs, weights, biases)
        if activation is not None:
            sums = activation(sums)
        return sums


def build_graph(n_in, n_h1, n_h2, n_out, rate=0.01, seed=42):
    if min(n_in, n_h1, n_h2, n_out) < 1 or not rate > 0:
        raise ValueError("sizes must be 1 or more and the learning rate positive")
    network = tf.Graph()
    with network.as_default():
        features = tf1.placeholder(tf.float32, [None, n_in], "X")
        labels = tf1.placeholder(tf.int64, [None], "y")

        signal = features
        for i, (units, scope) in enumerate([(n_h1, "hidden1"), (n_h2, "hidden2")]):
            signal = neuron_layer(signal, units, scope, tf.nn.relu, seed=seed + i)
        scores = neuron_layer(signal, n_out, "outputs", seed=seed + 2)
        tf.identity(scores, name="logits")

        log_likelihoods = tf.gather(tf.nn.log_softmax(scores), labels, batch_dims=1)
        cost = tf.negative(tf.reduce_mean(log_likelihoods), name="loss")

        variables = tf1.trainable_variables()
        slopes = tf.gradients(cost, variables)
        moves = [v.assign_sub(rate * g) for v, g in zip(variables, slopes)]
        tf.group(*moves, name="training_op")

        hits = tf.equal(tf.argmax(scores, axis=1), labels)
        tf.reduce_mean(tf.cast(hits, tf.float32), name="accuracy")
        tf.group(*[v.initializer for v in variables], name="init")
    return network


def run_training(network, X, y, X_test, y_test, epochs, size, seed):
    if epochs < 1 or size < 1:
        raise ValueError("epochs and batch size start at 1")
    if X.shape[0] != y.shape[0] or X_test.shape[0] != y_test.shape[0]:
        raise ValueError("every instance needs a class")
    inputs, targets = network.get_tensor_by_name("X:0"), network.get_tensor_by_name("y:0")
    accuracy = network.get_tensor_by_name("accuracy:0")
    step = network.get_operation_by_name("training_op")
    on_batch, on_test = np.zeros(epochs), np.zeros(epochs)
    with network.as_default(), tf1.Session() as session:
        keeper = tf1.train.Saver()
        network.get_operation_by_name("init").run()
        for epoch in range(epochs):
            order = np.random.default_rng([seed, epoch]).permutation(X.shape[0])
            for chosen in np.split(order, range(size, len(order), size)):
                fed = {inputs: X[chosen], targets: y[chosen]}
                step.run(feed_dict=fed)
            on_batch[epoch] = accuracy.eval(feed_dict=fed)
            on_test[epoch] = accuracy.eval(feed_dict={inputs: X_test, targets: y_test})
        where = keeper.save(session, os.path.join(tempfile.mkdtemp(prefix="ada-"), "my_model_final.ckpt"))
    return dict(train_acc=on_batch.tolist(), test_acc=tuple(on_test), save_path=where)


def make_train_step(network, optimizer):
    variables = network.trainable_variables

    def step(features, labels):
        with tf.GradientTape() as tape:
            scores = network(features, training=True)
            wanted = tf.one_hot(labels, tf.shape(scores)[-1], dtype=scores.dtype)
            cost = -tf.reduce_mean(tf.reduce_sum(wanted * tf.nn.log_softmax(scores), axis=1))
        optimizer.apply_gradients(zip(tape.gradient(cost, variables), variables))
        return cost

    n_features = network.inputs[0].shape[1:]
    return tf.function(
        step, input_signature=(tf.TensorSpec([None, *n_features], tf.float32), tf.TensorSpec([None], tf.int64))
    )
