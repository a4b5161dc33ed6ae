"""Training a recurrent network to predict the next value of a time series."""

import keras
import tensorflow as tf


def make_batch(
    seed: int, batch_size: int, n_steps: int, dt: float = 0.1, t_max: float = 30.0
) -> tuple[tf.Tensor, tf.Tensor]:
    """Draw random windows of the series f(t) = t·sin(t)/3 + 2·sin(5t), and the same windows one step later.

    Instance i starts at its own time t₀ = u·(t_max − n_steps·dt), where the u are
    ``tf.random.stateless_uniform((batch_size, 1), seed=[seed, 0])``. Its inputs are f at t₀, t₀ + dt, …,
    t₀ + (n_steps − 1)·dt, its targets f at t₀ + dt, …, t₀ + n_steps·dt.

    Args:
        seed: seed of the draw.
        batch_size: number of windows, at least 1.
        n_steps: values in a window, at least 1.
        dt: time between two values, positive.
        t_max: end of the series; no window reaches beyond it.

    Returns:
        Inputs and targets, float32 tensors or arrays (batch_size, n_steps, 1).

    Raises:
        ValueError: ``batch_size`` or ``n_steps`` is below 1, ``dt`` is not positive, or n_steps·dt is more than t_max.

    Source:
        Géron 2017, ch. 14, "Training to Predict Time Series" and its notebook.
    """
    if batch_size < 1 or n_steps < 1 or dt <= 0 or n_steps * dt > t_max:
        raise ValueError(f"{batch_size} windows of {n_steps} steps of {dt} do not fit between 0 and {t_max}")
    start = tf.random.stateless_uniform((batch_size, 1), seed=[seed, 0]) * (t_max - n_steps * dt)
    t = start + dt * tf.range(n_steps + 1, dtype=tf.float32)
    series = (t * tf.sin(t) / 3 + 2 * tf.sin(5 * t))[..., tf.newaxis]
    return series[:, :-1], series[:, 1:]


def project_outputs(H: tf.Tensor, W: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """Apply one and the same linear layer to the outputs of every time step: HW + b.

    Instances and steps are folded into the rows of a single matrix, which is multiplied by ``W`` once, and unfolded
    again: whatever m and T, the graph holds one MatMul operation (of two matrices) and no loop.

    Args:
        H: outputs of the recurrent layer, float tensor (m, T, n); in a ``tf.function`` m and T may be unknown.
        W: weights, float tensor (n, k).
        b: biases, float tensor (k,).

    Returns:
        A float tensor (m, T, k) of the same dtype.

    Raises:
        ValueError: ``H`` is not of rank 3, ``W`` not of rank 2, ``b`` not of rank 1, or n or k do not agree.

    Source:
        Géron 2017, ch. 14: the alternative to OutputProjectionWrapper.
    """
    H, W, b = tf.convert_to_tensor(H), tf.convert_to_tensor(W), tf.convert_to_tensor(b)
    if (H.shape.rank, W.shape.rank, b.shape.rank) != (3, 2, 1):
        raise ValueError(f"H, W and b must be (m, T, n), (n, k) and (k,), not {H.shape}, {W.shape} and {b.shape}")
    if not W.shape.is_compatible_with([H.shape[2], b.shape[0]]):
        raise ValueError(f"the weights {W.shape} do not fit outputs {H.shape} and biases {b.shape}")
    m, T, n = tf.unstack(tf.shape(H))
    folded = tf.reshape(H, [m * T, n])
    return tf.reshape(folded @ W + b, [m, T, tf.shape(W)[1]])


def build_series_rnn(n_neurons: int = 100, seed: int | None = None) -> keras.Model:
    """Build a recurrent layer of ReLU neurons with a linear projection to one value at every time step.

    The model is not compiled. It takes a batch (m, T, 1) of any m and any T and gives (m, T, 1). Its weights are, in
    this order: from the input (1, n), recurrent (n, n), biases (n,), of the projection (n, 1) and (1,).

    Args:
        n_neurons: recurrent neurons n, at least 1.
        seed: of the random initial weights: the same seed gives the same weights. Left out, they are new each time.

    Returns:
        A Keras model.

    Raises:
        ValueError: ``n_neurons`` is below 1.

    Source:
        Géron 2017, ch. 14, "Training to Predict Time Series".
    """
    if n_neurons < 1:
        raise ValueError(f"a layer of {n_neurons} neurons cannot be built")

    def seeded(number: int) -> int | None:
        return None if seed is None else 3 * seed + number

    return keras.Sequential(
        [
            keras.Input((None, 1)),
            keras.layers.SimpleRNN(
                n_neurons,
                activation="relu",
                return_sequences=True,
                kernel_initializer=keras.initializers.GlorotUniform(seeded(0)),
                recurrent_initializer=keras.initializers.Orthogonal(seed=seeded(1)),
            ),
            keras.layers.Dense(1, kernel_initializer=keras.initializers.GlorotUniform(seeded(2))),
        ]
    )


def train_step(model: keras.Model, optimizer: keras.optimizers.Optimizer, X: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """Take one step of an optimizer on the mean squared error of a model's predictions.

    The mean goes over everything: instances, time steps and outputs. All trainable weights take part.

    Args:
        model: a Keras model.
        optimizer: the optimizer; it updates the model's weights.
        X: inputs, float tensor (m, T, n).
        y: targets, float tensor (m, T, k), the shape of the model's outputs.

    Returns:
        The mean squared error before the step, a scalar.

    Source:
        Géron 2017, ch. 14, "Training to Predict Time Series".
    """
    with tf.GradientTape() as tape:
        outputs = model(X, training=True)
        loss = tf.reduce_mean(tf.square(outputs - y))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss


def train_series(n_iterations: int = 300, seed: int = 0, n_neurons: int = 100) -> tuple[keras.Model, list[float]]:
    """Train a network such as `build_series_rnn`'s on random windows: Adam, learning rate 0.001, fresh ones each step.

    Each iteration draws 50 new windows of 20 steps, as `make_batch` does with a seed of its own, and takes one step on
    them. The windows and the initial weights follow from ``seed``: the same seed gives the same training, another seed
    another one. It is judged by what the network predicts, not by its weights; so these may start as they like.

    Args:
        n_iterations: number of iterations, at least 1.
        seed: seed of the training.
        n_neurons: recurrent neurons, at least 1.

    Returns:
        The trained model, which takes a batch (m, 20, 1) and gives (m, 20, 1); and the mean squared error of each
        iteration's batch before its step, ``n_iterations`` numbers.

    Source:
        Géron 2017, ch. 14, "Training to Predict Time Series".
    """
    model = build_series_rnn(n_neurons, seed)
    optimizer = keras.optimizers.Adam(learning_rate=0.001)
    step = tf.function(train_step)
    losses = []
    for iteration in range(n_iterations):
        X, y = make_batch(1000 * seed + iteration, batch_size=50, n_steps=20)
        losses.append(float(step(model, optimizer, X, y)))
    return model, losses


def generate(model: keras.Model, seed_seq: tf.Tensor, n: int) -> tf.Tensor:
    """Let a model continue a sequence: it predicts the next value from the last 20, which is appended, and so on.

    The model sees only these 20 values, never more; from the 21st prediction on they are all its own. Its prediction
    is the output of the last time step.

    Args:
        model: takes a batch (1, 20, 1) and gives (1, 20, 1), a prediction at each time step.
        seed_seq: the beginning of the sequence, float tensor (k,), k ≥ 20.
        n: number of values to add, at least 0.

    Returns:
        The whole sequence, a float32 tensor or array (k + n,) that begins with ``seed_seq``.

    Raises:
        ValueError: ``seed_seq`` is not of rank 1 or has fewer than 20 values, or ``n`` is negative.

    Source:
        Géron 2017, ch. 14, "Creative RNN".
    """
    sequence = tf.cast(tf.convert_to_tensor(seed_seq), tf.float32)
    if sequence.shape.rank != 1 or len(sequence) < 20 or n < 0:
        raise ValueError(f"{n} values cannot be added to a beginning of shape {sequence.shape}")
    for _ in range(n):
        window = sequence[-20:][tf.newaxis, :, tf.newaxis]
        prediction = tf.convert_to_tensor(model(window, training=False))[0, -1]
        sequence = tf.concat([sequence, prediction], axis=0)
    return sequence
