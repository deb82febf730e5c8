"""The plugin's process: serve Pulumi's provider protocol until the engine is done.

The engine starts it with its own address, and reads the port from stdout.
"""

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from localcloud.provider.generic import Generic
from localcloud.provider.servicer import StandIn

# Pulumi works on this many resources at a time, and more only wait here.
_MAX_CONCURRENT_CALLS = 64
# How often to look whether the engine is still there, in seconds.
_ENGINE_CHECK_INTERVAL = 0.5
# How long calls that are under way may take after that, in seconds.
_GRACE = 4.0


def main(package: str, version: str) -> None:
    """Serve as the provider of a package.

    Args:
        package: Pulumi's name of it, such as ``aws``.
        version: what the plugin says of itself.
    """
    engine = os.getppid()
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    # The engine ends a plugin with SIGINT, and waits 5 seconds for one that does not
    # heed it. It keeps plugins in a process group of their own, which a Ctrl-C at the
    # terminal does not reach.
    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    server = grpc.server(ThreadPoolExecutor(_MAX_CONCURRENT_CALLS))
    provider = StandIn(version) if package == "aws" else Generic(package, version)
    for address in sys.argv[1:]:
        provider.attached_to(address)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # An engine that was killed sends nothing; its children then get another parent.
    while os.getppid() == engine and not stop.wait(_ENGINE_CHECK_INTERVAL):
        pass
    # What has been asked of AWS is finished, so that the state is right.
    server.stop(_GRACE).wait()
