"""The queries that an export asks."""

PAGE = "pageInfo { hasNextPage endCursor }"
WHO = "fragment who on Person { id name email title kind standing }"
LISTS = {
    "reactions": (10, "emoji addedAt person { ...who }"),
    "attachments": (10, "file name title mediaType size width height duration"),
    "edits": (5, "position editedAt retracted editedBy { ...who }"),
    "mentions": (10, "kind person { ...who }"),
}
"""What stands beside a message: how much of it comes with the message, and what of each."""
SAID = f"""
fragment said on Message {{
  id position sentAt text retracted editedAt alsoInChannel pinnedAt threadKey quoting forwarding
  author {{ ...who }} pinnedBy {{ ...who }} thread {{ id }} quotes {{ id }} polls(first: 1) {{ nodes {{ id }} }}
  {" ".join(f"{name}(first: {first}) {{ {PAGE} nodes {{ {each} }} }}" for name, (first, each) in LISTS.items())}
}}
"""
UNDER = "@case(id: $case)"
CHANNEL = f"""
query ExportedChannel($case: ID!, $channel: ID!, $when: AsOf!, $after: String) {UNDER} {{
  at(asOf: $when) {{ channel(id: $channel) {{
    id kind visibility name topic description
    members(first: 100, after: $after) {{ {PAGE} nodes {{ role person {{ ...who }} }} }}
  }} }}
}}
{WHO}
"""
MESSAGES = f"""
query ExportedMessages($case: ID!, $channel: ID!, $when: AsOf!, $after: String) {UNDER} {{
  at(asOf: $when) {{ channel(id: $channel) {{
    messages(first: 50, after: $after, orderBy: SENT_AT_ASC) {{
      {PAGE}
      nodes {{ ...said replies(first: 5) {{ {PAGE} nodes {{ ...said }} }} }}
    }}
  }} }}
}}
{WHO} {SAID}
"""
STRAY = f"""
query ExportedStrayReplies($case: ID!, $channel: ID!, $when: AsOf!, $after: String) {UNDER} {{
  at(asOf: $when) {{ channel(id: $channel) {{ strayReplies(first: 50, after: $after) {{ {PAGE} nodes {{ ...said }} }} }} }}
}}
{WHO} {SAID}
"""
REPLIES = f"""
query ExportedReplies($case: ID!, $message: ID!, $when: AsOf!, $after: String) {UNDER} {{
  at(asOf: $when) {{ message(id: $message) {{
    replies(first: 50, after: $after) {{ {PAGE} nodes {{ ...said }} }}
  }} }}
}}
{WHO} {SAID}
"""
POLL = f"""
query ExportedPoll($case: ID!, $poll: ID!, $when: AsOf!, $after: String) {UNDER} {{
  at(asOf: $when) {{ poll(id: $poll) {{
    several closesAt closedAt closedBy {{ ...who }}
    options(first: 63) {{ nodes {{ text }} }}
    answers(first: 100, after: $after) {{ {PAGE} nodes {{ answeredAt chosen person {{ ...who }} }} }}
  }} }}
}}
{WHO}
"""


def more(name: str) -> str:
    """Asks for what of a list of a message didn't come with it."""
    who = "" if name == "attachments" else WHO
    return (
        f"query ExportedMore($case: ID!, $message: ID!, $when: AsOf!, $after: String) {UNDER} {{"
        f" at(asOf: $when) {{ message(id: $message) {{"
        f" {name}(first: 100, after: $after) {{ {PAGE} nodes {{ {LISTS[name][1]} }} }} }} }} }} {who}"
    )


WORDS, FORWARDED = "text", "forwards { id sentAt text author { ...who } channel { id } }"
"""What is asked of a message as of another moment: its words; what it shows of elsewhere."""


def moments(asked: list[str]) -> str:
    """Asks for that, each of a message `$m0` … as of a moment `$p0` …, at once."""
    given = " ".join(f"$p{n}: AsOf! $m{n}: ID!" for n in range(len(asked)))
    parts = " ".join(f"w{n}: at(asOf: $p{n}) {{ message(id: $m{n}) {{ {each} }} }}" for n, each in enumerate(asked))
    return f"query ExportedMoments($case: ID! {given}) {UNDER} {{ {parts} }} {WHO if FORWARDED in asked else ''}"
