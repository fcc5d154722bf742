"""Search tokens: pairs of neighbouring characters where words aren't separated, as in Chinese, and words elsewhere.

They are part of a read model's version: another rule needs another version of every model with a searched column.
"""

import re
import unicodedata
from itertools import pairwise

_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Kana and Chinese characters: there a word is found by the pairs of characters in it."""
_RUNS = re.compile(rf"([{_UNSPACED}]+)|([^\W{_UNSPACED}]+)")
LONGEST = 64
"""Characters of a word that count: longer ones are cut."""


def tokens(text: str) -> list[str]:
    """The distinct tokens of a text, in the order of their first appearance: of a document, or of what is searched for.

    A single Chinese character is a token too where it stands alone in what is searched for, and always in a document.
    """
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    found: dict[str, None] = {}
    for unspaced, word in _RUNS.findall(folded):
        if word:
            found[word[:LONGEST]] = None
        else:
            found |= dict.fromkeys(unspaced)
            found |= dict.fromkeys(map("".join, pairwise(unspaced)))
    return list(found)


def phrases(query: str) -> list[str]:
    """The runs of unspaced characters in a query: each must stand in a document as it is (both in the form NFKC)."""
    return [unspaced for unspaced, _ in _RUNS.findall(unicodedata.normalize("NFKC", query).casefold()) if unspaced]


def needed(query: str) -> list[str]:
    """The tokens that a document must all have to contain the query; a final check on the text itself finds the phrase."""
    folded = unicodedata.normalize("NFKC", query).casefold()
    found: dict[str, None] = {}
    for unspaced, word in _RUNS.findall(folded):
        if word:
            found[word[:LONGEST]] = None
        elif len(unspaced) == 1:
            found[unspaced] = None
        else:
            found.update(dict.fromkeys(map("".join, pairwise(unspaced))))
    return list(found)
