"""The same work on many things, in several processes, with the results in order.

A process that nobody waits for any more ends by itself: its pipe is closed when the one that asked
is gone, however it went. (Those of `concurrent.futures` hold both ends of their queues and would
stay: https://github.com/python/cpython/issues/94777)
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from collections import deque
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection

    Item = TypeVar("Item")
    Result = TypeVar("Result")

#: More would take memory for little: whoever asks has work of its own with every result.
_MOST = 4
#: Seconds that a process has to end after its last result.
_PATIENCE = 5


class ProcessLostError(RuntimeError):
    """A process ended before its work was done."""


def processors() -> int:
    """How many processes may be of use on this machine."""
    known = hasattr(os, "sched_getaffinity")  # Linux alone knows which of them are ours
    return min(_MOST, len(os.sched_getaffinity(0)) if known else os.cpu_count() or 1)


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], processes: int
) -> Iterator[Result]:
    """The result for each item, worked out in so many processes; 1: in this one.

    `work`, items and results are pickled. At most one item a process is under way, so memory stays
    flat. Raises what `work` raises, and ProcessLostError.
    """
    if processes < 2:  # noqa: PLR2004 - nobody to share with
        yield from map(work, items)
        return
    with ExitStack() as stack:
        free = deque(stack.enter_context(_process(work)) for _ in range(processes))
        busy: deque[Connection[Any, Any]] = deque()
        for item in items:
            if not free:
                free.append(busy.popleft())
                yield _result(free[0])
            busy.append(free.popleft())
            with _told_if_lost():
                busy[-1].send(item)
        for one in busy:
            yield _result(one)


@contextmanager
def _process(work: Callable[[Item], Result]) -> Iterator[Connection[Any, Any]]:
    """A new process, asked through a pipe. It is fresh, not a copy: threads are under way here."""
    context = get_context("spawn")
    mine, its = context.Pipe()
    process = context.Process(target=_serve, args=(its, work), daemon=True)
    process.start()
    its.close()
    try:
        yield mine
    except BaseException:
        process.kill()
        raise
    finally:
        mine.close()
        process.join(_PATIENCE)
        process.kill()


def _result(connection: Connection[Any, Any]) -> Any:  # noqa: ANN401 - whatever `work` gives
    with _told_if_lost():
        is_done, found = connection.recv()
    if not is_done:
        raise found
    return found


@contextmanager
def _told_if_lost() -> Iterator[None]:
    try:
        yield
    except (EOFError, BrokenPipeError, ConnectionResetError) as error:
        raise ProcessLostError(
            "A helper process ended early. Most often the machine has too little memory: close "
            "other programs, or use a larger machine, and run the command again."
        ) from error


def _serve(connection: Connection[Any, Any], work: Callable[[Any], Any]) -> None:
    """Answer until nobody asks. Whoever asked decides what a signal to all of them ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":  # by this one RQ tells a worker's whole group of a dyno's restart
        signal.signal(signal.SIGRTMIN, signal.SIG_IGN)
    try:
        while True:
            connection.send_bytes(_answer(work, connection.recv()))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # nobody waits for more, which is how it ends


def _answer(work: Callable[[Item], Result], item: Item) -> bytes:
    try:
        return pickle.dumps((True, work(item)))
    except Exception as error:  # noqa: BLE001 - raised again where it was asked for
        error.add_note(traceback.format_exc())
        return _as_it_can_be_sent(error)


def _as_it_can_be_sent(error: Exception) -> bytes:
    """The error itself; where it cannot be made again from what was sent, one that quotes it."""
    try:
        sent = pickle.dumps((False, error))
        pickle.loads(sent)  # noqa: S301 - just made
    except Exception:  # noqa: BLE001 - an error's own code may do anything
        told = RuntimeError(f"{type(error).__name__}: {error}")
        told.add_note(traceback.format_exc())
        return pickle.dumps((False, told))
    return sent
