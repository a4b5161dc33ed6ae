"""Training a deep network with plain TensorFlow: a construction phase, an execution phase, and their modern twin."""

import math
import tempfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

# A standard normal distribution cut off at ±2 has this standard deviation, not 1.
TRUNCATED_STD = 0.87962566103423978


def neuron_layer(
    X: tf.Tensor,
    n_neurons: int,
    name: str,
    activation: Callable[[tf.Tensor], tf.Tensor] | None = None,
    seed: int = 0,
) -> tf.Tensor:
    """Add a fully connected layer, activation(X W + b), to the graph that is being built.

    Graph mode: called inside ``with graph.as_default():``. Every call makes two trainable variables of its own:

    * ``name/kernel``, W (n_in, n_neurons): drawn from a normal distribution cut off at two standard deviations. The
      cut leaves 0.87962566 of the standard deviation, and it is *after* the cut that the weights have the standard
      deviation √(2/n_in) (He initialization);
    * ``name/bias``, b (n_neurons,): zeros, one for each neuron.

    Args:
        X: the layer's inputs, symbolic float32 (m, n_in); m may be unknown.
        n_neurons: number of neurons, 1 or more.
        name: name of the layer, the first part of its variables' names.
        activation: a function such as ``tf.nn.relu``; ``None`` for a linear layer, whose outputs may be negative.
        seed: seed of the draw. The same seed gives the same kernel in every new graph.

    Returns:
        The layer's outputs, symbolic float32 (m, n_neurons).

    Raises:
        ValueError: ``X`` is no matrix with a known number of columns, at least one, or ``n_neurons`` is below 1.

    Source:
        He, Zhang, Ren & Sun, Delving deep into rectifiers, 2015, eq. 10; Géron 2017, ch. 10, with the standard
        deviation put right.
    """
    if X.shape.rank != 2 or not X.shape[1]:
        raise ValueError(f"the inputs must be of shape (m, n_in) with a known n_in, not {X.shape}")
    if n_neurons < 1:
        raise ValueError(f"a layer has at least one neuron, not {n_neurons}")
    n_inputs = X.shape[1]
    stddev = math.sqrt(2 / n_inputs) / TRUNCATED_STD
    with tf.name_scope(name):
        start = tf.random.truncated_normal([n_inputs, n_neurons], stddev=stddev, seed=seed)
        W = tf.compat.v1.Variable(start, name="kernel")
        b = tf.compat.v1.Variable(tf.zeros([n_neurons]), name="bias")
        z = X @ W + b
        return z if activation is None else activation(z)


def build_graph(
    n_inputs: int, n_hidden1: int, n_hidden2: int, n_outputs: int, lr: float = 0.01, seed: int = 42
) -> tf.Graph:
    """Build the graph of a classifier with two hidden layers: the construction phase. Nothing is run.

    The layers are ``hidden1`` and ``hidden2``, with ReLU, and ``outputs``, linear; each is a `neuron_layer`, and
    their seeds are ``seed``, ``seed + 1`` and ``seed + 2``. Beside their six variables the graph holds, under
    exactly these names (a name scope of the same name would take one away):

    * ``X:0``, placeholder, float32 (None, n_inputs), and ``y:0``, placeholder of the class numbers, int64 (None,);
    * ``logits:0``, float32 (None, n_outputs): what ``outputs`` puts out;
    * ``loss:0``, scalar: the mean over the batch of −log softmax(logits)[y];
    * ``training_op``: one step of gradient descent, w ← w − lr · ∂loss/∂w for all six variables;
    * ``accuracy:0``, scalar: the part of the batch in which the largest logit is that of the class y;
    * ``init``: gives all variables their first values.

    Every call makes a new ``tf.Graph``. The default graph and eager execution are afterwards as they were before.

    Args:
        n_inputs: number of features.
        n_hidden1: neurons of the first hidden layer.
        n_hidden2: neurons of the second hidden layer.
        n_outputs: number of classes.
        lr: learning rate, more than 0.
        seed: seed of the first layer's weights.

    Returns:
        The graph.

    Raises:
        ValueError: a size below 1, or ``lr`` is not positive.

    Source:
        Géron 2017, ch. 10, "Construction Phase".
    """
    if lr <= 0:
        raise ValueError(f"the learning rate must be positive, not {lr}")
    graph = tf.Graph()
    with graph.as_default():
        X = tf.compat.v1.placeholder(tf.float32, shape=(None, n_inputs), name="X")
        y = tf.compat.v1.placeholder(tf.int64, shape=(None,), name="y")

        hidden1 = neuron_layer(X, n_hidden1, "hidden1", tf.nn.relu, seed)
        hidden2 = neuron_layer(hidden1, n_hidden2, "hidden2", tf.nn.relu, seed + 1)
        logits = tf.identity(neuron_layer(hidden2, n_outputs, "outputs", seed=seed + 2), name="logits")

        cross_entropies = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
        loss = tf.reduce_mean(cross_entropies, name="loss")
        tf.compat.v1.train.GradientDescentOptimizer(lr).minimize(loss, name="training_op")

        correct = tf.math.in_top_k(targets=y, predictions=logits, k=1)
        tf.reduce_mean(tf.cast(correct, tf.float32), name="accuracy")
        tf.compat.v1.variables_initializer(tf.compat.v1.global_variables(), name="init")
    return graph


def run_training(
    graph: tf.Graph,
    X: np.ndarray,
    y: np.ndarray,
    X_test: np.ndarray,
    y_test: np.ndarray,
    n_epochs: int,
    batch_size: int,
    seed: int,
) -> dict[str, list[float] | str]:
    """Train in one session: the execution phase.

    The graph may be any that has ``X:0``, ``y:0``, ``training_op``, ``accuracy:0`` and ``init``. ``init`` is run once.
    Epoch e = 0, 1, … takes the instances in the order ``np.random.default_rng([seed, e]).permutation(m)``, in
    batches of ``batch_size``; the last batch takes what is left and may be shorter. ``training_op`` is run once for
    each batch. *After* the batches of an epoch, ``accuracy:0`` is measured once on its last batch and once on the
    test set. When training is over, all variables are saved once.

    Args:
        graph: the graph to run. The ops of a saver are added to it.
        X: training instances, float32 array (m, n_inputs).
        y: their classes, int64 array (m,).
        X_test: test instances, float32 array (m_test, n_inputs).
        y_test: their classes, int64 array (m_test,).
        n_epochs: how often to go through the training set, 1 or more.
        batch_size: instances in a batch, 1 or more.
        seed: seed of the order of the instances.

    Returns:
        A dict with ``train_acc`` and ``test_acc``, lists of one float for each epoch: the accuracy on its last batch
        and on the test set; and ``save_path``, where ``tf.compat.v1.train.Saver`` put the checkpoint: a file
        ``my_model_final.ckpt`` in a new temporary directory, which is left there.

    Raises:
        ValueError: ``n_epochs`` or ``batch_size`` is below 1, or instances and classes differ in number.

    Source:
        Géron 2017, ch. 10, "Execution Phase", with the measuring and the saving moved out of the inner loops.
    """
    if n_epochs < 1 or batch_size < 1:
        raise ValueError(f"n_epochs and batch_size must be 1 or more, not {n_epochs} and {batch_size}")
    if len(X) != len(y) or len(X_test) != len(y_test):
        raise ValueError(f"{len(X)} instances with {len(y)} classes, {len(X_test)} to test with {len(y_test)}")
    with graph.as_default():
        saver = tf.compat.v1.train.Saver()
    train_acc, test_acc = [], []
    with tf.compat.v1.Session(graph=graph) as session:
        session.run("init")
        for epoch in range(n_epochs):
            order = np.random.default_rng([seed, epoch]).permutation(len(X))
            for start in range(0, len(X), batch_size):
                rows = order[start : start + batch_size]
                batch = {"X:0": X[rows], "y:0": y[rows]}
                session.run("training_op", feed_dict=batch)
            train_acc.append(float(session.run("accuracy:0", feed_dict=batch)))
            test_acc.append(float(session.run("accuracy:0", feed_dict={"X:0": X_test, "y:0": y_test})))
        save_path = saver.save(session, str(Path(tempfile.mkdtemp()) / "my_model_final.ckpt"))
    return {"train_acc": train_acc, "test_acc": test_acc, "save_path": save_path}


def make_train_step(
    model: keras.Model, optimizer: keras.optimizers.Optimizer
) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Make the step that TensorFlow 2 has in place of graph, session and training op.

    The step takes a batch X, float32 (m, …), and its classes y, int64 (m,). It runs the model in training mode,
    measures the mean of −log softmax(logits)[y], and has the optimizer change the model's trainable variables. It
    returns the loss as it was before the change, a scalar.

    The step is a ``tf.function`` that is traced once for all: no call after the first traces again, whatever the
    batch size. So the batch dimension of its input signature is open.

    Args:
        model: a built model with one input; it puts out logits, with no softmax at the end.
        optimizer: any Keras optimizer. It is this one that changes the variables.

    Returns:
        The step, a function of (X, y).

    Source:
        The same loss and rule as `build_graph`; TensorFlow guide, "Better performance with tf.function".
    """
    mean_cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    # Optimizers such as Adam make variables of their own; in the step they would be made by a first, extra trace.
    optimizer.build(model.trainable_variables)
    signature = [tf.TensorSpec((None, *model.input_shape[1:]), tf.float32), tf.TensorSpec((None,), tf.int64)]

    @tf.function(input_signature=signature)
    def train_step(X: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = mean_cross_entropy(y, model(X, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    return train_step
