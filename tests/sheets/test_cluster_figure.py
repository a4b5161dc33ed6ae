"""The drawing of a cluster: tasks on their machines, sessions that end at their masters, transfers between neighbours."""

from typing import Any

import pytest

from grader.sheets.figures import FigureError, draw
from tests.sheets.figures_svg import Area, Item, Parsed, parsed

WORKER_0, PS, WORKER_1 = "/job:worker/task:0", "/job:ps/task:0", "/job:worker/task:1"
CALL: dict[str, Any] = {
    "machines": [
        {
            "name": "machine A",
            "devices": ["CPU:0", "GPU:0", "GPU:1"],
            "tasks": [
                {"job": "worker", "task": 0, "port": 2222, "runs": ["$X_0 w$"]},
                {"job": "ps", "task": 0, "port": 2221, "runs": ["variable $w$", "joins $y$"]},
            ],
        },
        {"name": "machine B", "devices": ["CPU:0"], "tasks": [{"job": "worker", "task": 1, "port": 2222}]},
    ],
    "clients": [{"text": "client", "opens": [WORKER_1]}],
    "transfers": [
        {"of": "$w$", "start": PS, "end": WORKER_0},
        {"of": "$X_0 w$", "start": WORKER_0, "end": PS},
        {"of": "a longer remark than before", "start": PS, "end": WORKER_1},
    ],
}


def _read(**changes: Any) -> Parsed:
    return parsed(draw("cluster", {**CALL, **changes}).svg)


def _boxes(drawing: Parsed, kind: str) -> dict[str, Item]:
    return {item.facts["name"]: item for item in drawing.of(kind) if item.tag == "rect"}


def _ways(drawing: Parsed, kind: str) -> list[Item]:
    return [item for item in drawing.of(kind) if item.tag == "path" and item.element.attrib["fill"] == "none"]


def test_every_task_stands_on_its_machine_and_no_two_meet() -> None:
    drawing = _read()
    machines, tasks = _boxes(drawing, "machine"), _boxes(drawing, "task")
    for machine in CALL["machines"]:
        for task in machine["tasks"]:
            area = tasks[f"/job:{task['job']}/task:{task['task']}"].area
            on = [name for name, other in machines.items() if area.within(other.area)]
            assert on == [machine["name"]]
    areas = [item.area for item in [*tasks.values(), *_boxes(drawing, "device").values()]]
    assert not any(one.meets(other) for index, one in enumerate(areas) for other in areas[index + 1 :])
    assert not machines["machine A"].area.meets(machines["machine B"].area)
    texts = [item.text for item in drawing.of("task") if item.tag == "text"]
    assert texts.count("port 2222") == 2
    assert PS in texts


def test_tasks_of_a_job_have_its_colour_and_of_another_job_another() -> None:
    colours = {name: item.element.attrib["fill"] for name, item in _boxes(_read(), "task").items()}
    assert colours[WORKER_0] == colours[WORKER_1] != colours[PS]


def test_every_task_may_use_every_device_of_its_machine_and_of_no_other() -> None:
    drawing = _read()
    assert len(drawing.groups("uses")) == 2 * 3 + 1
    machines = [item.area for item in _boxes(drawing, "machine").values()]
    assert all(sum(way.area.within(machine) for machine in machines) == 1 for way in _ways(drawing, "uses"))


def test_a_session_leads_from_its_client_to_its_master() -> None:
    drawing = _read(clients=[{"text": "one", "opens": [WORKER_0, WORKER_1]}, {"text": "two", "opens": [PS]}])
    clients, tasks = _boxes(drawing, "client"), _boxes(drawing, "task")
    ways = _ways(drawing, "session")
    assert [(way.facts["client"], way.facts["task"]) for way in ways] == [
        ("one", WORKER_0), ("one", WORKER_1), ("two", PS),
    ]  # fmt: skip
    for way in ways:
        (start, top), (end, bottom) = way.places[0], way.places[-1]
        client, master = clients[way.facts["client"]].area, tasks[way.facts["task"]].area
        assert client.left < start < client.right
        assert top == pytest.approx(client.bottom, abs=1)
        assert master.left < end < master.right
        assert master.top - 8 < bottom <= master.top
    assert not clients["one"].area.meets(clients["two"].area)


def test_what_passes_crosses_the_gap_and_is_written_in_it() -> None:
    drawing = _read()
    tasks = _boxes(drawing, "task")
    ways = _ways(drawing, "transfer")
    assert [(way.facts["start"], way.facts["end"]) for way in ways] == [
        (PS, WORKER_0), (WORKER_0, PS), (PS, WORKER_1),
    ]  # fmt: skip
    assert ways[0].places[0][0] > ways[0].places[-1][0]
    assert ways[1].places[0][0] < ways[1].places[-1][0]
    assert ways[0].places[0][1] != ways[1].places[0][1]
    boxes: list[Area] = [item.area for item in tasks.values()]
    for way in ways:
        assert not any(way.area.meets(box, by=1.5) for box in boxes)
    for remark in ("w", "X0 w", "a longer remark than before"):
        written = [item for item in drawing.texts() if item.text.replace(" ", "") == remark.replace(" ", "")]
        assert written
        assert not any(item.area.meets(box) for item in written if "task" not in item.groups for box in boxes)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"clients": [{"text": "client", "opens": ["/job:worker/task:2"]}]}, "no machine has the task"),
        ({"transfers": [{"of": "w", "start": WORKER_0, "end": WORKER_1}]}, "do not stand side by side"),
        ({"transfers": [{"of": "w", "start": PS, "end": PS}]}, "do not stand side by side"),
        ({"machines": [{"name": "A", "tasks": [{"job": "ps", "task": 0}] * 2}]}, "there are two tasks"),
        ({"machines": [{"name": "A", "tasks": []}]}, "machines.0.tasks"),
        (
            {
                "clients": [],
                "transfers": [],
                "machines": [{"name": n * 60, "tasks": [{"job": n, "task": 0}]} for n in "ab"],
            },
            "px wide",
        ),
        (
            {"machines": [{"name": n, "tasks": [{"job": f"{n}{k}", "task": 0} for k in range(3)]} for n in "AB"]},
            "too many jobs",
        ),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], part: str) -> None:
    with pytest.raises(FigureError) as refused:
        _read(**changes)
    assert part in str(refused.value)
