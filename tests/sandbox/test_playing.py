"""Playing in a child: the inputs that a check names are made there, and the probes tell what became of them."""

from typing import Any

import numpy as np

from grader.inputs.build import build_inputs
from grader.observation import Observation
from grader.sandbox.children import Children
from grader.sandbox.runner import observe
from grader.sandbox.submission import Call, Submission

_PLAYS = """
def play(env, policy, steps):
    obs, _ = env.reset(seed=4)
    won = 0.0
    for _ in range(steps):
        obs, reward, *_ = env.step(policy(obs))
        won += reward
    return won

def make_and_play(make_env):
    for seed in (1, 2):
        env = make_env()
        play(env, lambda obs: 1, 2)
    env.close()

def kind(seed):
    return type(seed).__name__

def falls(state, push):
    return state * 2 + push, "told"
"""
_ENVIRONMENT = {
    "callable": "scripted_environment",
    "observations": {"constant": [[0, 1], [2, -1], [-1, 0]]},
    "rewards": {"constant": [[1, 10], [2, 20], [3, 30]]},
    "lasts": 2,
}


def _seen(
    children: Children,
    function: str,
    probe: str,
    inputs: dict[str, Any],
    variants: dict[str, dict[str, Any]] | None = None,
    **options: Any,
) -> Observation:
    made = {label: build_inputs(changes, 0, label) for label, changes in (variants or {}).items()}
    parameters = tuple(inputs)
    call = Call("one", function, parameters, probe, options, build_inputs(inputs, 0, "place"), made)
    seen = observe(children, Submission("plays.py", _PLAYS), [call], 0, "cpu")["one"]
    assert seen.outcome == "returned", seen.error
    return seen


def test_a_function_that_plays_is_recorded_by_variant(children: Children) -> None:
    inputs = {"env": _ENVIRONMENT, "policy": {"callable": "linear_policy", "weights": [1, 0]}, "steps": 2}
    told = _seen(children, "play", "recorded", inputs, {"two": {}, "three": {"steps": 3}}, of=["env", "policy"]).value
    # The seed 4 begins in row 1; action 1 where the first feature is positive: rows 1, 2, 0, 1.
    assert told["two"]["returned"] == 20 + 3
    assert told["two"]["env"] == {"seeds": [4], "actions": [[1, 0]], "steps after the end": 0, "closed": False}
    np.testing.assert_array_equal(told["two"]["policy"], [[2, -1], [-1, 0]])
    assert told["three"]["returned"] == 20 + 3 + 1
    assert told["three"]["env"]["actions"] == [[1, 0, 0]]
    assert told["three"]["env"]["steps after the end"] == 1


def test_every_variant_begins_with_a_new_record(children: Children) -> None:
    inputs = {"env": _ENVIRONMENT, "policy": {"callable": "random_policy", "seed": 3}, "steps": 2}
    told = _seen(children, "play", "recorded", inputs, {"once": {}, "again": {}}, of=["env"]).value
    assert told["once"] == told["again"]


def test_what_a_maker_made_is_recorded(children: Children) -> None:
    inputs = {"make_env": {"callable": "environment_maker", "environment": _ENVIRONMENT}}
    told = _seen(children, "make_and_play", "recorded", inputs, of=["make_env"]).value
    assert told["make_env"] == {
        "seeds": [4, 4],
        "actions": [[1, 1], [1, 1]],
        "steps after the end": 0,
        "left open": 1,
    }


def test_cartpole_is_gymnasiums_with_its_limit(children: Children) -> None:
    inputs = {
        "env": {"callable": "cartpole", "max_episode_steps": 5},
        "policy": {"callable": "random_policy"},
        "steps": 7,
    }
    told = _seen(children, "play", "recorded", inputs, of=["env"]).value
    assert told["returned"] == 7
    assert told["env"]["steps after the end"] == 2


def test_a_chain_of_calls_hands_its_state_on(children: Children) -> None:
    inputs = {"state": {"constant": [1, 2]}, "push": {"constant": [[0, 1], [1, 0], [5, 5]]}}
    told = _seen(children, "falls", "fed_back", inputs, of="state", along="push", part=0).value
    np.testing.assert_array_equal([state for state, _ in told], [[2, 5], [5, 10], [15, 25]])


def test_rows_come_with_or_without_their_batch_axis(children: Children) -> None:
    inputs = {"state": {"constant": [[1, 2], [3, 4]]}, "push": 0}
    for batches, shape in ((True, (1, 2)), (False, (2,))):
        told = _seen(children, "falls", "one_by_one", inputs, of="state", batches=batches).value
        assert [state.shape for state, _ in told] == [shape, shape]


def test_a_seed_that_is_drawn_is_a_python_number(children: Children) -> None:
    assert _seen(children, "kind", "call", {"seed": {"integers": [], "high": 1000, "as": "list"}}).value == "int"
