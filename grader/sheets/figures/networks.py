"""Artificial neurons and networks of them, signals running from left to right (in ``logic_nets`` upwards)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, sin, sqrt
from typing import Annotated, Literal

from pydantic import Field

from grader.sheets.figures import style
from grader.sheets.figures.canvas import (
    SMALL_HEAD,
    Box,
    Circle,
    Group,
    Label,
    Look,
    Point,
    Rectangle,
    Shape,
    arrow,
    dashed,
    fitting,
    group,
    label,
    lines,
    polyline,
    solid,
    tinted,
)
from grader.sheets.figures.parameters import Layers, Neurons
from grader.sheets.figures.text import text_width

#: A layer with more neurons than this shows its first few and its last, and dots between.
MOST_SHOWN = 12
_FIRST_SHOWN = 4

_INPUT = tinted(style.BLUE)
_UNIT = tinted(style.GREEN)
_BIAS = tinted(style.OCHRE, 0.22)
_CONNECTION = Look(stroke=style.GREY, width=style.THIN)
_DENSE = Look(stroke=style.GREY, width=0.45)

_PITCH = 13.0  #: from one small neuron of a funnel's bar to the next

StepName = Literal["heaviside", "sign"]
NetName = Literal["identity", "and", "or", "and_not"]


@dataclass(frozen=True)
class Node:
    """A neuron's place in a drawing; ``number`` counts from 1, 0 is the bias neuron."""

    layer: int
    number: int
    centre: Point
    radius: float

    @property
    def name(self) -> str:
        """The neuron's name among the drawing's facts."""
        return f"{self.layer}.{self.number or 'bias'}"


# --- layered networks ------------------------------------------------------------------------------------------------


def mlp(*, layers: Layers, bias: bool = True) -> Sequence[Shape]:
    """Draw a multilayer perceptron, every layer fully connected to the next.

    Args:
        layers: neurons in each layer, inputs first.
        bias: whether every layer but the last has a bias neuron.
    """
    columns = _columns(layers, bias=bias, gap=_gap(layers))
    shapes: list[Shape] = [*_connections(columns)]
    for node in columns[0]:
        shapes.append(_input_neuron(node))
    for column in columns[1:]:
        shapes.extend(_unit(node) for node in column)
    shapes.extend(_dots(columns))
    shapes.extend(_output(node) for node in columns[-1])
    if bias:
        node = columns[0][-1]
        shapes.append(
            label("bias", Point(node.centre.x - node.radius - 7, node.centre.y), size=style.SMALL, anchor="end")
        )
    shapes.extend(_captions(columns, _layer_names(len(layers)), layers))
    return shapes


def perceptron(
    *, inputs: Annotated[int, Field(ge=1, le=8)], outputs: Annotated[int, Field(ge=1, le=8)], bias: bool = True
) -> Sequence[Shape]:
    """Draw a perceptron: input neurons and a bias neuron, each connected to every linear threshold unit."""
    radius = 18.0
    columns = _columns([inputs, outputs], bias=bias, gap=190.0, radius=radius, spacing=56.0)
    left, right = columns
    shapes: list[Shape] = [*_connections(columns)]
    shapes.extend(_input_neuron(node) for node in left)
    for node in right:
        shapes += [_threshold_unit(node), _output(node)]
    shapes.append(_beside_connection(left[0], right[0], "$w_{1,1}$", above=True))
    notes = left[0].centre.x - radius - 10
    shapes.extend(_note(["input neuron", "passes on its value"], Point(notes, left[0].centre.y)))
    if bias:
        shapes.append(_beside_connection(left[-1], right[-1], f"$b_{{{outputs}}}$", above=False))
        shapes.extend(_note(["bias neuron", "always puts out 1"], Point(notes, left[-1].centre.y)))
    shapes.extend(_captions(columns, ["input layer", "output layer of LTUs"], [inputs, outputs]))
    return shapes


def backprop_flow(*, layers: Layers) -> Sequence[Shape]:
    """Draw the four stages of backpropagation around a network: forward, error, backward, gradient step.

    Activations run rightwards above the network, error signals leftwards below it; stage 4 stands under the connections
    whose weights it changes.
    """
    last = len(layers) - 1
    columns = _columns(layers, bias=False, gap=min(150.0, 400 / last), radius=11.0, most=5)
    middles = [column[0].centre.x for column in columns]
    network = [node for column in columns for node in column]
    top = min(node.centre.y for node in network) - 11
    bottom = max(node.centre.y for node in network) + 11
    forward, backward = top - 30, bottom + 30
    error = Box(middles[-1] + 72, forward - 17, middles[-1] + 138, backward + 17)

    shapes: list[Shape] = [*_connections(columns)]
    shapes.extend(Circle(node.centre, node.radius, _UNIT if node.layer else _INPUT) for node in network)
    shapes.extend(_dots(columns))

    activations = [f"$\\mathbf{{a}}^{{({layer})}}$" for layer in range(len(layers))]
    activations[0] = "$\\mathbf{x}$"
    activations[-1] = "$\\hat{\\mathbf{y}}$"
    signals = [f"$\\mathbf{{\\delta}}^{{({layer})}}$" for layer in range(len(layers))]
    for layer, middle in enumerate(middles):
        shapes.append(label(activations[layer], Point(middle, forward), colour=style.BLUE))
        if layer:
            shapes.append(label(signals[layer], Point(middle, backward), colour=style.RED))
    ends = [*middles, error.left + 17]
    for layer, (start, end) in enumerate(pairwise(ends)):
        ahead = [Point(start + 17, forward), Point(end - 17, forward)]
        shapes.append(group("forward", arrow(ahead, Look(stroke=style.BLUE, width=1.5)), layer=layer))
        if layer:
            back = [Point(end - 17, backward), Point(start + 17, backward)]
            look = dashed(Look(stroke=style.RED, width=1.5))
            shapes.append(group("backward", arrow(back, look), layer=layer))

    shapes.append(Rectangle(error, tinted(style.GREY), 5.0))
    shapes.extend(lines(["cost", "$J(\\hat{\\mathbf{y}}, \\mathbf{y})$"], error.centre))
    target = Point(error.right + 34, error.centre.y)
    shapes.extend(arrow([target, Point(error.right, target.y)]))
    shapes.append(label("$\\mathbf{y}$", Point(target.x + 9, target.y)))

    steps = backward + 56
    for layer, (start, end) in enumerate(pairwise(middles), start=1):
        weights = f"W^{{({layer})}}"
        texts = [f"${weights} \\gets {weights}$", f"$- \\eta\\, \\partial J / \\partial {weights}$"]
        at = Point((start + end) / 2, steps + 8)
        shapes.append(group("update", lines(texts, at, size=style.SMALL, leading=1.45), layer=layer))

    left = middles[0] - 11
    shapes.extend(_stage(1, "forward pass: activations", Point(left, forward - 28), style.BLUE))
    shapes.extend(_stage(2, "output error", Point(error.left, forward - 28), style.INK))
    shapes.extend(_stage(3, "backward pass: error signals", Point(left, backward + 26), style.RED))
    shapes.extend(_stage(4, "gradient step on the weights", Point(left, steps + 44), style.INK))
    return shapes


def funnel(*, sizes: Annotated[list[Neurons], Field(min_length=2, max_length=7)]) -> Sequence[Shape]:
    """Draw the layers of a network as bars whose heights follow their sizes (by square root, so small ones show)."""
    gap, width, tallest = min(120.0, 480 / (len(sizes) - 1)), 26.0, 170.0
    # A bar has room for three neurons where there are as many, or the smallest would vanish beside a large one.
    heights = [max(_PITCH * min(size, 3) + 8, tallest * sqrt(size / max(sizes))) for size in sizes]
    bars = [
        Box(gap * layer - width / 2, -height / 2, gap * layer + width / 2, height / 2)
        for layer, height in enumerate(heights)
    ]
    shapes: list[Shape] = []
    for left, right in pairwise(bars):
        corners = [
            Point(left.right, left.top),
            Point(right.left, right.top),
            Point(right.left, right.bottom),
            Point(left.right, left.bottom),
        ]
        shapes.append(polyline(corners, Look(stroke=None, fill=style.GREY, opacity=0.22), closed=True))
    names = ["inputs", *(f"hidden {number}" for number in range(1, len(sizes) - 1)), "outputs"]
    if len(sizes) == 3:
        names[1] = "hidden"
    for layer, (bar, size, name) in enumerate(zip(bars, sizes, names, strict=True)):
        look = _INPUT if layer == 0 else _UNIT
        shapes.append(group("layer", [Rectangle(bar, look, 4.0), *_bar_neurons(bar, size)], size=size))
        shapes.append(label(f"{size}", Point(bar.centre.x, bar.top - 11), bold=True))
        shapes.append(label(name, Point(bar.centre.x, tallest / 2 + 16), size=style.SMALL))
    return shapes


def _gap(layers: Sequence[int]) -> float:
    """Return the way between layers: wide for a small network, narrow enough that five layers fit the page."""
    return min(150.0, 440 / (len(layers) - 1))


def _columns(
    layers: Sequence[int],
    *,
    bias: bool,
    gap: float,
    radius: float | None = None,
    spacing: float | None = None,
    most: int = MOST_SHOWN,
) -> list[list[Node]]:
    """Return the neurons shown of each layer, from top to bottom, the bias neuron last."""
    columns = [_numbers(size, most) for size in layers]
    for column in columns[:-1] if bias else []:
        column.append(0)
    tallest = max(len(column) for column in columns)
    if radius is None:
        radius = 15.0 if tallest <= 9 else 12.5
    if spacing is None:
        spacing = 2 * radius + (15 if tallest <= 6 else 7)
    placed = []
    for layer, column in enumerate(columns):
        top = -(len(column) - 1) / 2 * spacing
        placed.append(
            [
                Node(layer, number, Point(layer * gap, top + slot * spacing), radius)
                for slot, number in enumerate(column)
                if number is not None
            ]
        )
    return placed


def _numbers(size: int, most: int) -> list[int | None]:
    """Return the numbers of the neurons shown; ``None`` stands for those left out."""
    if size <= most:
        return list(range(1, size + 1))
    return [*range(1, min(_FIRST_SHOWN, most - 2) + 1), None, size]


def _dots(columns: Sequence[Sequence[Node]]) -> list[Shape]:
    """Return three dots wherever neurons are left out."""
    shapes: list[Shape] = []
    for column in columns:
        for above, below in pairwise(column):
            if below.number <= above.number + 1:
                continue
            middle = Point(above.centre.x, (above.centre.y + below.centre.y) / 2)
            dots = [Circle(Point(middle.x, middle.y + 6 * step), 1.5, solid()) for step in (-1, 0, 1)]
            shapes.append(group("dots", dots, layer=above.layer))
    return shapes


def _connections(columns: Sequence[Sequence[Node]]) -> list[Group]:
    """Return an arrow from each neuron to each of the next layer but its bias neuron."""
    # Many arrowheads around one neuron would only be a blot; the order of the layers shows the direction then.
    few = max(len(column) for column in columns[:-1]) <= 8
    found = []
    for left, right in pairwise(columns):
        targets = [node for node in right if node.number]
        for source in left:
            for target in targets:
                ends = _ports(source, target, columns)
                shapes = arrow(ends, _CONNECTION, head=SMALL_HEAD) if few else (polyline(ends, _DENSE),)
                found.append(group("connection", shapes, start=source.name, end=target.name))
    return found


def _ports(source: Node, target: Node, columns: Sequence[Sequence[Node]]) -> list[Point]:
    """Return the ends of a connection on the borders of its neurons.

    It points from centre to centre where there is room; in a high network, steep lines would then cut through the
    neighbours, so they start and end nearer to the level of the neuron's centre.
    """
    tallest = max(len(column) for column in columns)
    steepest = 1.4 if tallest <= 6 else 0.35
    way = source.centre.to(target.centre)
    angle = max(-steepest, min(steepest, atan2(way.y, way.x)))
    out = Point(cos(angle), sin(angle))
    return [
        source.centre.moved(out, source.radius + style.LINE / 2),
        target.centre.moved(out, -target.radius - style.LINE / 2),
    ]


def _input_neuron(node: Node) -> Group:
    text = f"$x_{{{node.number}}}$" if node.number else "1"
    size = fitting(text, 2 * node.radius - 5, min(style.TEXT, node.radius), smallest=7.0)
    # Letters without ascenders look centred a little higher than capitals and digits.
    centre = Point(node.centre.x, node.centre.y - (0.06 * size if node.number else 0))
    circle = Circle(node.centre, node.radius, _INPUT if node.number else _BIAS)
    return group("neuron", [circle, label(text, centre, size=size)], name=node.name)


def _unit(node: Node) -> Group:
    """Return a neuron that sums, then applies an activation function."""
    if not node.number:
        return _input_neuron(node)
    x, y = node.centre
    size = node.radius * 0.78
    shapes = [
        Circle(node.centre, node.radius, _UNIT),
        _divider(node),
        label("Σ", Point(x - node.radius * 0.46, y), size=size),
        label("$\\phi$", Point(x + node.radius * 0.46, y - 0.08 * size), size=size),
    ]
    return group("neuron", shapes, name=node.name)


def _threshold_unit(node: Node) -> Group:
    """Return a neuron that sums, then applies a step."""
    x, y = node.centre
    radius = node.radius
    step = [
        Point(x + 0.2 * radius, y + 0.28 * radius),
        Point(x + 0.46 * radius, y + 0.28 * radius),
        Point(x + 0.46 * radius, y - 0.28 * radius),
        Point(x + 0.72 * radius, y - 0.28 * radius),
    ]
    shapes = [
        Circle(node.centre, radius, _UNIT),
        _divider(node),
        label("Σ", Point(x - radius * 0.46, y), size=radius * 0.75),
        polyline(step, Look(width=1.3)),
    ]
    return group("neuron", shapes, name=node.name)


def _divider(node: Node) -> Shape:
    x, y = node.centre
    return polyline([Point(x, y - node.radius), Point(x, y + node.radius)], Look(width=style.HAIR))


def _output(node: Node) -> Group:
    """Return the arrow out of a neuron of the last layer and the name of what it puts out."""
    start = Point(node.centre.x + node.radius + style.LINE / 2, node.centre.y)
    end = Point(start.x + 24, start.y)
    text = label(f"$\\hat{{y}}_{{{node.number}}}$", Point(end.x + 5, end.y), anchor="start")
    return group("output", [*arrow([start, end]), text], name=node.name)


def _layer_names(count: int) -> list[str]:
    hidden = [f"hidden layer {number}" for number in range(1, count - 1)]
    return ["input layer", *(hidden if len(hidden) > 1 else ["hidden layer"][: len(hidden)]), "output layer"]


def _captions(columns: Sequence[Sequence[Node]], names: Sequence[str], layers: Sequence[int]) -> list[Label]:
    """Return each layer's name under it, with its size where not all of it is shown."""
    bottom = max(node.centre.y + node.radius for column in columns for node in column)
    found = []
    for column, name, size in zip(columns, names, layers, strict=True):
        shown = sum(node.number > 0 for node in column)
        texts = [name] if shown == size else [name, f"({size} neurons)"]
        for row, text in enumerate(texts):
            found.append(label(text, Point(column[0].centre.x, bottom + 20 + 14 * row), size=style.SMALL))
    return found


def _note(texts: list[str], at: Point) -> tuple[Label, ...]:
    """Return a remark to the left of ``at``, a heading over smaller text."""
    return (
        label(texts[0], Point(at.x, at.y - 7), anchor="end"),
        label(texts[1], Point(at.x, at.y + 8), anchor="end", size=style.SMALL),
    )


def _beside_connection(source: Node, target: Node, text: str, *, above: bool, part: float = 0.5) -> Label:
    """Return a label beside the connection that nothing else runs above (or below)."""
    way = source.centre.to(target.centre)
    on_line = source.centre.moved(way, part)
    off = way.unit().left()
    # Far enough that the corner of a wide label clears a steep line.
    distance = 9 + abs(off.x) * text_width(text, style.TEXT) / 2
    return label(text, on_line.moved(off, distance if above else -distance))


def _stage(number: int, text: str, at: Point, colour: str) -> tuple[Shape, ...]:
    """Return a numbered remark that starts at ``at``."""
    disc = Circle(Point(at.x + 8, at.y), 8.0, Look(stroke=colour))
    shapes = (
        disc,
        label(str(number), disc.centre, size=style.SMALL, colour=colour),
        label(text, Point(at.x + 22, at.y), anchor="start", colour=colour),
    )
    return (group("stage", shapes, number=number),)


def _bar_neurons(bar: Box, size: int) -> list[Shape]:
    """Return a column of small neurons that fills a bar, dots in the middle if there is no room for all."""
    room = max(1, int((bar.height - 6) / _PITCH))
    slots = min(size, room)
    top = bar.centre.y - (slots - 1) / 2 * _PITCH
    shapes: list[Shape] = []
    for slot in range(slots):
        at = Point(bar.centre.x, top + slot * _PITCH)
        if size > slots and slot == slots // 2 and slots > 2:
            shapes.extend(Circle(Point(at.x, at.y + 3.6 * step), 1.0, solid()) for step in (-1, 0, 1))
        else:
            shapes.append(Circle(at, 4.2, Look(width=style.THIN)))
    return shapes


# --- single units ----------------------------------------------------------------------------------------------------


def ltu(
    *, inputs: Annotated[int, Field(ge=1, le=6)], step: StepName = "heaviside", bias: bool = True
) -> Sequence[Shape]:
    """Draw a linear threshold unit: weighted inputs, their sum, a step function of it."""
    radius, spacing = 16.0, 50.0
    count = inputs + bias
    sources = [
        Node(0, number, Point(0, (slot - (count - 1) / 2) * spacing), radius)
        for slot, number in enumerate([*range(1, inputs + 1), *([0] if bias else [])])
    ]
    total = Node(1, 1, Point(170, 0), 24.0)
    shapes: list[Shape] = []
    for source in sources:
        along = source.centre.to(total.centre).unit()
        ends = [
            source.centre.moved(along, source.radius + style.LINE / 2),
            total.centre.moved(along, -total.radius - style.LINE / 2),
        ]
        shapes.append(group("connection", arrow(ends), start=source.name, end=total.name))
        shapes.append(_input_neuron(source))
        # All weights at one distance from the inputs, where the lines are still apart, each just above its line.
        x = 62.0
        y = source.centre.y * (1 - x / total.centre.x)
        slope = abs(source.centre.y) / total.centre.x
        text = f"$w_{{{source.number}}}$" if source.number else "$b$"
        shapes.append(label(text, Point(x, y - 11 - slope * text_width(text, style.TEXT) / 2)))
    shapes.append(group("sum", [Circle(total.centre, total.radius, _UNIT), label("Σ", total.centre, size=22)]))

    panel = Box(258, -24, 306, 24)
    shapes.extend(arrow([Point(total.centre.x + total.radius, 0), Point(panel.left, 0)]))
    shapes.append(label("$z$", Point((total.centre.x + total.radius + panel.left) / 2 - 2, -10)))
    shapes.append(group("step", [Rectangle(panel, _UNIT, 4.0), *_step_plot(panel, step)], function=step))
    shapes.extend(arrow([Point(panel.right, 0), Point(panel.right + 34, 0)]))
    shapes.append(label("$h_{\\mathbf{w}}(\\mathbf{x})$", Point(panel.right + 40, -1), anchor="start"))

    bottom = (count - 1) / 2 * spacing + radius + 22
    names = {"heaviside": "Heaviside", "sign": "sign"}
    formula = "$z = \\mathbf{w}^T \\mathbf{x} + b$" if bias else "$z = \\mathbf{w}^T \\mathbf{x}$"
    captions = (
        (Point(0, bottom), ["inputs"]),
        (Point(76, bottom), ["weights"]),
        (Point(total.centre.x, bottom), ["weighted sum", formula]),
        (Point(panel.centre.x, bottom), ["step function", names[step]]),
        (Point(panel.right + 64, bottom), ["output", "step$(z)$"]),
    )
    for at, texts in captions:
        for row, text in enumerate(texts):
            shapes.append(label(text, Point(at.x, at.y + 15 * row), size=style.SMALL))
    return shapes


def _step_plot(panel: Box, step: StepName) -> list[Shape]:
    """Return a small plot of a step function with its values at the jump."""
    x, y = panel.centre
    reach = panel.width / 2 - 6
    low, zero, high = {"heaviside": (10.0, 10.0, -12.0), "sign": (12.0, 0.0, -12.0)}[step]
    thin = Look(stroke=style.GREY, width=style.HAIR)
    axes = [
        polyline([Point(x - reach, y + zero), Point(x + reach, y + zero)], thin),
        polyline([Point(x, y - 17), Point(x, y + 17)], thin),
    ]
    heavy = Look(width=1.6)
    halves = [
        polyline([Point(x - reach, y + low), Point(x - 2.2, y + low)], heavy),
        polyline([Point(x + (2.2 if step == "sign" else 0), y + high), Point(x + reach, y + high)], heavy),
    ]
    ring = Look(width=style.LINE)
    if step == "sign":
        marks = [Circle(Point(x, y + low), 2.2, ring), Circle(Point(x, y + high), 2.2, ring)]
        return [*axes, *halves, *marks, Circle(Point(x, y + zero), 2.4, solid())]
    return [*axes, *halves, Circle(Point(x, y + low), 2.2, ring), Circle(Point(x, y + high), 2.4, solid())]


# --- logic with neurons ----------------------------------------------------------------------------------------------

# Connections into C by network: from A, from B; +k are k excitatory ones, −1 is an inhibitory one. C fires when at
# least two of its excitatory connections are active and no inhibitory one is (McCulloch and Pitts, 1943).
_LOGIC: dict[str, tuple[str, dict[str, int]]] = {
    "identity": ("$C = A$", {"A": 2}),
    "and": ("$C = A \\land B$", {"A": 1, "B": 1}),
    "or": ("$C = A \\lor B$", {"A": 2, "B": 2}),
    "and_not": ("$C = A \\land \\lnot B$", {"A": 2, "B": -1}),
}


def logic_nets(*, nets: Annotated[list[NetName], Field(min_length=1, max_length=4)]) -> Sequence[Shape]:
    """Draw networks of binary neurons that compute logic; C fires when at least two connections into it are active."""
    shapes: list[Shape] = []
    right = 0.0
    for net in nets:
        formula, counts = _LOGIC[net]
        half = 63.0 if len(counts) > 1 else 30.0
        shapes.append(group("net", _logic_net(Point(right + half, 0), formula, counts), name=net))
        right += 2 * half + 32
    middle = (right - 32) / 2
    legend = 190.0
    with_inhibition = "and_not" in nets
    start = middle - (118 if with_inhibition else 56)
    shapes.append(group("legend", _excitatory([Point(start, legend), Point(start + 30, legend)])))
    shapes.append(label("excitatory", Point(start + 38, legend), size=style.SMALL, anchor="start"))
    if with_inhibition:
        start = middle + 22
        shapes.append(group("legend", _inhibitory([Point(start, legend), Point(start + 30, legend)])))
        shapes.append(label("inhibitory", Point(start + 38, legend), size=style.SMALL, anchor="start"))
    return shapes


def _logic_net(at: Point, formula: str, counts: dict[str, int]) -> list[Shape]:
    radius = 17.0
    output = at
    sources = {"A": Point(at.x - 46, at.y + 104), "B": Point(at.x + 46, at.y + 104)}
    if len(counts) == 1:
        sources["A"] = Point(at.x, at.y + 104)
    shapes: list[Shape] = []
    for name, count in counts.items():
        offsets = (-4.0, 4.0) if count == 2 else (0.0,)
        for offset in offsets:
            ends = _between(sources[name], output, radius, offset)
            kind = "excitatory" if count > 0 else "inhibitory"
            drawn = _excitatory(ends) if count > 0 else _inhibitory(ends)
            shapes.append(group(kind, drawn, start=name, end="C"))
            if count < 0:
                shapes.append(label("¬", Point((ends[0].x + ends[1].x) / 2 + 13, (ends[0].y + ends[1].y) / 2)))
    for name, centre in {**{name: sources[name] for name in counts}, "C": output}.items():
        look = _UNIT if name == "C" else _INPUT
        shapes.append(group("neuron", [Circle(centre, radius, look), label(f"${name}$", centre)], name=name))
    shapes.append(label(formula, Point(at.x, at.y + 146), size=14))
    return shapes


def _between(source: Point, target: Point, radius: float, offset: float) -> list[Point]:
    """Return the ends, on the borders of two circles, of the line ``offset`` beside the one between their centres."""
    along = source.to(target).unit()
    beside = along.left()
    # On a line beside the centre, the border is nearer by the sagitta.
    reach = sqrt((radius + style.LINE / 2) ** 2 - offset**2)
    start = source.moved(beside, offset).moved(along, reach)
    end = target.moved(beside, offset).moved(along, -reach)
    return [start, end]


def _excitatory(ends: Sequence[Point]) -> tuple[Shape, ...]:
    return arrow(ends, Look(width=1.2))


def _inhibitory(ends: Sequence[Point]) -> tuple[Shape, ...]:
    """Return a line that ends in a bar, just before the border so that the bar shows."""
    along = ends[0].to(ends[1]).unit()
    tip = ends[1].moved(along, -2.5)
    bar = [tip.moved(along.left(), 7), tip.moved(along.left(), -7)]
    return polyline([ends[0], tip], Look(stroke=style.RED, width=1.2)), polyline(bar, Look(stroke=style.RED, width=2.4))
