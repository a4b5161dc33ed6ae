"""What students get wrong about the multilayer perceptron and backpropagation, as running code."""

import tensorflow as tf

from reference_impl.m1_artificial_neurons.m1q04_mlp_backprop import mlp_backward, mlp_forward, sgd_update


def mlp_forward__linear_output(X, params):
    activations = mlp_forward(X, params)
    W, b = params[-1]
    return [*activations[:-1], activations[-2] @ W + b]


def mlp_forward__softmax_output(X, params):
    activations = mlp_forward(X, params)
    W, b = params[-1]
    return [*activations[:-1], tf.nn.softmax(activations[-2] @ W + b)]


def mlp_forward__no_bias(X, params):
    return mlp_forward(X, [(W, tf.zeros_like(b)) for W, b in params])


def mlp_forward__only_output(X, params):
    return mlp_forward(X, params)[-1]


def mlp_forward__input_left_out(X, params):
    return mlp_forward(X, params)[1:]


def mlp_forward__sums_returned(X, params):
    activations = mlp_forward(X, params)
    return [activations[0], *(a @ W + b for a, (W, b) in zip(activations, params, strict=False))]


def mlp_forward__unchecked(X, params):
    X = tf.convert_to_tensor(X)
    activations = [X if X.dtype.is_floating else tf.cast(X, tf.float32)]
    for W, b in params:
        activations.append(tf.sigmoid(tf.matmul(activations[-1], W) + b))
    return activations


def mlp_backward__no_output_slope(X, y, params):
    activations = mlp_forward(X, params)
    return _back(activations, params, _error(activations, y), lambda a, last: 1 if last else a * (1 - a))


def mlp_backward__no_hidden_slope(X, y, params):
    activations = mlp_forward(X, params)
    return _back(activations, params, _error(activations, y), lambda a, last: a * (1 - a) if last else 1)


def mlp_backward__slope_of_output(X, y, params):
    activations = mlp_forward(X, params)
    return _back(activations, params, _error(activations, y), lambda a, last: tf.sigmoid(a) * (1 - tf.sigmoid(a)))


def mlp_backward__weights_not_transposed(X, y, params):
    activations = mlp_forward(X, params)
    error = _error(activations, y)
    gradients = []
    for layer in range(len(params) - 1, -1, -1):
        delta = error * activations[layer + 1] * (1 - activations[layer + 1])
        gradients.insert(0, (tf.transpose(activations[layer]) @ delta, tf.reduce_sum(delta, axis=0)))
        if layer > 0:
            error = delta @ params[layer][0]
    return gradients


def mlp_backward__updated_weights(X, y, params):
    activations = mlp_forward(X, params)
    error = _error(activations, y)
    gradients = []
    for layer in range(len(params) - 1, -1, -1):
        delta = error * activations[layer + 1] * (1 - activations[layer + 1])
        dW, db = tf.transpose(activations[layer]) @ delta, tf.reduce_sum(delta, axis=0)
        gradients.insert(0, (dW, db))
        error = delta @ tf.transpose(params[layer][0] - dW)
    return gradients


def mlp_backward__sum_not_mean(X, y, params):
    activations = mlp_forward(X, params)
    return _back(activations, params, 2 * (activations[-1] - y), _slope)


def mlp_backward__mean_over_instances(X, y, params):
    activations = mlp_forward(X, params)
    m = tf.cast(tf.shape(activations[-1])[0], activations[-1].dtype)
    return _back(activations, params, 2 * (activations[-1] - y) / m, _slope)


def mlp_backward__half_squares(X, y, params):
    activations = mlp_forward(X, params)
    return _back(activations, params, _error(activations, y) / 2, _slope)


def mlp_backward__error_sign(X, y, params):
    activations = mlp_forward(X, params)
    return _back(activations, params, -_error(activations, y), _slope)


def mlp_backward__bias_axis(X, y, params):
    activations = mlp_forward(X, params)
    error = _error(activations, y)
    gradients = []
    for layer in range(len(params) - 1, -1, -1):
        delta = error * activations[layer + 1] * (1 - activations[layer + 1])
        gradients.insert(0, (tf.transpose(activations[layer]) @ delta, tf.reduce_sum(delta, axis=1)))
        error = delta @ tf.transpose(params[layer][0])
    return gradients


def mlp_backward__last_layer_first(X, y, params):
    return mlp_backward(X, y, params)[::-1]


def mlp_backward__broadcasts_targets(X, y, params):
    activations = mlp_forward(X, params)
    return _back(activations, params, _error(activations, y), _slope)


def mlp_backward__autodiff(X, y, params):
    if not y.shape.is_compatible_with(mlp_forward(X, params)[-1].shape):
        raise ValueError("y does not fit the outputs")
    params = [(tf.convert_to_tensor(W), tf.convert_to_tensor(b)) for W, b in params]
    with tf.GradientTape() as tape:
        tape.watch(params)
        loss = tf.reduce_mean((mlp_forward(X, params)[-1] - y) ** 2)
    return tape.gradient(loss, params)


def sgd_update__ascends(params, grads, lr):
    return sgd_update(params, [(-dW, -db) for dW, db in grads], lr)


def sgd_update__weights_only(params, grads, lr):
    return sgd_update(params, [(dW, tf.zeros_like(db)) for dW, db in grads], lr)


def sgd_update__no_rate(params, grads, lr):
    sgd_update(params, grads, lr)
    return sgd_update(params, grads, 1.0)


def sgd_update__in_place(params, grads, lr):
    new = sgd_update(params, grads, lr)
    for layer, pair in enumerate(new):
        params[layer] = pair
    return params


def sgd_update__any_rate(params, grads, lr):
    if lr > 0:
        return sgd_update(params, grads, lr)
    return [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


def sgd_update__shortest_list(params, grads, lr):
    layers = min(len(params), len(grads))
    return sgd_update(params[:layers], grads[:layers], lr)


def train_xor__zero_init(seed, n_hidden=4, lr=4.0, n_epochs=4000):
    params = [(tf.zeros_like(W), b) for W, b in _start(seed, n_hidden)]
    return _train(params, lr, n_epochs)


def train_xor__step_activation(seed, n_hidden=4, lr=4.0, n_epochs=4000):
    params = _start(seed, n_hidden)
    return _train(params, lr, n_epochs, gradients=_gradients_of_steps, outputs=_outputs_of_steps)


def train_xor__same_draw(seed, n_hidden=4, lr=4.0, n_epochs=4000):
    (hidden, b1), (_, b2) = _start(seed, n_hidden)
    output = tf.random.stateless_normal([n_hidden, 1], [seed, 0], dtype=tf.float64)
    return _train([(hidden, b1), (output, b2)], lr, n_epochs)


def train_xor__drawn_in_float32(seed, n_hidden=4, lr=4.0, n_epochs=4000):
    params = [
        (tf.cast(tf.random.stateless_normal(W.shape, [seed, layer]), tf.float64), b)
        for layer, (W, b) in enumerate(_start(seed, n_hidden))
    ]
    return _train(params, lr, n_epochs)


def train_xor__random_biases(seed, n_hidden=4, lr=4.0, n_epochs=4000):
    params = [
        (W, tf.random.stateless_normal(b.shape, [seed, 2 + layer], dtype=tf.float64))
        for layer, (W, b) in enumerate(_start(seed, n_hidden))
    ]
    return _train(params, lr, n_epochs)


def train_xor__loss_after_step(seed, n_hidden=4, lr=4.0, n_epochs=4000):
    params, losses = _train(_start(seed, n_hidden), lr, n_epochs)
    return params, [*losses[1:], float(tf.reduce_mean((_outputs(params) - _targets()) ** 2))]


def train_xor__one_instance_at_a_time(seed, n_hidden=4, lr=4.0, n_epochs=4000):
    return _train(_start(seed, n_hidden), lr, n_epochs, instances=1)


def train_xor__autodiff(seed, n_hidden=4, lr=4.0, n_epochs=4000):
    return _train(_start(seed, n_hidden), lr, n_epochs, gradients=mlp_backward__autodiff)


def train_xor__any_sizes(seed, n_hidden=4, lr=4.0, n_epochs=4000):
    params = _start(seed, max(n_hidden, 1))
    return _train(params, lr, n_epochs) if n_epochs > 0 and lr > 0 else (params, [])


def _slope(a, last):
    return a * (1 - a)


def _error(activations, y):
    return 2 * (activations[-1] - y) / tf.cast(tf.size(activations[-1]), activations[-1].dtype)


def _back(activations, params, error, slope):
    gradients = []
    for layer in range(len(params) - 1, -1, -1):
        delta = error * slope(activations[layer + 1], layer == len(params) - 1)
        gradients.insert(0, (tf.transpose(activations[layer]) @ delta, tf.reduce_sum(delta, axis=0)))
        error = delta @ tf.transpose(params[layer][0])
    return gradients


def _instances():
    return tf.constant([[0, 0], [0, 1], [1, 0], [1, 1]], tf.float64)


def _targets():
    return tf.constant([[0], [1], [1], [0]], tf.float64)


def _start(seed, n_hidden):
    if n_hidden < 1:
        raise ValueError("at least one hidden neuron")
    hidden = tf.random.stateless_normal([2, n_hidden], [seed, 0], dtype=tf.float64)
    output = tf.random.stateless_normal([n_hidden, 1], [seed, 1], dtype=tf.float64)
    return [(hidden, tf.zeros([n_hidden], tf.float64)), (output, tf.zeros([1], tf.float64))]


def _outputs(params):
    return mlp_forward(_instances(), params)[-1]


def _outputs_of_steps(params):
    a = _instances()
    for W, b in params:
        a = tf.cast(a @ W + b >= 0, tf.float64)
    return a


def _gradients_of_steps(X, y, params):
    return [(tf.zeros_like(W), tf.zeros_like(b)) for W, b in params]  # each δ has the factor step′(z) = 0


def _train(params, lr, n_epochs, gradients=mlp_backward, outputs=_outputs, instances=4):
    if n_epochs < 1:
        raise ValueError("at least one epoch")

    @tf.function
    def descend(params):
        losses = tf.TensorArray(tf.float64, n_epochs)
        for epoch in tf.range(n_epochs):
            losses = losses.write(epoch, tf.reduce_mean((outputs(params) - _targets()) ** 2))
            for first in range(0, 4, instances):
                rows = slice(first, first + instances)
                params = sgd_update(params, gradients(_instances()[rows], _targets()[rows], params), lr)
        return params, losses.stack()

    params, losses = descend(params)
    return params, losses.numpy().tolist()
