"""What students get wrong about the convolutional layer, as running code."""

import tensorflow as tf

from reference_impl.m3_distributed_and_cnn.m3q10_convolutional_layer import (
    conv2d,
    layer_size,
    out_size,
    receptive_rows,
    same_pad,
)


def out_size__rounds_down(n, f, s, padding):
    out_size(n, f, s, padding)
    return n // s if padding == "SAME" else (n - f) // s + 1


def out_size__one_too_few(n, f, s, padding):
    return out_size(n, f, s, padding) if padding == "SAME" else (n - f) // s


def out_size__same_loses_the_field(n, f, s, padding):
    return -(-max(n - f + 1, 0) // s) if out_size(n, f, s, padding) else 0


def out_size__always_the_same(n, f, s, padding):
    size = out_size(n, f, s, padding)
    return n if padding == "SAME" else size


def out_size__stride_ignored(n, f, s, padding):
    out_size(n, f, s, padding)
    return n if padding == "SAME" else n - f + 1


def out_size__partial_field(n, f, s, padding):
    size = out_size(n, f, s, padding)
    return size if padding == "SAME" else -(-(n - f) // s) + 1


def out_size__division(n, f, s, padding):
    return float(out_size(n, f, s, padding))


def out_size__any_size(n, f, s, padding):
    return -(-n // s) if padding == "SAME" else -(-(n - f + 1) // s)


def out_size__same_fits_too(n, f, s, padding):
    if f > n:
        raise ValueError("the field does not fit")
    return out_size(n, f, s, padding)


def same_pad__before(n, f, s):
    before, after = same_pad(n, f, s)
    return after, before


def same_pad__symmetric(n, f, s):
    _, after = same_pad(n, f, s)
    return after, after


def same_pad__by_field(n, f, s):
    same_pad(n, f, s)
    return (f - 1) // 2, f - 1 - (f - 1) // 2


def same_pad__negative(n, f, s):
    same_pad(n, f, s)
    total = (-(-n // s) - 1) * s + f - n
    return total // 2, total - total // 2


def same_pad__total(n, f, s):
    return sum(same_pad(n, f, s))


def same_pad__keeps_the_size(n, f, s):
    same_pad(n, f, s)
    total = max((n - 1) * s + f - n, 0)
    return total // 2, total - total // 2


def same_pad__any_number(n, f, s):
    total = max((-(-n // s) - 1) * s + f - n, 0)
    return total // 2, total - total // 2


def receptive_rows__padding_forgotten(i, f, s, n, padding):
    receptive_rows(i, f, s, n, padding)
    return range(i * s, min(i * s + f, n))


def receptive_rows__as_printed(i, f, s, n, padding):
    receptive_rows(i, f, s, n, padding)
    return range(i, i + f)


def receptive_rows__stride_forgotten(i, f, s, n, padding):
    receptive_rows(i, f, s, n, padding)
    start = i - (same_pad(n, f, s)[0] if padding == "SAME" else 0)
    return range(max(start, 0), min(start + f, n))


def receptive_rows__zeros_too(i, f, s, n, padding):
    receptive_rows(i, f, s, n, padding)
    start = i * s - (same_pad(n, f, s)[0] if padding == "SAME" else 0)
    return range(start, start + f)


def receptive_rows__negative_rows(i, f, s, n, padding):
    receptive_rows(i, f, s, n, padding)
    start = i * s - (same_pad(n, f, s)[0] if padding == "SAME" else 0)
    return range(start, min(start + f, n))


def receptive_rows__one_too_few(i, f, s, n, padding):
    return receptive_rows(i, f, s, n, padding)[:-1]


def receptive_rows__centred(i, f, s, n, padding):
    receptive_rows(i, f, s, n, padding)
    start = i * s - f // 2
    return range(max(start, 0), min(start + f, n))


def receptive_rows__any_row(i, f, s, n, padding):
    start = i * s - (same_pad(n, f, s)[0] if padding == "SAME" else 0)
    return range(max(start, 0), min(start + f, n))


def layer_size__channels_left_out(input_shape, field, maps, stride, padding):
    size = layer_size(input_shape, field, maps, stride, padding)
    height, width, _ = size["output_shape"]
    return size | {
        "parameters": (field[0] * field[1] + 1) * maps,
        "multiplications": field[0] * field[1] * height * width * maps,
    }


def layer_size__no_biases(input_shape, field, maps, stride, padding):
    size = layer_size(input_shape, field, maps, stride, padding)
    return size | {"parameters": size["parameters"] - maps}


def layer_size__one_bias(input_shape, field, maps, stride, padding):
    size = layer_size(input_shape, field, maps, stride, padding)
    return size | {"parameters": size["parameters"] - maps + 1}


def layer_size__weights_not_shared(input_shape, field, maps, stride, padding):
    size = layer_size(input_shape, field, maps, stride, padding)
    height, width, _ = size["output_shape"]
    return size | {"parameters": size["parameters"] * height * width}


def layer_size__fully_connected(input_shape, field, maps, stride, padding):
    size = layer_size(input_shape, field, maps, stride, padding)
    height, width, _ = size["output_shape"]
    inputs, outputs = input_shape[0] * input_shape[1] * input_shape[2], height * width * maps
    return size | {"parameters": (inputs + 1) * outputs, "multiplications": inputs * outputs}


def layer_size__at_every_input(input_shape, field, maps, stride, padding):
    size = layer_size(input_shape, field, maps, stride, padding)
    weights = size["parameters"] - maps
    return size | {"multiplications": weights * input_shape[0] * input_shape[1]}


def layer_size__biases_multiplied(input_shape, field, maps, stride, padding):
    size = layer_size(input_shape, field, maps, stride, padding)
    height, width, _ = size["output_shape"]
    return size | {"multiplications": size["parameters"] * height * width}


def layer_size__one_direction(input_shape, field, maps, stride, padding):
    size = layer_size(input_shape, field, maps, stride, padding)
    height, width, _ = layer_size(input_shape, (field[1], field[0]), maps, stride, padding)["output_shape"]
    weights = size["parameters"] - maps
    return size | {"output_shape": (height, width, maps), "multiplications": weights * height * width}


def layer_size__no_maps(input_shape, field, maps, stride, padding):
    c = max(input_shape[2], 1)
    size = layer_size((*input_shape[:2], c), field, max(maps, 1), stride, padding)
    height, width, _ = size["output_shape"]
    weights = field[0] * field[1] * input_shape[2] * maps
    return {
        "output_shape": (height, width, maps),
        "parameters": weights + maps,
        "multiplications": weights * height * width,
    }


def conv2d__kernel_flipped(x, w, b, stride=1, padding="SAME"):
    return conv2d(x, tf.reverse(tf.convert_to_tensor(w), [0, 1]), b, stride, padding)


def conv2d__kernel_transposed(x, w, b, stride=1, padding="SAME"):
    """Rows and columns of the kernel are exchanged, with the padding of the right ones."""
    z = conv2d(x, w, b, stride, padding)
    x, w = tf.convert_to_tensor(x), tf.convert_to_tensor(w)
    f_h, f_w = w.shape[:2]
    swapped = tf.transpose(w, [1, 0, 2, 3])
    return conv2d(_padded(x, w, stride) if padding == "SAME" else x, swapped, b, stride, "VALID") if f_h == f_w else z


def conv2d__book_index(x, w, b, stride=1, padding="SAME"):
    """The index of equation 13-1 as printed, i′ = u·s + f − 1: i, the output row, does not occur in it."""
    z = conv2d(x, w, b, stride, padding)
    x, w = tf.convert_to_tensor(x), tf.convert_to_tensor(w)
    x = tf.cast(_padded(x, w, stride) if padding == "SAME" else x, w.dtype)
    f_h, f_w = w.shape[:2]
    far = (f_h * stride + f_h, f_w * stride + f_w)  # beyond the input there are zeros
    x = tf.pad(x, [(0, 0), (0, far[0]), (0, far[1]), (0, 0)])
    total = tf.add_n(
        [x[:, u * stride + f_h - 1, v * stride + f_w - 1] @ w[u, v] for u in range(f_h) for v in range(f_w)]
    )
    return tf.zeros_like(z) + (total + tf.cast(b, w.dtype))[:, None, None, :]


def conv2d__zeros_first(x, w, b, stride=1, padding="SAME"):
    if padding != "SAME":
        return conv2d(x, w, b, stride, padding)
    conv2d(x, w, b, stride, padding)
    x, w = tf.convert_to_tensor(x), tf.convert_to_tensor(w)
    return conv2d(_padded(x, w, stride, first=True), w, b, stride, "VALID")


def conv2d__padded_for_stride_1(x, w, b, stride=1, padding="SAME"):
    if padding != "SAME":
        return conv2d(x, w, b, stride, padding)
    conv2d(x, w, b, stride, padding)
    x, w = tf.convert_to_tensor(x), tf.convert_to_tensor(w)
    return conv2d(_padded(x, w, 1), w, b, stride, "VALID")


def conv2d__stride_ignored(x, w, b, stride=1, padding="SAME"):
    conv2d(x, w, b, stride, padding)
    return conv2d(x, w, b, 1, padding)


def conv2d__first_map_only(x, w, b, stride=1, padding="SAME"):
    """Only the first input map is seen."""
    z = conv2d(x, w, b, stride, padding)
    x, w = tf.convert_to_tensor(x), tf.convert_to_tensor(w)
    return conv2d(x[..., :1], w[:, :, :1], b, stride, padding) if x.shape[-1] > 1 else z


def conv2d__mean_of_maps(x, w, b, stride=1, padding="SAME"):
    b = tf.cast(b, conv2d(x, w, b, stride, padding).dtype)
    w = tf.convert_to_tensor(w)
    return conv2d(x, w / w.shape[2], b, stride, padding)


def conv2d__bias_on_rows(x, w, b, stride=1, padding="SAME"):
    z = conv2d(x, w, tf.zeros_like(tf.convert_to_tensor(b)), stride, padding)
    return z + tf.cast(b, z.dtype)[:, None, None]


def conv2d__no_bias(x, w, b, stride=1, padding="SAME"):
    return conv2d(x, w, tf.zeros_like(tf.convert_to_tensor(b)), stride, padding)


def conv2d__rectified(x, w, b, stride=1, padding="SAME"):
    return tf.nn.relu(conv2d(x, w, b, stride, padding))


def conv2d__own_op(x, w, b, stride=1, padding="SAME"):
    conv2d(x, w, b, stride, padding)
    return getattr(tf.nn, "con" + "v2d")(tf.cast(x, w.dtype), w, stride, padding) + b


def conv2d__patches_extracted(x, w, b, stride=1, padding="SAME"):
    conv2d(x, w, b, stride, padding)
    f_h, f_w, _, n = w.shape
    x = tf.cast(x, w.dtype)
    patches = tf.image.extract_patches(x, [1, f_h, f_w, 1], [1, stride, stride, 1], [1, 1, 1, 1], padding)
    return patches @ tf.reshape(w, [-1, n]) + b


def conv2d__in_python(x, w, b, stride=1, padding="SAME"):
    z = conv2d(x, w, b, stride, padding)
    out = tf.py_function(lambda *tensors: conv2d(*tensors, stride, padding), [x, w, b], z.dtype)
    out.set_shape(z.shape)
    return out


def conv2d__float32_always(x, w, b, stride=1, padding="SAME"):
    return conv2d(*(tf.cast(each, tf.float32) for each in (x, w, b)), stride, padding)


def conv2d__floats_only(x, w, b, stride=1, padding="SAME"):
    if not tf.convert_to_tensor(x).dtype.is_floating:
        raise TypeError("x is not of floats")
    return conv2d(x, w, b, stride, padding)


def conv2d__batch_size_fixed(x, w, b, stride=1, padding="SAME"):
    x = tf.convert_to_tensor(x)
    return tf.concat([conv2d(x[m : m + 1], w, b, stride, padding) for m in range(x.shape[0])], axis=0)


def conv2d__gradients_stopped(x, w, b, stride=1, padding="SAME"):
    return conv2d(tf.stop_gradient(tf.convert_to_tensor(x)), w, b, stride, padding)


def conv2d__any_input(x, w, b, stride=1, padding="SAME"):
    """Bad input is computed with, as far as it goes."""
    try:
        return conv2d(x, w, b, stride, padding)
    except ValueError:
        return tf.zeros([1])


def _padded(x, w, stride, first=False):
    """Return the input with the zeros of SAME; with the odd one at the beginning if ``first``."""
    pads = [same_pad(n, f, stride) for n, f in zip(x.shape[1:3], w.shape[:2], strict=True)]
    rows, columns = (pad[::-1] if first else pad for pad in pads)
    return tf.pad(x, [(0, 0), rows, columns, (0, 0)])
