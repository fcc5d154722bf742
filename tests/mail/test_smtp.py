"""Letters reach a real mail server as they were written; what goes wrong is told apart by whether it may pass."""

from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import pytest

from application.ports.notifications import Letter, Link, Mailer, NotEver, NotNow
from interfaces.bootstrap.mail import mailer
from interfaces.settings import Settings, SettingsInvalid, load_settings
from tests.support.mail_server import PASSWORD, USER, certificate, mail_server

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("clean_environment")]

LETTER = Letter(
    id=UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
    to="bo@example.com",
    language="zh",
    subject="安在“上海项目”里提到了你",
    paragraphs=("安在“上海项目”里提到了你。", "<b>两行\n字</b>"),
    links=(Link("打开", "https://onrecord.example/m/1?a=1&b=2"),),
)


def mail(**given: object) -> Mailer:
    sender = mailer(load_settings(smtp_from="onrecord@example.com", **given))
    assert sender is not None
    return sender


def plain(port: int) -> Mailer:
    return mail(smtp_url=f"smtp://127.0.0.1:{port}", smtp_unencrypted=True)


async def test_a_letter_arrives_as_text_and_as_a_page_of_the_same_words() -> None:
    with mail_server() as server:
        await plain(server.port).send(LETTER)
    (letter,) = server.letters
    assert letter["Subject"] == LETTER.subject
    assert (letter["From"], letter["To"]) == ("onrecord@example.com", "bo@example.com")
    assert letter["Message-ID"] == "<01890a5d-ac96-774b-bcce-b302099a8057@example.com>"
    assert (letter["Content-Language"], letter["Auto-Submitted"]) == ("zh", "auto-generated")
    text, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert page is not None
    said = text.get_content().replace("\r\n", "\n")
    assert said == "安在“上海项目”里提到了你。\n\n<b>两行\n字</b>\n\n打开\nhttps://onrecord.example/m/1?a=1&b=2\n"
    assert "&lt;b&gt;两行<br>字&lt;/b&gt;" in page.get_content()
    assert 'href="https://onrecord.example/m/1?a=1&amp;b=2"' in page.get_content()


async def test_what_mail_servers_and_programs_look_for_is_there() -> None:
    url = f"https://{'a-long-name.' * 8}example.com/settings/notifications"
    about = LETTER._replace(topic="Q2hhbm5lbDox", settings=Link("通知设置", url), paragraphs=("长" * 2_000,))
    with mail_server() as server:
        for letter in (about, about._replace(id=UUID(int=1)), LETTER):
            await plain(server.port).send(letter)
    first, second, other = server.letters
    assert first["X-Auto-Response-Suppress"] == "All"
    assert first["References"] == first["In-Reply-To"] == second["References"]
    assert first["References"].endswith("@example.com>")
    assert "Q2hhbm5lbDox" not in first["References"]
    assert first["List-Unsubscribe"] == f"<{url}>"
    assert (other["References"], other["List-Unsubscribe"]) == (None, None)
    for raw in server.raw:
        assert raw.isascii(), "a relay need not know 8BITMIME"
        assert max(map(len, raw.splitlines())) <= 998
    whole = [line for line in server.raw[0].split(b"\r\n") if line.startswith((b"Ref", b"In-R", b"List-", b"Message-ID"))]
    assert all(line.endswith(b">") and b"=?" not in line for line in whole)
    assert len(whole) == 4
    for part in first.walk():
        if part.get_content_maintype() == "text":
            assert part.get_content_charset() == "utf-8"
            assert "通知设置" in part.get_content()
            assert url in part.get_content()


async def test_every_attempt_has_the_same_id() -> None:
    with mail_server() as server:
        for _ in range(2):
            await plain(server.port).send(LETTER)
    assert len({letter["Message-ID"] for letter in server.letters}) == 1


async def test_words_and_addresses_add_no_headers() -> None:
    with mail_server() as server:
        await plain(server.port).send(LETTER._replace(subject="a\r\nBcc: eve@example.com"))
        for address in ("bo@example.com\r\nBcc: eve@example.com", "bo@example.com, eve@example.com", "bo", "@", ""):
            with pytest.raises(NotEver):
                await plain(server.port).send(LETTER._replace(to=address))
    (letter,) = server.letters
    assert letter["Bcc"] is None
    assert letter["Subject"] == "a Bcc: eve@example.com"


async def test_what_is_in_the_way_now_is_told_from_what_will_always_be() -> None:
    with mail_server() as server:
        server.unknown.add("bo@example.com")
        with pytest.raises(NotEver, match="recipient"):
            await plain(server.port).send(LETTER)
        server.unknown.clear()
        server.answers += ["451 come again", "554 not this"]
        with pytest.raises(NotNow, match="451"):
            await plain(server.port).send(LETTER)
        with pytest.raises(NotEver, match="554"):
            await plain(server.port).send(LETTER)
        assert await plain(server.port).reachable() is None
    with pytest.raises(NotNow, match="reached"):
        await plain(server.port).send(LETTER)
    assert "reached" in (await plain(server.port).reachable() or "")
    assert server.letters == []


async def test_it_is_spoken_to_in_secret_and_by_name(tmp_path: Path) -> None:
    context, roots = certificate(tmp_path)
    with mail_server(tls=context, login=True) as server:
        name = f"{USER}:{quote(PASSWORD, safe='')}"
        known = mail(smtp_url=f"smtp://{name}@127.0.0.1:{server.port}", smtp_roots=roots)
        assert await known.reachable() is None
        await known.send(LETTER)
        assert len(server.letters) == 1
        unknown = mail(smtp_url=f"smtp://{USER}:wrong@127.0.0.1:{server.port}", smtp_roots=roots)
        assert "535" in (await unknown.reachable() or "")
        with pytest.raises(NotNow):
            await unknown.send(LETTER)
        forged = mail(smtp_url=f"smtp://{name}@127.0.0.1:{server.port}")
        assert "SSLCertVerificationError" in (await forged.reachable() or "")
    assert len(server.letters) == 1


async def test_a_server_that_offers_no_encryption_gets_nothing() -> None:
    with mail_server() as server:
        trusting = mail(smtp_url=server.url)
        assert "STARTTLS" in (await trusting.reachable() or "")
        with pytest.raises(NotNow):
            await trusting.send(LETTER)
    assert server.letters == []


def test_settings_without_a_server_or_sender() -> None:
    assert mailer(Settings()) is None
    for given in ({"smtp_url": "smtp://mail.example"}, {"smtp_from": "a@example.com"}):
        with pytest.raises(SettingsInvalid, match="belong together"):
            load_settings(**given)
    for value in ("mail.example", "http://secret@mail.example"):
        with pytest.raises(SettingsInvalid, match="ONRECORD_SMTP_URL") as refused:
            load_settings(smtp_url=value, smtp_from="a@example.com")
        assert "secret" not in str(refused.value)
