"""The physics in Keras's operations, as a list; episodes by the interface and nothing else."""

import contextlib

import numpy as np
from keras import ops


def basic_policy(obs):
    if len(np.shape(obs)) != 1 or len(obs) != 4:
        raise ValueError("not an observation of CartPole")
    if obs[2] >= 0:
        return 1
    return 0


def run_episode(env, policy, max_steps, seed):
    if not max_steps > 0:
        raise ValueError("max_steps")
    obs, total, steps = env.reset(seed=seed)[0], np.float64(0), 0
    for _ in range(max_steps):
        answer = env.step(action=policy(list(obs)))
        obs, total, steps = answer[0], total + answer[1], steps + 1
        if answer[2] or answer[3]:
            break
    return [float(total), steps, bool(answer[2]), bool(answer[3])]


def evaluate(make_env, policy, n_episodes, seed=0, max_steps=1000):
    if n_episodes < 1:
        raise ValueError("n_episodes")
    env = make_env()
    with contextlib.closing(env):
        totals = np.array([run_episode(env, policy, max_steps, s)[0] for s in range(seed, seed + n_episodes)])
    return {"mean": totals.mean(), "std": totals.std(ddof=0), "min": totals.min(), "max": totals.max()}


def cartpole_step(state, action):
    state, action = ops.convert_to_tensor(state), ops.convert_to_tensor(action, "int32")
    if "float" not in str(state.dtype):
        state = ops.cast(state, "float32")
    if state.shape[-1] != 4 or len(state.shape) != len(action.shape) + 1:
        raise ValueError("shape")
    for one, other in zip(state.shape[:-1], action.shape, strict=True):
        if one is not None and other is not None and one != other:
            raise ValueError("shape")
    try:
        values = np.asarray(action)
    except Exception:  # a symbolic tensor
        values = np.zeros(1)
    if not set(values.ravel().tolist()) <= {0, 1}:
        raise ValueError("action")
    force = ops.where(action == 1, ops.cast(10, state.dtype), ops.cast(-10, state.dtype))
    x, v, a, w = ops.unstack(state, 4, axis=-1)
    s, c = ops.sin(a), ops.cos(a)
    u = (force + 0.05 * w * w * s) / 1.1
    turning = (9.8 * s - c * u) / (2 / 3 - 0.05 * c * c / 1.1)
    moving = u - 0.05 * turning * c / 1.1
    x, v, a, w = x + 0.02 * v, v + 0.02 * moving, a + 0.02 * w, w + 0.02 * turning
    return ops.stack([x, v, a, w], axis=-1), ops.logical_or(ops.abs(x) > 2.4, ops.abs(a) > 12 * np.pi / 180)
