"""A letter as an e-mail message (RFC 5322, MIME): the same words as plain text and as HTML."""

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from html import escape

from application.ports.notifications import Letter, NotEver

PAGE = """<!doctype html>
<html lang="{language}"><meta charset="utf-8"><title>{subject}</title>
<body style="font-family: sans-serif; line-height: 1.5; max-width: 40em">
{body}
</body></html>
"""


def compose(letter: Letter, sender: Address, now: datetime) -> EmailMessage:
    """The message; its id follows from the letter's, so every attempt has the same. Raises NotEver for what is no address."""
    to = _address(letter.to)
    policy = SMTP if to.addr_spec.isascii() and sender.addr_spec.isascii() else SMTPUTF8
    message = EmailMessage(policy=policy)
    message["From"], message["To"] = sender, to
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    message.set_content(_plain(letter))
    message.add_alternative(_page(letter), subtype="html")
    message["Content-Language"] = letter.language
    return message


def _address(text: str) -> Address:
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError):
        raise NotEver("what should be an address is none") from None
    if not address.username or not address.domain:
        raise NotEver("what should be an address is none")
    return address


def _plain(letter: Letter) -> str:
    links = (f"{link.says}\n{link.url}" for link in letter.links)
    return "\n\n".join((*letter.paragraphs, *links)) + "\n"


def _page(letter: Letter) -> str:
    said = (f"<p>{escape(text).replace(chr(10), '<br>')}</p>" for text in letter.paragraphs)
    links = (f'<p><a href="{escape(link.url)}">{escape(link.says)}</a></p>' for link in letter.links)
    return PAGE.format(language=letter.language, subject=escape(letter.subject), body="\n".join((*said, *links)))
