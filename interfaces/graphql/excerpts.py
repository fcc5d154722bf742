"""What of a text is shown where it was found: the part around the first hit, in pieces that are hits or aren't."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from projections.engine.tokens import spaced, terms

WIDTH, BEFORE = 160, 40
"""Characters of an excerpt, and of those before the first hit."""

Shape = tuple[tuple[str, str, Any], ...]
"""The fields asked for: the key in the answer, the field's name, and the shape within."""


class Excerpts(NamedTuple):
    """Makes excerpts in the shape that a query asks for."""

    shape: Shape

    def of(self, text: str, query: str) -> dict[str, Any]:
        """The excerpt of a text in which a query was found."""
        return _shaped(self.shape, "Excerpt", excerpt(text, query))


def excerpt(text: str, query: str) -> Mapping[str, Any]:
    """`pieces` with `text` and `hit`, in order; and whether anything was left out before and after them."""
    hits = list(_merged(sorted(_hits(text, terms(query)))))
    start = max(0, hits[0][0] - BEFORE) if hits and len(text) > WIDTH else 0
    end = min(len(text), start + WIDTH)
    pieces: list[dict[str, Any]] = []
    done = start
    for begin, stop in hits:
        begin, stop = max(begin, start), min(stop, end)
        if begin >= stop:
            continue
        if done < begin:
            pieces.append({"text": text[done:begin], "hit": False})
        pieces.append({"text": text[begin:stop], "hit": True})
        done = stop
    if done < end:
        pieces.append({"text": text[done:end], "hit": False})
    return {"pieces": pieces, "cut_before": start > 0, "cut_after": end < len(text)}


def _hits(text: str, wanted: list[str]) -> Iterator[tuple[int, int]]:
    """Where the terms stand in the text as it is written, though they are compared in another form."""
    folded, places = [], []
    for place, character in enumerate(text):
        for each in unicodedata.normalize("NFKC", character).lower():
            folded.append(each)
            places.append(place)
    whole = "".join(folded)
    for term in wanted:
        at = whole.find(term)
        while at >= 0:
            stop = at + len(term)
            if not (_joined(whole, at) or _joined(whole, stop)):
                yield places[at], places[stop - 1] + 1
            at = whole.find(term, at + 1)


def _joined(text: str, at: int) -> bool:
    """Whether a word goes on across this place, so that what is found ends or begins within it."""
    return 0 < at < len(text) and spaced(text[at - 1]) and spaced(text[at])


def _merged(hits: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last: tuple[int, int] | None = None
    for begin, stop in hits:
        if last is not None and begin <= last[1]:
            last = last[0], max(last[1], stop)
        else:
            if last is not None:
                yield last
            last = begin, stop
    if last is not None:
        yield last


def _shaped(shape: Shape, type_name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for key, name, within in shape:
        if name == "__typename":
            shown[key] = type_name
        elif name == "pieces":
            shown[key] = [_shaped(within, "ExcerptPiece", piece) for piece in found["pieces"]]
        else:
            shown[key] = found[{"cutBefore": "cut_before", "cutAfter": "cut_after"}.get(name, name)]
    return shown
