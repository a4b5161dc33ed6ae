"""What students get wrong about regularisation, as running code."""

import math

import tensorflow as tf

from reference_impl.m2_deep_networks.m2q03_regularization import (
    augment,
    dropout,
    early_stopping,
    max_norm,
    regularization_loss,
)


def early_stopping__first_rise(val_losses, patience, min_delta=0.0):
    early_stopping(val_losses, patience, min_delta)  # refuses what is to be refused
    for epoch in range(1, len(val_losses)):
        if float(val_losses[epoch]) > float(val_losses[epoch - 1]):
            return epoch, epoch - 1
    return early_stopping(val_losses, patience, min_delta)


def early_stopping__last_kept(val_losses, patience, min_delta=0.0):
    stop, _ = early_stopping(val_losses, patience, min_delta)
    return stop, stop


def early_stopping__patience_subtracted(val_losses, patience, min_delta=0.0):
    stop, _ = early_stopping(val_losses, patience, min_delta)
    return stop, max(stop - patience, 0)


def early_stopping__best_of_all(val_losses, patience, min_delta=0.0):
    stop, _ = early_stopping(val_losses, patience, min_delta)
    values = [math.inf if math.isnan(float(loss)) else float(loss) for loss in val_losses]
    return stop, values.index(min(values)) if min(values) < math.inf else -1


def early_stopping__ties_improve(val_losses, patience, min_delta=0.0):
    return _stopped(val_losses, patience, min_delta, improves=lambda loss, best: loss <= best - min_delta)


def early_stopping__one_too_many(val_losses, patience, min_delta=0.0):
    early_stopping(val_losses, patience, min_delta)
    return early_stopping(val_losses, patience + 1, min_delta)


def early_stopping__one_too_few(val_losses, patience, min_delta=0.0):
    early_stopping(val_losses, patience, min_delta)
    return early_stopping(val_losses, max(patience - 1, 1), min_delta)


def early_stopping__not_in_a_row(val_losses, patience, min_delta=0.0):
    return _stopped(val_losses, patience, min_delta, resets=False)


def early_stopping__creeping_best(val_losses, patience, min_delta=0.0):
    return _stopped(val_losses, patience, min_delta, best_of=min)


def early_stopping__against_the_last(val_losses, patience, min_delta=0.0):
    return _stopped(val_losses, patience, min_delta, best_of=lambda best, loss: loss)


def early_stopping__delta_ignored(val_losses, patience, min_delta=0.0):
    early_stopping(val_losses, patience, min_delta)
    return early_stopping(val_losses, patience)


def early_stopping__nan_improves(val_losses, patience, min_delta=0.0):
    return _stopped(val_losses, patience, min_delta, improves=lambda loss, best: not loss >= best - min_delta)


def early_stopping__counts_from_one(val_losses, patience, min_delta=0.0):
    stop, best = early_stopping(val_losses, patience, min_delta)
    return stop + 1, best + 1


def early_stopping__first_is_best(val_losses, patience, min_delta=0.0):
    early_stopping(val_losses, patience, min_delta)
    best, best_epoch, waited = float(val_losses[0]), 0, 0
    for epoch, loss in enumerate(map(float, val_losses[1:]), start=1):
        if loss < best - min_delta:
            best, best_epoch, waited = loss, epoch, 0
            continue
        waited += 1
        if waited == patience:
            return epoch, best_epoch
    return len(val_losses) - 1, best_epoch


def early_stopping__any_input(val_losses, patience, min_delta=0.0):
    if len(val_losses) == 0:
        return -1, -1
    return early_stopping(val_losses, max(patience, 1), max(min_delta, 0.0))


def regularization_loss__half(weights, l1=0.0, l2=0.0):
    return regularization_loss(weights, l1, l2) - regularization_loss(weights, 0.0, l2) / 2


def regularization_loss__mean(weights, l1=0.0, l2=0.0):
    regularization_loss(weights, l1, l2)
    parts = [regularization_loss([w], l1, l2) / tf.cast(tf.size(w), _as_float(w).dtype) for w in weights]
    return tf.add_n(parts) if parts else tf.constant(0.0)


def regularization_loss__norm(weights, l1=0.0, l2=0.0):
    regularization_loss(weights, l1, l2)
    parts = [l1 * tf.norm(_as_float(w), 1) + l2 * tf.norm(_as_float(w)) for w in weights]
    return tf.add_n(parts) if parts else tf.constant(0.0)


def regularization_loss__signed(weights, l1=0.0, l2=0.0):
    squares = regularization_loss(weights, 0.0, l2)
    return squares + sum(l1 * tf.reduce_sum(_as_float(w)) for w in weights)


def regularization_loss__exchanged(weights, l1=0.0, l2=0.0):
    return regularization_loss(weights, l2, l1)


def regularization_loss__first_only(weights, l1=0.0, l2=0.0):
    return regularization_loss(weights[:1], l1, l2)


def regularization_loss__averaged_over_layers(weights, l1=0.0, l2=0.0):
    return regularization_loss(weights, l1, l2) / max(len(weights), 1)


def regularization_loss__always_some(weights, l1=0.01, l2=0.01):
    return regularization_loss(weights, l1, l2)


def regularization_loss__one_for_each(weights, l1=0.0, l2=0.0):
    return [regularization_loss([w], l1, l2) for w in weights]


def regularization_loss__empty_fails(weights, l1=0.0, l2=0.0):
    regularization_loss(weights, l1, l2)
    return tf.add_n([regularization_loss([w], l1, l2) for w in weights])


def regularization_loss__any_factor(weights, l1=0.0, l2=0.0):
    return tf.add_n(
        [l1 * tf.reduce_sum(tf.abs(w)) + l2 * tf.reduce_sum(tf.square(w)) for w in map(_as_float, weights)]
        or [tf.constant(0.0)]
    )


def regularization_loss__single_precision(weights, l1=0.0, l2=0.0):
    return regularization_loss([tf.cast(w, tf.float32) for w in weights], l1, l2)


def dropout__keep_probability(x, rate, training, seed):
    return _dropped(x, rate, training, lambda drawn: drawn < rate, seed, lambda kept: kept / rate if rate else kept)


def dropout__not_rescaled(x, rate, training, seed):
    return _dropped(x, rate, training, lambda drawn: drawn >= rate, seed, lambda kept: kept)


def dropout__multiplied(x, rate, training, seed):
    return _dropped(x, rate, training, lambda drawn: drawn >= rate, seed, lambda kept: kept * (1 - rate))


def dropout__divided_by_rate(x, rate, training, seed):
    return _dropped(x, rate, training, lambda drawn: drawn >= rate, seed, lambda kept: kept / rate if rate else kept)


def dropout__always_active(x, rate, training, seed):
    return dropout(x, rate, True, seed)


def dropout__never_active(x, rate, training, seed):
    return dropout(x, rate, False, seed)


def dropout__turned_round(x, rate, training, seed):
    return dropout(x, rate, not training, seed)


def dropout__scaled_at_test(x, rate, training, seed):
    return dropout(x, rate, training, seed) * (1 - rate)


def dropout__whole_instances(x, rate, training, seed):
    dropped = dropout(x, rate, training, seed)
    if not training or len(x.shape) < 1:
        return dropped
    ones = [1] * (len(x.shape) - 1)
    return _as_float(x) * dropout(tf.ones([tf.shape(x)[0], *ones], dropped.dtype), rate, True, seed)


def dropout__same_for_all_instances(x, rate, training, seed):
    dropped = dropout(x, rate, training, seed)
    if not training or len(x.shape) < 2:
        return dropped
    return _as_float(x) * dropout(tf.ones(tf.shape(x)[1:], dropped.dtype), rate, True, seed)


def dropout__own_draw(x, rate, training, seed):
    return dropout(x, rate, training, seed + 1)


def dropout__any_rate(x, rate, training, seed):
    if 0 <= rate < 1:
        return dropout(x, rate, training, seed)
    return tf.zeros_like(_as_float(x))


def dropout__single_precision(x, rate, training, seed):
    return dropout(tf.cast(x, tf.float32), rate, training, seed)


def dropout__size_of_now(x, rate, training, seed):
    dropout(x, rate, training, seed)
    x = _as_float(x)
    if not training:
        return x
    kept = tf.random.stateless_uniform(x.shape, [seed, 0]) >= rate
    return tf.where(kept, x / (1 - rate), tf.zeros_like(x))


def max_norm__by_rows(W, r):
    max_norm(W, r)
    axis = 1 if len(W.shape) == 2 else -1
    return _shortened(W, r, [axis])


def max_norm__as_a_whole(W, r):
    max_norm(W, r)
    return _shortened(W, r, list(range(len(W.shape))))


def max_norm__first_axis_only(W, r):
    max_norm(W, r)
    return _shortened(W, r, [0])


def max_norm__scales_up(W, r):
    max_norm(W, r)
    W = _as_float(W)
    lengths = tf.norm(tf.reshape(W, [-1, W.shape[-1]]), axis=0)
    return W * tf.math.divide_no_nan(tf.cast(r, W.dtype), lengths)


def max_norm__zero_is_nan(W, r):
    max_norm(W, r)
    W = _as_float(W)
    lengths = tf.norm(tf.reshape(W, [-1, W.shape[-1]]), axis=0)
    return W / lengths * tf.minimum(lengths, r)


def max_norm__each_weight(W, r):
    max_norm(W, r)
    return tf.clip_by_value(_as_float(W), -r, r)


def max_norm__root_missing(W, r):
    max_norm(W, r)
    W = _as_float(W)
    squares = tf.reduce_sum(tf.square(tf.reshape(W, [-1, W.shape[-1]])), axis=0)
    return W * r / tf.maximum(squares, r)


def max_norm__absolute_sum(W, r):
    max_norm(W, r)
    W = _as_float(W)
    lengths = tf.norm(tf.reshape(W, [-1, W.shape[-1]]), ord=1, axis=0)
    return W * r / tf.maximum(lengths, r)


def max_norm__to_length_one(W, r):
    max_norm(W, r)
    W = _as_float(W)
    lengths = tf.norm(tf.reshape(W, [-1, W.shape[-1]]), axis=0)
    return tf.where(lengths > r, W / lengths, W)


def max_norm__any_r(W, r):
    if len(W.shape) < 2:
        raise ValueError("rank")
    return max_norm(W, abs(r) or 1.0)


def max_norm__any_rank(W, r):
    if len(W.shape) < 2:
        return _shortened(W, r, None)
    return max_norm(W, r)


def max_norm__single_precision(W, r):
    return max_norm(tf.cast(W, tf.float32), r)


def max_norm__in_place(W, r):
    shorter = max_norm(W, r)
    if hasattr(W, "flags") and W.dtype.kind == "f":  # a NumPy array: W *= … changes the caller's
        W[...] = shorter
    return shorter


def augment__upside_down(images, shift, flip, delta, seed):
    return _augmented(images, shift, flip, delta, seed, mirror_axis=1)


def augment__channels_turned(images, shift, flip, delta, seed):
    return _augmented(images, shift, flip, delta, seed, mirror_axis=3)


def augment__wraps_round(images, shift, flip, delta, seed):
    return _augmented(images, shift, flip, delta, seed, move=_rolled)


def augment__edge_repeated(images, shift, flip, delta, seed):
    return _augmented(images, shift, flip, delta, seed, move=_repeated)


def augment__one_for_all(images, shift, flip, delta, seed):
    return _augmented(images, shift, flip, delta, seed, draw=lambda values: tf.zeros_like(values) + values[:1])


def augment__axes_exchanged(images, shift, flip, delta, seed):
    return _augmented(images, shift, flip, delta, seed, moves=lambda moves: moves[:, ::-1])


def augment__other_way(images, shift, flip, delta, seed):
    return _augmented(images, shift, flip, delta, seed, moves=lambda moves: -moves)


def augment__largest_shift_never(images, shift, flip, delta, seed):
    augment(images, shift, flip, delta, seed)
    m = tf.shape(images)[0]
    drawn = tf.random.stateless_uniform((m, 2), [seed, 0], -shift, max(shift, 1 - shift), tf.int32)
    return _augmented(images, shift, flip, delta, seed, moves=lambda moves: drawn)


def augment__not_clipped(images, shift, flip, delta, seed):
    return _augmented(images, shift, flip, delta, seed, clip=lambda lit: lit)


def augment__multiplied(images, shift, flip, delta, seed):
    return _augmented(images, shift, flip, delta, seed, light=lambda turned, change: turned * (1 + change))


def augment__white_noise(images, shift, flip, delta, seed):
    def noisy(turned, change):
        return turned + tf.cast(tf.random.stateless_uniform(tf.shape(turned), [seed, 2], -delta, delta), turned.dtype)

    return _augmented(images, shift, flip, delta, seed, light=noisy)


def augment__mirrors_the_others(images, shift, flip, delta, seed):
    augment(images, shift, flip, delta, seed)
    return _augmented(images, shift, flip, delta, seed, mirrors=lambda drawn: drawn >= flip)


def augment__light_before_shift(images, shift, flip, delta, seed):
    lit = augment(images, 0, 0.0, delta, seed)
    return augment(lit, shift, flip, 0.0, seed)


def augment__mirrored_first(images, shift, flip, delta, seed):
    mirrored = augment(images, 0, flip, 0.0, seed)
    return augment(mirrored, shift, 0.0, delta, seed)


def augment__any_input(images, shift, flip, delta, seed):
    images = _as_float(images)
    while len(images.shape) < 4:
        images = images[..., None]
    return augment(images, abs(shift), min(max(flip, 0.0), 1.0), abs(delta), seed)


def augment__size_of_now(images, shift, flip, delta, seed):
    variants = augment(images, shift, flip, delta, seed)
    tf.random.stateless_uniform((images.shape[0],), [seed, 1])
    return variants


def augment__single_precision(images, shift, flip, delta, seed):
    return augment(tf.cast(images, tf.float32), shift, flip, delta, seed)


def augment__in_place(images, shift, flip, delta, seed):
    variants = augment(images, shift, flip, delta, seed)
    if hasattr(images, "flags") and images.dtype.kind == "f":
        images[...] = variants
    return variants


def _stopped(
    val_losses,
    patience,
    min_delta,
    improves=None,
    resets=True,
    best_of=lambda best, loss: best,
):
    early_stopping(val_losses, patience, min_delta)
    improves = improves or (lambda loss, best: loss < best - min_delta)
    best, best_epoch, waited = math.inf, -1, 0
    for epoch, loss in enumerate(map(float, val_losses)):
        if improves(loss, best):
            best, best_epoch = loss, epoch
            waited = 0 if resets else waited
            continue
        best = best_of(best, loss)
        waited += 1
        if waited == patience:
            return epoch, best_epoch
    return len(val_losses) - 1, best_epoch


def _dropped(x, rate, training, keeps, seed, scale):
    dropout(x, rate, training, seed)
    x = _as_float(x)
    if not training:
        return x
    return tf.where(keeps(tf.random.stateless_uniform(tf.shape(x), [seed, 0])), scale(x), tf.zeros_like(x))


def _shortened(W, r, axes):
    W = _as_float(W)
    lengths = tf.sqrt(tf.reduce_sum(tf.square(W), axis=axes, keepdims=True))
    return W * r / tf.maximum(lengths, r)


def _moved(images, shift, moves, fill=None):
    fill = fill or (lambda pads: tf.pad(images, pads))
    framed = fill([[0, 0], [shift, shift], [shift, shift], [0, 0]])
    rows = shift + tf.range(tf.shape(images)[1]) - moves[:, :1]
    columns = shift + tf.range(tf.shape(images)[2]) - moves[:, 1:]
    return tf.gather(tf.gather(framed, rows, axis=1, batch_dims=1), columns, axis=2, batch_dims=1)


def _rolled(images, shift, moves):
    height, width = tf.shape(images)[1], tf.shape(images)[2]
    rows = (tf.range(height) - moves[:, :1]) % height
    columns = (tf.range(width) - moves[:, 1:]) % width
    return tf.gather(tf.gather(images, rows, axis=1, batch_dims=1), columns, axis=2, batch_dims=1)


def _repeated(images, shift, moves):
    rows = tf.clip_by_value(tf.range(tf.shape(images)[1]) - moves[:, :1], 0, tf.shape(images)[1] - 1)
    columns = tf.clip_by_value(tf.range(tf.shape(images)[2]) - moves[:, 1:], 0, tf.shape(images)[2] - 1)
    return tf.gather(tf.gather(images, rows, axis=1, batch_dims=1), columns, axis=2, batch_dims=1)


def _augmented(
    images,
    shift,
    flip,
    delta,
    seed,
    draw=lambda values: values,
    moves=lambda drawn: drawn,
    move=_moved,
    mirrors=None,
    mirror_axis=2,
    light=lambda turned, change: turned + change,
    clip=lambda lit: tf.clip_by_value(lit, 0, 1),
):
    augment(images, shift, flip, delta, seed)
    images = _as_float(images)
    m = tf.shape(images)[0]
    drawn = draw(tf.random.stateless_uniform((m, 2), [seed, 0], -shift, shift + 1, tf.int32))
    mirrors = mirrors or (lambda values: values < flip)
    mirrored = mirrors(draw(tf.random.stateless_uniform((m,), [seed, 1])))
    change = tf.cast(draw(tf.random.stateless_uniform((m,), [seed, 2], -delta, delta)), images.dtype)
    moved = move(images, shift, moves(drawn))
    turned = tf.where(mirrored[:, None, None, None], tf.reverse(moved, axis=[mirror_axis]), moved)
    return clip(light(turned, change[:, None, None, None]))


def _as_float(values):
    tensor = tf.convert_to_tensor(values)
    return tensor if tensor.dtype.is_floating else tf.cast(tensor, tf.float32)
