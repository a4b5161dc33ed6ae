"""The reference for CartPole against Gymnasium's own, the equations of motion, and the figure against the reference."""

import math
import re
from itertools import pairwise

import gymnasium
import numpy as np
import pytest
import tensorflow as tf
from gymnasium.envs.classic_control.cartpole import CartPoleEnv

from grader.bank.load import load_bank
from grader.bank.location import default_location
from grader.sheets.figures.reinforcement import State, episode, pushed
from grader.vocabulary import known_words
from reference_impl.m5_autoencoders_and_rl.m5q04_gymnasium_cartpole import (
    basic_policy,
    cartpole_step,
    evaluate,
    run_episode,
)


def _gymnasium_step(state: np.ndarray, action: int) -> tuple[np.ndarray, bool]:
    env = CartPoleEnv()
    env.reset()
    env.state = state
    terminated = env.step(action)[2]
    return env.state, terminated


def test_a_step_is_gymnasiums_whatever_the_state() -> None:
    random = np.random.default_rng(0)
    states = random.normal(size=(200, 4)) * [2.0, 2.0, 0.3, 2.0]
    actions = random.integers(0, 2, 200)
    new, terminated = cartpole_step(states, actions)
    expected = [_gymnasium_step(*each) for each in zip(states, actions, strict=True)]
    np.testing.assert_allclose(new, [state for state, _ in expected], rtol=1e-13, atol=1e-14)
    assert terminated.numpy().tolist() == [over for _, over in expected]
    assert 0 < np.mean(terminated) < 1


def test_fifteen_steps_in_float32_are_gymnasiums() -> None:
    env = CartPoleEnv()
    observation, _ = env.reset(seed=1)
    state = tf.constant(observation)
    for action in np.random.default_rng(1).integers(0, 2, 15):
        observation, *_ = env.step(action)
        state, _ = cartpole_step(state, action)
        np.testing.assert_allclose(state, observation, atol=1e-6)


def test_the_accelerations_satisfy_the_equations_of_motion() -> None:
    """Lagrange's, for a uniform rod of inertia m l²/3 about its centre: no formula of Florian's is used."""
    state = np.random.default_rng(2).normal(size=(50, 4))
    action = np.random.default_rng(3).integers(0, 2, 50)
    new, _ = cartpole_step(state, action)
    _, x_acc, _, theta_acc = np.transpose((new - state) / 0.02)
    _, _, theta, turning = state.T
    m_c, m_p, half, g = 1.0, 0.1, 0.5, 9.8
    force = np.where(action == 1, 10.0, -10.0)
    push = (m_c + m_p) * x_acc + m_p * half * (theta_acc * np.cos(theta) - turning**2 * np.sin(theta))
    np.testing.assert_allclose(push, force, rtol=1e-9)
    torque = m_p * half * x_acc * np.cos(theta) + 4 / 3 * m_p * half**2 * theta_acc
    np.testing.assert_allclose(torque, m_p * g * half * np.sin(theta), rtol=1e-9, atol=1e-9)


def test_left_and_right_are_mirror_images() -> None:
    state = np.random.default_rng(4).normal(size=(20, 4))
    left, over_left = cartpole_step(state, np.zeros(20, int))
    right, over_right = cartpole_step(-state, np.ones(20, int))
    np.testing.assert_allclose(left, -right, rtol=1e-12)
    np.testing.assert_array_equal(over_left, over_right)


@pytest.mark.parametrize("seed", [0, 3, 42])
def test_an_episode_is_what_the_loop_of_the_answer_plays(seed: int) -> None:
    env = gymnasium.make("CartPole-v1")
    obs, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        obs, reward, terminated, truncated, _ = env.step(basic_policy(obs))
        total, over = total + reward, terminated or truncated
    assert run_episode(env, basic_policy, 1000, seed) == (total, int(total), terminated, truncated)


@pytest.mark.filterwarnings("ignore:.*out of date:DeprecationWarning")
@pytest.mark.parametrize(("name", "limit"), [("CartPole-v1", 500), ("CartPole-v0", 200)])
def test_time_runs_out_after_as_many_steps_as_the_answer_says(name: str, limit: int) -> None:
    env = gymnasium.make(name)
    assert run_episode(env, lambda obs: int(obs[2] + obs[3] / 2 > 0), 1000, 0) == (limit, limit, False, True)


def test_the_better_policy_of_the_answer_always_reaches_500() -> None:
    told = evaluate(lambda: gymnasium.make("CartPole-v1"), lambda obs: int(obs[2] + obs[3] / 2 > 0), 25, 7)
    assert told == {"mean": 500, "std": 0, "min": 500, "max": 500}


def test_pushes_at_random_reach_what_the_answer_says() -> None:
    random = np.random.default_rng(0)
    told = evaluate(lambda: gymnasium.make("CartPole-v1"), lambda obs: int(random.integers(2)), 1000)
    assert told["mean"] == pytest.approx(22, abs=1)


def test_the_steps_of_the_figure_are_those_of_the_reference() -> None:
    random = np.random.default_rng(5)
    for state, action in zip(random.normal(size=(20, 4)), random.integers(0, 2, 20), strict=True):
        new, terminated = cartpole_step(state, action)
        drawn = pushed(State(*state), int(action))
        np.testing.assert_allclose(drawn, new, rtol=1e-13)
        assert drawn.fallen == bool(terminated)


def test_the_episode_of_the_figure_is_that_of_gymnasium_with_seed_42() -> None:
    question = load_bank(default_location(), known_words()).questions["m5q04"]
    [strip] = [figure for figure in question.spec.figures if figure.draw == "episode_strip"]
    env = gymnasium.make("CartPole-v1")
    start, _ = env.reset(seed=42)
    np.testing.assert_allclose(start, strip.with_["start"], rtol=1e-6)
    states = episode(State(*strip.with_["start"]))
    _, steps, terminated, _ = run_episode(env, basic_policy, 1000, 42)
    assert terminated
    assert len(states) - 1 == steps
    assert [state.fallen for state in states] == [False] * steps + [True]
    for step in (0, 11, 24, 41, steps):
        angle = math.degrees(states[step].theta)
        told = rf"{abs(angle):.1f}[a-z ]* to the {'right' if angle > 0 else 'left'} {f'in step {step}' if step else 'at the start'}"
        assert re.search(told, " ".join(strip.alt.split())), told
    obs, _ = env.reset(seed=42)
    for before, after in pairwise(states):
        obs, *_ = env.step(basic_policy(np.array(before)))
        np.testing.assert_allclose(obs, after, atol=1e-5)  # the start is rounded
