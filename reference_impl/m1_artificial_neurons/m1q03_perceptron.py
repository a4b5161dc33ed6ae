"""The perceptron: linear threshold units and the rule by which they learn."""

import tensorflow as tf


def step(z: tf.Tensor, kind: str = "heaviside") -> tf.Tensor:
    """Apply a step function to every element.

    Heaviside: 0 for z < 0, 1 for z ≥ 0. Sign: −1, 0 or +1. Zero counts as zero whatever its sign bit. Works inside a
    ``tf.function`` that leaves the batch size open.

    Args:
        z: weighted sums, float tensor of any shape. Integers are cast to float32.
        kind: "heaviside" or "sign".

    Returns:
        A tensor of the shape and dtype of ``z``.

    Raises:
        ValueError: another ``kind``.

    Source:
        Rosenblatt, The Perceptron, Psychological Review 65(6), 1958; Géron 2017, eq. 10-1.
    """
    z = _as_float(z)
    if kind == "heaviside":
        return tf.cast(z >= 0, z.dtype)
    if kind == "sign":
        return tf.sign(z)
    raise ValueError(f"kind is 'heaviside' or 'sign', not {kind!r}")


def ltu_layer(X: tf.Tensor, W: tf.Tensor, b: tf.Tensor, kind: str = "heaviside") -> tf.Tensor:
    """Compute the outputs of one layer of linear threshold units, step(X W + b).

    Works inside a ``tf.function`` that leaves the number of instances m open.

    Args:
        X: instances, float (m, n_in).
        W: connection weights, float (n_in, n_out): rows are inputs, columns are units.
        b: bias of each unit, float (n_out,): the weight of a neuron that always puts out 1.
        kind: the step function, "heaviside" or "sign".

    Returns:
        Outputs (m, n_out) in the dtype of ``X``.

    Raises:
        ValueError: ranks or sizes that do not fit together, or another ``kind``.

    Source:
        Géron 2017, eq. 10-2 with the bias written out.
    """
    X, W, b = _as_float(X), _as_float(W), _as_float(b)
    if (X.shape.rank, W.shape.rank, b.shape.rank) != (2, 2, 1):
        raise ValueError(f"X and W are matrices, b is a vector; got shapes {X.shape}, {W.shape} and {b.shape}")
    if X.shape[1] != W.shape[0] or W.shape[1] != b.shape[0]:
        raise ValueError(f"sizes do not fit: X {X.shape}, W {W.shape}, b {b.shape}")
    return step(X @ W + b, kind)


def perceptron_update(
    W: tf.Tensor, b: tf.Tensor, x: tf.Tensor, y: tf.Tensor, eta: float
) -> tuple[tf.Tensor, tf.Tensor]:
    """Take one step of the perceptron learning rule on one instance.

    wᵢⱼ ← wᵢⱼ + η (yⱼ − ŷⱼ) xᵢ, and the same for the bias, whose input is always 1. The output ŷ is that of a
    Heaviside unit. The arguments, which may be variables, are left as they are; new tensors are returned.

    Args:
        W: connection weights, float (n_in, n_out).
        b: biases, float (n_out,).
        x: one instance, float (n_in,).
        y: its targets, 0 or 1, float (n_out,).
        eta: learning rate η > 0.

    Returns:
        The new weights (n_in, n_out) and biases (n_out,).

    Raises:
        ValueError: ``eta`` is not positive, or the sizes do not fit together.

    Source:
        Rosenblatt 1958; Géron 2017, eq. 10-3 with the sign of the error put right.
    """
    W, b, x, y = _as_float(W), _as_float(b), _as_float(x), _as_float(y)
    if eta <= 0:
        raise ValueError(f"the learning rate must be positive, not {eta}")
    if x.shape != W.shape[:1] or y.shape != W.shape[1:]:
        raise ValueError(f"sizes do not fit: W {W.shape}, x {x.shape}, y {y.shape}")
    y_hat = ltu_layer(x[tf.newaxis, :], W, b)[0]
    error = y - y_hat
    return W + eta * tf.tensordot(x, error, axes=0), b + eta * error


def train_perceptron(X: tf.Tensor, y: tf.Tensor, n_epochs: int, eta: float) -> tuple[tf.Tensor, tf.Tensor, list[int]]:
    """Train a layer of perceptrons, one instance after the other in the order given.

    Weights and biases start at zero. Training ends after ``n_epochs``, or after the first epoch without an error.

    Args:
        X: instances, float (m, n_in).
        y: targets, 0 or 1, float (m, n_out).
        n_epochs: the most epochs to train.
        eta: learning rate η > 0.

    Returns:
        The weights (n_in, n_out), the biases (n_out,) and, for each epoch begun, how many instances had at
        least one wrong output when their turn came.

    Raises:
        ValueError: ``y`` is not a matrix of as many rows as ``X``.

    Source:
        Rosenblatt 1958. Convergence on separable data: Novikoff, On convergence proofs on perceptrons, 1962.
    """
    X, y = _as_float(X), _as_float(y)
    if y.shape.rank != 2 or y.shape[0] != X.shape[0]:
        raise ValueError(f"y must be of shape (m, n_out) with m = {X.shape[0]}, not {y.shape}")
    W = tf.zeros([X.shape[1], y.shape[1]], X.dtype)
    b = tf.zeros([y.shape[1]], X.dtype)
    errors = []
    for _ in range(n_epochs):
        wrong = 0
        for x_i, y_i in zip(X, y, strict=True):
            y_hat = ltu_layer(x_i[tf.newaxis, :], W, b)[0]
            wrong += int(tf.reduce_any(y_hat != y_i))
            W, b = perceptron_update(W, b, x_i, y_i, eta)
        errors.append(wrong)
        if wrong == 0:
            break
    return W, b, errors


def _as_float(values: tf.Tensor) -> tf.Tensor:
    tensor = tf.convert_to_tensor(values)
    return tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32)
