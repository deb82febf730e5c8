"""``python -m localcloud run``: what it leaves behind is the command's exit code, and no more."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from localcloud.environment import LEAKS

from .conftest import TIMEOUT, make_project

REPOSITORY = Path(__file__).parents[2]
# Says where it is and then waits for its end.
WAITING = """
import json, os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
try:
    print(json.dumps({"pid": os.getpid(), **os.environ}), flush=True)
    signal.pause()
except KeyboardInterrupt:
    pass
print("ended in order", flush=True)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user's home with settings for real accounts."""
    home = tmp_path / "home"
    for path in (".aws/config", ".aws/credentials", ".pulumi/credentials.json"):
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text("the user's own")
    return home


@pytest.fixture
def env(home: Path, tmp_path: Path) -> dict[str, str]:
    """A shell's environment."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    # The per-user cache has the Pulumi CLI in it; a new one would have it built again.
    cache = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    return {
        **os.environ,
        "HOME": str(home),
        "XDG_CACHE_HOME": cache,
        "TMPDIR": str(scratch),
        "PYTHONPATH": str(REPOSITORY),
    }


def run(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "localcloud", *arguments],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


@contextmanager
def started(env: dict[str, str], *arguments: str) -> Generator[subprocess.Popen[str], None, None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "localcloud", *arguments],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def assert_gone(env: dict[str, str], endpoint: str) -> None:
    assert files(Path(env["TMPDIR"])) == {}
    with pytest.raises(URLError):
        urlopen(endpoint, timeout=5)


def test_the_command_s_exit_code_is_passed_on_and_nothing_is_left(
    env: dict[str, str], home: Path
) -> None:
    before = files(home)
    program = "import json, os, sys; print(json.dumps(dict(os.environ))); sys.exit(7)"
    ended = run(env, "run", "--", sys.executable, "-c", program)
    assert ended.returncode == 7, ended.stderr
    assert_gone(env, json.loads(ended.stdout)["AWS_ENDPOINT_URL"])
    assert files(home) == before


def test_a_deployment_touches_nothing_of_the_user_s(
    env: dict[str, str], home: Path, tmp_path: Path
) -> None:
    before = files(home)
    project = make_project(tmp_path / "project", env)
    project.write('aws.cloudwatch.LogGroup("logs")')
    ended = run(
        env,
        *("run", "--", "sh", "-c"),
        f"cd {project.folder} && pulumi stack init dev && pulumi up --yes --skip-preview",
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "+ 2 created" in ended.stdout
    assert files(home) == before
    assert files(Path(env["TMPDIR"])) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_reaches_the_command_and_takes_all_down(
    env: dict[str, str], number: signal.Signals
) -> None:
    with started(env, "run", "--", sys.executable, "-c", WAITING) as process:
        assert process.stdout is not None
        inside = json.loads(process.stdout.readline())
        process.send_signal(number)
        printed, errors = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 128 + number, errors
    assert (printed == "ended in order\n") == (number == signal.SIGINT)
    assert "Traceback" not in errors
    with pytest.raises(ProcessLookupError):
        os.kill(inside["pid"], 0)
    assert_gone(env, inside["AWS_ENDPOINT_URL"])


@pytest.mark.parametrize("name", [*LEAKS, "AWS_ENDPOINT_URL_STS"])
def test_a_shell_for_a_real_account_is_refused(env: dict[str, str], name: str) -> None:
    ended = run({**env, name: "what-is-secret"}, "run", "--", "true")
    assert ended.returncode == 2
    assert f"env -u {name} python -m localcloud" in ended.stderr
    assert "what-is-secret" not in ended.stderr


def test_a_command_that_is_not_there(env: dict[str, str]) -> None:
    ended = run(env, "run", "--", "no-such-command")
    assert (ended.returncode, ended.stderr) == (
        127,
        "error: there is no command no-such-command.\n",
    )


def test_a_command_that_cannot_be_run(env: dict[str, str], tmp_path: Path) -> None:
    ended = run(env, "run", "--", str(tmp_path))
    assert ended.returncode == 126
    assert "cannot be run: Permission denied" in ended.stderr


def test_other_packages_get_a_stand_in_by_their_names(env: dict[str, str]) -> None:
    listing = "import os; print(os.listdir(os.environ['PULUMI_HOME'] + '/plugins'))"
    options = ["--stand-in-for", "tls", "--stand-in-for", "vpc"]
    ended = run(env, "run", *options, "--", sys.executable, "-c", listing)
    assert "resource-tls-v" in ended.stdout
    assert "resource-vpc-v" in ended.stdout
    refused = run(env, "run", "--stand-in-for", "../tls", "--", "true")
    assert refused.returncode == 2
    assert "'../tls' is no name of a Pulumi package" in refused.stderr


def test_no_command_is_wrong_usage(env: dict[str, str]) -> None:
    ended = run(env, "run")
    assert ended.returncode == 2
    assert "name a COMMAND after --" in ended.stderr


def test_a_kept_one_is_used_from_another_shell_and_stopped(
    env: dict[str, str], tmp_path: Path
) -> None:
    pid_file = f"--pid-file={tmp_path / 'pid'}"
    with started(env, "run", "--keep", pid_file, "--", "echo", "ready") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert process.stdout.readline().startswith("unset AWS_CONTAINER_CREDENTIALS_FULL_URI ")
        lines: list[str] = []
        while not lines or not lines[-1].startswith("export PULUMI_SKIP_UPDATE_CHECK="):
            lines.append(process.stdout.readline())
        listing = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
        shell = f"{''.join(lines)}\n{sys.executable} -c {json.dumps(listing)}; pulumi stack ls"
        used = subprocess.run(
            ["sh", "-c", shell],
            env=env,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert used.stdout.splitlines()[0] == "123456789012", used.stderr

        second = run(env, "run", "--keep", pid_file)
        assert second.returncode == 2
        assert "is being kept already" in second.stderr

        stopped = run(env, "stop", pid_file)
        assert (stopped.returncode, stopped.stderr) == (0, "The embedded AWS is stopped.\n")
        process.communicate(timeout=TIMEOUT)
    assert process.returncode == 128 + signal.SIGTERM
    endpoint = next(line for line in lines if "AWS_ENDPOINT_URL" in line).split("=")[1].strip()
    assert_gone(env, endpoint)


def test_there_is_nothing_to_stop(env: dict[str, str], tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    # Left by one that was killed; the number may be another process's by now.
    pid_file.write_text(f"{os.getpid()}\n")
    ended = run(env, "stop", f"--pid-file={pid_file}")
    assert ended.returncode == 1
    assert "no embedded AWS runs" in ended.stderr
