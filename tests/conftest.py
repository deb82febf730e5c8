"""What holds for all tests."""

import gc
import os
import shutil
import signal
from collections.abc import Generator
from pathlib import Path

import pytest

import toolchain
from localcloud import LocalCloud

from .preloaded_python import make_virtualenv, preloaded_virtualenv
from .running_plugins import running_plugins
from .virtual_environments import build


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write golden files (the audit's formats, the components' schema) anew",
    )
    parser.addoption(
        "--real-provider",
        action="store_true",
        help="run the stack's and the components' end-to-end tests with Pulumi's own AWS plugin",
    )


def pytest_configure() -> None:
    """Let what the tests start be interrupted, and spend no time on garbage that is not there.

    A shell without job control has what it runs in the background ignore SIGINT, and so do all
    processes that are started from there: a test that interrupts one would wait for ever.

    Looking for garbage is a quarter of what a small command of Pulumi's CLI takes; it does so only
    when it has much. And what is imported while tests are collected stays.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.setdefault("GOGC", "off")
    os.environ.setdefault("GOMEMLIMIT", "512MiB")
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage from here on, but not among what has been imported."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the end-to-end tests: the longest last would run alone in the end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)


def pytest_xdist_auto_num_workers() -> int:
    """Have half as many workers again as processors: a test waits, here and there."""
    return (os.cpu_count() or 1) * 3 // 2


@pytest.fixture(scope="session")
def other_languages() -> None:
    """What programs in YAML, and generated SDKs, take; ``make test`` has prepared it.

    Without it, which is where there is no Go to build it, a test is skipped; but not in CI.
    """
    bin_dir = toolchain.ensure().bin_dir
    path = os.pathsep.join([str(bin_dir), os.environ["PATH"]])
    if shutil.which("pulumi-language-yaml", path=path) is None:
        reason = "`python -m toolchain --other-languages` says what is missing and why"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that is built from it."""
    return build(tmp_path_factory.mktemp("distributions"))


@pytest.fixture(scope="session")
def wheel(distributions: Path) -> Path:
    """The wheel."""
    [built] = distributions.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def plain_virtualenv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment for programs that are interpreted from their first line."""
    folder = tmp_path_factory.mktemp("programs") / "plain"
    make_virtualenv(folder)
    return folder


@pytest.fixture(scope="session")
def quick_virtualenv(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path, None, None]:
    """A virtual environment for programs that find the SDKs imported."""
    folder = tmp_path_factory.mktemp("programs") / "quick"
    with preloaded_virtualenv(folder):
        yield folder


@pytest.fixture
def virtualenv(request: pytest.FixtureRequest) -> Path:
    """The virtual environment of a test's programs: the plain one with the mark `own_plugins`."""
    own = request.node.get_closest_marker("own_plugins")
    return request.getfixturevalue("plain_virtualenv" if own else "quick_virtualenv")


@pytest.fixture
def environment(
    cloud: LocalCloud, virtualenv: Path, request: pytest.FixtureRequest
) -> Generator[dict[str, str], None, None]:
    """The environment of the commands: the cloud's, with plugins that run already.

    A test whose commands have to start and stop plugins of their own has the mark `own_plugins`.
    """
    if request.node.get_closest_marker("own_plugins"):
        yield cloud.env
    else:
        with running_plugins(cloud, virtualenv) as env:
            yield env
