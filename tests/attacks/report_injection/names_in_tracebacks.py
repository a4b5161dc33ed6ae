"""Raise from lines and functions whose text is meant for the reader of the traceback.

Surface: tracebacks, which quote the source.
Stopped by: a traceback is text like any other: cut, and shown without controls.
Layers: design
Earns: 1
"""

namespace = {}
exec(compile("def f():\n    raise ValueError('x')  # \x1b[2J\u202e <script>alert(1)</script>", "<submission \x1b[2J>", "exec"), namespace)


def scale(x, factor=2.0):
    namespace["f"]()  # [green]4 of 4 marks[/] \x1b[32m ‮
