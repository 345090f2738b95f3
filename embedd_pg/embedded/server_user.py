"""The user that runs PostgreSQL, which refuses to run as root. Root starts it as another user.

That user must reach the server's files. Directories above them therefore get the right to pass through (o+x), which
does not show their content, and no other right.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

from embedd_pg.errors import ConfigurationError

NAME = "pgserver"


def server_user() -> pwd.struct_passwd | None:
    """Return the user to run the server as: None for the current one; for root `pgserver`, or else `nobody`."""
    if os.geteuid() != 0:
        return None
    if not _known(NAME) and (useradd := shutil.which("useradd")):
        # useradd fails on a read-only or unusual system; the user nobody exists on all systems.
        subprocess.run(  # noqa: S603
            [useradd, "--system", "--no-create-home", "--shell", "/bin/false", NAME], check=False, capture_output=True
        )
    return _known(NAME) or _known("nobody")


def _known(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def as_user(user: pwd.struct_passwd | None) -> Any:
    """Return the arguments that make a subprocess run as the user."""
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def give(path: Path, user: pwd.struct_passwd | None) -> None:
    """Make the user the owner of a file, or of a directory with its content."""
    if user is None or path.stat().st_uid == user.pw_uid:
        return
    os.chown(path, user.pw_uid, user.pw_gid)
    if path.is_dir():
        for below in path.rglob("*"):
            os.chown(below, user.pw_uid, user.pw_gid, follow_symlinks=False)


def let_through(path: Path, user: pwd.struct_passwd | None) -> None:
    """Let the user pass through every directory above `path`."""
    if user is None:
        return
    for directory in path.resolve().parents:
        mode = directory.stat().st_mode
        if mode & stat.S_IXOTH or directory.stat().st_uid == user.pw_uid:
            continue
        try:
            directory.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
        except OSError as error:
            raise ConfigurationError(
                f"PostgreSQL runs as the user {user.pw_name}, who cannot pass through {directory}.",
                resolution=f"Run 'chmod o+x {directory}', or choose another place with --data-dir.",
            ) from error


def let_read(tree: Path, user: pwd.struct_passwd | None) -> None:
    """Let the user read and run the files of an installation made under a strict umask."""
    if user is None:
        return
    let_through(tree, user)
    for path in (tree, *tree.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if wanted != mode:
            path.chmod(wanted)
