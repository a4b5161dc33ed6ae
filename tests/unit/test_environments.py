"""Environments that keep a record: they keep to Gymnasium's interface, and tell what was done and nothing else."""

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.classic_control.cartpole import CartPoleEnv
from gymnasium.utils.env_checker import check_env
from gymnasium.wrappers import TimeLimit
from hypothesis import given
from hypothesis import strategies as st

from grader.inputs.environments import Maker, Policy, Recorded, Scripted

OBSERVATIONS = np.arange(21, dtype=np.float32).reshape(7, 3)
REWARDS = np.array([[row, -10.0 * row] for row in range(7)])


def _scripted(lasts: int | list[int] | None = 4, ends: str = "terminated") -> Scripted:
    return Scripted(OBSERVATIONS, REWARDS, lasts, ends)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("make", [_scripted, lambda: Recorded(_scripted()), lambda: Recorded(_scripted([2, 5]))])
def test_gymnasium_itself_finds_no_fault(make: object) -> None:
    check_env(make(), skip_render_check=True)  # type: ignore[operator]


@pytest.mark.parametrize("ends", ["terminated", "truncated", "both"])
def test_an_episode_goes_by_its_script(ends: str) -> None:
    env = _scripted(4, ends)
    first, info = env.reset(seed=5)
    seen, earned, flags = [first], [], []
    for action in (0, 1, 1, 0, 0):
        observation, reward, terminated, truncated, _ = env.step(action)
        seen.append(observation)
        earned.append(reward)
        flags.append((terminated, truncated))
    np.testing.assert_array_equal(seen, OBSERVATIONS[[5, 6, 0, 1, 2, 3]])  # the rows come round
    assert info == {}
    assert earned == [5, -60, 0, 1, 2]
    over = {"terminated": (True, False), "truncated": (False, True), "both": (True, True)}[ends]
    assert flags == [(False, False)] * 3 + [over] * 2


def test_the_seed_chooses_the_length_and_no_seed_gives_another_episode() -> None:
    env = _scripted([2, 3])
    for seed, length in ((0, 2), (1, 3), (8, 2)):
        first, _ = env.reset(seed=seed)
        np.testing.assert_array_equal(first, OBSERVATIONS[seed % 7])
        assert [env.step(0)[2] for _ in range(length)] == [False] * (length - 1) + [True]
    unseeded = [float(env.reset()[0][0]) for _ in range(2)]
    env.reset(seed=8)
    followed = [float(env.reset(seed=9)[0][0]), float(env.reset(seed=10)[0][0])]
    assert unseeded != followed


def test_for_ever_is_for_ever() -> None:
    env = _scripted(None)
    env.reset(seed=0)
    assert not any(any(env.step(1)[2:4]) for _ in range(1000))


def test_an_observation_that_is_changed_does_not_change_the_script() -> None:
    env = _scripted()
    env.reset(seed=1)[0][:] = 99
    np.testing.assert_array_equal(env.reset(seed=1)[0], OBSERVATIONS[1])


def test_what_cannot_be_done_is_refused() -> None:
    env = _scripted()
    with pytest.raises(RuntimeError, match="before reset"):
        env.step(0)
    env.reset(seed=0)
    for action in (2, -1, 0.0, None):
        with pytest.raises(ValueError, match="is no action"):
            env.step(action)  # type: ignore[arg-type]


def test_the_record_tells_seeds_actions_steps_after_an_end_and_closing() -> None:
    env = Recorded(_scripted(2))
    env.reset(seed=3)
    for action in (0, 1, 1, np.int64(0)):
        env.step(action)
    env.reset()
    told = {"seeds": [3, None], "actions": [[0, 1, 1, 0], []], "steps after the end": 2, "closed": False}
    assert env.record == told
    env.close()
    assert env.record == {**told, "closed": True}
    assert env.record["actions"] is not env.record["actions"]


@given(st.lists(st.integers(0, 1), min_size=1, max_size=80), st.integers(0, 1000))
def test_recording_changes_nothing(actions: list[int], seed: int) -> None:
    bare, recorded = TimeLimit(CartPoleEnv(), 50), Recorded(TimeLimit(CartPoleEnv(), 50))
    np.testing.assert_array_equal(bare.reset(seed=seed)[0], recorded.reset(seed=seed)[0])
    for action in actions:
        (one, *rest), (other, *others) = bare.step(action), recorded.step(action)
        np.testing.assert_array_equal(one, other)
        assert rest == others
        if rest[1] or rest[2]:
            break


def test_a_maker_makes_new_ones_and_tells_of_all() -> None:
    make = Maker(Recorded(_scripted(3)))
    one, other = make(), make()
    one.reset(seed=1)
    one.step(1)
    other.reset(seed=2)
    other.close()
    assert one is not other
    assert make.record == {"seeds": [1, 2], "actions": [[1], []], "steps after the end": 0, "left open": 1}
    with make() as third:
        assert isinstance(third, gymnasium.Env)
    assert make.record["left open"] == 1


def test_one_environment_for_all_episodes_and_one_for_each_are_told_alike() -> None:
    def play(env: Recorded, seed: int) -> None:
        env.reset(seed=seed)
        while not env.step(seed % 2)[2]:
            pass

    for_all, for_each = Maker(Recorded(_scripted([2, 4]))), Maker(Recorded(_scripted([2, 4])))
    with for_all() as env:
        for seed in range(5):
            play(env, seed)
    for seed in range(5):
        with for_each() as env:
            play(env, seed)
    assert for_all.record == for_each.record


def test_a_policy_tells_what_it_saw_as_it_was_then() -> None:
    policy = Policy(lambda observation: int(observation[0] > 1))
    shown = np.array([2.0, 0.0])
    assert policy(shown) == 1
    shown[0] = 0.0
    assert policy(shown.tolist()) == 0
    np.testing.assert_array_equal(policy.record, [[2, 0], [0, 0]])


def test_a_policy_says_so_when_it_is_shown_the_pair_of_a_reset() -> None:
    with pytest.raises(TypeError, match="not a tuple"):
        Policy(lambda observation: 0)(_scripted().reset(seed=0))  # type: ignore[arg-type]
