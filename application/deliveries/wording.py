"""Notifications in words: those of the recipient's language."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from application.ports.inboxes import Told
from application.ports.notifications import Letter, Link
from domain.notifications.events.notification import NotificationKind
from domain.notifications.events.preferences import Language

SAID: Mapping[Language, Mapping[NotificationKind, tuple[str, str]]] = {
    "en": {
        "mention": ("{by} mentioned you in “{where}”.", "{by} mentioned you."),
        "direct": ("{by} wrote to you.", "{by} wrote to you."),
        "reply": ("{by} replied in a thread of yours in “{where}”.", "{by} replied in a thread of yours."),
        "added": ("{by} added you to “{where}”.", "{by} added you to a channel."),
        "invited": ("{by} asks you to take part in “{where}”.", "{by} asks you to take part in a channel."),
        "reminded": ("{by} is waiting for your answer in “{where}”.", "{by} is waiting for your answer."),
        "urgent": ("Urgent, from {by} in “{where}”.", "Urgent, from {by}."),
        "left_behind": (
            "{by} merged “{where}” into another department. What was granted there stayed behind.",
            "{by} merged a department into another one. What was granted there stayed behind.",
        ),
    },
    "zh": {
        "mention": ("{by}在“{where}”里提到了你。", "{by}提到了你。"),
        "direct": ("{by}给你发了消息。", "{by}给你发了消息。"),
        "reply": ("{by}在“{where}”里回复了你参与的话题。", "{by}回复了你参与的话题。"),
        "added": ("{by}把你加入了“{where}”。", "{by}把你加入了一个频道。"),
        "invited": ("{by}邀请你加入“{where}”。", "{by}邀请你加入一个频道。"),
        "reminded": ("{by}在“{where}”里等待你的回复。", "{by}在等待你的回复。"),
        "urgent": ("紧急:{by}在“{where}”里发来消息。", "紧急:{by}发来消息。"),
        "left_behind": (
            "{by}把“{where}”并入了另一个部门,原有的授权没有随之转移。",
            "{by}把一个部门并入了另一个部门,原有的授权没有随之转移。",
        ),
    },
}
"""Of each reason, the sentence with a place and the one without."""
SOMEBODY: Mapping[Language, str] = {"en": "Somebody", "zh": "有人"}
SEVERAL: Mapping[Language, str] = {"en": "{count} new notifications", "zh": "{count} 条新通知"}
OPEN: Mapping[Language, str] = {"en": "Open", "zh": "打开"}
SETTINGS: Mapping[Language, str] = {"en": "Notification settings", "zh": "通知设置"}
SETTINGS_PATH = "/settings/notifications"
"""Where clients show somebody's choices, below the address that links begin with."""
WHY: Mapping[Language, str] = {
    "en": "You chose to be told of this by e-mail. You can change that among your notification settings.",
    "zh": "你选择了通过电子邮件接收这类通知,可以在通知设置里更改。",
}


def letter(
    delivery: UUID, address: str, language: Language, told: Sequence[Told], *, content: bool, opens_at: str | None
) -> Letter:
    """The e-mail that tells of these. With `content` it shows what was said; `opens_at` is where links begin."""
    sentences = [_sentence(language, each) for each in told]
    subject = sentences[0].rstrip(".。") if len(told) == 1 else SEVERAL[language].format(count=len(told))
    labels = [OPEN[language]] if len(told) == 1 else sentences
    links = [Link(label, f"{opens_at}/go/{each.thing}") for label, each in zip(labels, told, strict=True)] if opens_at else []
    paragraphs = [f"{said}\n{each.text}" if content and each.text else said for said, each in zip(sentences, told, strict=True)]
    channels = {each.channel for each in told}
    return Letter(
        id=delivery,
        to=address,
        language=language,
        subject=subject,
        paragraphs=(*paragraphs, WHY[language]),
        links=tuple(links),
        topic=channels.pop() if len(channels) == 1 else None,
        settings=Link(SETTINGS[language], opens_at + SETTINGS_PATH) if opens_at else None,
    )


def _sentence(language: Language, told: Told) -> str:
    with_place, without = SAID[language][told.kind]
    said = without if told.place is None else with_place
    return said.format(by=told.by_name or SOMEBODY[language], where=told.place)
