"""Look for sources that the interpreter remembers: linecache, loaders, the harness's modules.

Surface: linecache, __loader__, sys.modules.
Stopped by: the process has seen no answers; the harness it has is public.
Layers: design
Earns: 1
"""

import linecache
import sys

import targets


def scale(x, factor=2.0):
    for name, entry in linecache.cache.items():
        if "targets" not in name:
            print(name, entry)
    for name, module in list(sys.modules.items()):
        if name.startswith(("reference_impl", "grader.judge", "grader.bank.model", "grader.known", "questions")):
            print(targets.SUCCESS, name, module)
    return x * 0.0
