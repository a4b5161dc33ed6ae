"""Functions and models that a check can hand to the student's function, by name. Runs in the child.

The public functions of this module are the names that ``{callable: …}`` accepts, their parameters its options.
"""

from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf
from gymnasium.envs.classic_control.cartpole import CartPoleEnv
from gymnasium.wrappers import TimeLimit

from grader.inputs.clusters import Cluster, running
from grader.inputs.environments import Maker, Observed, Policy, Recorded, Scripted


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


def scripted_environment(
    observations: Observed, rewards: Observed, lasts: int | list[int] | None = None, ends: str = "terminated"
) -> Recorded:
    """Return an environment in which everything is laid down: see `grader.inputs.environments.Scripted`.

    Args:
        observations: a row for each moment (n, features).
        rewards: what each action earns at each moment (n, actions).
        lasts: how many steps an episode lasts, or several such numbers, of which the seed chooses; null for ever.
        ends: "terminated", "truncated" or "both".
    """
    return Recorded(Scripted(observations, rewards, lasts, ends))


def cartpole(max_episode_steps: int = 500) -> Recorded:
    """Return Gymnasium's CartPole, truncated after ``max_episode_steps``: "CartPole-v1" after 500, "v0" after 200."""
    return Recorded(TimeLimit(CartPoleEnv(), max_episode_steps))


def environment_maker(environment: Recorded) -> Maker:
    """Return a function without parameters that makes a new environment like ``environment`` at each call."""
    return Maker(environment)


def linear_policy(weights: Observed) -> Policy:
    """Return the policy that takes action 1 where the weighted sum of the observation is positive, else action 0."""
    return Policy(lambda observation: int(np.dot(np.asarray(weights, np.float64), observation) > 0))


def random_policy(seed: int = 0, actions: int = 2) -> Policy:
    """Return the policy that draws an action each time, whatever it is shown."""
    generator = np.random.default_rng(seed)
    return Policy(lambda observation: int(generator.integers(actions)))


def cluster_spec(jobs: dict[str, list[str] | dict[str, str]]) -> tf.train.ClusterSpec:
    """Return the description of a cluster, of which nothing runs.

    ``jobs`` gives for each job the addresses of its tasks: a list, or by number a part of them.
    """
    return tf.train.ClusterSpec(
        {
            # What crosses to the child has texts for keys.
            job: {int(task): address for task, address in tasks.items()} if isinstance(tasks, dict) else tasks
            for job, tasks in jobs.items()
        }
    )


def running_cluster(ps: int = 1, worker: int = 2) -> tf.train.ClusterSpec:
    """Return the description of a cluster whose servers run in the child; so many tasks in each of its two jobs."""
    return _running(ps, worker).spec


def running_target(ps: int = 1, worker: int = 2, job: str = "worker", task: int = 0) -> str:
    """Return the target of one task of the running cluster, for a session."""
    return _running(ps, worker).target(job, task)


def running_targets(ps: int = 1, worker: int = 2) -> list[str]:
    """Return the targets of all tasks of the running cluster, those of the job "ps" first."""
    cluster = _running(ps, worker)
    return [cluster.target(job, task) for job, task in cluster.servers]


def _running(ps: int, worker: int) -> Cluster:
    return running(tuple((job, count) for job, count in (("ps", ps), ("worker", worker)) if count))


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
