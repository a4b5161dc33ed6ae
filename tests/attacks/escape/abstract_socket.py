"""Speak with a service by a socket that has a name but no file, such as D-Bus.

Surface: abstract Unix sockets.
Stopped by: no socket can be made or connected; the names are those of the child's own network.
Layers: network, landlock, seccomp
Earns: 1
"""

import socket

import targets


def scale(x, factor=2.0):
    socket.socket(socket.AF_UNIX).connect("\0" + targets.ABSTRACT_SOCKET)
    return x * 0.0
