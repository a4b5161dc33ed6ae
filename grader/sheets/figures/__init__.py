"""The figures of the study sheets: a drawing's name and parameters in, SVG out.

A drawing is a plain function from checked parameters to shapes (``canvas``), all in one ``style``; a module holds one
family of them. To add one, write the function and list it below: its signature tells the bank's loader which
parameters it takes.
"""

from typing import Any

from grader.problems import suggestion
from grader.sheets.figures.canvas import Drawing, drawing
from grader.sheets.figures.clusters import cluster
from grader.sheets.figures.convolution import convolution, feature_maps, local_fields, padding_kinds
from grader.sheets.figures.flows import flow
from grader.sheets.figures.networks import backprop_flow, funnel, logic_nets, ltu, mlp, perceptron
from grader.sheets.figures.neurons import biological_neuron, neuron_comparison
from grader.sheets.figures.optimisers import nesterov_lookahead, optimizer_paths
from grader.sheets.figures.parameters import checked, parameter_names
from grader.sheets.figures.plots import curve, descent, line_plot
from grader.sheets.figures.problem import FigureError
from grader.sheets.figures.recurrent import cell_wrapper, deep_rnn
from grader.sheets.figures.regularization import dropped_neurons, image_variants, max_norm_disc
from grader.sheets.figures.reinforcement import agent_loop, cart_pole, episode_strip
from grader.sheets.figures.series import series_window, unrolled_projection
from grader.sheets.figures.transfer import transfer

__all__ = ["Drawing", "FigureError", "draw", "drawing_names"]

_DRAWINGS = {
    function.__name__: function
    for function in (
        agent_loop,
        backprop_flow,
        biological_neuron,
        cart_pole,
        neuron_comparison,
        cell_wrapper,
        cluster,
        convolution,
        curve,
        deep_rnn,
        descent,
        dropped_neurons,
        episode_strip,
        feature_maps,
        flow,
        funnel,
        image_variants,
        line_plot,
        local_fields,
        logic_nets,
        ltu,
        max_norm_disc,
        mlp,
        nesterov_lookahead,
        optimizer_paths,
        padding_kinds,
        perceptron,
        series_window,
        transfer,
        unrolled_projection,
    )
}


def draw(name: str, parameters: dict[str, Any]) -> Drawing:
    """Return a drawing; the same call gives the same text on every machine.

    The SVG is one complete ``<svg role="img">`` without ids, scripts or references, so that any number of drawings can
    share a page. It carries no alternative text: that belongs to the figure in the question, so whoever places the
    drawing must label it.

    Raises:
        FigureError: the name, a parameter or a formula in a label is unknown, missing or not usable.
    """
    function = _DRAWINGS.get(name)
    if function is None:
        raise FigureError(f"unknown drawing '{name}'", suggestion(name, _DRAWINGS))
    try:
        return drawing(checked(function, parameters))
    except FigureError as error:
        raise error.within(name) from None


def drawing_names() -> dict[str, frozenset[str]]:
    """Return each drawing's name with the names of its parameters."""
    return {name: parameter_names(function) for name, function in _DRAWINGS.items()}
