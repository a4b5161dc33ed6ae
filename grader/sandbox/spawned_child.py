"""A child that is a fresh interpreter, for systems that cannot fork after importing TensorFlow."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from grader.sandbox.locks.limits import Limits, apply_limits
from grader.sandbox.locks.lockdown import Lockdown, lock
from grader.sandbox.locks.process import die_with_parent


def main() -> None:
    """Do the job on standard input; ``sys.argv`` holds the results' path or descriptor, and the policy."""
    results, policy_text = sys.argv[1:3]
    policy = json.loads(policy_text)
    die_with_parent()
    job_fd = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    if results.isdigit():
        result_fd = int(results)
    else:
        result_fd = os.open(results, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
    sys.argv = ["submission"]

    import grader.probes
    from grader.sandbox.child import run_job

    grader.probes.import_all()
    if sys.platform == "linux":
        _lock(policy, frozenset({0, 1, 2, job_fd, result_fd}))
    else:
        apply_limits(Limits(**policy["limits"]))
    os.chdir(policy["workdir"])
    run_job(job_fd, result_fd)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _lock(policy: dict[str, Any], keep: frozenset[int]) -> None:
    from grader.sandbox.locks.privileges import user_to_become
    from grader.sandbox.locks.readable import libraries_without_answers

    lock(
        Lockdown(
            workdir=Path(policy["workdir"]),
            limits=Limits(**policy["limits"]),
            readable=libraries_without_answers(),
            parent=policy["parent"],
            keep=keep,
            uid=user_to_become(),
            loopback=policy["loopback"],
            layers=frozenset(policy["layers"]),
        )
    )


if __name__ == "__main__":
    main()
