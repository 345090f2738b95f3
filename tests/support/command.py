"""The command `embedd` as a process, started fast.

`embedd()` is like subprocess.run(): a process of its own with the given arguments, environment and input. It is forked
from a server that has imported the program once, which saves most of a second of CPU time for each command. Tests of
the start itself, of signals and of terminals start `python -m embedd_pg.cli`.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
#: Modules that the tests of commands hardly use and that take long to import.
SELDOM = ("embedd_pg.alembic", "embedd_pg.embedding.providers.gemini", "embedd_pg.embedding.providers.voyage")
#: More than the arguments and the environment of a command take.
LONGEST = 1 << 20


def embedd(
    *arguments: str | Path, environment: dict[str, str], answer: str = "", timeout: float = 90
) -> subprocess.CompletedProcess[str]:
    """Run a command and return its status and output. `answer` is its standard input."""
    command = ["embedd", *map(str, arguments)]
    request = json.dumps({"command": command, "environment": environment, "directory": str(Path.cwd())})
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(answer.encode())
        given.seek(0)
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asking:
            asking.connect(_server())
            socket.send_fds(asking, [request.encode()], [given.fileno(), out.fileno(), err.fileno()])
            process = int(asking.recv(100))
            asking.settimeout(timeout)
            try:
                status = int(asking.recv(100))
            except TimeoutError:
                os.kill(process, signal.SIGKILL)
                raise subprocess.TimeoutExpired(command, timeout, _text(out), _text(err)) from None
        return subprocess.CompletedProcess(command, status, _text(out), _text(err))


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


@cache
def _server() -> str:
    """Start the server of this test process, and return the address of its socket."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.command"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdin and process.stdout
    atexit.register(process.stdin.close)
    return process.stdout.readline().strip()


# The server. It ends when the test process does, which closes its standard input.


def serve() -> None:
    for package in ("embedd_pg", "embedd_api"):
        _import_all(package)
    gc.freeze()  # so that the commands share the memory
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with (
        tempfile.TemporaryDirectory(prefix="cmd", dir="/tmp") as directory,
        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener,
    ):
        listener.bind(f"{directory}/s")
        listener.listen()
        print(f"{directory}/s", flush=True)
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            if os.fork() == 0:
                try:
                    _attend(connection)
                finally:
                    os._exit(1)
            connection.close()


def _import_all(package: str) -> None:
    """Import the modules of a package that commands use."""
    place = importlib.import_module(package)
    for module in pkgutil.walk_packages(place.__path__, f"{package}."):
        if not module.name.endswith("__main__") and module.name not in SELDOM:
            importlib.import_module(module.name)


def _attend(connection: socket.socket) -> None:
    """Run one command in another process, and report its status to the test."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    request, files, _, _ = socket.recv_fds(connection, LONGEST, 3)
    process = os.fork()
    if process == 0:
        connection.close()
        _become(json.loads(request), files)
    connection.send(str(process).encode())
    _, status = os.waitpid(process, 0)
    with suppress(OSError):  # the test has given up
        connection.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(request: dict[str, list[str] | dict[str, str] | str], files: list[int]) -> None:
    """Be a new process of the command."""
    from embedd_pg import failpoints
    from embedd_pg.cli import main, output

    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(str(request["directory"]))
    sys.argv = list(request["command"])
    # Two modules read the environment when they are imported, which was before.
    failpoints._POINTS.update(failpoints._parse(os.environ.get("EMBEDD_FAILPOINTS", "")))
    for console in (output.console, output.to_stderr):
        console.width = int(os.environ.get("COLUMNS", 80))
    main()


if __name__ == "__main__":
    serve()
