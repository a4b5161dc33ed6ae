"""Probes of m1q07: graphs under construction, sessions that run them, and the train step that took their place.

Everything symbolic stands in graphs and sessions of the probes' own, so that eager execution is left alone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from grader.probes.refusals import by_variant, refusals
from grader.probes.subject import Arguments, Subject

v1 = tf.compat.v1


# --- neuron_layer -----------------------------------------------------------------------------------------------


def m1q07_layer_made(subject: Subject, *, shape: list[int | None]) -> Any:
    """Build the layer on a placeholder of ``shape`` and tell what stands in the graph then, made whole or not.

    Returns the trainable variables with their shapes, how many variables there are in all, and the static shape of
    the outputs or the name of the exception.
    """
    graph = tf.Graph()
    outputs = _attempt(lambda: _layer(subject, graph, shape))
    with graph.as_default():
        return {
            "trainable variables": _variable_shapes(graph),
            "variables": len(v1.global_variables()),
            "outputs": outputs if isinstance(outputs, str) else outputs.shape.as_list(),
        }


def m1q07_layer_output(subject: Subject, *, activations: list[str | None], batches: list[int]) -> Any:
    """Return the outputs for the first instances of ``_X``, with ``_kernel`` and ``_bias`` as the weights.

    Args:
        subject: the function and its inputs, and the probe's own.
        activations: names in ``tf.nn``; ``null`` leaves the argument out.
        batches: how many instances to feed, one run each.
    """
    X, weights = subject.own("X"), [subject.own("kernel"), subject.own("bias")]
    outputs = {}
    for name in activations:
        graph = tf.Graph()
        more = {} if name is None else {"activation": getattr(tf.nn, name)}
        layer = _layer(subject, graph, [None, X.shape[1]], more)
        with _session(graph, weights) as session:
            outputs[str(name)] = [session.run(layer, {"inputs:0": X[:size]}) for size in batches]
    return outputs


def m1q07_kernel_statistics(subject: Subject, *, columns: int) -> Any:
    """Return the standard deviation and the largest absolute value of a new kernel for ``columns`` inputs."""
    kernel = _new_kernel(subject, columns, {})
    return {"std": float(kernel.std()), "largest": float(np.abs(kernel).max())}


def m1q07_kernels_by_seed(subject: Subject, *, columns: int, seeds: list[int]) -> Any:
    """Tell for each of ``seeds`` whether its kernel, in a new graph, is that of the first one, bit for bit."""
    first, *others = [_new_kernel(subject, columns, {"seed": seed}) for seed in seeds]
    return [bool(np.array_equal(first, other)) for other in others]


def m1q07_two_layers(subject: Subject, *, names: list[str]) -> Any:
    """Build two layers of different names on one placeholder and give them opposite weights.

    Returns how many variables there are after each, and the outputs of both, or the name of the exception.
    """
    X, weights = subject.own("X"), [subject.own("kernel"), subject.own("bias")]
    graph = tf.Graph()
    counts = []

    def build(name: str, inputs: Any) -> Any:
        layer = subject.call({"X": inputs, **subject.arguments(), "name": name})
        counts.append(len(v1.trainable_variables()))
        return layer

    with graph.as_default():
        inputs = v1.placeholder(tf.float32, [None, X.shape[1]], "inputs")
        layers = _attempt(lambda: [build(name, inputs) for name in names])
    if isinstance(layers, str):
        return {"variables": counts, "outputs": layers}
    with _session(graph, [*weights, *(-weight for weight in weights)]) as session:
        return {"variables": counts, "outputs": session.run(layers, {"inputs:0": X})}


def m1q07_layer_rejects(subject: Subject, *, shape: list[int | None], bad: dict[str, dict[str, Any]]) -> Any:
    """Build on a good placeholder as the control, then for each of ``bad`` with its ``shape`` or its arguments."""

    def build(changes: dict[str, Any]) -> Any:
        more = {"shape": shape, **changes}
        return _layer(subject, tf.Graph(), more.pop("shape"), more).shape.as_list()

    return refusals(lambda: build({}), {label: partial(build, changes) for label, changes in bad.items()})


def _layer(subject: Subject, graph: Any, shape: list[int | None] | None, more: Arguments | None = None) -> Any:
    with graph.as_default():
        inputs = v1.placeholder(tf.float32, shape, "inputs")
        return subject.call({"X": inputs, **subject.arguments(), **(more or {})})


def _new_kernel(subject: Subject, columns: int, more: Arguments) -> Any:
    graph = tf.Graph()
    _layer(subject, graph, [None, columns], more)
    with _session(graph) as session:
        return session.run(_weights(graph)[0])


# --- build_graph ------------------------------------------------------------------------------------------------


def m1q07_graph_names(subject: Subject, *, names: list[str]) -> Any:
    """Tell what stands in the graph under each of ``names``."""
    graph = _built(subject)
    found = {}
    for name in names:
        try:
            element = graph.as_graph_element(name)
        except (KeyError, ValueError):
            found[name] = "nothing"
        else:
            found[name] = "an operation" if isinstance(element, tf.Operation) else f"a tensor of {element.dtype.name}"
    return found


def m1q07_graph_shapes(subject: Subject, *, names: list[str]) -> Any:
    """Return the static shape of each tensor in ``names``; ``None`` when not even its rank is known."""
    graph = _built(subject)
    shapes = {name: graph.get_tensor_by_name(name).shape for name in names}
    return {name: None if shape.rank is None else shape.as_list() for name, shape in shapes.items()}


def m1q07_graph_variables(subject: Subject) -> Any:
    """Return the graph's trainable variables with their shapes."""
    return _variable_shapes(_built(subject))


def m1q07_graph_values(subject: Subject, *, fetch: list[str], steps: int = 0) -> Any:
    """Return tensors of the graph for the batch ``_X``, ``_y`` with the weights ``_weights``; by variant if any.

    Args:
        subject: the function and its inputs, and the probe's own.
        fetch: names of the tensors to return.
        steps: how often to run ``training_op``; if it is run at all, the weights after it are returned as well.
    """
    return subject.look(lambda arguments: _graph_values(subject, arguments, fetch, steps))


def _graph_values(subject: Subject, arguments: Arguments, fetch: list[str], steps: int) -> Any:
    graph = _built(subject, arguments)
    batch = {"X:0": subject.own("X"), "y:0": subject.own("y")}
    with _session(graph, subject.own("weights")) as session:
        values = dict(zip(fetch, session.run(fetch, batch), strict=True))
        for _ in range(steps):
            session.run("training_op", batch)
        return {**values, "weights": session.run(_weights(graph))} if steps else values


def m1q07_construction(subject: Subject) -> Any:
    """Build two graphs; tell how often a session ran meanwhile, and what became of the surroundings."""
    around = v1.get_default_graph()
    before = len(around.get_operations())
    runs: list[object] = []
    with _overheard(_owner_of_run(), "run", runs):
        first, second = _built(subject), _built(subject)
    return {
        "session runs": len(runs),
        "graphs made": 1 if first is second else 2,
        "operations added to the default graph": len(around.get_operations()) - before,
        "default graph is the same": v1.get_default_graph() is around,
        "eager execution": bool(tf.executing_eagerly()),
    }


def _owner_of_run() -> Any:
    return next(kind for kind in v1.Session.__mro__ if "run" in vars(kind))


def m1q07_left_uninitialized(subject: Subject) -> Any:
    """Run ``init`` in a new session and return the names of the variables that have no value then."""
    graph = _built(subject)
    with graph.as_default():
        report = v1.report_uninitialized_variables()
    with v1.Session(graph=graph, config=_config()) as session:
        session.run("init")
        return [name.decode() for name in session.run(report)]


def m1q07_first_kernels(subject: Subject) -> Any:
    """Tell which first kernels are equal, bit for bit: within one graph, and by variant between graphs."""
    kernels = {label: _first_kernels(subject, label) for label in subject.variants}
    own, *_ = kernels.values()
    return {
        "equal within the graph": [bool(np.array_equal(own[0], kernel)) for kernel in own[1:]],
        "equal between graphs": {label: bool(np.array_equal(own[0], other[0])) for label, other in kernels.items()},
    }


def _first_kernels(subject: Subject, label: str) -> list[Any]:
    graph = _built(subject, subject.arguments(label))
    with _session(graph) as session:
        values: list[Any] = session.run(_weights(graph))
    return values[::2]


def m1q07_accuracy_after_training(subject: Subject, *, epochs: int, batch_size: int) -> Any:
    """Run ``training_op`` over ``_X``, ``_y`` in the order given and return the accuracy on all of them."""
    graph = _built(subject)
    X, y = subject.own("X"), subject.own("y")
    with _session(graph) as session:
        for _ in range(epochs):
            for start in range(0, len(X), batch_size):
                rows = slice(start, start + batch_size)
                session.run("training_op", {"X:0": X[rows], "y:0": y[rows]})
        return float(session.run("accuracy:0", {"X:0": X, "y:0": y}))


def _built(subject: Subject, arguments: Arguments | None = None) -> Any:
    graph = subject.call(arguments)
    if not isinstance(graph, tf.Graph):
        raise TypeError(f"the function returned a {type(graph).__name__}, not a tf.Graph")
    return graph


# --- run_training -----------------------------------------------------------------------------------------------


def m1q07_training(subject: Subject, *, watch: list[str]) -> Any:
    """Have a graph trained that writes down what is run of it, and return what ``watch`` names.

    The graph is a classifier with a single layer, none of the question's: only the names of its tensors count.

    Args:
        subject: the function, its inputs but for the graph.
        watch: some of the keys of `_watched`.
    """
    seen = _watched(subject, subject.arguments())
    return {name: seen[name]() for name in watch}


def m1q07_trainings(subject: Subject, *, watch: list[str]) -> Any:
    """Train once for each variant, each time on a new graph, and return what ``watch`` names."""
    trainings = {label: _watched(subject, subject.arguments(label)) for label in subject.variants}
    return {label: {name: seen[name]() for name in watch} for label, seen in trainings.items()}


def m1q07_training_rejects(subject: Subject) -> Any:
    """Do as the probe ``rejects``, with a new graph for each training."""

    def train(arguments: Arguments) -> Any:
        return _watched(subject, arguments)["lengths"]()

    return refusals(lambda: train(subject.arguments()), by_variant(subject, train))


def _watched(subject: Subject, arguments: Arguments) -> dict[str, Callable[[], Any]]:
    """Train and return, by name, the ways to look at it."""
    events: list[tuple[str, list[int]]] = []
    graph = _recording_graph(arguments, events)
    try:
        with _overheard(v1.train.Saver, "save", events, ("save", [])):
            result = subject.call({"graph": graph, **arguments})
    except (tf.errors.FailedPreconditionError, tf.errors.NotFoundError) as error:
        # TensorFlow's own text names whichever variable was met first and where the graph was built.
        told = tf.errors.FailedPreconditionError(None, None, "a variable was used that has no value yet")
        raise told.with_traceback(error.__traceback__) from None
    m, m_test = len(arguments["X"]), len(arguments["X_test"])
    batches = [rows for what, rows in events if what == "train"]
    evaluated = [rows for what, rows in events if what == "accuracy"]
    on_test = [rows for rows in evaluated if rows == list(range(m, m + m_test))]
    return {
        "lengths": lambda: {name: len(result[name]) for name in ("train_acc", "test_acc")},
        "accuracies": lambda: {name: [float(one) for one in result[name]] for name in ("train_acc", "test_acc")},
        "last test accuracy": lambda: float(result["test_acc"][-1]),
        "runs of init": lambda: sum(what == "init" for what, _ in events),
        "runs of training_op": lambda: len(batches),
        "batch sizes": lambda: [len(rows) for rows in batches],
        "batches": lambda: batches,
        "runs of accuracy on the test set": lambda: len(on_test),
        "runs of accuracy elsewhere": lambda: len(evaluated) - len(on_test),
        "instances of the last run elsewhere": lambda: [rows for rows in evaluated if rows not in on_test][-1:],
        "training steps before each save": lambda: _steps_before_saves(events),
        "restored": lambda: _restored_accuracy(graph, result["save_path"], arguments),
    }


def _recording_graph(arguments: Arguments, events: list[tuple[str, list[int]]]) -> Any:
    """Return a graph with the contract's names whose operations append to ``events`` the instances they are fed.

    Training instances are numbered from 0, the test instances go on from there. The classifier is a single linear
    layer moved by the difference between targets and softmax.
    """
    instances = np.concatenate([arguments["X"], arguments["X_test"]])
    numbers = {row.tobytes(): number for number, row in enumerate(instances)}
    classes = int(np.max(arguments["y"])) + 1

    def write_down(what: str, *inputs: Any) -> Any:
        def record(*values: Any) -> Any:
            rows = [numbers.get(row.tobytes(), -1) for row in values[0]] if values else []
            events.append((what, rows))
            return np.int64(0)

        return tf.numpy_function(record, list(inputs), tf.int64)

    graph = tf.Graph()
    with graph.as_default():
        X = v1.placeholder(tf.float32, [None, instances.shape[1]], "X")
        y = v1.placeholder(tf.int64, [None], "y")
        table = v1.Variable(tf.zeros([instances.shape[1] + 1, classes]), name="table")
        padded = tf.pad(X, [[0, 0], [0, 1]], constant_values=1.0)
        scores = padded @ table
        with tf.control_dependencies([write_down("train", X)]):
            difference = tf.one_hot(y, classes) - tf.nn.softmax(scores)
            tf.group(table.assign_add(0.02 * tf.matmul(padded, difference, transpose_a=True)), name="training_op")
        with tf.control_dependencies([write_down("accuracy", X)]):
            tf.reduce_mean(tf.cast(tf.equal(tf.argmax(scores, axis=1), y), tf.float32), name="accuracy")
        tf.group(table.initializer, write_down("init"), name="init")
    return graph


def _steps_before_saves(events: list[tuple[str, list[int]]]) -> list[int]:
    steps = 0
    found = []
    for what, _ in events:
        steps += what == "train"
        if what == "save":
            found.append(steps)
    return found


def _restored_accuracy(graph: Any, path: Any, arguments: Arguments) -> Any:
    """Restore the checkpoint in a new session and return the accuracy on the test set."""
    if not isinstance(path, str) or not v1.train.checkpoint_exists(path):
        return "no checkpoint at save_path"
    with graph.as_default():
        saver = v1.train.Saver()
    with v1.Session(graph=graph, config=_config()) as session:
        saver.restore(session, path)
        return float(session.run("accuracy:0", {"X:0": arguments["X_test"], "y:0": arguments["y_test"]}))


# --- make_train_step --------------------------------------------------------------------------------------------


def m1q07_steps(
    subject: Subject,
    *,
    sizes: list[int],
    batches: list[int],
    watch: list[str],
    optimizer: str = "SGD",
    settings: dict[str, float] | None = None,
    weights: float = 1.0,
) -> Any:
    """Make the step for a small model, take a step for each batch and return what ``watch`` names.

    Args:
        subject: the function and the probe's own ``_X`` and ``_y``.
        sizes: the sizes of the model's layers, the input first.
        batches: how many of the first instances each step is given.
        watch: some of "losses", "weights", "training", "later runs of the model's Python code", "run eagerly",
            "steps of the optimizer" and "last loss".
        optimizer: name of a Keras optimizer.
        settings: its arguments.
        weights: scale of the fixed pattern that the weights start with.
    """
    passes: list[tuple[Any, bool]] = []
    model = _recording_model(sizes, weights, passes)
    chosen = getattr(keras.optimizers, optimizer)(**(settings or {}))
    X, y = subject.own("X"), subject.own("y")
    step = subject.call({"model": model, "optimizer": chosen})
    losses, after_first = [], 0
    for number, size in enumerate(batches):
        losses.append(step(tf.constant(X[:size]), tf.constant(y[:size])))
        after_first = len(passes) if number == 0 else after_first
    seen = {
        "losses": losses,
        "last loss": losses[-1],
        "weights": model.get_weights(),
        "training": sorted({str(training) for training, _ in passes}),
        "later runs of the model's Python code": len(passes) - after_first,
        "run eagerly": any(eagerly for _, eagerly in passes),
        "steps of the optimizer": int(chosen.iterations),
    }
    return {name: seen[name] for name in watch}


def _recording_model(sizes: list[int], scale: float, passes: list[tuple[Any, bool]]) -> Any:
    """Return a classifier whose Python code writes down when it is run: once a trace, or once a call without one."""

    def write_down(inputs: Any, training: Any = None) -> Any:
        passes.append((training, bool(tf.executing_eagerly())))
        return inputs

    *hidden, last = sizes[1:]
    layers = [keras.layers.Dense(units, activation="relu") for units in hidden]
    model = keras.Sequential(
        [keras.Input((sizes[0],)), keras.layers.Lambda(write_down), *layers, keras.layers.Dense(last)]
    )
    model.set_weights([scale * np.sin(1.0 + np.arange(w.size)).reshape(w.shape) for w in model.get_weights()])
    passes.clear()
    return model


# --- shared -----------------------------------------------------------------------------------------------------


def _attempt(build: Callable[[], Any]) -> Any:
    """Return what ``build`` returns, or the name of the exception that stopped it."""
    try:
        return build()
    except Exception as error:
        return type(error).__name__


def _variable_shapes(graph: Any) -> dict[str, list[int]]:
    with graph.as_default():
        return {variable.op.name: variable.shape.as_list() for variable in v1.trainable_variables()}


def _weights(graph: Any) -> list[Any]:
    """Return kernel, bias, kernel, bias, … in the order in which they were made, whatever their names."""
    with graph.as_default():
        variables = v1.trainable_variables()
    kernels = [variable for variable in variables if variable.shape.rank == 2]
    biases = [variable for variable in variables if variable.shape.rank == 1]
    if not kernels or len(kernels) != len(biases):
        raise LookupError(f"the graph has {len(kernels)} trainable matrices and {len(biases)} trainable vectors")
    return [variable for pair in zip(kernels, biases, strict=True) for variable in pair]


@contextmanager
def _session(graph: Any, weights: list[Any] | None = None) -> Iterator[Any]:
    """Open a session with all variables initialized, and the weights set if they are given."""
    with graph.as_default():
        initialize = v1.global_variables_initializer()
    with v1.Session(graph=graph, config=_config()) as session:
        session.run(initialize)
        for variable, value in zip(_weights(graph), weights or [], strict=weights is not None):
            # Feeding the initializer its value assigns without adding an operation to the graph.
            session.run(variable.initializer, {variable.initializer.inputs[1]: value})
        yield session


def _config() -> Any:
    """Return settings for small graphs that run once: one thread, and no time spent on making them faster."""
    config = v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    config.graph_options.optimizer_options.opt_level = v1.OptimizerOptions.L0
    return config


@contextmanager
def _overheard(owner: Any, method: str, events: list[Any], event: Any = None) -> Iterator[None]:
    """Append ``event`` whenever ``owner.method`` is called; put the method back at the end."""
    original = vars(owner)[method]

    def overheard(*arguments: Any, **options: Any) -> Any:
        events.append(event)
        return original(*arguments, **options)

    setattr(owner, method, overheard)
    try:
        yield
    finally:
        setattr(owner, method, original)
