"""Ben's network, built after the course notes."""

import tempfile

import numpy as np
import tensorflow as tf


def neuron_layer(X, n_neurons, name, activation=None, seed=0):
    if X.shape.rank != 2 or X.shape[1] is None or X.shape[1] < 1 or n_neurons < 1:
        raise ValueError("bad layer")
    with tf.name_scope(name):
        n_inputs = int(X.get_shape()[1])
        stddev = 2 / np.sqrt(n_inputs)
        init = tf.random.truncated_normal((n_inputs, n_neurons), stddev=stddev, seed=seed)
        W = tf.Variable(init, name="kernel")
        b = tf.Variable(tf.zeros([n_neurons]), name="bias")
        z = tf.matmul(X, W) + b
        if activation is not None:
            return activation(z)
        return z


def build_graph(n_inputs, n_hidden1, n_hidden2, n_outputs, lr=0.01, seed=42):
    if lr <= 0:
        raise ValueError("lr")
    graph = tf.Graph()
    with graph.as_default():
        X = tf.compat.v1.placeholder(tf.float32, shape=(None, n_inputs), name="X")
        y = tf.compat.v1.placeholder(tf.int64, shape=(None), name="y")
        hidden1 = neuron_layer(X, n_hidden1, "hidden1", tf.nn.relu, seed)
        hidden2 = neuron_layer(hidden1, n_hidden2, "hidden2", tf.nn.relu, seed + 1)
        logits = neuron_layer(hidden2, n_outputs, "outputs", None, seed + 2)
        logits = tf.identity(logits, name="logits")
        xentropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
        loss = tf.reduce_mean(xentropy, name="loss")
        optimizer = tf.compat.v1.train.GradientDescentOptimizer(lr)
        training_op = optimizer.minimize(loss, name="training_op")
        correct = tf.compat.v1.nn.in_top_k(logits, y, 1)
        accuracy = tf.reduce_mean(tf.cast(correct, tf.float32), name="accuracy")
        init = tf.compat.v1.global_variables_initializer()
        tf.group(init, name="init")
    return graph


def run_training(graph, X, y, X_test, y_test, n_epochs, batch_size, seed):
    if n_epochs < 1 or batch_size < 1:
        raise ValueError("n_epochs, batch_size")
    if len(X) != len(y) or len(X_test) != len(y_test):
        raise ValueError("lengths")
    train_acc, test_acc = [], []
    with graph.as_default():
        saver = tf.compat.v1.train.Saver()
    with tf.compat.v1.Session(graph=graph) as sess:
        sess.run("init")
        for epoch in range(n_epochs):
            rng = np.random.default_rng([seed, epoch])
            order = rng.permutation(len(X))
            i = 0
            while i < len(X):
                X_batch, y_batch = X[order[i:i + batch_size]], y[order[i:i + batch_size]]
                sess.run("training_op", feed_dict={"X:0": X_batch, "y:0": y_batch})
                acc_train = sess.run("accuracy:0", feed_dict={"X:0": X_batch, "y:0": y_batch})
                acc_test = sess.run("accuracy:0", feed_dict={"X:0": X_test, "y:0": y_test})
                i += batch_size
            train_acc.append(acc_train)
            test_acc.append(acc_test)
        save_path = saver.save(sess, tempfile.mkdtemp() + "/my_model_final.ckpt")
    return {"train_acc": train_acc, "test_acc": test_acc, "save_path": save_path}


def make_train_step(model, optimizer):
    loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    signature = [tf.TensorSpec((None,) + model.input_shape[1:], tf.float32), tf.TensorSpec((None,), tf.int64)]

    @tf.function(input_signature=signature)
    def train_step(X, y):
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(X, training=True))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        return loss

    return train_step
