-- Ask the embedd service over HTTP to search a vector table or to embed a text with an embedder; nothing else, and at
-- no other address. The address, the API key and the time limits come only from embedd_service.json in the data
-- directory of this server, which cannot be changed through SQL. A cancelled statement or statement_timeout ends the
-- wait within a tenth of a second. Returns answer, or refused: SQLSTATE, message and hint, which call_service() raises.
create or replace function embedd.ask_service(p_operation text, p_target text, p_environment text, p_body jsonb)
returns jsonb
language plpython3u set search_path = pg_catalog, pg_temp
as $python$
import errno
import http.client
import io
import json
import math
import os
import re
import select
import socket
import ssl
import time
from urllib.parse import urlsplit

FILE = "embedd_service.json"
#: The most bytes of a response: a search returns at most a hundred rows, with their texts.
MAX_ANSWER = 64 * 2**20
OPERATIONS = {
    "search": (r"vt_[0-9A-Za-z_]{1,64}", "/v1/vector-tables/%s/query"),
    "embed": (r"emb_[0-9a-f]{32}", "/v1/embedding-providers/%s/embed"),
}


class Deadline(Exception):
    """The service did not answer in time."""


class Refused(Exception):
    """The error that call_service() raises."""


def fail(sqlstate, message, hint):
    raise Refused({"sqlstate": sqlstate, "message": message, "hint": hint})


def read_configuration():
    """Return the entries of the file, each checked. No message shows the value of an entry."""
    # The working directory of every backend is the data directory.
    hint = "A superuser of the server's system writes it: see docs/how-to/plpython.md."
    try:
        with open(FILE, encoding="utf-8") as file:
            given = json.load(file)
    except FileNotFoundError:
        fail("EBS01", "The service is not configured: the data directory has no file %s." % FILE, hint)
    except OSError as error:
        fail("EBS01", "The server cannot read %s: %s." % (FILE, os.strerror(error.errno or 0)), hint)
    except ValueError:
        fail("EBS01", "%s is no JSON in UTF-8." % FILE, hint)
    given = {"connect_timeout": 2, "total_timeout": 10, "ca_file": None} | (given if isinstance(given, dict) else {})
    try:
        url = urlsplit(given["url"])
        valid = url.scheme in ("http", "https") and url.hostname and url.port != 0
        valid = valid and not ("@" in url.netloc or url.query or url.fragment)
    except (KeyError, TypeError, ValueError, AttributeError):
        valid = False
    if not valid:
        fail("EBS01", "url in %s must be the address of the service, like https://embedd.example.com:8080." % FILE,
             hint)
    if not (isinstance(given.get("api_key"), str) and re.fullmatch(r"[!-~]{1,1000}", given["api_key"])):
        fail("EBS01", "api_key in %s must be an API key of the service." % FILE, hint)
    for name in ("connect_timeout", "total_timeout"):
        seconds = given[name]
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 < seconds <= 600:
            fail("EBS01", "%s in %s must be a number of seconds, at most 600." % (name, FILE), hint)
    if unknown := sorted(set(given) - {"url", "api_key", "connect_timeout", "total_timeout", "ca_file"}):
        fail("EBS01", "%s has an entry that is not known: %s." % (FILE, str(unknown[0])[:40]), hint)
    try:
        context = ssl.create_default_context(cafile=given["ca_file"]) if url.scheme == "https" else None
    except (OSError, TypeError, ValueError):
        fail("EBS01", "ca_file in %s must name a file of certificates that the server can read." % FILE, hint)
    return url, given, context


def await_socket(line, events, deadline):
    """Wait until the socket can be read or written. Every tenth of a second PostgreSQL may cancel the statement."""
    poller = select.poll()
    poller.register(line, events)
    while not poller.poll(100):
        plpy.execute("select 1")
        if time.monotonic() > deadline:
            raise Deadline


def attempt(line, deadline, events, action):
    """Return the result of `action` as soon as the connection is ready for it."""
    while True:
        try:
            return action()
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError) as error:
            wanted = {ssl.SSLWantReadError: select.POLLIN, ssl.SSLWantWriteError: select.POLLOUT}
            await_socket(line, wanted.get(type(error), events), deadline)
            if time.monotonic() > deadline:
                raise Deadline


def connect(host, port, deadline):
    """Return a connection to the first of the host's addresses that accepts one."""
    refusal = OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH))
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        line = socket.socket(family, kind, protocol)
        line.setblocking(False)
        try:
            code = line.connect_ex(address)
            if code == errno.EINPROGRESS:
                await_socket(line, select.POLLOUT, deadline)
                code = line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        except BaseException:
            line.close()
            raise
        if code == 0:
            return line
        line.close()
        refusal = OSError(code, os.strerror(code))
    raise refusal


def exchange(url, given, context, request):
    """Send a request and return everything received until the service closes the connection."""
    start = time.monotonic()
    deadline = start + given["total_timeout"]
    connected_by = min(deadline, start + given["connect_timeout"])
    line = connect(url.hostname, url.port or (443 if url.scheme == "https" else 80), connected_by)
    try:
        if context:
            line = context.wrap_socket(line, server_hostname=url.hostname, do_handshake_on_connect=False)
            attempt(line, connected_by, select.POLLIN, line.do_handshake)
        rest = memoryview(request)
        while rest:
            rest = rest[attempt(line, deadline, select.POLLOUT, lambda: line.send(rest)):]
        received = bytearray()
        while part := attempt(line, deadline, select.POLLIN, lambda: line.recv(65536)):
            received += part
            if len(received) > MAX_ANSWER:
                raise http.client.HTTPException
            if time.monotonic() > deadline:
                raise Deadline
        return bytes(received)
    finally:
        line.close()


def parse(received):
    """Return status and body of a response; the body is None if it is not a JSON object."""

    class Received(io.BytesIO):
        def makefile(self, *_):
            return self

    response = http.client.HTTPResponse(Received(received))
    response.begin()
    content = response.read()
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    return response.status, body if isinstance(body, dict) else None


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def is_sound(body):
    """Return whether the body has the form that the operation returns."""
    if p_operation == "embed":
        vector = body.get("embedding")
        return isinstance(vector, list) and len(vector) > 0 and all(map(is_number, vector))
    found = body.get("results")
    return isinstance(found, list) and all(
        isinstance(row, dict) and isinstance(row.get("id"), str) and is_number(row.get("score")) for row in found
    )


def refuse(status, body, origin, key):
    """Raise the error of the service, without the API key even if the service repeated it."""
    error = (body or {}).get("error")
    if not isinstance(error, dict):
        fail("EBS03", "What answers at %s (status %s) is not the embedd service." % (origin, status),
             "Check url in %s." % FILE)
    code, message, hint = (
        str(error.get(name) or "").replace(key, "***")[:500] for name in ("code", "message", "resolution")
    )
    if code == "validation_error":
        fail("EBV01", message, hint or "See docs/reference/rest-api.md.")
    if status in (401, 403):
        fail("EBS03", "The service refuses the API key: %s" % message,
             "Put a valid one into %s; read_only is enough." % FILE)
    if status == 404:
        hint = "The API key must be of the organization that acts here, and the service run on this database."
    fail("EBS03", "The service answers %s %s: %s" % (status, code, message), hint or "See the log of the service.")


def ask():
    form, path = OPERATIONS.get(p_operation, ("(?!)", ""))
    if not (re.fullmatch(form, p_target or "") and re.fullmatch(r"env_[0-9A-Za-z_]{1,64}", p_environment or "")):
        fail("EBV01", "The service is asked to search a vector table or to embed a text, by id.",
             "Call embedd.search() or embedd.embed().")
    url, given, context = read_configuration()
    origin = "%s://%s" % (url.scheme, url.netloc)
    content = (p_body or "{}").encode()
    head = ["POST %s HTTP/1.1" % (url.path.rstrip("/") + path % p_target), "Host: " + url.netloc,
            "Authorization: Bearer " + given["api_key"], "X-Environment-Id: " + p_environment,
            "Content-Type: application/json", "Content-Length: %d" % len(content), "Connection: close", "", ""]
    try:
        received = exchange(url, given, context, "\r\n".join(head).encode("ascii", "replace") + content)
        status, body = parse(received)
    except Deadline:
        fail("EBS02", "The service at %s did not answer in time." % origin,
             "See whether it is overloaded; connect_timeout and total_timeout in %s say how long is waited." % FILE)
    except (http.client.HTTPException, UnicodeError):
        fail("EBS03", "What answers at %s does not speak HTTP as it should." % origin, "Check url in %s." % FILE)
    except OSError as error:
        fail("EBS02", "The service at %s cannot be reached: %s." % (origin, error.strerror or type(error).__name__),
             "Check that embedd serve runs there, and url in %s." % FILE)
    if status != 200:
        refuse(status, body, origin, given["api_key"])
    if body is None or not is_sound(body):
        fail("EBS03", "The service at %s answers nonsense." % origin,
             "Check url in %s, and that versions of service and database fit." % FILE)
    return body


try:
    return json.dumps({"answer": ask()})
except Refused as refusal:
    return json.dumps({"refused": refusal.args[0]})
$python$;
