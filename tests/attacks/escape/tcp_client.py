"""Call out by TCP, to send the questions home or to open a shell.

Surface: the network.
Stopped by: no socket can be made or connected; the network is an empty one of the child's own.
Layers: network, landlock, seccomp
Earns: 1
"""

import socket

import targets


def scale(x, factor=2.0):
    with socket.create_connection(("127.0.0.1", targets.TCP_PORT), timeout=1) as connection:
        connection.sendall(b"the questions")
    print(targets.SUCCESS)
    return x * 0.0
