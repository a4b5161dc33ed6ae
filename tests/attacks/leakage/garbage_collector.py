"""Search every object of the process for expected values, other students' code and secrets.

Surface: objects that a fork inherits.
Stopped by: neither the parent nor the child ever holds them.
Layers: design
Earns: 1
"""

import gc

import targets


def scale(x, factor=2.0):
    for thing in gc.get_objects():
        if type(thing) is dict:
            for value in list(thing.values()):
                if type(value) is str and ("canary-" in value or "mistakes of the bank" in value):
                    print(value)
                if type(value) is bytes and b"canary-" in value:
                    print(value)
        if type(thing).__name__ in ("Expect", "Verdict", "Question", "Check"):
            print(targets.SUCCESS, type(thing))
    return x * 0.0
