"""What people from outside are written: a code to sign in again, and an invitation."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from application.ports.choices import Choices
from application.ports.notifications import Letter, Link, Mailer
from domain.access.sign_in import GOOD_FOR
from domain.kernel.identifiers import PersonId, derived
from domain.kernel.refusals import Refusal
from domain.notifications.events.preferences import Language

MINUTES = int(GOOD_FOR.total_seconds() // 60)
SIGN_IN: Mapping[Language, tuple[str, ...]] = {
    "en": (
        "Your code to sign in",
        "Your code: {code}",
        f"It is good once, within {MINUTES} minutes. Whoever has it is taken for you: tell it to nobody.",
        "Sign in",
    ),
    "zh": (
        "您的登录验证码",
        "验证码:{code}",
        f"{MINUTES} 分钟内有效,只能使用一次。持有它的人会被当作您本人,请勿转告他人。",
        "登录",
    ),
}
INVITATION: Mapping[Language, tuple[str, ...]] = {
    "en": ("You are invited", "Your code: {code}", "With it you see what you were invited to, and nothing else.", "Come in"),
    "zh": ("您收到一份邀请", "邀请码:{code}", "凭此码您可以看到受邀的内容,其他内容不可见。", "进入"),
}
"""Of each language: the subject, the line with the code, what it is good for, and what the link is called."""


class NotSent(Refusal, frozen=True):
    """No letter could be sent: no e-mail is set up here, or there is no address to send it to."""


class Correspondence(NamedTuple):
    """What letters need: what is known of people, what sends, and where links begin (None: letters have none)."""

    choices: Choices
    mailer: Mailer
    opens_at: str | None = None

    async def sign_in(self, person: PersonId, code: str) -> NotSent | None:
        """Sends somebody the code by which they sign in, to the address that is on record. Raises NotNow, NotEver."""
        found = (await self.choices.addressees([person]))[person]
        if found.address is None or not found.active:
            return NotSent()
        link = f"{self.opens_at}/guests/sign-in#person={person}&code={code}"
        await self._send(
            derived("sign-in letter", code), found.address, await self._language(found.language), SIGN_IN, code, link
        )
        return None

    async def invitation(self, address: str, code: str, language: Language | None) -> None:
        """Sends a code of an invitation to an address. Raises NotNow, NotEver."""
        link = f"{self.opens_at}/guests/come#code={code}"
        await self._send(derived("invitation letter", code), address, await self._language(language), INVITATION, code, link)

    async def _language(self, known: Language | None) -> Language:
        return known or (await self.choices.rules()).language

    async def _send(
        self, letter: UUID, to: str, language: Language, words: Mapping[Language, tuple[str, ...]], code: str, link: str
    ) -> None:
        """What stands after # in a link stays with whoever opens it: no server on the way is told the code."""
        subject, with_code, good_for, label = words[language]
        links = (Link(label, link),) if self.opens_at else ()
        await self.mailer.send(Letter(letter, to, language, subject, (with_code.format(code=code), good_for), links))
