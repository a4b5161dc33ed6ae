"""The environment and command line of the processes that run student code: clean, and the same everywhere."""

import os

from grader.interpreter import python_command

#: Fixed before TensorFlow is imported. One thread, no oneDNN and no hash seed: results do not depend on the
#: machine's core count; oneDNN off also takes a fifth off a child's first operation.
_FIXED = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    # A server starts 64 threads otherwise, whose stacks are memory: three servers would be more than a child may use.
    "TF_GRPC_WORKER_CACHE_THREADS": "4",
    "TF_GRPC_WORKER_CACHE_QUEUES": "1",
    # One heap for all threads: a heap each makes starting a server several times as slow.
    "MALLOC_ARENA_MAX": "1",
    "KERAS_BACKEND": "tensorflow",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "LANG": "C.UTF-8",
}
#: Passed on as they are: finding libraries and accelerators, and what Windows cannot do without.
_PASSED = ("PATH", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "XLA_FLAGS", "SYSTEMROOT", "TEMP", "TMPDIR")


def clean_environment() -> dict[str, str]:
    """Return the environment for a process that will run student code."""
    passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
    return {**passed, **_FIXED}


def module_command(module: str) -> list[str]:
    """Return the command that runs ``module`` as a program."""
    return python_command(f"import runpy; runpy.run_module({module!r}, run_name='__main__')")
