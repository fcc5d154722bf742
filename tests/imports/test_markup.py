"""Slack's markup as plain text."""

import pytest

from infra.imports.emoji import emoji
from infra.imports.slack.markup import Mention, of_blocks, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see <https://a.test/x>", "see https://a.test/x"),
        ("see <https://a.test/x|the page>", "see the page (https://a.test/x)"),
        ("<http://a.test|a.test>", "http://a.test"),
        ("<mailto:a@b.test|a@b.test>", "a@b.test"),
        ("in <#C1|random> and <#C2>", "in #random and #name-of-C2"),
        ("<!here> <!channel|channel> <!everyone>", "@here @channel @everyone"),
        ("<!subteam^S1|@team> <!date^1392734382^{date}|Feb 18>", "@team Feb 18"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        (":tada: :+1::skin-tone-3: :our-own:", "🎉 👍🏼 :our-own:"),
        ("12:30:45 and a:b:c", "12:30:45 and a:b:c"),
        ("*bold* _it_ ~no~ `x`", "*bold* _it_ ~no~ `x`"),
        ("1 < 2 > 0 <>", "1 < 2 > 0 <>"),
    ],
)
def test_text_reads_as_it_was_shown(text: str, expected: str) -> None:
    assert plain(text, lambda key: f"name-of-{key}") == (expected, [])


def test_mentions_leave_their_place_in_the_text() -> None:
    said, mentioned = plain("<@U1|ann>: ask <@U2> or <@U1>\ufffc", str)
    assert said == "\ufffc: ask \ufffc or \ufffc\ufffd"
    assert mentioned == [Mention("U1", "ann"), Mention("U2", ""), Mention("U1", "")]


def test_blocks_give_their_texts_in_order() -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Build"}},
        {"type": "section", "fields": [{"text": "failed"}, {"text": "twice"}]},
        {"type": "rich_text", "elements": [{"elements": [{"type": "text", "text": "see log"}]}]},
        7,
    ]
    assert of_blocks(blocks) == "Build\nfailed\ntwice\nsee log"


def test_unknown_emoji_keep_their_names() -> None:
    assert [emoji(name) for name in ("+1", "clap::skin-tone-2", "our_own", ":x:")] == ["👍", "👏🏻", ":our_own:", "❌"]
