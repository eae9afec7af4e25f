"""How much of this machine's work may be done at the same time."""

import os


def usable_cores(most: int | None = None) -> int:
    """Return the number of cores this process may use, at least 1 and at most `most`.

    Fewer than the machine has where the process is held to some of them (taskset, a batch
    system). A container's limit on computing time is not a number of cores and is not seen.

    >>> usable_cores(1)
    1
    """
    # Neither macOS nor Windows before Python 3.13 says which cores a process may use.
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = getattr(os, "process_cpu_count", os.cpu_count)() or 1
    return cores if most is None else max(1, min(most, cores))
