"""Who does the tasks: this process, processes of this machine, or a cluster."""

import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain
from multiprocessing import connection, get_context, parent_process, resource_tracker
from typing import Protocol

from helpers.cores import usable_cores
from helpers.counting.bulk.batch import Task, count_task
from helpers.counting.bulk.numbers import BatchCounts
from helpers.counting.bulk.recipe import Recipe

# Below this many bytes to clean and cut, starting processes takes longer than they save.
FEW_BYTES = 8_000_000
# From here on compiled code for terms saves more than it takes to load.
MUCH_BYTES = 2_000_000
# Tasks in the hands of each worker, so that none waits for this process. Where this process counts
# as well they are fewer, because in the end it has none left while the workers do theirs.
_IN_HAND, _IN_HAND_BESIDE = 3, 2
# So many tasks this process does before their turn comes: while the workers start, for example.
_AHEAD = 10

Submit = Callable[[Task], "Promise"]


def run_tasks(
    tasks: Iterator[Task], recipe: Recipe, *, workers: int | None, cluster: bool | str
) -> Iterator[tuple[Task, BatchCounts]]:
    """Each task with its numbers, in the order of the tasks."""
    if cluster:
        from helpers.counting.bulk.cluster import open_cluster

        with open_cluster(recipe, cluster, workers) as (submit, n_workers):
            yield from _in_order(tasks, recipe, submit, _IN_HAND * n_workers, ahead=0)
        return
    n_workers = workers or usable_cores()
    waiting, n_bytes = _look_ahead(tasks)
    if n_bytes >= MUCH_BYTES:
        recipe.expect_much()
    if n_workers == 1 or n_bytes < FEW_BYTES:
        for task in chain(waiting, tasks):
            yield task, count_task(task, recipe)
        return
    # This process is one of the workers: it counts while the others start, and needs no copy.
    with _open_pool(recipe, n_workers - 1) as submit:
        most = _IN_HAND_BESIDE * (n_workers - 1)
        yield from _in_order(chain(waiting, tasks), recipe, submit, most, ahead=_AHEAD)


def work(task: Task, packed: bytes, name: str) -> BatchCounts:
    """The numbers of a task, in a worker: the recipe is unpacked once in each process.

    The dictionary is made anew from the recipe and its hash compared, so that words added to
    it cannot be lost on the way.
    """
    if name not in _RECIPES:
        _RECIPES.clear()
        _RECIPES[name] = pickle.loads(packed)
        # For little work no worker is started; a cluster is not asked for little either.
        _RECIPES[name].expect_much()
    return count_task(task, _RECIPES[name])


_RECIPES: dict[str, Recipe] = {}


def _pack(task: Task, recipe: Recipe) -> tuple[Task, bytes, str]:
    return task, recipe.packed, recipe.name


def _look_ahead(tasks: Iterator[Task]) -> tuple[list[Task], int]:
    """The first tasks, and their bytes: as many as are work enough for several processes."""
    waiting = []
    n_bytes = 0
    for task in tasks:
        waiting.append(task)
        n_bytes += task.n_bytes
        if n_bytes >= FEW_BYTES:
            break
    return waiting, n_bytes


class Promise(Protocol):
    """The numbers of a task that a worker has been given."""

    def done(self) -> bool:
        """Whether the numbers are there."""

    def result(self) -> BatchCounts:
        """The numbers, waited for."""


class _Job:
    """A task on its way; nobody does it yet, or a worker, or it is done."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.promise: Promise | None = None
        self.counts: BatchCounts | None = None

    def is_free(self) -> bool:
        """Whether nobody does it yet."""
        return self.promise is None and self.counts is None

    def is_out(self) -> bool:
        """Whether a worker has it in hand."""
        return self.promise is not None and not self.promise.done()


def _in_order(
    tasks: Iterator[Task], recipe: Recipe, submit: Submit, most: int, *, ahead: int
) -> Iterator[tuple[Task, BatchCounts]]:
    """Heavy tasks go to the workers, `most` at a time; what the cache holds is read here.

    With `ahead`, this process does up to so many tasks that no worker has, where the next one in
    order is in the hands of a worker.
    """
    jobs: deque[_Job] = deque()
    for job in map(_Job, tasks):
        jobs.append(job)
        _hand_out(jobs, recipe, submit, most)
        if len(jobs) > most + ahead:
            yield _next(jobs, recipe, submit, most, ahead)
    while jobs:
        _hand_out(jobs, recipe, submit, most)
        yield _next(jobs, recipe, submit, most, ahead)


def _next(
    jobs: deque[_Job], recipe: Recipe, submit: Submit, most: int, ahead: int
) -> tuple[Task, BatchCounts]:
    """The first task with its numbers."""
    first = jobs[0]
    while ahead and first.is_out():
        free = next((job for job in jobs if job.is_free()), None)
        if free is None:
            break
        free.counts = count_task(free.task, recipe)
        _hand_out(jobs, recipe, submit, most)
    jobs.popleft()
    if first.promise is not None:
        return first.task, first.promise.result()
    return first.task, count_task(first.task, recipe) if first.counts is None else first.counts


def _hand_out(jobs: deque[_Job], recipe: Recipe, submit: Submit, most: int) -> None:
    """Give workers tasks until they have `most` in hand."""
    n_out = sum(job.is_out() for job in jobs)
    for job in jobs:
        if n_out >= most:
            return
        if job.is_free() and not _is_light(job.task, recipe):
            job.promise = submit(job.task)
            n_out += 1


def _is_light(task: Task, recipe: Recipe) -> bool:
    return bool(task.place) and (bool(task.terms) or recipe.lexicon is None)


@contextmanager
def _open_pool(recipe: Recipe, n_workers: int) -> Iterator[Submit]:
    """A way to submit tasks to processes, which end after the block whatever happens in it."""
    # Spawned on every system, because a copy of a process with threads may stand still.
    pool = ProcessPoolExecutor(n_workers, get_context("spawn"), initializer=_begin_worker)
    if os.name == "posix":
        # It would be started with the first worker, and unblock Ctrl-C before that one starts.
        resource_tracker.ensure_running()
    try:

        def submit(task: Task) -> "Future[BatchCounts]":
            # Processes start as they are needed, and take over that Ctrl-C is blocked.
            with _deaf_to_interrupts():
                return pool.submit(work, *_pack(task, recipe))

        is_done = False
        yield submit
        # Nothing is left to do, and nobody has to wait until they have ended.
        is_done = True
    except BrokenProcessPool:
        raise RuntimeError(
            "a worker process ended before its work was done: perhaps the memory was full (try "
            "fewer workers=, or a smaller size=), or the script that calls this lacks the line "
            'if __name__ == "__main__":. What was counted is kept; the same call goes on there'
        ) from None
    finally:
        pool.shutdown(wait=not is_done, cancel_futures=True)


def _begin_worker() -> None:
    # Ctrl-C reaches every process; the first one ends the others when their batch is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True, name="end with parent").start()


def _end_with_parent() -> None:
    """Wait until the process that started this one has gone, and end this one."""
    # Who was killed tells nobody: a worker would wait for its next task for ever.
    connection.wait([parent_process().sentinel])
    # sys.exit would end this thread alone.
    os._exit(1)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Let Ctrl-C wait for a moment, where this thread may decide that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    # A process that is started meanwhile takes over what is blocked, not who listens.
    has_mask = hasattr(signal, "pthread_sigmask")  # not on Windows
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if has_mask else None
    try:
        yield
    finally:
        if has_mask:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)
