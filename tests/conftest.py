"""What holds for all tests."""

import signal


def pytest_configure() -> None:
    """Let what the tests start be interrupted, in the background of a shell as well.

    A shell without job control has what it runs in the background ignore SIGINT, and so do all
    processes that are started from there: a test that interrupts one would wait for ever.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
