"""Mail servers for test_smtp.py: real ones by aiosmtpd on a free port of the loopback, and one that misbehaves."""

import base64
import contextlib
import socket
import ssl
import subprocess
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Received:
    """What one server was handed: envelopes, and who logged in."""

    def __init__(self):
        self.envelopes = []
        self.logins = []
        self.tls_versions = []


class Handler:
    def __init__(self, received, replies):
        self._received = received
        self._replies = replies  # {"RCPT": {address: reply}, "MAIL": reply, "DATA": reply}

    async def handle_MAIL(self, server, session, envelope, address, options):
        reply = self._replies.get("MAIL")
        if reply:
            return reply
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = self._replies.get("RCPT", {}).get(address)
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        reply = self._replies.get("DATA")
        if reply:
            return reply
        tls = server.transport.get_extra_info("ssl_object")
        self._received.tls_versions.append(tls.version() if tls else None)
        self._received.envelopes.append(envelope)
        return "250 taken"


class Authority:
    """A throw-away CA and the certificate it signed for the name localhost, made by openssl in `folder`."""

    def __init__(self, folder, name="ca", host="localhost"):
        self.ca_file = folder / f"{name}.pem"
        self._certificate = folder / f"{name}-server.pem"
        self._key = folder / f"{name}-server.key"
        request = folder / f"{name}-server.csr"
        extensions = folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName=DNS:{host}\n")
        ca_key = folder / f"{name}.key"
        new_key = ["-newkey", "rsa:2048", "-nodes"]
        _openssl("req", "-x509", *new_key, "-days", "2", "-subj", f"/CN=throw-away {name}",
                 "-keyout", ca_key, "-out", self.ca_file)
        _openssl("req", *new_key, "-subj", f"/CN={host}", "-keyout", self._key, "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", self.ca_file, "-CAkey", ca_key, "-CAcreateserial",
                 "-days", "2", "-extfile", extensions, "-out", self._certificate)

    @property
    def files(self):
        """What another server is started with: certificate and key."""
        return self._certificate, self._key

    def server_context(self, newest=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate, self._key)
        if newest:
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = newest
            context.set_ciphers("ALL:@SECLEVEL=0")
        return context


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@contextlib.contextmanager
def mail_server(*, starttls=None, tls=None, login=None, require_tls_for_login=True, replies=None):
    """Yields (port, Received). `starttls` and `tls` are server contexts; `login` is (user, password)."""
    received = Received()

    def authenticate(server, session, envelope, mechanism, data):
        received.logins.append((data.login, data.password))
        success = (data.login, data.password) == login
        return AuthResult(success=success, handled=success)  # not handled: the server answers 535

    options = {"hostname": "127.0.0.1", "port": 0}
    if starttls:
        options |= {"tls_context": starttls}
    if tls:
        options |= {"ssl_context": tls}
    if login:
        options |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": require_tls_for_login}
    controller = _FreePortController(Handler(received, replies or {}), **options)
    controller.start()
    try:
        yield controller.bound_port, received
    finally:
        controller.stop()


class _FreePortController(Controller):
    """aiosmtpd's own controller knows only the port it was asked for."""

    @property
    def bound_port(self):
        return self.server.sockets[0].getsockname()[1]

    def _trigger_server(self):
        # The controller proves itself by a first connection; it must go to the port it really has.
        self.port = self.bound_port
        super()._trigger_server()


@contextlib.contextmanager
def silent_server():
    """Takes connections and says nothing. Yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@contextlib.contextmanager
def tls_server(context):
    """Shakes hands and hangs up. Yields (port, versions): what was agreed on, in the order of connections."""
    listener = socket.create_server(("127.0.0.1", 0))
    versions = []

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
                versions.append(secured.version())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], versions
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


@contextlib.contextmanager
def scripted_server(lines, *, then="hang"):
    """A server that greets, answers each line it gets by the next of `lines`, and then hangs or closes.

    Yields (port, heard): the bytes it was sent so far.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    heard = []
    done = threading.Event()

    def serve():
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                _talk(connection, lines, heard)
                if then == "hang":
                    _listen_on(connection, heard)
                    done.wait(30)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], heard
    finally:
        done.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # closing alone does not wake accept
        listener.close()
        thread.join(10)


@contextlib.contextmanager
def echoing_server(context, echo, *, refuse_login=False):
    """Takes every login over TLS and answers the mail that follows with `echo(user, password)` in its refusal, or with
    `refuse_login` the login itself. Yields (port, logins)."""
    listener = socket.create_server(("127.0.0.1", 0))
    logins = []

    def login(reader, say, line):
        if line.startswith(b"AUTH PLAIN"):
            _, _, *blob = line.split()
            if not blob:
                say(b"334 ")
                blob = [reader.readline()]
            _, user, password = base64.b64decode(blob[0]).split(b"\0")
        else:
            say(b"334 VXNlcm5hbWU6")
            user = base64.b64decode(reader.readline())
            say(b"334 UGFzc3dvcmQ6")
            password = base64.b64decode(reader.readline())
        logins.append((user.decode(), password.decode()))

    def converse(secured):
        reader = secured.makefile("rb")

        def say(line):
            secured.sendall(line + b"\r\n")

        say(b"220 echo")
        while line := reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                say(b"250-echo")
                say(b"250 AUTH PLAIN LOGIN")
            elif verb == b"AUTH":
                login(reader, say, line)
                say(b"535 no: " + echo(*logins[-1]) if refuse_login else b"235 welcome")
            elif verb == b"QUIT":
                say(b"221 bye")
                return
            else:
                say(b"550 no, " + echo(*logins[-1]))

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
                converse(secured)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], logins
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def _talk(connection, lines, heard):
    reader = connection.makefile("rb")
    for number, line in enumerate(lines):
        if number > 0:
            if lines[number - 1].startswith(b"354"):
                while (got := reader.readline()) not in (b".\r\n", b""):
                    heard.append(got)
            else:
                heard.append(reader.readline())
        connection.sendall(line)


def _listen_on(connection, heard):
    """Keeps what still comes, and never answers."""
    connection.settimeout(10)
    with contextlib.suppress(OSError):
        while got := connection.recv(4096):
            heard.append(got)
