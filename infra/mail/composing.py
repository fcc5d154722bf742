"""A letter as an e-mail message (RFC 5322, MIME): the same words as plain text and as HTML."""

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from hashlib import sha256
from html import escape

from application.ports.notifications import Letter, Link, NotEver

PAGE = """<!doctype html>
<html lang="{language}"><meta charset="utf-8"><title>{subject}</title>
<body style="font-family: sans-serif; line-height: 1.5; max-width: 40em">
{body}
</body></html>
"""


class _Policy(EmailPolicy):
    """The library's, but for headers of one word: folded by it, a long one would become encoded words, which such headers may not
    hold (RFC 2047, 5). Bodies are in seven bits: a relay on the way need not know 8BITMIME, and one that re-encodes what it is
    given breaks signatures (RFC 6376, 5.3)."""

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}{self.linesep}" if name in WHOLE else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode() if name in WHOLE else super().fold_binary(name, value)


WHOLE = {"Message-ID", "References", "In-Reply-To", "List-Unsubscribe"}
POLICY = _Policy(linesep="\r\n", cte_type="7bit")


def compose(letter: Letter, sender: Address, now: datetime) -> EmailMessage:
    """The message; its id follows from the letter's, so every attempt has the same. Raises NotEver for what is no address."""
    to = _address(letter.to)
    message = EmailMessage(POLICY.clone(utf8=not (to.addr_spec.isascii() and sender.addr_spec.isascii())))
    message["From"], message["To"] = sender, to
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    message["X-Auto-Response-Suppress"] = "All"  # the same, in the words of Exchange
    if letter.topic is not None:
        # Nobody ever got what these name; programs show letters together that refer to the same (RFC 5322, 3.6.4).
        message["References"] = message["In-Reply-To"] = f"<{_name(letter.topic)}@{sender.domain}>"
    if letter.settings is not None:
        message["List-Unsubscribe"] = f"<{letter.settings.url}>"  # RFC 2369
    message.set_content(_plain(letter))
    message.add_alternative(_page(letter), subtype="html")
    message["Content-Language"] = letter.language
    return message


def _name(topic: str) -> str:
    """What stands for a topic in a letter: it may hold anything, and isn't to be read off there."""
    return f"topic.{sha256(topic.encode()).hexdigest()[:32]}"


def _links(letter: Letter) -> tuple[Link, ...]:
    return letter.links if letter.settings is None else (*letter.links, letter.settings)


def _address(text: str) -> Address:
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError):
        raise NotEver("what should be an address is none") from None
    if not address.username or not address.domain:
        raise NotEver("what should be an address is none")
    return address


def _plain(letter: Letter) -> str:
    links = (f"{link.says}\n{link.url}" for link in _links(letter))
    return "\n\n".join((*letter.paragraphs, *links)) + "\n"


def _page(letter: Letter) -> str:
    said = (f"<p>{escape(text).replace(chr(10), '<br>')}</p>" for text in letter.paragraphs)
    links = (f'<p><a href="{escape(link.url)}">{escape(link.says)}</a></p>' for link in _links(letter))
    return PAGE.format(language=letter.language, subject=escape(letter.subject), body="\n".join((*said, *links)))
