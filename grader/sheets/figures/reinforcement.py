"""Reinforcement learning: agent and environment, the cart with its pole, frames of an episode, which are computed."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, NamedTuple

from pydantic import Field

from grader.sheets.figures import style
from grader.sheets.figures.canvas import (
    SMALL_HEAD,
    Anchor,
    Box,
    Circle,
    Look,
    Point,
    Rectangle,
    Shape,
    arrow,
    group,
    label,
    lines,
    polyline,
    solid,
    tinted,
)
from grader.sheets.figures.parameters import Number, Text
from grader.sheets.figures.problem import FigureError
from grader.sheets.figures.text import text_width

# --- agent and environment -------------------------------------------------------------------------------------------

_LEADING = 1.3
_BETWEEN_ARROWS = 31.0

_ACTS = Look(stroke=style.OCHRE, width=1.5)
_ANSWERS = Look(stroke=style.BLUE, width=1.3)

Rows = Annotated[list[Text], Field(min_length=1, max_length=3)]


def agent_loop(*, agent: Rows, environment: Rows, action: Text, answers: Rows) -> Sequence[Shape]:
    """Draw the loop of agent and environment: an action there, its answers back.

    Args:
        agent: what stands in the agent's box, the name first.
        environment: what stands in the environment's box, the name first.
        action: what to write beside the arrow to the environment.
        answers: what to write beside each arrow back, such as observation and reward.
    """
    between = max(text_width(text, style.SMALL) for text in (action, *answers)) + 44
    widths = [
        max(text_width(row, style.TEXT, bold=i == 0) for i, row in enumerate(box)) for box in (agent, environment)
    ]
    height = _BETWEEN_ARROWS * (len(answers) + 1) + 14
    left = Box(0, 0, max(90.0, widths[0] + 24), height)
    right = Box(left.right + between, 0, left.right + between + max(90.0, widths[1] + 24), height)
    if right.right > style.PAGE_WIDTH - 6:
        raise FigureError(f"the loop is {right.right:.0f} px wide", "write less in the boxes or beside the arrows")
    shapes: list[Shape] = [
        group("box", [Rectangle(left, tinted(style.OCHRE, 0.14), 6.0), *_titled(agent, left)], name="agent"),
        group(
            "box", [Rectangle(right, tinted(style.BLUE, 0.12), 6.0), *_titled(environment, right)], name="environment"
        ),
    ]
    for row, text in enumerate((action, *answers)):
        y = 25 + row * _BETWEEN_ARROWS
        ends = [Point(left.right, y), Point(right.left, y)]
        there = row == 0
        way = arrow(ends if there else ends[::-1], _ACTS if there else _ANSWERS)
        shapes.append(group("action" if there else "answer", way, text=text))
        shapes.append(label(text, Point((left.right + right.left) / 2, y - 10), size=style.SMALL))
    return shapes


def _titled(rows: Sequence[str], box: Box) -> list[Shape]:
    top = box.centre.y - (len(rows) - 1) / 2 * _LEADING * style.TEXT
    return [
        label(row, Point(box.centre.x, top + index * _LEADING * style.TEXT), bold=index == 0)
        for index, row in enumerate(rows)
    ]


# --- the cart and its pole -------------------------------------------------------------------------------------------

_MOST_POSITION, _MOST_ANGLE = 2.4, math.radians(12)  # m, rad

_METRE = 100.0  #: on the track
_POLE = 165.0
_CART = Box(-46, -46, 46, -10)

_LIMIT = Look(stroke=style.RED, width=style.THIN, dash=style.DASHED)
_PLUMB = Look(stroke=style.GREY, width=style.THIN, dash=style.DOTTED)
_MEASURE = Look(stroke=style.GREY, width=style.THIN)
_PUSH = Look(stroke=style.OCHRE, width=1.8)
_WOOD = tinted(style.OCHRE, 0.35, 0.9)
_BODY = tinted(style.BLUE, 0.18)


def cart_pole(
    *,
    position: Annotated[Number, Field(ge=0.3, le=0.6)],
    angle: Annotated[Number, Field(ge=6, le=10)],
) -> Sequence[Shape]:
    """Draw CartPole with its measures: position and angle, masses, length, both pushes, and where an episode ends.

    Args:
        position: x of the cart in metres.
        angle: θ of the pole in degrees, to the right.
    """
    x, tilt = position * _METRE, math.radians(angle)
    end = _MOST_POSITION * _METRE
    joint = Point(x, _CART.top)
    cart = Box(_CART.left + x, _CART.top, _CART.right + x, _CART.bottom)
    shapes: list[Shape] = [polyline([Point(-end - 22, 0), Point(end + 22, 0)], Look(width=1.3))]
    for place, text in ((-end, "−2.4 m"), (0.0, "0"), (end, "2.4 m")):
        limit = place != 0
        mark = polyline([Point(place, -46 if limit else 0), Point(place, 5)], _LIMIT if limit else Look())
        shapes.append(group("mark", [mark], x=f"{place / _METRE:g}"))
        shapes.append(label(text, Point(place, 15), size=style.SMALL))
    shapes += _limits(joint, _POLE + 36)
    shapes += [label("12°", _along(joint, _POLE + 46, side * _MOST_ANGLE), size=style.SMALL) for side in (-1, 1)]
    shapes.append(polyline([joint, Point(joint.x, joint.y - _POLE - 36)], _PLUMB))
    shapes += _cart(cart, 6.5, 0)
    shapes.append(_pole(joint, _POLE, tilt, 8))
    shapes.append(Circle(joint, 3.2, solid()))
    shapes.append(label("$m_c = 1$ kg", cart.centre, size=style.SMALL))
    shapes += _angle_mark(joint, _POLE + 20, tilt)
    shapes += _length_mark(joint, tilt)
    for action, side in ((0, -1.0), (1, 1.0)):
        edge = cart.left if side < 0 else cart.right
        tip = Point(edge + side * 58, cart.centre.y)
        shapes.append(group("push", arrow([Point(edge, tip.y), tip], _PUSH), action=action))
        texts = [f"action {action}:", f"$F = {'-' if side < 0 else '+'}10$ N"]
        anchor: Anchor = "end" if side < 0 else "start"
        shapes += lines(texts, Point(tip.x + side * 6, tip.y), size=style.SMALL, anchor=anchor)
    return [*shapes, *_position_mark(x)]


def _along(joint: Point, reach: float, tilt: float) -> Point:
    """Return the place ``reach`` px from the joint at the angle ``tilt`` from the vertical, to the right."""
    return Point(joint.x + reach * math.sin(tilt), joint.y - reach * math.cos(tilt))


def _limits(joint: Point, reach: float) -> list[Shape]:
    """Return the lines beyond which the pole has fallen."""
    ends = [_along(joint, reach, side * _MOST_ANGLE) for side in (-1, 1)]
    return [group("limit", [polyline([joint, end], _LIMIT)]) for end in ends]


def _cart(box: Box, radius: float, ground: float) -> list[Shape]:
    wheels = [
        Circle(Point(box.centre.x + side * box.width * 0.3, ground - radius), radius, solid()) for side in (-1, 1)
    ]
    return [*wheels, group("cart", [Rectangle(box, _BODY, 2.0)])]


def _pole(joint: Point, length: float, tilt: float, width: float) -> Shape:
    along = Point(math.sin(tilt), -math.cos(tilt))
    tip, aside = joint.moved(along, length), along.left()
    corners = [start.moved(aside, side * width / 2) for start, side in ((joint, 1), (tip, 1), (tip, -1), (joint, -1))]
    return group("pole", [polyline(corners, _WOOD, closed=True)], degrees=f"{math.degrees(tilt):.6g}")


def _angle_mark(joint: Point, reach: float, tilt: float) -> list[Shape]:
    arc = [_along(joint, reach, tilt * step / 12) for step in range(13)]
    return [
        group("angle", arrow([arc[0], *arc[1:]], Look(width=style.THIN), head=SMALL_HEAD)),
        label("$\\theta$", Point(*_along(joint, reach - 10, tilt / 2)), size=style.TEXT),
    ]


def _length_mark(joint: Point, tilt: float) -> list[Shape]:
    """Return the measure of the pole's length, beside it beyond the limit, and its mass."""
    along = Point(math.sin(tilt), -math.cos(tilt))
    aside = along.left()
    start = joint.moved(aside, -58)
    end = start.moved(along, _POLE)
    middle = start.moved(along, _POLE * 0.6)
    shapes = _measure(start, end)
    for foot, reach in ((start, 8), (end, 50)):  # the lower one stays clear of the cart
        ends = [foot.moved(aside, reach), foot.moved(aside, -4)]
        shapes.append(polyline(ends, Look(stroke=style.GREY, width=style.HAIR)))
    texts = ["$2 l = 1$ m", "$m_p = 0.1$ kg"]
    at = Point(middle.x + 9, middle.y)
    return [group("length", shapes), *lines(texts, at, size=style.SMALL, anchor="start", leading=1.3)]


def _position_mark(x: float) -> list[Shape]:
    y = 38.0
    shapes = _measure(Point(0, y), Point(x, y))
    shapes.append(polyline([Point(0, 23), Point(0, y + 4)], Look(stroke=style.GREY, width=style.HAIR)))
    shapes.append(polyline([Point(x, _CART.bottom + 4), Point(x, y + 4)], Look(stroke=style.GREY, width=style.HAIR)))
    return [group("position", shapes), label("$x$", Point(x / 2, y + 10))]


def _measure(start: Point, end: Point) -> list[Shape]:
    """Return a line with a head at both ends."""
    middle = Point((start.x + end.x) / 2, (start.y + end.y) / 2)
    return [*arrow([middle, start], _MEASURE, head=SMALL_HEAD), *arrow([middle, end], _MEASURE, head=SMALL_HEAD)]


# --- an episode ------------------------------------------------------------------------------------------------------

_COLUMNS, _PANEL, _GAP = 4, 136.0, 14.0
_FRAME = Look(stroke=style.GREY, width=style.THIN)
_LAST = Look(stroke=style.RED, width=1.8)


class State(NamedTuple):
    """Position and velocity of the cart (m, m/s), angle and angular velocity of the pole (rad, rad/s)."""

    x: float
    x_dot: float
    theta: float
    theta_dot: float

    @property
    def fallen(self) -> bool:
        """Whether the episode is over."""
        return abs(self.x) > _MOST_POSITION or abs(self.theta) > _MOST_ANGLE


def pushed(state: State, action: int) -> State:
    """Return CartPole's state after a step (Florian 2007, eq. 23 and 24; Euler's method, as Gymnasium has it)."""
    mass, half_length, tau = 0.1, 0.5, 0.02
    total = 1.0 + mass
    sin, cos = math.sin(state.theta), math.cos(state.theta)
    u = ((10.0 if action == 1 else -10.0) + mass * half_length * state.theta_dot**2 * sin) / total
    theta_acc = (9.8 * sin - u * cos) / (half_length * (4 / 3 - mass * cos**2 / total))
    x_acc = u - mass * half_length * theta_acc * cos / total
    rates = (state.x_dot, x_acc, state.theta_dot, theta_acc)
    return State(*(value + tau * rate for value, rate in zip(state, rates, strict=True)))


def towards_the_lean(state: State) -> int:
    """Return the action of the basic policy."""
    return 0 if state.theta < 0 else 1


def episode(start: State, most: int = 500) -> list[State]:
    """Return the states of an episode of the basic policy, from the start to the one that ends it."""
    states = [start]
    while not states[-1].fallen and len(states) <= most:
        states.append(pushed(states[-1], towards_the_lean(states[-1])))
    return states


def episode_strip(
    *,
    start: Annotated[list[Annotated[Number, Field(ge=-0.2, le=0.2)]], Field(min_length=4, max_length=4)],
    steps: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1, max_length=15)],
) -> Sequence[Shape]:
    """Draw frames of an episode of CartPole in which the cart is pushed towards the side to which the pole leans.

    Args:
        start: the first state: x, its velocity, θ in radians, its velocity.
        steps: the steps to show, counted from 0, rising; the last one of the episode is always shown.
    """
    states = episode(State(*start))
    last = len(states) - 1
    if any(before >= after for before, after in pairwise(steps)):
        raise FigureError(f"'steps' is {steps}", "write them in rising order, each once")
    if steps[-1] >= last:
        raise FigureError(f"'steps' goes up to {steps[-1]}, and the episode ends with step {last}", "show earlier ones")
    # All frames show the same part of the track, as wide as the episode needs.
    metre = _PANEL / 2 / (max(abs(state.x) for state in states) + 0.62)
    height = 1.42 * metre + 6
    shapes: list[Shape] = []
    for index, step in enumerate([*steps, last]):
        corner = Point(index % _COLUMNS * (_PANEL + _GAP), index // _COLUMNS * (height + 46))
        shapes += _panel(states[step], step, step == last, Box(*corner, corner.x + _PANEL, corner.y + height), metre)
    return shapes


def _panel(state: State, step: int, over: bool, frame: Box, metre: float) -> list[Shape]:
    """Return a frame of the episode with what it says below it."""
    ground = frame.bottom - 0.1 * metre
    action = None if over else towards_the_lean(state)
    shapes: list[Shape] = [Rectangle(frame, _LAST if over else _FRAME)]
    shapes.append(polyline([Point(frame.left, ground), Point(frame.right, ground)], Look(stroke=style.GREY)))
    shapes.append(polyline([Point(frame.centre.x, ground), Point(frame.centre.x, frame.bottom)], _MEASURE))
    shapes += _small_cart(state, action, metre, Point(frame.centre.x, ground))
    names = {"step": step, "x": f"{state.x:.9g}", "theta": f"{state.theta:.9g}", "action": action}
    below = f"step {step}: terminated" if over else f"step {step}"
    told = f"$\\theta = {_signed(math.degrees(state.theta))}$°"
    return [
        group("frame", shapes, **names),
        label(below, Point(frame.centre.x, frame.bottom + 13), size=style.SMALL, bold=True),
        label(told, Point(frame.centre.x, frame.bottom + 28), size=style.SMALL),
    ]


def _small_cart(state: State, action: int | None, metre: float, middle: Point) -> list[Shape]:
    """Return cart, pole, limits and push, to scale, on a track whose middle is at ``middle``."""
    x, y = middle.x + state.x * metre, middle.y
    cart = Box(x - 0.25 * metre, y - 0.24 * metre, x + 0.25 * metre, y - 0.07 * metre)
    joint = Point(x, cart.top)
    shapes: list[Shape] = _limits(joint, 1.08 * metre)
    shapes += _cart(cart, 0.045 * metre, y)
    shapes.append(_pole(joint, metre, state.theta, 0.06 * metre))
    if action is not None:
        edge, side = (cart.right, 1) if action == 1 else (cart.left, -1)
        tip = Point(edge + side * 0.3 * metre, cart.centre.y)
        shapes.append(group("push", arrow([Point(edge, tip.y), tip], _PUSH), action=action))
    return [*shapes, Circle(joint, 0.022 * metre + 0.8, solid())]


def _signed(number: float) -> str:
    return f"{number:+.1f}"
