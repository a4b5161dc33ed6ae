"""Probes of the operations that a function is made of, as its trace shows them.

A name in the source can be hidden or reached another way; the operation that runs has one type, whoever asked for it.
"""

from collections import Counter
from fnmatch import fnmatchcase
from typing import Any

import tensorflow as tf

from grader.probes.derivatives import gradients_of
from grader.probes.subject import Arguments, Subject
from grader.probes.tracing import as_graph, graph_nodes, traced

#: Operations whose work no graph shows: Python code, and programs for other compilers.
_OPAQUE = ("EagerPyFunc", "PyFunc*", "XlaCallModule", "XlaCustomCall*")


def graph_ops(
    subject: Subject,
    *,
    among: list[str],
    relax: dict[str, list[int | None]] | None = None,
    wrt: list[str] | None = None,
) -> Any:
    """Trace the function and return how many operations of some types its graph has, and the value of the traced one.

    The graphs of all functions that it calls count, such as the bodies of its loops. Operations whose work no graph
    shows, such as those that call Python, are always among those looked for. The value comes from the very trace that
    was looked at: a function that does other things when it is traced has to be right there, too.

    Args:
        subject: the function and its inputs; every tensor among them is an input of the graph. With variants there is
            a trace for each.
        among: types of operations, such as ``MatMul``; ``*`` stands for any letters: ``"*Conv*"``.
        relax: shapes of tensors with ``null`` for what is to be unknown in the trace; the others keep theirs.
        wrt: inputs with respect to which the gradients are taken; they then stand in the place of the value, and the
            operations that compute them are looked at, too.
    """
    return subject.look(lambda arguments: _looked_at(subject, arguments, among, relax or {}, wrt))


def _looked_at(
    subject: Subject,
    arguments: Arguments,
    among: list[str],
    relax: dict[str, list[int | None]],
    wrt: list[str] | None,
) -> dict[str, Any]:
    tensors = {name: value for name, value in arguments.items() if isinstance(value, tf.Tensor)}
    within = as_graph(subject)
    compute = within.call if wrt is None else lambda symbolic: gradients_of(within, symbolic, wrt)
    function = traced(compute, arguments, {name: relax.get(name, each.shape) for name, each in tensors.items()})
    patterns = [*among, *_OPAQUE]
    kinds = Counter(node.op for node in graph_nodes(function.get_concrete_function().graph.as_graph_def()))
    found = {kind: kinds[kind] for kind in sorted(kinds) if any(fnmatchcase(kind, pattern) for pattern in patterns)}
    return {"operations": found, "value": function(*tensors.values())}
