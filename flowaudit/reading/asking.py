"""Questions to AWS that are asked all at once, each in a thread.

The threads are daemons: one that hangs in a dead connection holds nobody up. Their ends come back
through a queue, so that everything that is decided is decided in one thread.
"""

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from flowaudit.facts import Unread
from flowaudit.reading import aws

T = TypeVar("T")

Ends = SimpleQueue[Callable[[], None]]
"""What is to be called, in the deciding thread, for each question that has ended."""


def ask(
    question: Callable[[], T],
    ends: Ends,
    answered: Callable[[T], None],
    failed: Callable[[Exception], None],
) -> None:
    """Ask in another thread, for whom this thread asks.

    Args:
        question: Asks; runs in the thread.
        ends: Where one of the two that follow is put, when it has ended.
        answered: Takes the answer.
        failed: Takes the error; any error, so that none is lost.
    """

    def run() -> None:
        try:
            answer = question()
        except Exception as error:  # noqa: BLE001 (any error becomes an Unread, none is lost)
            problem = error
            ends.put(lambda: failed(problem))
        else:
            ends.put(lambda: answered(answer))

    _in_a_thread(partial(copy_context().run, run))


_idle: list[SimpleQueue[Callable[[], None]]] = []
os.register_at_fork(after_in_child=_idle.clear)  # a fork has none of the threads


def _in_a_thread(work: Callable[[], None]) -> None:
    """Work in a thread that is idle, in a new one only where none is: starting one takes long."""
    try:
        inbox = _idle.pop()
    except IndexError:
        inbox = SimpleQueue[Callable[[], None]]()
        Thread(target=_work, args=(inbox,), daemon=True).start()
    inbox.put(work)


def _work(inbox: SimpleQueue[Callable[[], None]]) -> None:
    while True:
        inbox.get()()
        _idle.append(inbox)


def take(ends: Ends) -> None:
    """Call what has ended; wait for the first for a tenth of a second."""
    with suppress(Empty):
        ends.get(timeout=0.1)()
        while True:
            ends.get_nowait()()


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask of one region.

    Attributes:
        account_id: The account that is asked.
        region: The region, None for a question about the account.
        action: The IAM action.
        ask: Asks, and puts what it learns where it belongs as it learns it; runs in a thread.
    """

    account_id: str
    region: str | None
    action: str
    ask: Callable[[], object]


def ask_all(
    questions: Iterable[Question], seconds: float, tick: Callable[[], None] = lambda: None
) -> tuple[Unread, ...]:
    """Ask everything at once; return what could not be read.

    What a question learned before it failed, or before its time was over, is true; the rest is
    unread.

    Args:
        questions: A thread each.
        seconds: What they may take, retries included.
        tick: Called now and then while they are under way, for progress.
    """
    pending = dict(enumerate(questions))
    ends: Ends = SimpleQueue()
    unread: list[Unread] = []

    def end(number: int, error: Exception | None) -> None:
        question = pending.pop(number, None)
        if question and error:
            unread.append(aws.unread(error, question.account_id, question.region, question.action))

    for number, question in list(pending.items()):
        ask(
            question.ask,
            ends,
            lambda _, number=number: end(number, None),
            lambda error, number=number: end(number, error),
        )
    deadline = time.monotonic() + seconds
    while pending and time.monotonic() < deadline:
        take(ends)
        tick()
    for number in list(pending):
        end(number, TimeoutError(f"no answer within {seconds:g} seconds"))
    return tuple(unread)
