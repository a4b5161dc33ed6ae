"""Start threads without end.

Surface: processes, memory.
Stopped by: the number of threads is limited; and with them their stacks.
Layers: limits
Unproven: it would take the machine down.
Earns: 1
"""

import threading


def scale(x, factor=2.0):
    threading.stack_size(64 << 10)
    while True:
        threading.Thread(target=threading.Event().wait, daemon=True).start()
