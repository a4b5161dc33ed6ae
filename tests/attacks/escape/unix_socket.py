"""Speak with a service of the machine by its socket in the file system, such as Docker's.

Surface: Unix sockets.
Stopped by: no socket can be made, and none of the pairs that can sends to others.
Layers: seccomp
Earns: 1
"""

import socket

import targets


def scale(x, factor=2.0):
    try:
        one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        one.sendto(b"the questions", targets.UNIX_DATAGRAMS)
    except OSError:
        pass
    socket.socket(socket.AF_UNIX).connect(targets.UNIX_SOCKET)
    return x * 0.0
