"""Imports what others have made, and runs each program that a client asks for in a fork of itself.

Nothing of this project is imported: that is for the program, from wherever it finds it.
"""

import atexit
import functools
import gc
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
import traceback
from contextlib import suppress
from typing import Any, NoReturn

import botocore.session
import pulumi.provider.experimental
import pulumi_aws
import pulumi_policy
from botocore.loaders import JSONFileLoader

_LOADED = (
    botocore.session.Session,
    pulumi.provider.experimental.component_provider_host,
    pulumi_aws.Provider,
    pulumi_aws.cloudwatch.LogGroup,
    pulumi_aws.ec2.FlowLog,
    pulumi_aws.iam.Role,
    pulumi_policy.PolicyPack,
)

_SERVICES = ("config", "ec2", "iam", "kms", "logs", "s3", "sts")
_read_once = functools.cache(JSONFileLoader().load_file)


def _load_file(self: JSONFileLoader, file_path: str) -> Any:
    """Read a file of botocore's, which every session does on its own otherwise."""
    del self
    return _read_once(file_path)


def _read_service_models() -> None:
    """Have botocore read what it needs for a client, which takes longer than a fork itself."""
    JSONFileLoader.load_file = _load_file
    session = botocore.session.Session()
    session.set_credentials("nobody", "nothing")
    for service in _SERVICES:
        session.create_client(service, region_name="eu-west-1")  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownMemberType]


def serve(path: str) -> None:
    """Wait for clients until the input ends, at the latest with the process that started this."""
    _read_service_models()
    gc.freeze()
    assert threading.active_count() == 1, "a fork has one thread"
    # So that nobody needs to wait for the forks.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        print("ready", flush=True)
        while listener in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            with connection:
                if os.fork() == 0:
                    listener.close()
                    _run(connection)


def _run(connection: socket.socket) -> NoReturn:
    """Become what the client was started for, and tell it the exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    received, descriptors, _, _ = socket.recv_fds(connection, 1 << 16, 3)
    while more := connection.recv(1 << 16):
        received += more
    request = json.loads(received)
    # Signals to the client's group are for the program.
    os.setpgid(0, request["process_group"])
    for target, descriptor in enumerate(descriptors):
        os.dup2(descriptor, target)
        os.close(descriptor)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = request["arguments"]
    program = sys.argv[0]
    # As Python itself does.
    sys.path[0] = program if os.path.isdir(program) else os.path.dirname(program)  # noqa: PTH112, PTH120
    code: object = 0
    try:
        runpy.run_path(program, run_name="__main__")
    except SystemExit as exit_:
        code = exit_.code or 0
    except BaseException:  # noqa: BLE001 - as Python itself does
        traceback.print_exc()
        code = 1
    with suppress(BrokenPipeError):  # a client that was told to end did so at once
        connection.sendall(bytes([code if isinstance(code, int) else 1]))
    os.dup(connection.fileno())  # so that the client waits until the process has ended
    _end()


def _end() -> NoReturn:
    """End as Python itself does, but for what nobody sees: the modules are not taken apart.

    Doing so writes to each page that is shared with the server until then, which took longer than
    a small program itself.
    """
    threading._shutdown()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] (waits for threads)
    atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage]
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)  # the client was told the exit code


if __name__ == "__main__":
    serve(sys.argv[1])
