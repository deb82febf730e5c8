"""Questions to AWS that are asked all at once, after an inventory has told what there is to ask."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread

from flowaudit.facts import Unread
from flowaudit.reading import aws


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
    ask: Callable[[], None]


def ask_all(
    questions: Iterable[Question], seconds: float, tick: Callable[[], None] = lambda: None
) -> tuple[Unread, ...]:
    """Ask everything at once; return what could not be read.

    The threads are daemons: one that hangs in a dead connection holds nobody up. What a question
    learned before it failed, or before its time was over, is true; the rest is unread.

    Args:
        questions: A thread each.
        seconds: What they may take, retries included.
        tick: Called now and then while they are under way, for progress.
    """
    pending = dict(enumerate(questions))
    ends: SimpleQueue[tuple[int, Exception | None]] = SimpleQueue()

    def run(number: int, question: Question) -> None:
        try:
            question.ask()
        except Exception as error:  # noqa: BLE001 (any error becomes an Unread, none is lost)
            ends.put((number, error))
        else:
            ends.put((number, None))

    for number, question in pending.items():
        Thread(target=run, args=(number, question), daemon=True).start()
    deadline = time.monotonic() + seconds
    unread: list[Unread] = []

    def note(question: Question, error: Exception) -> None:
        unread.append(aws.unread(error, question.account_id, question.region, question.action))

    while pending and time.monotonic() < deadline:
        with suppress(Empty):
            number, error = ends.get(timeout=0.1)
            question = pending.pop(number)
            if error:
                note(question, error)
        tick()
    for question in pending.values():
        note(question, TimeoutError(f"no answer within {seconds:g} seconds"))
    return tuple(unread)
