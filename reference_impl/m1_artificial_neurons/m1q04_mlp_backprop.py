"""The multilayer perceptron: a forward pass, backpropagation by the chain rule, and gradient descent."""

import tensorflow as tf


def mlp_forward(X: tf.Tensor, params: list[tuple[tf.Tensor, tf.Tensor]]) -> list[tf.Tensor]:
    """Compute the outputs of every layer of a multilayer perceptron whose neurons are all logistic.

    a₀ = X and aₗ = σ(aₗ₋₁ Wₗ + bₗ) for l = 1 … L, with σ(z) = 1 / (1 + exp(−z)).

    Args:
        X: instances, float (m, n_0). Integers are cast to float32. Under ``tf.function`` m may be unknown.
        params: for each layer l from the first hidden one to the output, the pair of its weights, float
            (n_{l-1}, n_l), and its biases, float (n_l,), in the dtype of ``X``.

    Returns:
        The list [X, a_1, …, a_L] of L + 1 tensors, (m, n_l) each, in the dtype of ``X``.

    Raises:
        ValueError: ``params`` is empty, ``X`` or some weights are no matrix, or the sizes do not fit together.

    Source:
        Rumelhart, Hinton & Williams, Learning representations by back-propagating errors, Nature 323, 1986,
        eqs. 1 and 2.
    """
    X, params = _checked(X, params)
    activations = [X]
    for W, b in params:
        activations.append(tf.sigmoid(activations[-1] @ W + b))
    return activations


def mlp_backward(
    X: tf.Tensor, y: tf.Tensor, params: list[tuple[tf.Tensor, tf.Tensor]]
) -> list[tuple[tf.Tensor, tf.Tensor]]:
    """Compute the gradients of the mean squared error of an MLP by the chain rule, layer by layer.

    The cost is J = 1/(m k) Σ (a_L − y)², the mean over all instances and all k outputs. With δₗ = ∂J/∂zₗ, where
    zₗ is the weighted sum of layer l:

        δ_L = 2/(m k) (a_L − y) ⊙ a_L ⊙ (1 − a_L),
        ∂J/∂Wₗ = aₗ₋₁ᵀ δₗ,   ∂J/∂bₗ = Σ δₗ over the instances,
        δₗ₋₁ = (δₗ Wₗᵀ) ⊙ aₗ₋₁ ⊙ (1 − aₗ₋₁).

    All gradients are taken at the given weights. No automatic differentiation is used.

    Args:
        X: instances, float (m, n_0). Under ``tf.function`` m may be unknown.
        y: targets, float (m, k), where k = n_L.
        params: the pair of weights and biases of each layer, as for `mlp_forward`.

    Returns:
        The pair (∂J/∂W, ∂J/∂b) of each layer in the order, shapes and dtype of ``params``.

    Raises:
        ValueError: as `mlp_forward`, or ``y`` is not of the shape (m, k) of the outputs.

    Source:
        Rumelhart, Hinton & Williams 1986, eqs. 4 to 7, with the mean in place of half the sum of squares.
    """
    X, params = _checked(X, params)
    y = _as_float(y)
    activations = mlp_forward(X, params)
    output = activations[-1]
    if not y.shape.is_compatible_with(output.shape):
        raise ValueError(f"y must be of the outputs' shape {output.shape}, not {y.shape}")

    error = 2 * (output - y) / tf.cast(tf.size(output), output.dtype)
    gradients = []
    for (W, _), a_in, a_out in reversed(list(zip(params, activations[:-1], activations[1:], strict=True))):
        delta = error * a_out * (1 - a_out)
        gradients.append((tf.transpose(a_in) @ delta, tf.reduce_sum(delta, axis=0)))
        error = delta @ tf.transpose(W)
    return gradients[::-1]


def sgd_update(
    params: list[tuple[tf.Tensor, tf.Tensor]], grads: list[tuple[tf.Tensor, tf.Tensor]], lr: float
) -> list[tuple[tf.Tensor, tf.Tensor]]:
    """Take one step of gradient descent, θ ← θ − η ∂J/∂θ, on the weights and biases of every layer.

    The arguments are left as they are; a new list of new tensors is returned.

    Args:
        params: the pair (W, b) of each layer, float tensors.
        grads: the gradients with respect to them, in the same order and shapes.
        lr: learning rate η > 0.

    Returns:
        The new pairs, in the order, shapes and dtype of ``params``.

    Raises:
        ValueError: ``lr`` is not positive, there are more or fewer gradients than layers, or a gradient is not
            of the shape of its weights.

    Source:
        Rumelhart, Hinton & Williams 1986, eq. 8.
    """
    if lr <= 0:
        raise ValueError(f"the learning rate must be positive, not {lr}")
    if len(grads) != len(params):
        raise ValueError(f"{len(params)} layers, but {len(grads)} pairs of gradients")
    return [(_descend(W, dW, lr), _descend(b, db, lr)) for (W, b), (dW, db) in zip(params, grads, strict=True)]


def train_xor(
    seed: int, n_hidden: int = 4, lr: float = 4.0, n_epochs: int = 4000
) -> tuple[list[tuple[tf.Tensor, tf.Tensor]], list[float]]:
    """Train a 2–n_hidden–1 MLP of logistic neurons on XOR by full-batch gradient descent, in float64.

    The instances are (0, 0), (0, 1), (1, 0), (1, 1) with targets 0, 1, 1, 0. The hidden weights (2, n_hidden)
    start as ``tf.random.stateless_normal`` with seed [seed, 0], the output weights (n_hidden, 1) with seed
    [seed, 1], both drawn in float64; all biases start at 0. Each epoch is one step on all four instances, with
    the gradients of `mlp_backward`. No automatic differentiation is used.

    Args:
        seed: seed of the weights.
        n_hidden: number of hidden neurons, at least 1.
        lr: learning rate η > 0.
        n_epochs: number of steps, at least 1.

    Returns:
        The trained pairs (W, b) of both layers, float64, and for each epoch the mean squared error before its
        step: ``n_epochs`` Python floats.

    Raises:
        ValueError: ``n_hidden`` or ``n_epochs`` is less than 1, or ``lr`` is not positive.

    Source:
        Rumelhart, Hinton & Williams, Learning internal representations by error propagation, in Parallel
        Distributed Processing, vol. 1, 1986, ch. 8 (the XOR problem).
    """
    if n_hidden < 1 or n_epochs < 1:
        raise ValueError(f"at least one hidden neuron and one epoch, not {n_hidden} and {n_epochs}")
    if lr <= 0:
        raise ValueError(f"the learning rate must be positive, not {lr}")
    X = tf.constant([[0, 0], [0, 1], [1, 0], [1, 1]], tf.float64)
    y = tf.constant([[0], [1], [1], [0]], tf.float64)
    params = [
        (tf.random.stateless_normal([2, n_hidden], [seed, 0], dtype=tf.float64), tf.zeros([n_hidden], tf.float64)),
        (tf.random.stateless_normal([n_hidden, 1], [seed, 1], dtype=tf.float64), tf.zeros([1], tf.float64)),
    ]

    @tf.function  # thousands of tiny steps: as a graph, the loop costs microseconds a step instead of milliseconds
    def descend(params):
        losses = tf.TensorArray(tf.float64, n_epochs)
        for epoch in tf.range(n_epochs):
            losses = losses.write(epoch, tf.reduce_mean((mlp_forward(X, params)[-1] - y) ** 2))
            params = sgd_update(params, mlp_backward(X, y, params), lr)
        return params, losses.stack()

    params, losses = descend(params)
    return params, losses.numpy().tolist()


def _checked(
    X: tf.Tensor, params: list[tuple[tf.Tensor, tf.Tensor]]
) -> tuple[tf.Tensor, list[tuple[tf.Tensor, tf.Tensor]]]:
    X, params = _as_float(X), [(_as_float(W), _as_float(b)) for W, b in params]
    if not params:
        raise ValueError("an MLP has at least one layer of weights")
    width = X.shape.with_rank(2)[1:]
    for number, (W, b) in enumerate(params, start=1):
        if not (W.shape.with_rank(2)[:1].is_compatible_with(width) and b.shape.is_compatible_with(W.shape[1:])):
            raise ValueError(f"layer {number}: W {W.shape} and b {b.shape} do not fit inputs of width {width}")
        width = W.shape[1:]
    return X, params


def _descend(theta: tf.Tensor, gradient: tf.Tensor, lr: float) -> tf.Tensor:
    theta, gradient = _as_float(theta), _as_float(gradient)
    if theta.shape != gradient.shape:
        raise ValueError(f"the gradient has shape {gradient.shape}, its parameter {theta.shape}")
    return theta - lr * gradient


def _as_float(values: tf.Tensor) -> tf.Tensor:
    tensor = tf.convert_to_tensor(values)
    return tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32)
