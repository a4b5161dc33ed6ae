"""What students get wrong about training a network on a time series, as running code."""

import keras
import tensorflow as tf

from reference_impl.m4_recurrent_networks.m4q05_time_series import (
    build_series_rnn,
    generate,
    make_batch,
    project_outputs,
    train_series,
    train_step,
)


def make_batch__targets_are_inputs(seed, batch_size, n_steps, dt=0.1, t_max=30.0):
    X, _ = make_batch(seed, batch_size, n_steps, dt, t_max)
    return X, X


def make_batch__two_steps_ahead(seed, batch_size, n_steps, dt=0.1, t_max=30.0):
    X, y = make_batch(seed, batch_size, n_steps, dt, t_max)
    t = _starts(seed, batch_size, n_steps, dt, t_max) + dt * tf.range(2, n_steps + 2, dtype=tf.float32)
    return X, tf.reshape(_series(t), y.shape)


def make_batch__one_start(seed, batch_size, n_steps, dt=0.1, t_max=30.0):
    X, y = make_batch(seed, batch_size, n_steps, dt, t_max)
    return tf.repeat(X[:1], batch_size, axis=0), tf.repeat(y[:1], batch_size, axis=0)


def make_batch__last_target_only(seed, batch_size, n_steps, dt=0.1, t_max=30.0):
    X, y = make_batch(seed, batch_size, n_steps, dt, t_max)
    return X, y[:, -1]


def make_batch__targets_drawn_anew(seed, batch_size, n_steps, dt=0.1, t_max=30.0):
    X, _ = make_batch(seed, batch_size, n_steps, dt, t_max)
    return X, make_batch(seed + 1, batch_size, n_steps, dt, t_max)[1]


def make_batch__no_last_axis(seed, batch_size, n_steps, dt=0.1, t_max=30.0):
    X, y = make_batch(seed, batch_size, n_steps, dt, t_max)
    return X[..., 0], y[..., 0]


def make_batch__runs_over_the_end(seed, batch_size, n_steps, dt=0.1, t_max=30.0):
    make_batch(seed, batch_size, n_steps, dt, t_max)
    start = tf.random.stateless_uniform((batch_size, 1), seed=[seed, 0]) * t_max
    series = _series(start + dt * tf.range(n_steps + 1, dtype=tf.float32))[..., tf.newaxis]
    return series[:, :-1], series[:, 1:]


def make_batch__seed_ignored(seed, batch_size, n_steps, dt=0.1, t_max=30.0):
    return make_batch(0, batch_size, n_steps, dt, t_max)


def make_batch__step_fixed(seed, batch_size, n_steps, dt=0.1, t_max=30.0):
    make_batch(seed, batch_size, n_steps, dt, t_max)
    series = _series(_starts(seed, batch_size, n_steps, dt, t_max) + 0.1 * tf.range(n_steps + 1, dtype=tf.float32))[
        ..., tf.newaxis
    ]
    return series[:, :-1], series[:, 1:]


def make_batch__no_checks(seed, batch_size, n_steps, dt=0.1, t_max=30.0):
    span = t_max - n_steps * dt
    start = tf.random.stateless_uniform((batch_size, 1), seed=[seed, 0]) * span
    series = _series(start + dt * tf.range(n_steps + 1, dtype=tf.float32))[..., tf.newaxis]
    return series[:, :-1], series[:, 1:]


def project_outputs__mixes_steps(H, W, b):
    project_outputs(H, W, b)
    m, T, n = tf.unstack(tf.shape(H))
    folded = tf.reshape(tf.transpose(H, [1, 0, 2]), [m * T, n])
    return tf.reshape(folded @ W + b, [m, T, tf.shape(W)[1]])


def project_outputs__axes_exchanged(H, W, b):
    return tf.transpose(project_outputs(H, W, b), [1, 0, 2])


def project_outputs__step_by_step(H, W, b):
    project_outputs(H, W, b)
    steps = tf.map_fn(lambda Y: Y @ W + b, tf.transpose(H, [1, 0, 2]))
    return tf.ensure_shape(tf.transpose(steps, [1, 0, 2]), [None, None, W.shape[1]])


def project_outputs__batched(H, W, b):
    project_outputs(H, W, b)
    return H @ W + b


def project_outputs__last_step(H, W, b):
    project_outputs(H, W, b)
    return H[:, -1] @ W + b


def project_outputs__no_bias(H, W, b):
    return project_outputs(H, W, tf.zeros_like(b))


def project_outputs__rectified(H, W, b):
    return tf.nn.relu(project_outputs(H, W, b))


def project_outputs__static_sizes(H, W, b):
    project_outputs(H, W, b)
    m, T, n = H.shape
    return tf.reshape(tf.reshape(H, [m * T, n]) @ W + b, [m, T, W.shape[1]])


def project_outputs__no_checks(H, W, b):
    H, W = tf.convert_to_tensor(H), tf.convert_to_tensor(W)
    folded = tf.reshape(H, [-1, tf.shape(W)[0]])
    return tf.reshape(folded @ tf.reshape(W, [tf.shape(W)[0], -1]) + b, [*tf.unstack(tf.shape(H))[:-1], -1])


def build_series_rnn__last_output_only(n_neurons=100, seed=None):
    return _network(n_neurons, seed, return_sequences=False)


def build_series_rnn__projection_rectified(n_neurons=100, seed=None):
    return _network(n_neurons, seed, output_activation="relu")


def build_series_rnn__tanh(n_neurons=100, seed=None):
    return _network(n_neurons, seed, activation="tanh")


def build_series_rnn__no_projection(n_neurons=100, seed=None):
    build_series_rnn(n_neurons, seed)
    recurrent = keras.layers.SimpleRNN(n_neurons, activation="relu", return_sequences=True)
    return keras.Sequential([keras.Input((None, 1)), recurrent])


def build_series_rnn__fixed_length(n_neurons=100, seed=None):
    return _network(n_neurons, seed, n_steps=20)


def build_series_rnn__gru(n_neurons=100, seed=None):
    model = build_series_rnn(n_neurons, seed)
    recurrent = keras.layers.GRU(n_neurons, return_sequences=True)
    return keras.Sequential([keras.Input((None, 1)), recurrent, model.layers[-1]])


def build_series_rnn__dense_over_window(n_neurons=100, seed=None):
    build_series_rnn(n_neurons, seed)
    hidden = keras.layers.Dense(n_neurons, activation="relu")
    return keras.Sequential([keras.Input((None, 1)), hidden, keras.layers.Dense(1)])


def build_series_rnn__seed_ignored(n_neurons=100, seed=None):
    return build_series_rnn(n_neurons)


def build_series_rnn__always_the_same(n_neurons=100, seed=None):
    return build_series_rnn(n_neurons, 0)


def build_series_rnn__no_checks(n_neurons=100, seed=None):
    return build_series_rnn(max(n_neurons, 1), seed)


def train_step__outputs_undefined(model, optimizer, X, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(outputs - y))  # noqa: F821
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss


def train_step__summed_over_steps(model, optimizer, X, y):
    return _step(model, optimizer, X, lambda outputs: tf.reduce_mean(tf.reduce_sum(tf.square(outputs - y), axis=1)))


def train_step__mean_over_features(model, optimizer, X, y):
    return _step(model, optimizer, X, lambda outputs: tf.reduce_mean(tf.square(outputs - y), axis=-1))


def train_step__last_step_only(model, optimizer, X, y):
    return _step(model, optimizer, X, lambda outputs: tf.reduce_mean(tf.square(outputs[:, -1] - y[:, -1])))


def train_step__absolute(model, optimizer, X, y):
    return _step(model, optimizer, X, lambda outputs: tf.reduce_mean(tf.abs(outputs - y)))


def train_step__loss_after(model, optimizer, X, y):
    train_step(model, optimizer, X, y)
    return tf.reduce_mean(tf.square(model(X) - y))


def train_step__not_applied(model, optimizer, X, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(X) - y))
    tape.gradient(loss, model.trainable_variables)
    return loss


def train_step__projection_only(model, optimizer, X, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(X) - y))
    variables = model.layers[-1].trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
    return loss


def train_series__same_batch(n_iterations=300, seed=0, n_neurons=100):
    return _trained(n_iterations, seed, n_neurons, batches=1)


def train_series__targets_not_shifted(n_iterations=300, seed=0, n_neurons=100):
    return _trained(n_iterations, seed, n_neurons, targets=lambda X, y: X)


def train_series__new_model_returned(n_iterations=300, seed=0, n_neurons=100):
    _, losses = train_series(n_iterations, seed, n_neurons)
    return build_series_rnn(n_neurons, seed), losses


def train_series__every_hundredth(n_iterations=300, seed=0, n_neurons=100):
    model, losses = train_series(n_iterations, seed, n_neurons)
    return model, losses[::100]


def train_series__seed_ignored(n_iterations=300, seed=0, n_neurons=100):
    return train_series(n_iterations, 7, n_neurons)


def generate__never_fed_back(model, seed_seq, n):
    sequence = generate(model, seed_seq, min(n, 1))
    return tf.concat([sequence, tf.repeat(sequence[-1:], max(n - 1, 0))], axis=0)


def generate__first_output(model, seed_seq, n):
    generate(model, seed_seq, 0)
    return _continued(seed_seq, n, lambda sequence: model(sequence[tf.newaxis, -20:, tf.newaxis])[0, 0])


def generate__whole_sequence(model, seed_seq, n):
    generate(model, seed_seq, 0)
    return _continued(seed_seq, n, lambda sequence: model(sequence[tf.newaxis, :, tf.newaxis])[0, -1])


def generate__first_window(model, seed_seq, n):
    generate(model, seed_seq, 0)
    return _continued(seed_seq[:20], n, lambda sequence: model(sequence[tf.newaxis, -20:, tf.newaxis])[0, -1])


def generate__predictions_only(model, seed_seq, n):
    return generate(model, seed_seq, n)[len(seed_seq) :]


def generate__one_too_many(model, seed_seq, n):
    return generate(model, seed_seq, n + 1)


def generate__all_outputs_at_once(model, seed_seq, n):
    sequence = generate(model, seed_seq, 0)
    while len(sequence) < len(seed_seq) + n:
        sequence = tf.concat([sequence, model(sequence[tf.newaxis, -20:, tf.newaxis])[0, :, 0]], axis=0)
    return sequence[: len(seed_seq) + n]


def generate__no_checks(model, seed_seq, n):
    return _continued(seed_seq, max(n, 0), lambda sequence: model(sequence[tf.newaxis, -20:, tf.newaxis])[0, -1])


def _series(t):
    return t * tf.sin(t) / 3 + 2 * tf.sin(5 * t)


def _starts(seed, batch_size, n_steps, dt, t_max):
    return tf.random.stateless_uniform((batch_size, 1), seed=[seed, 0]) * (t_max - n_steps * dt)


def _network(n_neurons, seed, n_steps=None, activation="relu", return_sequences=True, output_activation=None):
    right = build_series_rnn(n_neurons, seed)
    recurrent = keras.layers.SimpleRNN(n_neurons, activation=activation, return_sequences=return_sequences)
    projection = keras.layers.Dense(1, activation=output_activation)
    model = keras.Sequential([keras.Input((n_steps, 1)), recurrent, projection])
    model.set_weights(right.get_weights())
    return model


def _step(model, optimizer, X, loss_of):
    with tf.GradientTape() as tape:
        loss = loss_of(model(X, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss


def _trained(n_iterations, seed, n_neurons, batches=None, targets=None):
    """Train as the reference does, on so many batches in turn, or towards other targets."""
    model, optimizer, losses = build_series_rnn(n_neurons, seed), keras.optimizers.Adam(0.001), []
    step = tf.function(train_step)
    for iteration in range(n_iterations):
        X, y = make_batch(1000 * seed + iteration % (batches or n_iterations), 50, 20)
        losses.append(float(step(model, optimizer, X, targets(X, y) if targets else y)))
    return model, losses


def _continued(seed_seq, n, predict):
    sequence = tf.cast(tf.convert_to_tensor(seed_seq), tf.float32)
    for _ in range(n):
        sequence = tf.concat([sequence, predict(sequence)], axis=0)
    return sequence
