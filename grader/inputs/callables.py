"""Functions and models that a check can hand to the student's function, by name. Runs in the child.

The public functions of this module are the names that ``{callable: …}`` accepts, their parameters its options.
"""

from collections.abc import Callable, Iterator

import keras
import tensorflow as tf


def scripted(values: list[float]) -> Callable[..., float]:
    """Return a function that gives ``values`` one after the other, whatever it is called with.

    Its attribute ``calls`` lists the positional arguments of each call. It raises IndexError after the last.
    """
    script: Iterator[float] = iter(values)
    calls: list[tuple[object, ...]] = []

    def function(*arguments: object) -> float:
        calls.append(arguments)
        for value in script:
            return value
        raise IndexError(f"called {len(calls)} times, the script holds {len(values)} values")

    function.calls = calls  # type: ignore[attr-defined]
    return function


def quadratic_gradient(curvature: list[float] | None = None) -> Callable[[tf.Tensor], tf.Tensor]:
    """Return the gradient θ ↦ c ⊗ θ of the bowl J(θ) = ½ Σ c θ²; ``curvature`` c is 1 unless given."""

    def gradient(theta: tf.Tensor) -> tf.Tensor:
        return theta if curvature is None else tf.cast(curvature, theta.dtype) * theta

    # Else a student's tf.function warns that it cannot read this source.
    as_it_is: Callable[[tf.Tensor], tf.Tensor] = tf.autograph.experimental.do_not_convert(gradient)
    return as_it_is


def dense_model(sizes: list[int], activation: str = "relu", seed: int = 0) -> keras.Model:
    """Return a stack of dense layers of ``sizes`` (input first), linear at the end, seeded by layer."""
    model = keras.Sequential([keras.Input((sizes[0],))])
    for index, units in enumerate(sizes[1:]):
        last = index == len(sizes) - 2
        model.add(
            keras.layers.Dense(
                units,
                activation=None if last else activation,
                kernel_initializer=keras.initializers.GlorotUniform(seed=seed + index),
            )
        )
    return model


def rnn_cell(kind: str = "simple", units: int = 3, seed: int = 0, dtype: str = "float32") -> keras.layers.Layer:
    """Return an RNN cell of Keras that is not built yet; whenever it is, its weights come from ``seed``.

    Args:
        kind: "simple", "lstm" or "gru".
        units: neurons of it.
        seed: where its weights, biases too, come from.
        dtype: of its weights and of what it computes.
    """
    cells = {"simple": keras.layers.SimpleRNNCell, "lstm": keras.layers.LSTMCell, "gru": keras.layers.GRUCell}
    return cells[kind](
        units,
        kernel_initializer=keras.initializers.GlorotUniform(seed=seed),
        recurrent_initializer=keras.initializers.GlorotUniform(seed=seed + 1),
        bias_initializer=keras.initializers.RandomUniform(seed=seed + 2),
        dtype=dtype,
    )
