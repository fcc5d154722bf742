"""What a text may hold, against Unicode's own table."""

import unicodedata

from domain.kernel.commands import BREAKS, CONTROLS


def test_control_characters_are_those_of_unicode() -> None:
    for number in range(0x110000):
        character = chr(number)
        category = unicodedata.category(character)
        assert bool(CONTROLS.search(character)) == (category in ("Cc", "Cs") and character not in "\n\t"), hex(number)
        assert bool(BREAKS.search(character)) == (category in ("Cc", "Cs", "Zl", "Zp")), hex(number)
