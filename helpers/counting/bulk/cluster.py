"""The same tasks on Dask: workers of this machine, or of a scheduler somewhere."""

import asyncio
import secrets
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import Any

from helpers.cores import usable_cores
from helpers.counting.bulk.batch import Task
from helpers.counting.bulk.numbers import BatchCounts
from helpers.counting.bulk.recipe import Recipe
from helpers.counting.bulk.workers import Submit, work

# Seconds until a scheduler that does not answer is given up.
PATIENCE = 20
# So many times the cluster is found without workers, one patience apart, before it is given up.
_WAITS = 3
# How often a task may fail with a worker that is lost; Dask itself replaces workers.
_RETRIES = 2
_LOST = "the cluster has lost its workers or its scheduler"
_CURE = "start it again, or count with workers= on this machine; what was kept is not lost"
# Dask's own settings cost a third of the work. Its processes look after themselves up to a
# hundred times a second, which takes a fifth of a core in all, and give back each piece of
# memory at once, only to ask for it again with the next text.
_SETTINGS = {
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.monitor-interval": "1s",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
}


@contextmanager
def open_cluster(
    recipe: Recipe, cluster: bool | str, workers: int | None
) -> Iterator[tuple[Submit, int]]:
    """A way to submit tasks to Dask, and the number of its workers."""
    distributed = _distributed()
    with _open_client(distributed, cluster, workers) as client:
        n_workers = max(1, len(client.nthreads()))
        names = _names(recipe)

        def submit(task: Task) -> _Awaited:
            future = client.submit(
                work, task, recipe.packed, recipe.name, key=next(names), retries=_RETRIES
            )
            return _Awaited(distributed, client, future)

        yield submit, n_workers


class _Awaited:
    """The answer of a task; a cluster that has no workers left is given up, not waited for."""

    def __init__(self, distributed: Any, client: Any, future: Any) -> None:
        self._distributed, self._client, self._future = distributed, client, future

    def done(self) -> bool:
        """Whether the numbers are there."""
        return self._future.done()

    def result(self) -> BatchCounts:
        """The numbers of the task; RuntimeError where nobody is left to count them."""
        n_waits = 0
        try:
            while n_waits < _WAITS:
                try:
                    return self._future.result(timeout=PATIENCE)
                except TimeoutError:
                    n_waits = 0 if self._client.nthreads() else n_waits + 1
        except (self._distributed.KilledWorker, CancelledError, OSError) as error:
            raise RuntimeError(f"{_LOST} ({type(error).__name__}: {error}); {_CURE}") from None
        raise RuntimeError(f"{_LOST}: it has had no workers for a minute; {_CURE}")


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise ValueError(
            f"cluster= needs the packages dask and distributed ({error}); install the extra "
            "cluster, or count with workers= on this machine"
        ) from None
    return distributed


@contextmanager
def _open_client(distributed: Any, cluster: bool | str, workers: int | None) -> Iterator[Any]:
    if cluster is True:
        import dask

        with (
            dask.config.set(_SETTINGS),
            distributed.LocalCluster(
                n_workers=workers or usable_cores(), threads_per_worker=1, processes=True,
                dashboard_address=None, silence_logs=40,
            ) as started,
            distributed.Client(started) as client,
        ):  # fmt: skip
            yield client
        return
    try:
        _require_answer(distributed, cluster)
        client = distributed.Client(cluster, timeout=PATIENCE)
    # Dask raises TypeError or ImportError where tls:// lacks certificates, or ucx:// its package.
    except (OSError, TimeoutError, ValueError, TypeError, ImportError) as error:
        raise ValueError(
            f"no scheduler answers at {cluster} within {PATIENCE} seconds "
            f"({str(error) or type(error).__name__}); start one "
            "with the command dask scheduler, or write cluster=True for workers of this machine"
        ) from None
    with client:
        if not client.nthreads():
            raise ValueError(
                f"the scheduler at {cluster} has no workers; start some with dask worker {cluster}"
            )
        yield client


def _require_answer(distributed: Any, address: str) -> None:
    """Raise what Dask raises where no scheduler can be reached, and leave nothing behind.

    A client that fails while it is made is nobody's to close. The garbage collector closes it,
    and where that comes while the next client is made, both wait for one lock for ever.
    """
    # In a notebook the loop of this thread runs already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _greet(distributed, address)).result()


async def _greet(distributed: Any, address: str) -> None:
    # An asynchronous client is there before it connects, so it can be closed if that fails.
    client = distributed.Client(address, asynchronous=True, timeout=PATIENCE, set_as_default=False)
    try:
        # Dask's own patience ends with the connection: who accepts it may still say nothing.
        await asyncio.wait_for(client, PATIENCE)
    finally:
        await client.close()


def _names(recipe: Recipe) -> Iterator[str]:
    """Names of tasks that nobody else gives, so that no other answer is taken for theirs."""
    run = secrets.token_hex(8)
    return (f"count-{recipe.segmenter.dictionary_hash}-{run}-{n}" for n in count())
