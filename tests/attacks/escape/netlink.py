"""Ask the kernel about the network, or change it.

Surface: netlink, raw and packet sockets.
Stopped by: no such socket can be made.
Layers: seccomp
Earns: 1
"""

import socket

import targets


def scale(x, factor=2.0):
    for family, kind in ((socket.AF_NETLINK, socket.SOCK_RAW), (socket.AF_VSOCK, socket.SOCK_STREAM), (38, 5)):
        try:
            socket.socket(family, kind, 0)
            print(targets.SUCCESS)
        except OSError:
            pass
    return x * 0.0
