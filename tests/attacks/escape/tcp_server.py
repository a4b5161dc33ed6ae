"""Wait for calls from outside by TCP.

Surface: the network.
Stopped by: no socket can be made or bound; the network is an empty one of the child's own.
Layers: network, landlock, seccomp
Earns: 1
"""

import os
import socket

import targets


def scale(x, factor=2.0):
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()
    if os.readlink("/proc/self/ns/net") == targets.NETWORK_NAMESPACE:
        print(targets.SUCCESS)
    return x * 0.0
