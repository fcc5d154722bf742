"""Search tokens: pairs of neighbouring characters where words aren't separated, as in Chinese, and words elsewhere.

They are part of a read model's version: another rule needs another version of every model with a searched column.
"""

import re
import unicodedata
from itertools import pairwise
from operator import add

_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Kana and Chinese characters: there a word is found by the pairs of characters in it."""
_RUNS = re.compile(rf"([{_UNSPACED}]+)|([^\W{_UNSPACED}]+)")
_BETWEEN_SIGNS = re.compile(rf"[\w{_UNSPACED}]+")
_SMALL = bytes(code if bytes([code]).isalnum() or code == ord("_") else ord(" ") for code in range(128)).lower() + bytes(128)
"""What each ASCII character is in words: a small letter, a digit, or what lies between them."""
_WIDE = "，！？：；（）"
"""Signs for which alone a Chinese text would have to be made anew to be in the form NFKC."""
_QUOTED = re.compile(r'["“”„«»「」『』]([^"“”„«»「」『』]+)["“”„«»「」『』]')
LONGEST = 64
"""Characters of a word that count: longer ones are cut."""


def tokens(text: str) -> list[str]:
    """The distinct tokens of a text, in the order of their first appearance: of a document, or of what is searched for.

    A single Chinese character is a token too where it stands alone in what is searched for, and always in a document.
    """
    if text.isascii():
        return list(dict.fromkeys([word[:LONGEST] for word in text.encode().translate(_SMALL).decode().split()]))
    found: list[str] = []
    for part in _BETWEEN_SIGNS.findall(_folded(text)):
        if part.isascii():
            found.append(part[:LONGEST])
            continue
        for unspaced, word in _RUNS.findall(part):
            if word:
                found.append(word[:LONGEST])
            else:
                found += unspaced
                found += map(add, unspaced, unspaced[1:])
    return list(dict.fromkeys(found))


def _folded(text: str) -> str:
    if not unicodedata.is_normalized("NFKC", text):
        for sign in _WIDE:
            text = text.replace(sign, " ")
        text = unicodedata.normalize("NFKC", text)
    return text.casefold()


def spaced(character: str) -> bool:
    """Whether a character belongs to words that are set apart by spaces or signs."""
    found = _RUNS.match(character)
    return found is not None and found[2] is not None


def phrases(query: str) -> list[str]:
    """What must stand in a document as it is, both in the form NFKC and in small letters: the runs of unspaced characters in a
    query, and what stands in quotes."""
    folded = unicodedata.normalize("NFKC", query).lower()
    quoted = [part.strip() for part in _QUOTED.findall(folded)]
    runs = [unspaced for unspaced, _ in _RUNS.findall(_QUOTED.sub(" ", folded)) if unspaced]
    return list(dict.fromkeys(part for part in (*quoted, *runs) if part))


def loose(query: str) -> list[str]:
    """Those of the phrases that tokens alone don't find: what is no token itself."""
    return [phrase for phrase in phrases(query) if phrase not in needed(query)]


def terms(query: str) -> list[str]:
    """What is counted in a document, and shown in it: the words of a query, and its phrases."""
    folded = unicodedata.normalize("NFKC", query).lower()
    words = [word for _, word in _RUNS.findall(_QUOTED.sub(" ", folded)) if word]
    return list(dict.fromkeys((*phrases(query), *words)))


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
