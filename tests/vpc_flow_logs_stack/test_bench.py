"""What the benchmark of the stack times is there."""

from operator import attrgetter

from bench.enforce.timed import PHASES
from vpc_flow_logs_stack import run


def test_every_phase_that_is_timed_is_one_of_the_program() -> None:
    assert all(callable(attrgetter(path)(run)) for path in PHASES.values())
