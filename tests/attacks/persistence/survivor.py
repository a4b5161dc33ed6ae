"""Leave a process behind in a session of its own, which goes on when the check has ended.

Surface: processes.
Stopped by: no process can be made; were one made, it would be the zygote's to find and end.
Layers: design
Earns: 1
"""

import os
import time

import targets


def scale(x, factor=2.0):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(0.5)
            open(f"{targets.FOLDER}/alive", "w").close()
            time.sleep(60)
        os._exit(0)
    return x * 0.0
