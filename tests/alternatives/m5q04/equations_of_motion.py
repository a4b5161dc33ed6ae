"""The accelerations by solving the two equations of motion; a new environment for each episode; a while loop."""

import statistics

import gymnasium
import numpy as np
import tensorflow as tf


def basic_policy(observation):
    _, _, angle, _ = _four(observation)
    return int(not angle < 0)


def _four(observation):
    numbers = np.asarray(observation, float)
    if numbers.shape != (4,):
        raise ValueError("four numbers")
    return numbers


def run_episode(environment: gymnasium.Env, policy, most, seed):
    if most <= 0:
        raise ValueError("most")
    observation, _ = environment.reset(seed=seed)
    rewards, over = [], (False, False)
    while not any(over) and len(rewards) < most:
        observation, reward, *over, _ = environment.step(policy(observation))
        rewards.append(reward)
    return sum(rewards), len(rewards), *over


def evaluate(make_env, policy, n_episodes, seed=0, max_steps=1000):
    if n_episodes <= 0:
        raise ValueError("n_episodes")
    totals = []
    for episode in range(n_episodes):
        environment = make_env()
        try:
            totals.append(run_episode(environment, policy, max_steps, seed + episode)[0])
        finally:
            environment.close()
    return {
        "min": min(totals),
        "max": max(totals),
        "mean": statistics.fmean(totals),
        "std": statistics.pstdev(totals),
    }


def cartpole_step(state, action):
    state = tf.convert_to_tensor(state)
    if state.dtype.is_integer:
        state = tf.cast(state, tf.float32)
    action = tf.convert_to_tensor(action)
    if state.shape[-1] != 4 or not state.shape[:-1].is_compatible_with(action.shape):
        raise ValueError("shapes")
    if tf.executing_eagerly() and not np.isin(action, [0, 1]).all():
        raise ValueError("action")
    m_c, m_p, half, g = (tf.constant(number, state.dtype) for number in (1.0, 0.1, 0.5, 9.8))
    x, v, angle, turning = (state[..., index] for index in range(4))
    force = 20 * tf.cast(action, state.dtype) - 10
    mixed = m_p * half * tf.cos(angle)
    ones = tf.ones_like(x)
    matrix = tf.stack(
        [tf.stack([(m_c + m_p) * ones, mixed], -1), tf.stack([mixed, 4 / 3 * m_p * half * half * ones], -1)], -2
    )
    right = tf.stack([force + m_p * half * turning * turning * tf.sin(angle), m_p * g * half * tf.sin(angle)], -1)
    solved = tf.linalg.solve(matrix, right[..., None])[..., 0]
    rates = tf.stack([v, solved[..., 0], turning, solved[..., 1]], -1)
    new = state + tf.constant(0.02, state.dtype) * rates
    limits = tf.constant([2.4, 12 * np.pi / 180], state.dtype)
    return new, tf.reduce_any(tf.abs(tf.gather(new, [0, 2], axis=-1)) > limits, axis=-1)
