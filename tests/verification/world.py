"""An organisation as a few sets and dicts: who may do what, and who sees what, said once more and apart from the product."""

from dataclasses import dataclass, field

CHANNELS = ("general", "secret", "sales")
"""One that everybody is in, a private one, and the channel of the department Sales. Who opened them is the boss."""


@dataclass
class Said:
    """A message. Text that is None was taken back."""

    author: str
    channel: str
    text: str | None
    signs: set[tuple[str, str]] = field(default_factory=set)


class World:
    """What has become of everybody and everything. The boss administers the organisation."""

    def __init__(self, people: tuple[str, ...]) -> None:
        self.active = {"boss", *people}
        self.joined = {"general": {"boss", *people}, "secret": {"boss"}, "sales": set[str]()}
        self.owners = {"general": {"boss"}, "secret": {"boss"}, "sales": set[str]()}
        self.public = {"general"}
        self.archived = set[str]()
        self.sales = set[str]()
        self.messages: dict[str, Said] = {}

    def members(self, channel: str) -> set[str]:
        """By a membership of their own, or because they belong to the department."""
        return self.joined[channel] | (self.sales if channel == "sales" else set())

    def knows(self, who: str, channel: str) -> bool:
        """Whether the channel is there for them."""
        return channel in self.public or who in self.members(channel)

    def keeps(self, who: str, channel: str) -> bool:
        """Whether they decide about the channel."""
        return who in self.owners[channel] or who == "boss"

    def adds(self, who: str, channel: str) -> bool:
        """Whether they may bring others in."""
        return self.keeps(who, channel) or (channel != "sales" and who in self.members(channel))

    def end(self, who: str, channel: str) -> None:
        """Their own membership is over."""
        self.joined[channel].discard(who)
        self.owners[channel].discard(who)

    def seen_by(self, who: str) -> dict[str, object]:
        """What is shown to somebody: channels with their members and messages."""
        return {
            channel: {
                "archived": channel in self.archived,
                "members": self.members(channel),
                "messages": {
                    name: (said.author, said.text, said.signs) for name, said in self.messages.items() if said.channel == channel
                },
            }
            for channel in CHANNELS
            if self.knows(who, channel)
        }
