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


def recurrent_model(units: int, features: int = 1, outputs: int = 1, seed: int = 0) -> keras.Model:
    """Return a simple RNN of tanh neurons with a linear projection at each step: (m, T, features) → (m, T, outputs)."""
    initializer = keras.initializers.GlorotUniform
    return keras.Sequential(
        [
            keras.Input((None, features)),
            keras.layers.SimpleRNN(
                units,
                return_sequences=True,
                kernel_initializer=initializer(seed=seed),
                recurrent_initializer=initializer(seed=seed + 1),
            ),
            keras.layers.Dense(outputs, kernel_initializer=initializer(seed=seed + 2)),
        ]
    )


def causal_model(coefficients: list[float], offset: float = 0.0) -> keras.Model:
    """Return a linear model of sequences, (m, T, 1) → (m, T, 1), that looks back.

    Its output at step t is the offset plus Σ cⱼ · (input at t − j), j from 0 on; before the first step was 0.
    """
    size = len(coefficients)
    layer = keras.layers.Conv1D(1, size, padding="causal", bias_initializer=keras.initializers.Constant(offset))
    model = keras.Sequential([keras.Input((None, 1)), layer])
    # A convolution's kernel begins with what lies furthest back.
    layer.set_weights([tf.reshape(tf.constant(coefficients[::-1]), [size, 1, 1]), tf.constant([offset])])
    return model


def optimizer(name: str, learning_rate: float) -> keras.optimizers.Optimizer:
    """Return Keras's optimizer of that name, such as adam, with its usual settings."""
    return keras.optimizers.get({"class_name": name, "config": {"learning_rate": learning_rate}})
