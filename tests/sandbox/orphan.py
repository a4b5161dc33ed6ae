"""A parent that is going to be killed, and its locked child: prints the child's number when it is locked, and waits."""

import os
import signal
import sys
from pathlib import Path

from grader.sandbox.locks.limits import Limits
from grader.sandbox.locks.lockdown import Lockdown, lock
from grader.sandbox.locks.readable import Readable


def main() -> None:
    workdir, layers = Path(sys.argv[1]), frozenset(sys.argv[2].split(","))
    parent = os.getpid()
    ready, locked = os.pipe()
    pid = os.fork()
    if pid == 0:
        uid = 65534 if os.geteuid() == 0 else None
        policy = Lockdown(
            workdir=workdir,
            limits=Limits(memory_bytes=1 << 30, cpu_seconds=60),
            readable=Readable(),
            parent=parent,
            keep=frozenset({0, 1, 2, locked}),
            uid=uid,
            layers=layers,
        )
        lock(policy)
        os.write(locked, b"x")
        while True:
            signal.pause()
    os.read(ready, 1)
    print(pid, flush=True)
    signal.pause()


main()
