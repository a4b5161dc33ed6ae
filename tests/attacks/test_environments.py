"""Code that plays shares a process with the environment and can change it. That earns nothing: other values come of it.

Each attack is the reference of m5q04 with something done to the environment, or in place of the work. It is graded like
any submission; the checks that its change touches are lost, and none is won by it.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.bank.load import load_bank
from grader.bank.location import default_location
from grader.bank.model import Question
from grader.calls import calls_of
from grader.grade import Setting, grade_question
from grader.known import reference_submission
from grader.sandbox.submission import Submission
from grader.vocabulary import known_words

#: What of m5q04 plays in Gymnasium's CartPole, and what in scripted environments.
IN_CARTPOLE = {"run_episode/cartpole", "evaluate/basic_policy", "evaluate/random_policy"}
SCRIPTED = {f"run_episode/{check}" for check in ("terminates", "truncates", "limit", "observations", "seeds")} | {
    f"evaluate/{check}" for check in ("statistics", "seeds", "limit")
}

REWARDS = """
from gymnasium.envs.classic_control.cartpole import CartPoleEnv
_step = CartPoleEnv.step
def _richer(self, action):
    obs, reward, *rest = _step(self, action)
    return (obs, 1000.0, *rest)
CartPoleEnv.step = _richer
"""
REWARDS_OF_ALL = """
import gymnasium
for _kind in gymnasium.Env.__subclasses__():
    def _richer(self, action, _step=_kind.step):
        obs, reward, *rest = _step(self, action)
        return (obs, 1000.0, *rest)
    _kind.step = _richer
"""
LIMIT = """
from gymnasium.wrappers import TimeLimit
_made = TimeLimit.__init__
def _longer(self, env, max_episode_steps):
    _made(self, env, 10**6)
TimeLimit.__init__ = _longer
"""
LIMIT_OF_ONE = """
_played = run_episode
def run_episode(env, policy, max_steps, seed):
    layer = env
    while hasattr(layer, "env"):
        if hasattr(layer, "_max_episode_steps"):
            layer._max_episode_steps = 10**6
        layer = layer.env
    return _played(env, policy, max_steps, seed)
"""
NEVER_FALLS = """
from gymnasium.envs.classic_control.cartpole import CartPoleEnv
_step = CartPoleEnv.step
def _upright(self, action):
    answer = _step(self, action)
    self.state = answer[0] * 0
    return (answer[0] * 0, *answer[1:2], False, *answer[3:])
CartPoleEnv.step = _upright
"""
STATE = """
_played = run_episode
def run_episode(env, policy, max_steps, seed):
    begin = env.reset
    def balanced(**options):
        obs, info = begin(**options)
        if hasattr(env.unwrapped, "state"):
            env.unwrapped.state = obs * 0
        return obs * 0, info
    env.reset = balanced
    return _played(env, policy, max_steps, seed)
"""
MAKE = """
import gymnasium
class _Easy(gymnasium.Env):
    def reset(self, **options): return np.zeros(4), {}
    def step(self, action): return np.zeros(4), 1.0, False, True, {}
gymnasium.make = gym.make = lambda *names, **options: _Easy()
"""
MAKE_ONE = (
    MAKE
    + """
_evaluated = evaluate
def evaluate(make_env, *others, **named):
    return _evaluated(gymnasium.make, *others, **named)
"""
)
HARD_CODED = """
def evaluate(make_env, policy, n_episodes, seed=0, max_steps=1000):
    make_env().close()
    return {"mean": 41.698, "std": 8.389, "min": 24.0, "max": 63.0}
"""
FORGED_RECORD = """
def evaluate(make_env, policy, n_episodes, seed=0, max_steps=1000):
    env = make_env()
    env._seeds.extend(range(seed, seed + n_episodes))
    env._actions.extend([[0, 1]] * n_episodes)
    env._closed = True
    return {"mean": 0.0, "std": 0.0, "min": 0.0, "max": 0.0}
"""
RANDOMNESS = """
np.random.default_rng = lambda *seeds: np.random.Generator(np.random.PCG64(0))
np.random.Generator.integers = lambda self, *bounds, **named: 0
"""
BY_GYMNASIUM = """
from gymnasium.envs.classic_control.cartpole import CartPoleEnv
def cartpole_step(state, action):
    def simulated(states, actions):
        new, over = np.empty_like(states), np.empty(actions.shape, bool)
        for place in np.ndindex(actions.shape):
            if actions[place] not in (0, 1):
                raise ValueError("action")
            env = CartPoleEnv()
            env.reset()
            env.state = states[place].astype(float)
            over[place] = env.step(int(actions[place]))[2]
            new[place] = env.state
        return new, over
    state, action = tf.convert_to_tensor(state), tf.convert_to_tensor(action)
    if not state.dtype.is_floating:
        state = tf.cast(state, tf.float32)
    state.shape[-1:].assert_is_compatible_with([4])
    state.shape[:-1].assert_is_compatible_with(action.shape)
    if tf.executing_eagerly():
        return tuple(map(tf.constant, simulated(state.numpy(), action.numpy())))
    return tuple(tf.numpy_function(simulated, [state, action], [state.dtype, tf.bool]))
"""


@pytest.fixture(scope="module")
def question() -> Question:
    return load_bank(default_location(), known_words()).questions["m5q04"]


def _lost(question: Question, setting: Setting, attack: str, functions: tuple[str, ...]) -> set[str]:
    """Return the checks of the ``functions`` that the reference loses when it is attacked by this code."""
    names = {call.id for call in calls_of(question, 0) if call.id.startswith(functions)}
    source = reference_submission(question).source + attack
    result = grade_question(question, Submission("m5q04.py", source), setting, names)
    return {f"{f.name}/{check.id}" for f in result.functions for check in f.checks if check.status != "passed"}


@pytest.fixture
def setting(setting: Setting, shared_cache: Path) -> Setting:
    """Grade with a cache: what the reference and the known mistakes do is the same for all attacks."""
    return replace(setting, cache=shared_cache)


PLAYING = ("run_episode", "evaluate")


@pytest.mark.parametrize(
    ("attack", "loses"),
    [
        pytest.param(REWARDS, IN_CARTPOLE, id="larger rewards"),
        pytest.param(REWARDS_OF_ALL, IN_CARTPOLE | SCRIPTED, id="larger rewards in every environment"),
        pytest.param(LIMIT, {"run_episode/cartpole"}, id="no limit of time"),
        pytest.param(LIMIT_OF_ONE, {"run_episode/cartpole"}, id="no limit of time in the environment at hand"),
        pytest.param(NEVER_FALLS, IN_CARTPOLE, id="a pole that never falls"),
        pytest.param(STATE, IN_CARTPOLE | SCRIPTED - {"evaluate/seeds"}, id="an upright pole to begin with"),
        pytest.param(MAKE_ONE, IN_CARTPOLE - {"run_episode/cartpole"} | {s for s in SCRIPTED if "evaluate" in s}, id="an environment of one's own"),
        pytest.param(RANDOMNESS, IN_CARTPOLE, id="randomness that is none"),
    ],
)  # fmt: skip
def test_a_changed_environment_gives_values_that_are_wrong(
    question: Question, setting: Setting, attack: str, loses: set[str]
) -> None:
    assert _lost(question, setting, attack, PLAYING) >= loses


def test_a_gymnasium_whose_make_is_replaced_changes_nothing(question: Question, setting: Setting) -> None:
    """The environments of the checks are not made by it."""
    assert _lost(question, setting, MAKE, PLAYING) == set()


@pytest.mark.parametrize("attack", [HARD_CODED, FORGED_RECORD], ids=["hard-coded", "forged record"])
def test_not_playing_earns_at_most_what_never_changes(question: Question, setting: Setting, attack: str) -> None:
    lost = _lost(question, setting, attack, ("evaluate",))
    pinned = {"evaluate/basic_policy"} if attack is HARD_CODED else set()
    assert lost == {call.id for call in calls_of(question, 0) if call.id.startswith("evaluate")} - pinned
    [pin] = [check for check in question.spec.functions[2].checks if check.id == "basic_policy"]
    assert pin.marks is not None
    assert pin.marks <= question.spec.functions[2].marks / 8


def test_gymnasiums_own_step_does_not_pass_for_one_in_tensorflow(question: Question, setting: Setting) -> None:
    """Whoever has it simulated has the numbers, but no operations and no gradient: these carry half of the marks."""
    beyond = {"cartpole_step/traced", "cartpole_step/gradient"}
    assert _lost(question, setting, BY_GYMNASIUM, ("cartpole_step",)) == beyond
    function = question.spec.functions[3]
    marks = [check.marks or 0 for check in function.checks if f"{function.name}/{check.id}" in beyond]
    assert sum(marks) >= function.marks / 2
