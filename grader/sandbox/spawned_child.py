"""A child that is a fresh interpreter, for systems that cannot fork after importing TensorFlow."""

import json
import os
import sys

from grader.sandbox.locks.limits import Limits, apply_limits
from grader.sandbox.locks.process import die_with_parent


def main() -> None:
    """Do the job on standard input; ``sys.argv`` holds the results' path and the policy."""
    result_path, policy_text = sys.argv[1:3]
    policy = json.loads(policy_text)
    die_with_parent()
    job_fd = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    result_fd = os.open(result_path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
    os.chdir(policy["workdir"])
    sys.argv = ["submission"]
    apply_limits(Limits(**policy["limits"]))

    from grader.sandbox.child import run_job

    run_job(job_fd, result_fd)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
