"""The server that mail goes out by: named by the environment, always under TLS, its password never said."""

import base64
import os
import re
import smtplib
import ssl
from dataclasses import dataclass, field
from urllib.parse import unquote

from impactkit.errors import RefusedData
from impactkit.wording.language import Language

# Where mail goes out (smtp://name:password@host:587, under STARTTLS, or smtps://…), and who vouches for it.
SERVER, AUTHORITY = "IMPACTKIT_SMTP", "IMPACTKIT_SMTP_CA"
SECONDS = 60
HIDDEN = "•••"
USUAL_PORTS = {"smtp": 587, "smtps": 465}
# A password may hold any sign, written as it is or percent-encoded: the last @ ends it.
WRITTEN = re.compile(
    r"(?P<kind>smtps?)://(?:(?P<user>[^:]*)(?::(?P<password>.*))?@)?"
    r"(?P<host>\[[0-9a-fA-F:.]+\]|[^\s:/@?#\[\]]+)(?::(?P<port>[0-9]{1,5}))?/?",
    re.DOTALL,
)


@dataclass(frozen=True)
class Post:
    """A server as the environment names it; it shows itself without the password."""

    kind: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)

    def masked(self, words: str) -> str:
        """What was said by a server or a library, without the password, however it is written there."""
        if not self.password:
            return words
        secret, whole = self.password.encode(), f"\0{self.user}\0{self.password}".encode()
        for text in (base64.b64encode(whole).decode(), base64.b64encode(secret).decode(), self.password):
            words = words.replace(text, HIDDEN)
        return words


def post(language: Language) -> Post:
    """The server that the environment names. Raises RefusedData, without repeating it, for what is none."""
    match = WRITTEN.fullmatch(os.environ.get(SERVER, "").strip())
    port = int(match["port"] or USUAL_PORTS[match["kind"]]) if match else 0
    if match is None or not 0 < port < 65_536:
        raise language.error(RefusedData, "smtp-unset", where=SERVER)
    host, user, password = match["host"].strip("[]"), match["user"] or "", match["password"] or ""
    return Post(match["kind"], host, port, unquote(user), unquote(password))


def opened(language: Language, place: Post) -> smtplib.SMTP:
    """A connection to the server, protected. Raises RefusedData when it cannot be used."""
    words = ""
    try:
        return _opened(place)
    except UnicodeError:
        words = language.say("smtp.ascii")
    except (OSError, ValueError, smtplib.SMTPException) as cause:
        words = place.masked(str(cause))
    # Outside of the handler: the cause would show what was sent.
    raise language.error(RefusedData, "smtp", where=place.host, cause=words)


def _opened(place: Post) -> smtplib.SMTP:
    trust = ssl.create_default_context(cafile=os.environ.get(AUTHORITY) or None)
    if place.kind == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(place.host, place.port, timeout=SECONDS, context=trust)
    else:
        server = smtplib.SMTP(place.host, place.port, timeout=SECONDS)
    try:
        if place.kind == "smtp":
            server.starttls(context=trust)
        server.ehlo_or_helo_if_needed()
        if place.user:
            server.login(place.user, place.password)
    except BaseException:
        server.close()
        raise
    return server
