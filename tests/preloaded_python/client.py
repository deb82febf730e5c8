"""Stands in a virtual environment's ``bin/python``: starts programs as forks of the server.

Pulumi's language host runs programs, policy packs and component plugins with ``python -u``. All
else is for the real Python.
"""

import json
import os
import socket
import sys

SOCKET: str = globals().get("SOCKET", "")  # written before these lines

arguments = sys.argv[1:]
if arguments[:1] != ["-u"]:
    python = os.path.join(os.path.dirname(sys.argv[0]), "real-python")  # noqa: PTH118, PTH120
    os.execv(python, [python, *arguments])
request = {
    "arguments": arguments[1:],
    "cwd": os.getcwd(),  # noqa: PTH109 - pathlib would be most of the time
    "environment": dict(os.environ),
    "process_group": os.getpgrp(),
}
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(SOCKET)
    message = json.dumps(request).encode()
    sent = socket.send_fds(connection, [message], [0, 1, 2])
    connection.sendall(message[sent:])
    connection.shutdown(socket.SHUT_WR)
    code = connection.recv(1)
    connection.recv(1)  # until the program has ended
sys.exit(code[0] if code else 1)
