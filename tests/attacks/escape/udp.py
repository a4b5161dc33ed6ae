"""Send datagrams: to a listener, and as a name server would be asked.

Surface: the network.
Stopped by: no socket can be made; the network is an empty one of the child's own.
Layers: network, seccomp
Earns: 1
"""

import socket

import targets


def scale(x, factor=2.0):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"the questions", ("127.0.0.1", targets.UDP_PORT))
    return x * 0.0
