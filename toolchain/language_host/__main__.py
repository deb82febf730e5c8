"""Serve the language host until the engine is done with it."""

import os
import select
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

import grpc
from pulumi.runtime.proto import language_pb2_grpc

from .processes import Processes
from .servicer import LanguageHost

# A plugin occupies its thread for as long as it runs, so this bounds the plugins of one deployment.
_MAX_CONCURRENT_CALLS = 100
# How often to look whether the engine is still there, in seconds.
_ENGINE_CHECK_INTERVAL = 0.5


def main(bin_dir: Path) -> None:
    """Serve until the engine asks to stop (SIGINT or SIGTERM) or has died; end what was started.

    The engine passes its own flags first and its address last, and reads the port from stdout.

    Args:
        bin_dir: Where the programs that belong to this host are; see `LanguageHost`.
    """
    engine_process = os.getppid()
    engine_address = sys.argv[-1] if len(sys.argv) > 1 else ""
    processes = Processes()
    server = grpc.server(
        ThreadPoolExecutor(max_workers=_MAX_CONCURRENT_CALLS),
        # The engine bounds messages itself; large policy packs and configurations pass through.
        options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)],
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(
        LanguageHost(bin_dir, engine_address, processes), server
    )

    wake_reader, wake_writer = os.pipe()

    def wake(number: int, frame: FrameType | None) -> None:
        # A handler may only do what is safe at any point of the main thread: write to a pipe.
        del number, frame
        os.write(wake_writer, b".")

    signal.signal(signal.SIGINT, wake)
    signal.signal(signal.SIGTERM, wake)

    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()

    # An engine that was killed sends nothing; its children then get another parent.
    while os.getppid() == engine_process:
        if select.select([wake_reader], [], [], _ENGINE_CHECK_INTERVAL)[0]:
            break
    server.stop(grace=None)
    processes.end_all()
