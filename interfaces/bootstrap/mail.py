"""E-mail as the settings say."""

from email.headerregistry import Address
from urllib.parse import unquote, urlsplit

from application.ports.notifications import Mailer
from infra.mail.smtp import Encryption, SmtpMailer, SmtpServer
from infra.system import utc_now
from interfaces.settings import Settings


def mailer(settings: Settings) -> Mailer | None:
    """What sends e-mail; None where no mail server is set."""
    if settings.smtp_url is None or settings.smtp_from is None:
        return None
    url = urlsplit(settings.smtp_url)
    implicit: Encryption = "tls" if url.scheme == "smtps" else "starttls"
    server = SmtpServer(
        host=url.hostname or "",
        port=url.port or (465 if implicit == "tls" else 587),
        encryption="none" if settings.smtp_unencrypted and implicit == "starttls" else implicit,
        user=None if url.username is None else unquote(url.username),
        password=None if url.password is None else unquote(url.password),
        roots=settings.smtp_roots,
    )
    return SmtpMailer(server, Address(addr_spec=settings.smtp_from), utc_now)
