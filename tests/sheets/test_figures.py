"""The drawings: nothing outside, nothing on top of something else, and what they show is so."""

import copy
import json
import math
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from functools import cache
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.problems import GradeTapeError
from grader.sheets.figures import Drawing, FigureError, draw, drawing_names
from grader.sheets.figures.style import PAGE_WIDTH, has_letter, letters_width
from grader.sheets.figures.text import runs, text_width, wrapped
from tests.sheets.figures_svg import Area, Item, Parsed, crosses, distance_to_segment, parsed

Parameters = dict[str, Any]

CONSTRUCTION, EXECUTION = "construction phase", "execution phase"


def _boxes(*rows: tuple[str, ...]) -> list[Parameters]:
    return [dict(zip(("id", "text", "group"), row, strict=False)) for row in rows]


GRADIENT_LOOP: Parameters = {
    "boxes": _boxes(
        ("x", "$X$, $\\theta$"),
        ("p", "predictions"),
        ("e", "error"),
        ("m", "mse"),
        ("g", "gradients"),
        ("a", "assign $\\theta$"),
    ),
    "arrows": [["x", "p"], ["p", "e"], ["e", "m"], ["m", "g"], ["g", "a"], ["a", "x", "next epoch"]],
}
TWO_PHASES: Parameters = {
    "boxes": _boxes(
        ("ph", "placeholders X, y", CONSTRUCTION),
        ("la", "layers", CONSTRUCTION),
        ("lo", "loss", CONSTRUCTION),
        ("tr", "training op", CONSTRUCTION),
        ("ev", "accuracy", CONSTRUCTION),
        ("in", "init op, saver", CONSTRUCTION),
        ("se", "open a session", EXECUTION),
        ("ru", "run init", EXECUTION),
        ("ba", "next batch", EXECUTION),
        ("op", "run the training op", EXECUTION),
        ("ac", "evaluate accuracy", EXECUTION),
        ("sa", "save the model", EXECUTION),
    ),
    "arrows": [
        ["ph", "la"],
        ["la", "lo"],
        ["lo", "tr"],
        ["la", "ev"],
        ["tr", "in"],
        ["in", "se"],
        ["se", "ru"],
        ["ru", "ba"],
        ["ba", "op"],
        ["op", "ba", "each batch"],
        ["op", "ac"],
        ["ac", "ba", "each epoch"],
        ["ac", "sa"],
    ],
}
DECISIONS: Parameters = {
    "boxes": _boxes(
        ("r", "request an op on a device"),
        ("k", "kernel for the device?"),
        ("c", "colocated?"),
        ("x", "device exists?"),
        ("ok", "placed there"),
        ("f", "fall back to CPU"),
        ("er", "error"),
    ),
    "arrows": [
        ["r", "k"],
        ["k", "c", "yes"],
        ["k", "f", "no, soft"],
        ["k", "er", "no"],
        ["c", "x"],
        ["x", "ok", "yes"],
        ["x", "er", "no"],
        ["f", "ok"],
    ],
}
MIXED: Parameters = {
    "boxes": _boxes(
        ("g", "gradient"),
        ("m", "first moment $\\mathbf{m}$", "Adam"),
        ("s", "second moment $\\mathbf{s}$", "Adam"),
        ("c", "bias correction", "Adam"),
        ("st", "step"),
        ("th", "$\\theta$"),
    ),
    "arrows": [["g", "m"], ["g", "s"], ["m", "c"], ["s", "c"], ["c", "st"], ["st", "th"], ["th", "g", "next step"]],
}
CHAIN: Parameters = {
    "boxes": _boxes(*((f"b{n}", f"stage number {n} of twelve") for n in range(12))),
    "arrows": [*([f"b{n}", f"b{n + 1}"] for n in range(11)), ["b11", "b0", "again"]],
}
ERRORS: Parameters = {
    "series": [
        {"label": "validation error", "points": [[1, 0.3], [2, 0.2], [3, 0.15], [4, 0.17], [5, 0.22]]},
        {"label": "training error", "points": [[1, 0.28], [2, 0.17], [3, 0.1], [4, 0.06], [5, 0.04]]},
    ],
    "x_label": "hidden layers",
    "y_label": "error",
    "mark": 3,
}
WRAPPER: Parameters = {
    "name": "DeviceCell(device, cell)",
    "inner": "cell",
    "passes_on": ["state_size", "output_size"],
    "block": "with tf.device(device):",
    "wraps": [["get_initial_state(…)", "first states"], ["build(…)", "weights"], ["call(…)", "operations"]],
}
ALL_FUNCTIONS = [
    "heaviside", "sign", "logistic", "tanh", "relu", "leaky_relu", "elu", "selu", "softplus", "swish", "gelu", "identity",
]  # fmt: skip


def _task(job: str, task: int, *runs: str, port: int | None = None) -> Parameters:
    return {"job": job, "task": task, "runs": [*runs]} | ({"port": port} if port else {})


CLUSTERS: list[Parameters] = [
    {"machines": [{"name": "this machine", "tasks": [_task("local", 0)]}]},
    {
        "machines": [
            {
                "name": "machine A",
                "devices": ["CPU:0", "GPU:0", "GPU:1"],
                "tasks": [
                    _task("worker", 0, "$X_0 w$", port=2222),
                    _task("ps", 0, "variable $w$", "joins $y$", port=2221),
                ],
            },
            {"name": "machine B", "devices": ["CPU:0"], "tasks": [_task("worker", 1, "$X_1 w$", port=2222)]},
        ],
        "clients": [{"text": "client", "opens": ["/job:worker/task:1"]}],
        "transfers": [
            {"of": "$w$", "start": "/job:ps/task:0", "end": "/job:worker/task:0"},
            {"of": "$X_0 w$", "start": "/job:worker/task:0", "end": "/job:ps/task:0"},
            {"of": "$w$", "start": "/job:ps/task:0", "end": "/job:worker/task:1"},
        ],
    },
    {
        "machines": [
            {"name": f"a machine with a long name, {n}", "devices": ["CPU:0"], "tasks": [_task("worker", n, port=2222)]}
            for n in range(2)
        ],
        "clients": [
            {"text": "client 1, two threads", "opens": ["/job:worker/task:0", "/job:worker/task:1"]},
            {"text": "client 2", "opens": ["/job:worker/task:1"]},
        ],
    },
    {
        "machines": [
            {"name": "A", "devices": ["GPU:0", "GPU:1", "GPU:2", "GPU:3"], "tasks": [_task("ps", 0, "$x$", "$y$")]},
            {"name": "B", "tasks": [_task("ps", 1, "$x$ in my_problem")]},
        ],
        "clients": [
            {"text": name, "opens": ["/job:ps/task:0" if name in "AB" else "/job:ps/task:1"]} for name in "ABCD"
        ],
    },
]

CASES: list[tuple[str, Parameters]] = [
    ("biological_neuron", {}),
    ("neuron_comparison", {}),
    ("neuron_comparison", {"inputs": 3, "threshold": 2}),
    ("neuron_comparison", {"inputs": 1, "threshold": 1}),
    ("neuron_comparison", {"inputs": 5, "threshold": 4}),
    ("logic_nets", {"nets": ["identity", "and", "or", "and_not"]}),
    ("logic_nets", {"nets": ["and_not"]}),
    ("logic_nets", {"nets": ["or", "and"]}),
    ("logic_nets", {"nets": ["identity"]}),
    *(("ltu", {"inputs": inputs, "step": step}) for inputs in range(1, 7) for step in ("heaviside", "sign")),
    ("ltu", {"inputs": 3, "bias": False}),
    *(
        ("perceptron", {"inputs": inputs, "outputs": outputs, "bias": bias})
        for inputs, outputs, bias in [
            (2, 3, True),
            (1, 1, True),
            (1, 1, False),
            (8, 8, True),
            (1, 8, True),
            (8, 1, False),
        ]
    ),
    *(
        ("mlp", {"layers": layers, "bias": bias})
        for bias in (True, False)
        for layers in (
            [2, 4, 3],
            [1, 1],
            [3, 5, 5, 2],
            [12, 12, 12, 12, 12],
            [784, 300, 100, 10],
            [1, 12, 1, 12, 1],
            [6, 6, 6],
            [7, 7],
            [13, 2],
        )
    ),
    *(
        ("backprop_flow", {"layers": layers})
        for layers in ([2, 4, 3], [1, 1], [3, 3, 3, 3, 3], [784, 300, 10], [5, 6, 1])
    ),
    ("curve", {"functions": ["heaviside", "sign", "logistic", "tanh", "relu"], "derivatives": False, "range": [-5, 5]}),
    ("curve", {"functions": ["heaviside", "sign"], "range": [-3, 3]}),
    ("curve", {"functions": ["heaviside", "logistic", "tanh", "relu"], "derivatives": True, "range": [-5, 5]}),
    ("curve", {"functions": ["logistic"]}),
    ("curve", {"functions": ["elu"], "derivatives": True, "range": [-0.5, 100.0]}),
    ("curve", {"functions": ALL_FUNCTIONS, "derivatives": True, "range": [-4, 4]}),
    ("descent", {"curvature": 1.0, "start": -4.0, "learning_rate": 0.3, "steps": 6}),
    ("descent", {}),
    ("descent", {"learning_rate": 1.9, "steps": 8}),
    ("descent", {"learning_rate": 2.2, "steps": 5}),
    ("descent", {"learning_rate": 0.01, "steps": 30, "start": 500}),
    ("descent", {"learning_rate": 1.0, "curvature": 1.0, "steps": 1, "start": 0.001}),
    ("flow", GRADIENT_LOOP),
    ("flow", TWO_PHASES),
    ("flow", DECISIONS),
    ("flow", MIXED),
    ("flow", CHAIN),
    ("flow", {"boxes": _boxes(("a", "alone")), "arrows": []}),
    ("flow", {"boxes": _boxes(("a", "there"), ("b", "back")), "arrows": [["a", "b", "go"], ["b", "a", "return"]]}),
    ("funnel", {"sizes": [784, 300, 100, 10]}),
    ("funnel", {"sizes": [1, 1]}),
    ("funnel", {"sizes": [10, 100_000]}),
    ("funnel", {"sizes": [784, 600, 400, 200, 100, 50, 10]}),
    ("line_plot", ERRORS),
    ("line_plot", {**ERRORS, "mark_label": "best"}),
    ("line_plot", {**ERRORS, "mark": 1, "mark_label": "where all begins"}),
    ("line_plot", {**ERRORS, "mark": 5, "mark_label": "where it ends", "y_label": "a rather long name of an error"}),
    (
        "line_plot",
        {
            "series": [{"label": f"run {n}", "points": [[0, 1], [1000, 0.01 * n]]} for n in range(5)],
            "x_label": "epochs",
            "y_label": "$J(\\theta)$",
        },
    ),
    ("line_plot", {"series": [{"label": "flat", "points": [[-1, 2], [1, 2]]}], "x_label": "x", "y_label": "y"}),
    *(
        ("transfer", {"old_hidden": a, "new_hidden": b, "reused": reused, "frozen": frozen, "cache": cache})
        for a, b, reused, frozen, cache in [
            (5, 4, 3, 2, True),
            (1, 1, 1, 0, False),
            (1, 8, 1, 1, True),
            (8, 8, 8, 8, True),
            (8, 1, 1, 1, False),
        ]
    ),
    ("local_fields", {"rows": 7, "columns": 10, "field": [3, 3], "neuron": [1, 3], "names": ["input", "one", "two"]}),
    ("local_fields", {"rows": 16, "columns": 16, "field": [8, 1], "neuron": [1, 15], "names": ["a name of words"] * 3}),
    ("local_fields", {"rows": 1, "columns": 1, "field": [1, 1], "neuron": [0, 0], "names": ["a", "b", "c"]}),
    *(
        ("convolution", {"rows": r, "columns": c, "field": f, "stride": s, "neurons": neurons, "padding": padding})
        for r, c, f, s, neurons, padding in [
            (5, 7, [3, 3], [1, 1], [[0, 0], [2, 4]], "SAME"),
            (5, 7, [3, 3], [2, 2], [[0, 1], [1, 2]], "SAME"),
            (5, 7, [3, 3], [2, 2], [[1, 2], [1, 1]], "VALID"),
            (16, 16, [8, 8], [1, 1], [[15, 15], [0, 0]], "SAME"),
            (16, 16, [5, 5], [3, 3], [[4, 4], [5, 5]], "SAME"),
            (1, 1, [1, 1], [1, 1], [[0, 0]], "VALID"),
            (1, 16, [8, 1], [8, 8], [[0, 1]], "SAME"),
        ]
    ),
    ("padding_kinds", {"inputs": 13, "field": 6, "stride": 5}),
    ("padding_kinds", {"inputs": 20, "field": 8, "stride": 1}),
    ("padding_kinds", {"inputs": 1, "field": 1, "stride": 8}),
    (
        "feature_maps",
        {
            "rows": 8,
            "columns": 8,
            "field": [3, 3],
            "layers": [{"name": "input", "maps": 3, "letters": ["R", "G", "B"]}, {"name": "layer 1", "maps": 4}],
        },
    ),
    (
        "feature_maps",
        {
            "rows": 16,
            "columns": 16,
            "field": [8, 1],
            "layers": [{"name": "a layer with a long name", "maps": 6, "letters": list("MWMWMW")}] * 3,
        },
    ),
    ("feature_maps", {"rows": 3, "columns": 3, "field": [1, 1], "layers": [{"name": "a name", "maps": 1}] * 2}),
    ("series_window", {"start": 13.0}),
    ("series_window", {"start": 0, "steps": 2, "predictions": [30, -40]}),
    ("series_window", {"start": 10.0, "steps": 40, "dt": 0.5, "end": 400.0, "predictions": [0.1] * 40}),
    ("unrolled_projection", {}),
    ("unrolled_projection", {"steps": 1000, "neurons": 100_000, "shown": 2}),
    ("unrolled_projection", {"steps": 2, "neurons": 1, "shown": 1}),
    ("unrolled_projection", {"steps": 4, "shown": 3}),
    ("dropped_neurons", {"layers": [3, 5, 4, 2], "dropped": [[2], [1, 4, 5], [3, 4]]}),
    ("dropped_neurons", {"layers": [1, 1], "dropped": [[]]}),
    ("dropped_neurons", {"layers": [8, 8, 8, 8, 8], "dropped": [[1, 2, 3, 4, 5, 6, 7], [8], [], [4, 5]]}),
    *(("cluster", parameters) for parameters in CLUSTERS),
    ("max_norm_disc", {"r": 1.0, "weights": [[1.3, 0.9], [-0.5, 0.55], [-1.1, -0.9], [0.45, -0.3]]}),
    ("max_norm_disc", {"r": 20, "weights": [[-30, 30]]}),
    ("max_norm_disc", {"r": 0.5, "weights": [[0.5, 0.001]]}),
    ("image_variants", {"rows": ["0123", "4567", "8990", "0000"], "variants": [{"label": "as it is"}]}),
    (
        "image_variants",
        {
            "rows": ["000000000000"] * 5 + ["000009900000"] * 7,
            "variants": [
                {"label": "all at once", "down": -2, "right": 8, "mirror": True, "degrees": -45, "ink": 1},
                *({"label": f"turned by {degrees}", "degrees": degrees} for degrees in range(-40, 41, 10)),
            ],
        },
    ),
    *(
        ("agent_loop", {"agent": agent, "environment": environment, "action": "action $a_t$", "answers": answers})
        for agent, environment, answers in [
            (["Agent"], ["Environment"], ["observation $o_{t+1}$", "reward $r_{t+1}$"]),
            (["Agent", "policy $\\pi$"], ["Environment", "a world", "of some kind"], ["reward"]),
            (["A"], ["E"], ["observation of four numbers", "reward", "terminated? truncated?"]),
        ]
    ),
    ("cart_pole", {"position": 0.5, "angle": 7}),
    ("cart_pole", {"position": 0.3, "angle": 10}),
    ("cart_pole", {"position": 0.6, "angle": 6}),
    ("episode_strip", {"start": [0.0273956, -0.00611216, 0.03585979, 0.0197368], "steps": [0, 5, 11, 17, 24, 32, 41]}),
    ("episode_strip", {"start": [0, 0, 0.2, 0.2], "steps": [0]}),
    ("episode_strip", {"start": [-0.05, 0.05, 0.01, -0.05], "steps": list(range(15))}),
    *(
        ("deep_rnn", {"layers": layers, "steps": steps, "rounds": rounds, **({"devices": devices} if devices else {})})
        for layers, steps, rounds, devices in [
            (3, 5, True, ["/gpu:0", "/gpu:1", "/gpu:2"]),
            (1, 1, False, []),
            (5, 8, True, []),
            (2, 8, False, ["job:worker/task:11/GPU:3", "/cpu:0"]),
            (5, 1, True, ["/gpu:0"] * 5),
        ]
    ),
    ("cell_wrapper", WRAPPER),
    ("cell_wrapper", {**WRAPPER, "passes_on": []}),
    ("cell_wrapper", {"name": "W", "inner": "c", "passes_on": ["a"] * 6, "block": "b", "wraps": [["d", "e"]] * 6}),
    ("nesterov_lookahead", {}),
    ("nesterov_lookahead", {"beta": 0.8}),
    ("nesterov_lookahead", {"beta": 0.99}),
    ("optimizer_paths", {"curvatures": [1, 2], "start": [1, 1], "runs": [{"method": "gd", "rate": 0.1, "steps": 1}]}),
    (
        "optimizer_paths",
        {
            "curvatures": [9, 0.1],
            "start": [0.02, -300],
            "runs": [
                {"method": method, "rate": 0.02, "steps": 200} for method in ("nesterov", "rmsprop", "adam", "momentum")
            ],
        },
    ),
]
IDS = [f"{name}-{index}" for index, (name, _) in enumerate(CASES)]
each_case = pytest.mark.parametrize(("name", "parameters"), CASES, ids=IDS)


def _read(name: str, parameters: Parameters) -> Parsed:
    return _read_json(name, json.dumps(parameters))


@cache
def _read_json(name: str, parameters: str) -> Parsed:
    return parsed(draw(name, json.loads(parameters)).svg)


# --- every drawing ---------------------------------------------------------------------------------------------------


def test_every_drawing_is_among_the_cases() -> None:
    assert {name for name, _ in CASES} == set(drawing_names())


@each_case
def test_it_is_one_svg_element_that_stands_for_itself(name: str, parameters: Parameters) -> None:
    drawing = draw(name, parameters)
    root = parsed(drawing.svg).root
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.attrib["role"] == "img"
    assert "Libertinus Serif" in root.attrib["font-family"]
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    assert (drawing.width, drawing.height) == (width, height)
    tags = {element.tag.split("}")[1] for element in root.iter()}
    assert tags <= {"svg", "g", "circle", "rect", "path", "text", "tspan"}
    attributes = {key for element in root.iter() for key in element.attrib}
    # No ids, and so nothing to clash with those of another drawing or of the page.
    assert not attributes & {"id", "href", "style", "transform", "onload", "clip-path", "marker-end"}
    assert not any("url(" in value for element in root.iter() for value in element.attrib.values())
    assert len(drawing.svg) < 150_000


@each_case
def test_it_fits_the_page(name: str, parameters: Parameters) -> None:
    drawing = draw(name, parameters)
    assert 20 < drawing.width <= PAGE_WIDTH
    assert 20 < drawing.height <= 880


@each_case
def test_nothing_is_outside_the_view_box(name: str, parameters: Parameters) -> None:
    drawing = _read(name, parameters)
    outside = [item.text or item.element.attrib for item in drawing.items if not item.area.within(drawing.page)]
    assert outside == []


@each_case
def test_no_two_labels_overlap(name: str, parameters: Parameters) -> None:
    texts = _read(name, parameters).texts()
    together = [(one.text, other.text) for one, other in combinations(texts, 2) if one.area.meets(other.area, 0.75)]
    assert together == []


@each_case
def test_no_arrow_runs_through_a_label(name: str, parameters: Parameters) -> None:
    drawing = _read(name, parameters)
    kinds = {"connection", "excitatory", "inhibitory", "output", "mapping", "arrow", "forward", "backward", "step"}
    kinds |= {"session", "transfer"}
    lines = [
        item for item in drawing.items if item.tag == "path" and kinds & set(item.groups) and item.groups[-1] in kinds
    ]
    for text in drawing.texts():
        near = [line for line in lines if line.area.meets(text.area)]
        hit = [line.facts for line in near if crosses(text.area.shrunk(1.5), line.places)]
        assert hit == [], text.text


@each_case
def test_the_same_call_gives_the_same_text_and_leaves_its_parameters(name: str, parameters: Parameters) -> None:
    before = copy.deepcopy(parameters)
    assert draw(name, parameters) == draw(name, copy.deepcopy(parameters))
    assert parameters == before


def test_the_text_does_not_depend_on_the_order_of_hashes() -> None:
    program = (
        "import hashlib, json, sys; from grader.sheets.figures import draw\n"
        "print([hashlib.sha256(draw(n, p).svg.encode()).hexdigest() for n, p in json.load(sys.stdin)])"
    )
    cases = json.dumps([case for case in CASES if case[0] in ("flow", "mlp", "curve")])
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            input=cases,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]


def test_sheets_draw_without_heavy_imports() -> None:
    program = (
        "import sys; from grader.sheets.figures import draw; draw('mlp', {'layers': [2, 3]})\n"
        "print([m for m in ('tensorflow', 'keras', 'numpy', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- letters ---------------------------------------------------------------------------------------------------------


def _typst_widths(texts: list[tuple[str, bool, bool]]) -> list[float]:
    """Return how wide texts are in the PDF's font, in em."""
    typst = pytest.importorskip("typst")
    source = """
#let texts = json(bytes(sys.inputs.texts))
#let wide(t) = measure(text(
  font: "Libertinus Serif", fallback: false, size: 1000pt,
  style: if t.at(1) { "italic" } else { "normal" }, weight: if t.at(2) { 700 } else { 400 }, t.at(0))).width.pt()
#context [#metadata(texts.map(wide))<widths>]
"""
    found = typst.query(
        source.encode(),
        "<widths>",
        field="value",
        one=True,
        sys_inputs={"texts": json.dumps(texts)},
        ignore_system_fonts=True,
    )
    return [width / 1000 for width in json.loads(found)]


def test_no_letter_is_wider_than_its_width_in_the_table() -> None:
    """Each letter on its own, upright and bold, and letters of formulas also slanted, in the font that the PDF embeds."""
    letters = [chr(code) for code in range(32, 0x2300) if has_letter(chr(code))]
    assert len(letters) > 250
    texts = [(letter, italic, bold) for letter in letters for italic in (False, True) for bold in (False, True)]
    texts = [text for text in texts if not text[1] or text[0].isalpha()]
    too_small = [
        (text, real)
        for text, real in zip(texts, _typst_widths(texts), strict=True)
        if real > letters_width(text[0], bold=text[2]) + 1e-6
    ]
    assert too_small == []


def test_no_text_is_wider_than_it_is_taken_to_be() -> None:
    """Every run of letters in every case, so that nothing that happens between letters is missed."""
    found: set[tuple[str, bool, bool]] = set()
    for name, parameters in CASES:
        for item in _read(name, parameters).texts():
            found.add((item.element.text or "", False, False))
            for span in item.element:
                italic, bold = span.attrib.get("font-style") == "italic", span.attrib.get("font-weight") == "bold"
                found |= {(span.text or "", italic, bold), (span.tail or "", False, False)}
    texts = sorted(found - {("", False, False)})
    assert len(texts) > 100
    for (letters, _, bold), real in zip(texts, _typst_widths(texts), strict=True):
        assert real <= letters_width(letters, bold=bold) + 1e-6, letters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words", [("plain words", False, False, 0)]),
        ("$x_1$", [("x", True, False, 0), ("1", False, False, -1)]),
        ("$w_{i,j}$", [("w", True, False, 0), ("i", True, False, -1), (",", False, False, -1), ("j", True, False, -1)]),
        ("a $\\theta$ b", [("a ", False, False, 0), ("θ", True, False, 0), (" b", False, False, 0)]),
        ("$\\mathbf{w}^T$", [("w", False, True, 0), ("T", True, False, 1)]),
        ("$\\hat{y}$", [("ŷ", True, False, 0)]),
        ("$-x-1$", [("−", False, False, 0), ("x", True, False, 0), (" − 1", False, False, 0)]),
        ("$e^{-z}$", [("e", True, False, 0), ("−", False, False, 1), ("z", True, False, 1)]),
        ("$A \\land \\lnot B$", [("A", True, False, 0), (" ∧ ¬", False, False, 0), ("B", True, False, 0)]),
        ("$\\max(0, z)$", [("max(0, ", False, False, 0), ("z", True, False, 0), (")", False, False, 0)]),
    ],
)
def test_labels_know_a_little_latex(text: str, expected: list[tuple[str, bool, bool, int]]) -> None:
    assert [(run.letters, run.italic, run.bold, run.level) for run in runs(text)] == expected


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("$x", "does not end"),
        ("$x_{1$", "not closed"),
        ("$x}$", "too many"),
        ("$x_{1_2}$", "one level"),
        ("$x_$", "must follow"),
        ("$\\thet$", "did you mean 'theta'"),
        ("$\\hat{x}$", "hat"),
        ("日本", "font has no '日'"),
    ],
)
def test_a_bad_label_says_what_is_wrong(text: str, part: str) -> None:
    with pytest.raises(FigureError, match=part):
        runs(text)


@given(st.lists(st.sampled_from(["a", "loss", "training op", "$w_{1,2} x$", "mean squared error"]), min_size=1))
def test_wrapping_keeps_every_word_and_the_width(words: list[str]) -> None:
    text = " ".join(words)
    rows = wrapped(text, 90, 12)
    assert " ".join(rows) == text
    for row in rows:
        assert text_width(row, 12) <= 90 or " " not in row.replace("$w_{1,2} x$", "w")


# --- bad calls -------------------------------------------------------------------------------------------------------

SERIES = [{"label": "a", "points": [[0, 0], [1, 1]]}]


@pytest.mark.parametrize(
    ("name", "parameters", "what", "mend"),
    [
        ("mpl", {}, "unknown drawing 'mpl'", "did you mean 'mlp'?"),
        ("mlp", {"layer": [2, 3]}, "mlp: ", "layers"),
        ("mlp", {"layers": [2, 3], "biass": True}, "unknown parameter 'biass'", "did you mean 'bias'?"),
        ("mlp", {}, "'layers' is missing", "give the parameter"),
        ("mlp", {"layers": [2]}, "'layers' is [2]", "at least 2"),
        ("mlp", {"layers": [2] * 6}, "'layers'", "at most 5"),
        ("mlp", {"layers": [2, 0]}, "'layers.1' is 0", "greater than or equal to 1"),
        ("mlp", {"layers": [2, "3"]}, "'layers.1' is '3'", "valid integer"),
        ("mlp", {"layers": [2, True]}, "'layers.1' is True", "valid integer"),
        ("mlp", {"layers": [2, 3], "bias": "yes"}, "'bias' is 'yes'", "valid boolean"),
        ("biological_neuron", {"size": 3}, "unknown parameter 'size'", "none is known"),
        ("ltu", {"inputs": 3, "step": "heavyside"}, "'step' is 'heavyside'", "did you mean 'heaviside'?"),
        ("ltu", {"inputs": 7}, "'inputs' is 7", "less than or equal to 6"),
        ("logic_nets", {"nets": ["nand"]}, "'nets.0' is 'nand'", "did you mean 'and'?"),
        ("logic_nets", {"nets": []}, "'nets'", "at least 1"),
        ("neuron_comparison", {"threshold": 0}, "'threshold'", "greater than or equal to 1"),
        ("perceptron", {"inputs": 2}, "'outputs' is missing", "outputs"),
        ("curve", {"functions": ["logit"]}, "'functions.0' is 'logit'", "did you mean"),
        ("curve", {"functions": ["tanh"], "range": [1, 5]}, "'range' is [1, 5]", "below 0"),
        ("curve", {"functions": ["tanh"], "range": [-1, math.inf]}, "'range.1'", "finite"),
        ("curve", {"functions": ["tanh"], "range": [-1]}, "'range'", "at least 2"),
        ("descent", {"start": 0}, "'start' is 0", "somewhere else"),
        ("descent", {"learning_rate": -0.1}, "'learning_rate'", "greater than 0"),
        ("descent", {"learning_rate": 5.0, "steps": 20}, "run off", "fewer steps"),
        ("descent", {"steps": 2.5}, "'steps' is 2.5", "valid integer"),
        ("funnel", {"sizes": [10]}, "'sizes'", "at least 2"),
        ("dropped_neurons", {"layers": [2, 2], "dropped": [[1], [1]]}, "'dropped' has 2 entries", "but the outputs, 1"),
        ("dropped_neurons", {"layers": [2, 2], "dropped": [[3]]}, "'dropped.0' is [3]", "the layer's 2"),
        ("dropped_neurons", {"layers": [2, 2], "dropped": [[1, 2]]}, "'dropped.0' is [1, 2]", "leave one or more"),
        ("max_norm_disc", {"r": 0, "weights": [[1, 1]]}, "'r' is 0", "greater than 0"),
        ("max_norm_disc", {"r": 1, "weights": [[3, 0]]}, "from 3 to 3", "2.2 times r, 2.2"),
        ("max_norm_disc", {"r": 1, "weights": [[0, 0], [1, 1]]}, "from 0 to", "a tenth of r, 0.1"),
        ("image_variants", {"rows": ["0000"] * 5, "variants": [{"label": "a"}]}, "'rows' is not square", "5 digits"),
        ("image_variants", {"rows": ["00x0"] * 4, "variants": [{"label": "a"}]}, "'rows.0' is '00x0'", "pattern"),
        ("flow", {"boxes": _boxes(("a", "x")), "arrows": [["a", "b"]]}, "the box 'b'", "known are: a"),
        ("flow", {"boxes": _boxes(("a", "x")), "arrows": [["a", "a"]]}, "to itself", "another box"),
        ("flow", {"boxes": _boxes(("a", "x"), ("a", "y")), "arrows": []}, "two boxes", "of its own"),
        ("flow", {"boxes": [{"id": "a"}], "arrows": []}, "'boxes.0.text' is missing", "boxes"),
        ("flow", {"boxes": [{"id": "a", "text": "t", "grup": "g"}], "arrows": []}, "'boxes.0.grup'", "leave out"),
        ("flow", {"boxes": _boxes(("a", "$x")), "arrows": []}, "does not end", "$"),
        ("line_plot", {"series": SERIES, "x_label": "x", "y_label": "y", "mark": 3}, "'mark' is 3", "from 0 to 1"),
        (
            "line_plot",
            {"series": SERIES, "x_label": "x", "y_label": "y", "mark_label": "m"},
            "without 'mark'",
            "which x",
        ),
        (
            "line_plot",
            {"series": [{"label": "a", "points": [[1, 0], [0, 1]]}], "x_label": "x", "y_label": "y"},
            "out of order",
            "sort",
        ),
    ],
)
def test_a_bad_call_says_what_is_wrong_and_how_to_mend_it(
    name: str, parameters: Parameters, what: str, mend: str
) -> None:
    with pytest.raises(FigureError) as caught:
        draw(name, parameters)
    assert isinstance(caught.value, GradeTapeError)
    said = str(caught.value)
    assert what in said
    assert mend in said
    assert "\n" not in said
    if name in drawing_names():
        assert said.startswith(f"{name}: ")


def test_names_are_those_of_the_signatures() -> None:
    names = drawing_names()
    assert names["mlp"] == {"layers", "bias"}
    assert names["biological_neuron"] == frozenset()
    assert names["flow"] == {"boxes", "arrows"}
    assert names["line_plot"] >= {"series", "x_label", "y_label", "mark"}


# --- networks --------------------------------------------------------------------------------------------------------


def _connections(drawing: Parsed) -> Counter[tuple[str, str]]:
    found = drawing.groups("connection")
    return Counter((each.attrib["data-start"], each.attrib["data-end"]) for each in found)


def _circles(drawing: Parsed) -> dict[str, tuple[float, float, float]]:
    return {
        item.facts["name"]: tuple(float(item.element.attrib[key]) for key in ("cx", "cy", "r"))  # type: ignore[misc]
        for item in drawing.items
        if item.tag == "circle" and "neuron" in item.groups
    }


@given(st.lists(st.integers(1, 12), min_size=2, max_size=5), st.booleans())
@settings(max_examples=20, deadline=None)
def test_an_mlp_connects_every_neuron_with_every_one_of_the_next_layer(layers: list[int], bias: bool) -> None:
    drawing = _read("mlp", {"layers": layers, "bias": bias})
    found = _connections(drawing)
    assert sum(found.values()) == sum((left + bias) * right for left, right in pairwise(layers))
    assert set(found.values()) == {1}
    assert len(_circles(drawing)) == sum(layers) + bias * (len(layers) - 1)
    assert len(drawing.groups("output")) == layers[-1]
    assert not any(end.endswith("bias") for _, end in found)


@given(st.lists(st.integers(1, 14), min_size=2, max_size=5), st.booleans())
@settings(max_examples=20, deadline=None)
def test_connections_join_borders_and_pass_no_other_neuron(layers: list[int], bias: bool) -> None:
    drawing = _read("mlp", {"layers": layers, "bias": bias})
    circles = _circles(drawing)
    for item in drawing.of("connection"):
        if item.element.attrib["fill"] != "none":
            continue  # the arrowhead
        head = max((each.places for each in drawing.of("connection") if each.facts == item.facts), key=len)
        start, tip = item.places[0], head[0] if len(head) > 2 else item.places[-1]
        for place, neuron in ((start, item.facts["start"]), (tip, item.facts["end"])):
            x, y, radius = circles[neuron]
            assert math.hypot(place[0] - x, place[1] - y) == pytest.approx(radius + 0.55, abs=0.02)
        for name, (x, y, radius) in circles.items():
            if name not in item.facts.values():
                assert distance_to_segment((x, y), start, tip) > radius


def test_a_large_layer_shows_its_first_neurons_dots_and_its_last() -> None:
    drawing = _read("mlp", {"layers": [784, 10], "bias": False})
    assert [name for name in _circles(drawing) if name.startswith("0.")] == ["0.1", "0.2", "0.3", "0.4", "0.784"]
    assert [each.attrib["data-layer"] for each in drawing.groups("dots")] == ["0"]
    assert any(item.text == "(784 neurons)" for item in drawing.texts())
    assert any(item.text == "x784" for item in drawing.texts())


def test_a_perceptron_connects_inputs_and_bias_with_every_unit() -> None:
    drawing = _read("perceptron", {"inputs": 2, "outputs": 3, "bias": True})
    assert set(_connections(drawing)) == {(f"0.{i}", f"1.{j}") for i in (1, 2, "bias") for j in (1, 2, 3)}
    without = _read("perceptron", {"inputs": 2, "outputs": 3, "bias": False})
    assert len(_connections(without)) == 6
    assert not any("bias" in item.text for item in without.texts())


def test_an_ltu_names_each_weight() -> None:
    drawing = _read("ltu", {"inputs": 3})
    said = [item.text for item in drawing.texts()]
    assert {"x1", "x2", "x3", "w1", "w2", "w3", "b", "z", "Σ"} <= set(said)
    assert len(_connections(drawing)) == 4


@pytest.mark.parametrize(("step", "open_rings", "dots"), [("heaviside", 1, 1), ("sign", 2, 1)])
def test_steps_show_the_value_at_the_jump(step: str, open_rings: int, dots: int) -> None:
    panel = [item for item in _read("ltu", {"inputs": 2, "step": step}).of("step") if item.tag == "circle"]
    assert Counter(item.element.attrib["fill"] for item in panel) == {"none": open_rings, "currentColor": dots}
    curve = _read("curve", {"functions": [step]})
    assert (len(curve.groups("open")), len(curve.groups("closed"))) == (open_rings, dots)


@pytest.mark.parametrize(
    ("net", "excitatory", "inhibitory", "title"),
    [
        ("identity", {"A": 2}, {}, "C = A"),
        ("and", {"A": 1, "B": 1}, {}, "C = A ∧ B"),
        ("or", {"A": 2, "B": 2}, {}, "C = A ∨ B"),
        ("and_not", {"A": 2}, {"B": 1}, "C = A ∧ ¬B"),
    ],
)
def test_logic_nets_draw_each_connection(
    net: str, excitatory: Mapping[str, int], inhibitory: Mapping[str, int], title: str
) -> None:
    drawing = _read("logic_nets", {"nets": [net]})
    for kind, expected in (("excitatory", excitatory), ("inhibitory", inhibitory)):
        assert Counter(each.attrib["data-start"] for each in drawing.groups(kind)) == expected
    assert title in [item.text for item in drawing.texts()]
    assert ("¬" in [item.text for item in drawing.texts()]) == bool(inhibitory)
    # The network computes what its title says: it fires at two active excitatory inputs and no inhibitory one.
    for a, b in ((0, 0), (0, 1), (1, 0), (1, 1)):
        active = {"A": a, "B": b}
        fires = sum(count * active[name] for name, count in excitatory.items()) >= 2
        fires = fires and not any(active[name] for name in inhibitory)
        means = {"identity": a, "and": a and b, "or": a or b, "and_not": a and not b}[net]
        assert fires == bool(means)


def test_doubled_connections_are_apart() -> None:
    drawing = _read("logic_nets", {"nets": ["or"]})
    tips = [item.places[0] for item in drawing.of("excitatory") if item.element.attrib["fill"] != "none"]
    assert len(tips) == 4
    for one, other in combinations(tips, 2):
        assert math.dist(one, other) > 5


def test_backprop_has_an_arrow_each_way_for_every_layer_and_four_stages() -> None:
    drawing = _read("backprop_flow", {"layers": [2, 4, 3]})
    assert [each.attrib["data-number"] for each in drawing.groups("stage")] == ["1", "2", "3", "4"]
    assert len(drawing.groups("forward")) == 3  # two layers of weights, then the cost
    assert len(drawing.groups("backward")) == 2  # from the cost to the outputs, to the hidden layer
    assert len(drawing.groups("update")) == 2
    heads = {
        kind: [item.places for item in drawing.of(kind) if item.element.attrib["fill"] != "none"]
        for kind in ("forward", "backward")
    }
    assert all(places[0][0] > places[1][0] for places in heads["forward"])
    assert all(places[0][0] < places[1][0] for places in heads["backward"])
    assert len(_connections(drawing)) == 2 * 4 + 4 * 3


def test_a_funnel_is_as_wide_as_its_layers_are_large() -> None:
    drawing = _read("funnel", {"sizes": [784, 300, 100, 10]})
    bars = [item for item in drawing.of("layer") if item.tag == "rect"]
    heights = [float(bar.element.attrib["height"]) for bar in bars]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] / heights[1] == pytest.approx(math.sqrt(784 / 300), rel=0.01)
    assert [item.text for item in drawing.texts() if item.text.isdigit()] == ["784", "300", "100", "10"]


def test_the_comparison_maps_four_parts() -> None:
    drawing = _read("neuron_comparison", {"inputs": 4, "threshold": 3})
    assert {each.attrib["data-part"] for each in drawing.groups("mapping")} == {"dendrite", "synapse", "body", "axon"}
    shafts = [item for item in drawing.of("mapping") if item.element.attrib["fill"] == "none"]
    assert all(item.element.attrib["stroke-dasharray"] for item in shafts)
    assert "≥ 3" in [item.text for item in drawing.texts()]
    assert len(drawing.groups("connection")) == 4


@pytest.mark.parametrize("name", ["biological_neuron", "neuron_comparison"])
def test_the_cell_has_its_parts_named(name: str) -> None:
    said = " ".join(item.text for item in _read(name, {}).texts())
    for part in ("dendrites", "cell body", "nucleus", "axon", "telodendria", "synaptic terminals"):
        assert part in said


# --- plots -----------------------------------------------------------------------------------------------------------


def _x_axis(drawing: Parsed) -> tuple[float, float]:
    """Return the scale of x and where 0 would be, from the texts of the ticks below the frame."""
    frame = next(item.area for item in drawing.items if item.tag == "rect")
    found = {}
    for item in drawing.texts():
        if frame.bottom < item.area.top < frame.bottom + 10 and item.text[-1].isdigit():
            found[float(item.text.replace("−", "-"))] = (item.area.left + item.area.right) / 2
    assert len(found) > 2
    low, high = min(found), max(found)
    scale = (found[high] - found[low]) / (high - low)
    return scale, found[low] - scale * low


@pytest.mark.parametrize(("curvature", "start", "rate", "steps"), [(1.0, -4.0, 0.3, 6), (0.5, 4.0, 3.0, 5)])
def test_descent_visits_the_computed_places(curvature: float, start: float, rate: float, steps: int) -> None:
    drawing = _read("descent", {"curvature": curvature, "start": start, "learning_rate": rate, "steps": steps})
    theta, expected = start, [start]
    for _ in range(steps):
        slope = curvature * theta  # of ½ · curvature · θ²
        theta -= rate * slope
        expected.append(theta)
    dots = [item for item in drawing.of("iterate") if item.tag == "circle"]
    assert [float(item.facts["theta"]) for item in dots] == pytest.approx(expected)
    scale, offset = _x_axis(drawing)
    drawn = [(float(item.element.attrib["cx"]) - offset) / scale for item in dots]
    assert drawn == pytest.approx(expected, abs=0.05)
    # Every dot is on the bowl.
    bowl = next(item for item in drawing.of("curve") if item.tag == "path").places
    for item in dots:
        at = (float(item.element.attrib["cx"]), float(item.element.attrib["cy"]))
        assert min(distance_to_segment(at, *ends) for ends in pairwise(bowl)) < 0.6


KNOWN_VALUES = {
    "heaviside": {-2: 0, 2: 1},
    "sign": {-2: -1, 2: 1},
    "logistic": {0: 0.5, 2: 0.880797, -2: 0.119203},
    "tanh": {0: 0, 1: 0.761594, -1: -0.761594},
    "relu": {-2: 0, 2: 2},
    "leaky_relu": {-2: -0.2, 2: 2},
    "elu": {-1: -0.632121, 2: 2},
    "selu": {-1: -1.111331, 1: 1.050701},
    "softplus": {0: 0.693147, 2: 2.126928},
    "swish": {-2: -0.238406, 2: 1.761594},
    "gelu": {-1: -0.158655, 1: 0.841345},
    "identity": {-2: -2, 2: 2},
}
KNOWN_SLOPES = {
    "heaviside": {-2: 0, 2: 0},
    "sign": {-2: 0, 2: 0},
    "logistic": {0: 0.25},
    "tanh": {0: 1},
    "relu": {-2: 0, 2: 1},
    "leaky_relu": {-2: 0.1, 2: 1},
    "elu": {-1: 0.367879, 2: 1},
    "selu": {-1: 0.646768, 1: 1.050701},
    "softplus": {0: 0.5},
    "swish": {0: 0.5, 2: 1.090784},
    "gelu": {0: 0.5, 1: 1.083316},
    "identity": {-2: 1, 2: 1},
}


def _height_at(parts: list[Item], x: float) -> float:
    for part in parts:
        for (left, y), (right, after) in pairwise(part.places):
            if left <= x <= right:
                return y + (after - y) * (x - left) / ((right - left) or 1.0)
    raise AssertionError(f"nothing drawn at {x}")


@pytest.mark.parametrize("function", ALL_FUNCTIONS)
def test_curves_have_the_known_values(function: str) -> None:
    drawing = _read("curve", {"functions": [function], "derivatives": True, "range": [-4, 4]})
    x_scale, x_offset = _x_axis(drawing)
    frame = next(item.area for item in drawing.items if item.tag == "rect")
    marks = [item for item in drawing.items if item.tag == "path" and item.area.left < frame.left - 2]
    heights = []
    for item in drawing.texts():
        if item.area.right < frame.left:
            middle = (item.area.top + item.area.bottom) / 2
            mark = min((mark.places[0][1] for mark in marks), key=lambda y, middle=middle: abs(y - middle))
            heights.append((float(item.text.replace("−", "-")), mark))
    (low, at_low), (high, at_high) = min(heights), max(heights)
    scale = (at_high - at_low) / (high - low)
    for kind, known in (("function", KNOWN_VALUES), ("derivative", KNOWN_SLOPES)):
        parts = [item for item in drawing.of(kind) if item.tag == "path"]
        for z, value in known[function].items():
            drawn = (_height_at(parts, x_offset + x_scale * z) - at_low) / scale + low
            assert drawn == pytest.approx(value, abs=0.01), (kind, z)


def test_derivatives_are_dashed_and_explained() -> None:
    plain = _read("curve", {"functions": ["tanh"]})
    assert plain.groups("derivative") == []
    assert "derivative" not in [item.text for item in plain.texts()]
    both = _read("curve", {"functions": ["tanh"], "derivatives": True})
    assert all("stroke-dasharray" in item.element.attrib for item in both.of("derivative"))
    assert {"function", "derivative"} <= {item.text for item in both.texts()}


def test_a_line_plot_marks_the_points_at_the_mark() -> None:
    drawing = _read("line_plot", ERRORS)
    lines = {group.attrib["data-label"] for group in drawing.groups("series")}
    assert lines == {"validation error", "training error"}
    mark = next(item for item in drawing.of("mark") if item.tag == "path").places[0][0]
    rings = [item.element for item in drawing.items if item.tag == "circle" and item.element.attrib["fill"] == "none"]
    assert [float(ring.attrib["cx"]) for ring in rings] == pytest.approx([mark, mark])
    scale, offset = _x_axis(drawing)
    assert (mark - offset) / scale == pytest.approx(3, abs=0.01)


# --- flows -----------------------------------------------------------------------------------------------------------


def _rectangles(drawing: Parsed, kind: str) -> dict[str, Area]:
    return {item.facts["name"]: item.area for item in drawing.of(kind) if item.tag == "rect"}


def _arrows(drawing: Parsed) -> list[tuple[str, str, list[tuple[float, float]], tuple[float, float]]]:
    """Return each arrow's ends, the way of its shaft and its tip."""
    found = []
    shafts = [item for item in drawing.of("arrow") if item.element.attrib["fill"] == "none"]
    heads = [item for item in drawing.of("arrow") if item.element.attrib["fill"] != "none"]
    for shaft, head in zip(shafts, heads, strict=True):
        assert shaft.facts == head.facts
        found.append((shaft.facts["start"], shaft.facts["end"], shaft.places, head.places[0]))
    return found


def _on_border(place: tuple[float, float], area: Area) -> bool:
    across = min(abs(place[0] - area.left), abs(place[0] - area.right)) < 0.7 and area.top < place[1] < area.bottom
    down = min(abs(place[1] - area.top), abs(place[1] - area.bottom)) < 0.7 and area.left < place[0] < area.right
    return across or down


def _check_flow(parameters: Parameters) -> Parsed:
    drawing = _read("flow", parameters)
    boxes, frames = _rectangles(drawing, "box"), _rectangles(drawing, "frame")
    groups = {box["id"]: box.get("group") for box in parameters["boxes"]}
    assert set(boxes) == set(groups)
    for one, other in combinations(boxes.values(), 2):
        assert not one.meets(other, -8)
    for one, other in combinations(frames.values(), 2):
        assert not one.meets(other, -8)
    for name, group in groups.items():
        for title, frame in frames.items():
            assert boxes[name].within(frame, -8) if group == title else not boxes[name].meets(frame, -4)
    for item in drawing.texts():
        if item.groups:
            assert item.area.within({**boxes, **frames}[item.facts["name"]], -2)
    arrows = _arrows(drawing)
    assert [(start, end) for start, end, _, _ in arrows] == [(entry[0], entry[1]) for entry in parameters["arrows"]]
    for start, end, way, tip in arrows:
        assert _on_border(way[0], boxes[start])
        assert _on_border(tip, boxes[end])
        for name, box in boxes.items():
            assert not crosses(box.shrunk(1.2), [*way, tip]), f"{start} → {end} runs through {name}"
    return drawing


@pytest.mark.parametrize("parameters", [GRADIENT_LOOP, TWO_PHASES, DECISIONS, MIXED, CHAIN])
def test_flows_are_in_order(parameters: Parameters) -> None:
    drawing = _check_flow(parameters)
    remarks = [entry[2] for entry in parameters["arrows"] if len(entry) > 2]
    areas = [item.area for item in drawing.texts() if item.text in remarks]
    assert len(areas) == len(remarks)
    for area in areas:
        assert not any(area.meets(box, 1) for box in _rectangles(drawing, "box").values())
    assert drawing.page.bottom - drawing.page.top < 480


def test_neighbours_in_a_chain_are_joined_by_straight_arrows() -> None:
    for _, _, way, tip in _arrows(_read("flow", GRADIENT_LOOP)):
        places = [*way, tip]
        assert len({round(x, 1) for x, _ in places}) == 1 or len({round(y, 1) for _, y in places}) == 1


def test_groups_are_framed_and_named() -> None:
    drawing = _read("flow", TWO_PHASES)
    assert set(_rectangles(drawing, "frame")) == {CONSTRUCTION, EXECUTION}
    assert {CONSTRUCTION, EXECUTION} <= {item.text for item in drawing.texts()}


@st.composite
def _flows(take: st.DrawFn) -> Parameters:
    count = take(st.integers(2, 9))
    names = [f"n{index}" for index in range(count)]
    texts = st.sampled_from(["loss", "training op", "evaluate the accuracy on the test set", "$\\theta$", "X, y"])
    grouped = take(st.booleans())
    boxes = []
    for name in names:
        group = take(st.sampled_from(["first", "second", None])) if grouped else None
        boxes.append({"id": name, "text": take(texts), **({"group": group} if group else {})})
    pairs = [(one, other) for one in names for other in names if one != other]
    links = take(st.lists(st.sampled_from(pairs), max_size=count + 3, unique=True))
    remarks = st.sampled_from([[], [], ["yes"], ["each epoch"]])
    return {"boxes": boxes, "arrows": [[*link, *take(remarks)] for link in links]}


@given(_flows())
@settings(max_examples=40, deadline=None)
def test_any_flow_is_in_order(parameters: Parameters) -> None:
    _check_flow(parameters)


# --- in the PDF ------------------------------------------------------------------------------------------------------


def test_every_drawing_compiles_to_pdf() -> None:
    typst = pytest.importorskip("typst")
    drawings: list[Drawing] = [draw(name, parameters) for name, parameters in CASES]
    source = (
        "#set page(margin: 1cm)\n"
        "#for (index, svg) in json(bytes(sys.inputs.svgs)).enumerate() "
        '{ image(bytes(svg), format: "svg", alt: "drawing " + str(index)) }'
    )
    svgs = json.dumps([drawing.svg for drawing in drawings])
    pdf, warnings = typst.compile_with_warnings(source.encode(), sys_inputs={"svgs": svgs}, ignore_system_fonts=True)
    assert pdf.startswith(b"%PDF")
    assert [str(warning) for warning in warnings] == []
