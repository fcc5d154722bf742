"""Hands letters over to a mail server (RFC 5321), one connection each."""

import asyncio
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from pathlib import Path
from typing import Literal

from application.ports.clock import Clock
from application.ports.notifications import Letter, NotEver, NotNow
from infra.mail.composing import compose

TIMEOUT = 20.0
"""Seconds that a mail server may take for one answer."""

Encryption = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """How a mail server is reached. With `starttls` a server that doesn't offer it is not spoken to; `roots` are the
    certificates that it is checked against, where not those of the system."""

    host: str
    port: int
    encryption: Encryption = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    roots: Path | None = None


class SmtpMailer:
    """Fulfils application.ports.notifications.Mailer."""

    def __init__(self, server: SmtpServer, sender: Address, clock: Clock) -> None:
        self._server, self._sender, self._clock = server, sender, clock

    async def send(self, letter: Letter) -> None:
        message = compose(letter, self._sender, self._clock())

        def hand_over() -> None:
            with _spoken_to(self._server) as smtp:
                smtp.send_message(message)

        await asyncio.to_thread(hand_over)

    async def reachable(self) -> str | None:
        def look() -> None:
            with _spoken_to(self._server) as smtp:
                smtp.noop()

        try:
            await asyncio.to_thread(look)
        except (NotNow, NotEver) as error:
            return str(error)
        return None


@contextmanager
def _spoken_to(server: SmtpServer) -> Iterator[smtplib.SMTP]:
    """A connection on which the server has let us in. What goes wrong on it is NotNow or NotEver, by the server's code."""
    try:
        with _connected(server) as smtp:
            if server.encryption == "starttls":
                smtp.starttls(context=_trust(server))
            if server.user is not None:
                smtp.login(server.user, server.password or "")
            yield smtp
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise _failure(code, "the mail server refused the recipient") from None
    except smtplib.SMTPDataError as error:
        raise _failure(error.smtp_code, "the mail server refused the letter") from None
    except smtplib.SMTPResponseException as error:
        # Whom it lets in and from whom it takes letters is put right by an operator: nothing is lost until then.
        raise NotNow(f"the mail server doesn't take letters from us ({error.smtp_code})") from None
    except smtplib.SMTPNotSupportedError:
        raise NotNow("the mail server doesn't offer what was asked of it (STARTTLS, AUTH or SMTPUTF8)") from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotNow(f"the mail server can't be reached: {type(error).__name__}") from None


def _connected(server: SmtpServer) -> smtplib.SMTP:
    if server.encryption == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=_trust(server))
    return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)


def _trust(server: SmtpServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=None if server.roots is None else str(server.roots))


def _failure(code: int, says: str) -> NotNow | NotEver:
    """5yz is for ever, all else may pass (RFC 5321, 4.2.1)."""
    return NotEver(f"{says} ({code})") if 500 <= code < 600 else NotNow(f"{says} ({code})")
