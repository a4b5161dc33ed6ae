"""Environments with Gymnasium's interface, and policies to play in them, that keep a record. Runs in the child.

What they record can be forged by the code that plays: it runs in the same process. A check is worth something because
observations, rewards and actions come of numbers drawn for it, and are compared with those of the reference.
"""

import copy
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt

Observed = npt.NDArray[np.floating]


class Scripted(gymnasium.Env):  # type: ignore[misc]
    """An environment in which everything is laid down beforehand.

    An episode that begins with ``reset(seed=s)`` shows row s of the observations, then the rows after it, and after the
    last the first again; without a seed it begins half the rows after where the one before began. In row r the action
    a earns ``rewards[r, a]``. So a return tells which actions were taken where.

    Args:
        observations: a row for each moment (n, features).
        rewards: what each action earns at each moment (n, actions).
        lasts: how many steps an episode lasts, or several such numbers, of which the seed chooses; None for ever.
        ends: how it ends: "terminated", "truncated" or "both". Who plays on gets rewards all the same.
    """

    def __init__(self, observations: Observed, rewards: Observed, lasts: int | list[int] | None, ends: str) -> None:
        self._observations = np.asarray(observations, np.float32)
        self._rewards = np.asarray(rewards, np.float64)
        self._lengths = [lasts] if lasts is None or isinstance(lasts, int) else lasts
        self._ends = ends
        features, actions = self._observations.shape[1], self._rewards.shape[1]
        self.observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (features,), np.float32)
        self.action_space = gymnasium.spaces.Discrete(actions)
        self._first: int | None = None
        self._steps = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observed, dict[str, Any]]:
        """Begin an episode; return the first observation and an empty dict."""
        super().reset(seed=seed)
        rows = len(self._observations)
        later = 0 if self._first is None else self._first + rows // 2
        self._first, self._steps = later if seed is None else seed, 0
        return self._row(), {}

    def step(self, action: int) -> tuple[Observed, float, bool, bool, dict[str, Any]]:
        """Take an action; return observation, reward, terminated, truncated and an empty dict.

        Raises:
            RuntimeError: no episode was begun.
            ValueError: there is no such action.
        """
        if self._first is None:
            raise RuntimeError("step was called before reset")
        if not self.action_space.contains(action):
            raise ValueError(f"{action!r} is no action; they are 0 to {self.action_space.n - 1}")
        reward = float(self._rewards[self._place(), int(action)])
        self._steps += 1
        length = self._lengths[self._first % len(self._lengths)]
        over = length is not None and self._steps >= length
        return self._row(), reward, over and self._ends != "truncated", over and self._ends != "terminated", {}

    def _place(self) -> int:
        assert self._first is not None
        return (self._first + self._steps) % len(self._observations)

    def _row(self) -> Observed:
        row: Observed = self._observations[self._place()].copy()
        return row


class Recorded(gymnasium.Wrapper):  # type: ignore[misc]
    """An environment that keeps a record of how it is used."""

    def __init__(self, env: gymnasium.Env) -> None:
        super().__init__(env)
        self._seeds: list[int | None] = []
        self._actions: list[list[int]] = []
        self._over = False
        self._beyond = 0
        self._closed = False

    @property
    def record(self) -> dict[str, Any]:
        """What was done, as plain data: the seeds and the actions of all episodes, steps after an end, and closing."""
        return {
            "seeds": list(self._seeds),
            "actions": [list(actions) for actions in self._actions],
            "steps after the end": self._beyond,
            "closed": self._closed,
        }

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode and note the seed."""
        self._seeds.append(seed)
        self._actions.append([])
        self._over = False
        begun: tuple[Any, dict[str, Any]] = self.env.reset(seed=seed, options=options)
        return begun

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Take an action and note it."""
        stepped: tuple[Any, Any, bool, bool, dict[str, Any]] = self.env.step(action)
        self._actions[-1].append(int(action))
        self._beyond += self._over
        self._over = self._over or stepped[2] or stepped[3]
        return stepped

    def close(self) -> None:
        """Close the environment and note that it was."""
        self._closed = True
        self.env.close()


class Maker:
    """A function that makes a fresh copy of a recorded environment at each call."""

    def __init__(self, environment: Recorded) -> None:
        self._environment = environment
        self._made: list[Recorded] = []

    def __call__(self) -> Recorded:
        """Return a new environment."""
        self._made.append(copy.deepcopy(self._environment))
        return self._made[-1]

    @property
    def record(self) -> dict[str, Any]:
        """What was done in all that were made, one after the other, and how many are still open.

        How many there are is left out: one for all episodes is as good as one for each.
        """
        records = [made.record for made in self._made]
        return {
            "seeds": [seed for record in records for seed in record["seeds"]],
            "actions": [actions for record in records for actions in record["actions"]],
            "steps after the end": sum(record["steps after the end"] for record in records),
            "left open": sum(not record["closed"] for record in records),
        }


class Policy:
    """A policy that notes what it is shown. ``decide`` takes an observation (features,) and returns an action."""

    def __init__(self, decide: Callable[[Observed], int]) -> None:
        self._decide = decide
        self._seen: list[Observed] = []

    def __call__(self, observation: Observed) -> int:
        """Return the action.

        Raises:
            TypeError: what was passed is no observation, such as the pair that ``reset`` returns.
        """
        try:
            seen = np.array(observation, np.float64)
        except (TypeError, ValueError):
            kind = type(observation).__name__
            raise TypeError(f"the policy takes an observation, an array of numbers, not a {kind}") from None
        self._seen.append(seen)
        return self._decide(seen)

    @property
    def record(self) -> list[Observed]:
        """The observations, one for each time it was asked."""
        return list(self._seen)
