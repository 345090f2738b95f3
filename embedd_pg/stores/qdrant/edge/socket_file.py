"""The Unix socket on which the process of a directory listens."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from pathlib import Path

NAME = "engine.socket"
#: The longest path of a Unix socket, in bytes, that all systems accept.
LONGEST = 100
#: The prefix of directories for sockets whose own directory has a longer path.
SHORT = "embedd-socket-"


def socket_path(directory: Path) -> str:
    """Return where to connect to the process of a directory. Raise FileNotFoundError if it does not listen."""
    path = directory / NAME
    if path.is_symlink():
        return os.path.realpath(path)
    if not path.exists():
        raise FileNotFoundError(path)
    return str(path)


def listen(directory: Path) -> socket.socket:
    """Listen on the socket of a directory, for programs of this user. Replace what a killed process has left.

    If its path is too long for a socket, it is a link to a socket in a private temporary directory.
    """
    remove(directory)
    path = directory / NAME
    if len(os.fsencode(path)) > LONGEST:
        short = Path(tempfile.mkdtemp(prefix=SHORT)) / NAME
        path.symlink_to(short)
        path = short
    listening = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listening.bind(str(path))
    finally:
        os.umask(before)
    listening.listen(128)
    return listening


def remove(directory: Path) -> None:
    """Remove the socket of a directory. A missing one is no error."""
    path = directory / NAME
    if path.is_symlink():
        target = Path(os.path.realpath(path)).parent
        if target.name.startswith(SHORT):
            shutil.rmtree(target, ignore_errors=True)
    path.unlink(missing_ok=True)
