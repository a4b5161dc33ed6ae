"""What students get wrong about playing in an environment, as running code."""

import numpy as np
import tensorflow as tf

from reference_impl.m5_autoencoders_and_rl.m5q04_gymnasium_cartpole import (
    basic_policy,
    cartpole_step,
    evaluate,
    run_episode,
)


def basic_policy__position(obs):
    basic_policy(obs)
    return 0 if obs[0] < 0 else 1


def basic_policy__angular_velocity(obs):
    basic_policy(obs)
    return 0 if obs[3] < 0 else 1


def basic_policy__away(obs):
    return 1 - basic_policy(obs)


def basic_policy__upright_left(obs):
    basic_policy(obs)
    return 1 if obs[2] > 0 else 0


def basic_policy__truth_value(obs):
    return basic_policy(obs) == 1


def basic_policy__array(obs):
    return np.where(basic_policy(obs) == 1, 1, 0)


def basic_policy__any_shape(obs):
    return 0 if np.ravel(obs)[-2] < 0 else 1


def run_episode__four_values(env, policy, max_steps, seed):
    obs, _ = env.reset(seed=seed)
    return _play_as_of_old(env, policy, max_steps, obs)


def run_episode__old_interface(env, policy, max_steps, seed):
    env.seed(seed)
    obs = env.reset()
    return _play_as_of_old(env, policy, max_steps, obs)


def run_episode__pair_as_observation(env, policy, max_steps, seed):
    obs = env.reset(seed=seed)
    return _play(env, policy, max_steps, obs)


def run_episode__unseeded(env, policy, max_steps, seed):
    obs, _ = env.reset()
    return _play(env, policy, max_steps, obs)


def run_episode__plays_on(env, policy, max_steps, seed):
    obs, _ = env.reset(seed=seed)
    return _play(env, policy, max_steps, obs, ends=lambda terminated, truncated: False)


def run_episode__ignores_truncation(env, policy, max_steps, seed):
    obs, _ = env.reset(seed=seed)
    return _play(env, policy, max_steps, obs, ends=lambda terminated, truncated: terminated)


def run_episode__ignores_termination(env, policy, max_steps, seed):
    obs, _ = env.reset(seed=seed)
    return _play(env, policy, max_steps, obs, ends=lambda terminated, truncated: truncated)


def run_episode__flags_in_one(env, policy, max_steps, seed):
    total_reward, n_steps, terminated, truncated = run_episode(env, policy, max_steps, seed)
    return total_reward, n_steps, terminated or truncated, truncated


def run_episode__limit_truncates(env, policy, max_steps, seed):
    total_reward, n_steps, terminated, truncated = run_episode(env, policy, max_steps, seed)
    return total_reward, n_steps, terminated, truncated or n_steps == max_steps


def run_episode__first_observation(env, policy, max_steps, seed):
    first, _ = env.reset(seed=seed)
    return _play(env, lambda obs: policy(first), max_steps, first)


def run_episode__one_behind(env, policy, max_steps, seed):
    obs, _ = env.reset(seed=seed)
    seen = [obs, obs]

    def late(obs):
        seen.append(obs)
        return policy(seen[-2])

    return _play(env, late, max_steps, obs)


def run_episode__asks_once_more(env, policy, max_steps, seed):
    last = []
    step = env.step
    env.step = lambda action: last.append(step(action)) or last[-1]
    played = run_episode(env, policy, max_steps, seed)
    policy(last[-1][0])
    return played


def run_episode__last_reward_lost(env, policy, max_steps, seed):
    obs, _ = env.reset(seed=seed)
    return _play(env, policy, max_steps, obs, counts=lambda over: not over)


def run_episode__steps_counted(env, policy, max_steps, seed):
    _, n_steps, terminated, truncated = run_episode(env, policy, max_steps, seed)
    return float(n_steps), n_steps, terminated, truncated


def run_episode__last_reward_alone(env, policy, max_steps, seed):
    last = []
    step = env.step
    env.step = lambda action: last.append(step(action)) or last[-1]
    _, n_steps, terminated, truncated = run_episode(env, policy, max_steps, seed)
    return last[-1][1], n_steps, terminated, truncated


def run_episode__counts_from_0(env, policy, max_steps, seed):
    total_reward, n_steps, terminated, truncated = run_episode(env, policy, max_steps, seed)
    return total_reward, n_steps - 1, terminated, truncated


def run_episode__one_too_many(env, policy, max_steps, seed):
    return run_episode(env, policy, max_steps + 1, seed)


def run_episode__no_limit(env, policy, max_steps, seed):
    return run_episode(env, policy, 1000, seed)


def run_episode__closes(env, policy, max_steps, seed):
    played = run_episode(env, policy, max_steps, seed)
    env.close()
    return played


def run_episode__any_limit(env, policy, max_steps, seed):
    return run_episode(env, policy, max(1, max_steps), seed)


def evaluate__same_seed(make_env, policy, n_episodes, seed=0, max_steps=1000):
    return _evaluated(make_env, policy, n_episodes, [seed] * n_episodes, max_steps)


def evaluate__from_0(make_env, policy, n_episodes, seed=0, max_steps=1000):
    return _evaluated(make_env, policy, n_episodes, range(n_episodes), max_steps)


def evaluate__from_1(make_env, policy, n_episodes, seed=0, max_steps=1000):
    return evaluate(make_env, policy, n_episodes, seed + 1, max_steps)


def evaluate__seeded_once(make_env, policy, n_episodes, seed=0, max_steps=1000):
    return _evaluated(make_env, policy, n_episodes, [seed, *[None] * (n_episodes - 1)], max_steps)


def evaluate__sample_std(make_env, policy, n_episodes, seed=0, max_steps=1000):
    told = evaluate(make_env, policy, n_episodes, seed, max_steps)
    correction = np.sqrt(n_episodes / (n_episodes - 1)) if n_episodes > 1 else np.nan
    return {**told, "std": float(told["std"] * correction)}


def evaluate__variance(make_env, policy, n_episodes, seed=0, max_steps=1000):
    told = evaluate(make_env, policy, n_episodes, seed, max_steps)
    return {**told, "std": told["std"] ** 2}


def evaluate__median(make_env, policy, n_episodes, seed=0, max_steps=1000):
    totals = _totals(make_env, policy, range(seed, seed + n_episodes), max_steps)
    return {**evaluate(make_env, policy, n_episodes, seed, max_steps), "mean": float(np.median(totals))}


def evaluate__steps(make_env, policy, n_episodes, seed=0, max_steps=1000):
    with make_env() as env:
        steps = [run_episode(env, policy, max_steps, seed + episode)[1] for episode in range(n_episodes)]
    return _told(steps)


def evaluate__only_the_finished(make_env, policy, n_episodes, seed=0, max_steps=1000):
    with make_env() as env:
        played = [run_episode(env, policy, max_steps, seed + episode) for episode in range(n_episodes)]
    return _told([total for total, _, *ended in played if any(ended)] or [0])


def evaluate__sum_of_all(make_env, policy, n_episodes, seed=0, max_steps=1000):
    return _told(np.cumsum(_totals(make_env, policy, range(seed, seed + n_episodes), max_steps)))


def evaluate__left_open(make_env, policy, n_episodes, seed=0, max_steps=1000):
    if n_episodes < 1:
        raise ValueError("no episodes")
    env = make_env()
    return _told([run_episode(env, policy, max_steps, seed + episode)[0] for episode in range(n_episodes)])


def evaluate__no_limit(make_env, policy, n_episodes, seed=0, max_steps=1000):
    return evaluate(make_env, policy, n_episodes, seed)


def evaluate__any_number(make_env, policy, n_episodes, seed=0, max_steps=1000):
    if n_episodes < 1:
        return {"mean": np.nan, "std": np.nan, "min": np.nan, "max": np.nan}
    return evaluate(make_env, policy, n_episodes, seed, max_steps)


def cartpole_step__semi_implicit(state, action):
    state, new, _ = _stepped(state, action)
    rates = tf.stack([new[..., 1], _acceleration(state, new, 1), new[..., 3], _acceleration(state, new, 3)], axis=-1)
    return _with_ends(state + 0.02 * rates)


def cartpole_step__full_length(state, action):
    return _with_ends(_by_formula(state, action, length=1.0))


def cartpole_step__cart_alone(state, action):
    return _with_ends(_by_formula(state, action, mass=1.0))


def cartpole_step__three_quarters(state, action):
    return _with_ends(_by_formula(state, action, factor=3 / 4))


def cartpole_step__small_angles(state, action):
    return _with_ends(_by_formula(state, action, sin=tf.identity, cos=tf.ones_like))


def cartpole_step__no_centrifugal_force(state, action):
    return _with_ends(_by_formula(state, action, turning=0.0))


def cartpole_step__exchanged(state, action):
    cartpole_step(state, action)
    return cartpole_step(state, 1 - tf.convert_to_tensor(action))


def cartpole_step__force_0(state, action):
    cartpole_step(state, action)
    return _with_ends(_by_formula(state, action, left=0.0))


def cartpole_step__degrees(state, action):
    _, new, _ = _stepped(state, action)
    return new, (tf.abs(new[..., 0]) > 2.4) | (tf.abs(new[..., 2]) > 12)


def cartpole_step__degrees_inside(state, action):
    cartpole_step(state, action)
    return _with_ends(_by_formula(state, action, sin=_of_degrees(tf.sin), cos=_of_degrees(tf.cos)))


def cartpole_step__before_the_step(state, action):
    state, new, _ = _stepped(state, action)
    return new, _with_ends(state)[1]


def cartpole_step__angle_alone(state, action):
    _, new, _ = _stepped(state, action)
    return new, tf.abs(new[..., 2]) > np.radians(12)


def cartpole_step__position_alone(state, action):
    _, new, _ = _stepped(state, action)
    return new, tf.abs(new[..., 0]) > 2.4


def cartpole_step__right_alone(state, action):
    _, new, _ = _stepped(state, action)
    return new, (new[..., 0] > 2.4) | (new[..., 2] > np.radians(12))


def cartpole_step__at_the_limit(state, action):
    _, new, _ = _stepped(state, action)
    return new, (tf.abs(new[..., 0]) >= 2.4) | (tf.abs(new[..., 2]) >= np.radians(12))


def cartpole_step__one_for_all(state, action):
    new, terminated = cartpole_step(state, action)
    return new, tf.reduce_any(terminated)


def cartpole_step__one_cart_alone(state, action):
    x, v, a, w = tf.convert_to_tensor(state)
    return cartpole_step(tf.stack([x, v, a, w]), action)


def cartpole_step__always_float32(state, action):
    new, terminated = cartpole_step(tf.cast(state, tf.float32), action)
    return new, terminated


def cartpole_step__in_numpy(state, action):
    state = tf.convert_to_tensor(state)
    new, terminated = cartpole_step(np.array(state), np.array(action))
    return tf.constant(new.numpy()), tf.constant(terminated.numpy())


def cartpole_step__any_action(state, action):
    return cartpole_step(state, tf.cast(tf.equal(action, 1), tf.int32))


def _play(env, policy, max_steps, obs, ends=lambda *flags: any(flags), counts=lambda over: True):
    total_reward, n_steps, over = 0.0, 0, False
    while not over and n_steps < max_steps:
        obs, reward, terminated, truncated, _ = env.step(policy(obs))
        over = ends(terminated, truncated)
        total_reward += reward if counts(over) else 0
        n_steps += 1
    return total_reward, n_steps, terminated, truncated


def _play_as_of_old(env, policy, max_steps, obs):
    total_reward, n_steps, done = 0, 0, False
    while not done and n_steps < max_steps:
        obs, reward, done, _ = env.step(policy(obs))
        total_reward += reward
        n_steps += 1
    return total_reward, n_steps, done, False


def _evaluated(make_env, policy, n_episodes, seeds, max_steps):
    if n_episodes < 1:
        raise ValueError("no episodes")
    return _told(_totals(make_env, policy, seeds, max_steps))


def _totals(make_env, policy, seeds, max_steps):
    with make_env() as env:
        return [run_episode(env, policy, max_steps, seed)[0] for seed in seeds]


def _told(totals):
    return {"mean": float(np.mean(totals)), "std": float(np.std(totals)), "min": min(totals), "max": max(totals)}


def _stepped(state, action):
    new, terminated = cartpole_step(state, action)
    return tf.cast(state, new.dtype), new, terminated


def _acceleration(state, new, index):
    return (new[..., index] - state[..., index]) / 0.02


def _with_ends(new):
    return new, (tf.abs(new[..., 0]) > 2.4) | (tf.abs(new[..., 2]) > np.radians(12))


def _by_formula(state, action, *, length=0.5, mass=1.1, factor=4 / 3, turning=1.0, left=-10.0, sin=tf.sin, cos=tf.cos):
    """Return the new state as the reference computes it, but for what is given."""
    state, _, _ = _stepped(state, action)
    _, x_dot, theta, theta_dot = tf.unstack(state, axis=-1)
    sine, cosine = sin(theta), cos(theta)
    force = tf.where(tf.equal(action, 1), tf.constant(10.0, state.dtype), tf.constant(left, state.dtype))
    u = (force + turning * 0.1 * length * theta_dot**2 * sine) / mass
    theta_acc = (9.8 * sine - u * cosine) / (length * (factor - 0.1 * cosine**2 / mass))
    x_acc = u - 0.1 * length * theta_acc * cosine / mass
    return state + 0.02 * tf.stack([x_dot, x_acc, theta_dot, theta_acc], axis=-1)


def _of_degrees(function):
    return lambda angle: function(angle * np.pi / 180)
