"""CartPole in Gymnasium: a hard-coded policy, an episode, many of them, and the physics of one step."""

import math
from collections.abc import Callable

import gymnasium as gym
import numpy as np
import tensorflow as tf

_GRAVITY = 9.8  # m/s²
_CART_MASS, _POLE_MASS = 1.0, 0.1  # kg
_HALF_LENGTH = 0.5  # m, from the joint to the pole's centre of mass
_FORCE = 10.0  # N
_TAU = 0.02  # s
_MOST_POSITION, _MOST_ANGLE = 2.4, math.radians(12)  # m, rad


def basic_policy(obs: np.ndarray) -> int:
    """Decide where to push the cart: towards the side to which the pole leans.

    Args:
        obs: CartPole's observation (4,), an array or list: position of the cart, its velocity, angle of the pole,
            positive to the right, its angular velocity.

    Returns:
        The action, a Python int: 0, a push to the left, if the angle is negative; otherwise 1, a push to the right.

    Raises:
        ValueError: ``obs`` does not have the shape (4,).

    Source:
        Géron 2017, ch. 16, "Introduction to OpenAI Gym".
    """
    if np.shape(obs) != (4,):
        raise ValueError(f"an observation of CartPole has the shape (4,), not {np.shape(obs)}")
    angle = obs[2]
    return 0 if angle < 0 else 1


def run_episode(
    env: gym.Env, policy: Callable[[np.ndarray], int], max_steps: int, seed: int
) -> tuple[float, int, bool, bool]:
    """Play one episode: from a reset with ``seed`` to the step that terminates or truncates it, or to ``max_steps``.

    Each step asks the policy once, with the newest observation, and takes the action that it returns. The environment
    is not closed: it is the caller's.

    Args:
        env: an environment with Gymnasium's interface. ``env.reset(seed=…)`` returns (observation, info),
            ``env.step(action)`` returns (observation, reward, terminated, truncated, info).
        policy: takes an observation and returns an action.
        max_steps: most steps to take, at least 1.
        seed: the seed for the reset.

    Returns:
        (total reward, number of steps taken, terminated, truncated), the flags as the last step gave them: both are
        False where nothing but ``max_steps`` ended the episode.

    Raises:
        ValueError: ``max_steps`` is below 1.

    Source:
        Gymnasium, documentation of Env.reset and Env.step.
    """
    if max_steps < 1:
        raise ValueError(f"an episode has at least one step, not {max_steps}")
    rewards: list[float] = []
    terminated = truncated = False
    obs, _ = env.reset(seed=seed)
    while not (terminated or truncated) and len(rewards) < max_steps:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        rewards.append(reward)
    return sum(rewards), len(rewards), terminated, truncated


def evaluate(
    make_env: Callable[[], gym.Env],
    policy: Callable[[np.ndarray], int],
    n_episodes: int,
    seed: int = 0,
    max_steps: int = 1000,
) -> dict[str, float]:
    """Play ``n_episodes`` episodes and describe their total rewards.

    Episode number e, from 0, is ``run_episode(env, policy, max_steps, seed + e)``; they are played in this order.

    Args:
        make_env: makes an environment. Make one for all episodes or one for each; close what you made.
        policy: takes an observation and returns an action.
        n_episodes: number of episodes, at least 1.
        seed: the seed of the first episode.
        max_steps: most steps of an episode.

    Returns:
        {"mean", "std", "min", "max"} of the total rewards, floats; "std" is the standard deviation of just these
        episodes, with 1/n in it, not 1/(n − 1).

    Raises:
        ValueError: ``n_episodes`` is below 1.

    Source:
        Géron 2017, ch. 16, "Neural Network Policies" (before it: 500 episodes of the basic policy).
    """
    if n_episodes < 1:
        raise ValueError(f"at least one episode is played, not {n_episodes}")
    with make_env() as env:  # closes it
        totals = [run_episode(env, policy, max_steps, seed + episode)[0] for episode in range(n_episodes)]
    return {
        "mean": float(np.mean(totals)),
        "std": float(np.std(totals)),
        "min": float(np.min(totals)),
        "max": float(np.max(totals)),
    }


def cartpole_step(state: tf.Tensor, action: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Compute one step of CartPole for any number of carts at once, in TensorFlow.

    A prime is a derivative by time. With the force F = −10 N of action 0 or +10 N of action 1, positive to the right,
    g = 9.8 m/s², the masses m_c = 1 kg of the cart and m_p = 0.1 kg of the pole, m = m_c + m_p, and half of the pole's
    length l = 0.5 m:

    - u = (F + m_p l θ′² sin θ) / m
    - θ″ = (g sin θ − u cos θ) / (l (4/3 − m_p cos² θ / m))
    - x″ = u − m_p l θ″ cos θ / m

    Then a step of Euler's method over τ = 0.02 s: x, x′, θ and θ′ each grow by τ times their rate of change as it was
    *before* the step. It works under ``tf.function`` with a batch of unknown size, and gradients reach ``state``.

    Args:
        state: float tensor (…, 4) of x in m, x′ in m/s, θ in radians from the vertical, positive to the right, and θ′;
            whole numbers are cast to float32.
        action: integer tensor (…) of 0 and 1, one for each state.

    Returns:
        The new states (…, 4), of the dtype of ``state``, and whether each has terminated, a bool tensor (…): whether x
        is now beyond ±2.4 m or θ beyond ±12°.

    Raises:
        ValueError: the last axis of ``state`` is not 4, the shape of ``action`` is not that of ``state`` without its
            last axis, or an action is neither 0 nor 1 (the last in eager mode only).

    Source:
        Florian 2007, "Correct equations for the dynamics of the cart-pole system", eq. 23 and 24; the constants and
        the method of Gymnasium's CartPole, after Barto, Sutton & Anderson 1983.
    """
    state, action = tf.convert_to_tensor(state), tf.convert_to_tensor(action)
    if not state.dtype.is_floating:
        state = tf.cast(state, tf.float32)
    state.shape[-1:].assert_is_compatible_with([4])
    state.shape[:-1].assert_is_compatible_with(action.shape)
    if tf.executing_eagerly() and tf.reduce_any((action != 0) & (action != 1)):
        raise ValueError(f"an action is 0 or 1, not {action.numpy()}")

    _, x_dot, theta, theta_dot = tf.unstack(state, axis=-1)
    sin, cos = tf.sin(theta), tf.cos(theta)
    force = _FORCE * tf.cast(2 * action - 1, state.dtype)
    mass = _CART_MASS + _POLE_MASS
    u = (force + _POLE_MASS * _HALF_LENGTH * theta_dot**2 * sin) / mass
    theta_acc = (_GRAVITY * sin - u * cos) / (_HALF_LENGTH * (4 / 3 - _POLE_MASS * cos**2 / mass))
    x_acc = u - _POLE_MASS * _HALF_LENGTH * theta_acc * cos / mass

    new_state = state + _TAU * tf.stack([x_dot, x_acc, theta_dot, theta_acc], axis=-1)
    off_the_track = tf.abs(new_state[..., 0]) > _MOST_POSITION
    fallen = tf.abs(new_state[..., 2]) > _MOST_ANGLE
    return new_state, off_the_track | fallen
