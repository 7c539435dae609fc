"""A mail server of this machine, under TLS, that keeps what it is given and refuses whom a test says."""

import email
import email.policy
import socket
import ssl
import subprocess
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Kept:
    """What arrived: (to, message) pairs; `refused`: addresses that it does not know."""

    def __init__(self):
        self.arrived, self.refused, self.before = [], set(), lambda: None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 5.1.1 inconnu ici"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.before()
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.arrived += [(to, message) for to in envelope.rcpt_tos]
        return "250 OK"


def certificate(folder):
    """A certificate for localhost, and its key; it vouches for itself."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    words = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    words += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(words, check=True, capture_output=True)
    return cert, key


@contextmanager
def mail_server(folder, password="secret", accents=True):
    """The server (`accents`: it takes addresses that have some), its address, the certificate to trust."""
    cert, key = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    kept = Kept()

    def known(server, session, envelope, mechanism, data):
        # Not handled: it is for the server to answer what it answers to a wrong password.
        return AuthResult(success=data.password == password.encode(), handled=False)

    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(
        kept,
        hostname="localhost",
        port=port,
        tls_context=context,
        require_starttls=True,
        auth_require_tls=True,
        authenticator=known,
        auth_required=True,
        enable_SMTPUTF8=accents,
    )
    controller.start()
    try:
        yield kept, f"smtp://ada:{password}@localhost:{port}", cert
    finally:
        controller.stop()
