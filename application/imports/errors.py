"""Why an import is refused as a whole. What can't be taken of a sound one is a `NotTaken` record instead."""


class ImportRefused(Exception):
    """The source can't be imported at all; nothing was written because of it. The message names the file and the reason."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file, self.reason = file, reason


class NotAnExport(ImportRefused):
    """It isn't an export of the kind that it is said to be, or an indispensable part is missing."""


class DamagedArchive(ImportRefused):
    """The archive can't be read: broken, encrypted, or packed in a way that isn't known."""


class UnsafeName(ImportRefused):
    """A name in the archive leads outside of it, is a link, isn't a plain file, or stands there twice."""


class TooLarge(ImportRefused):
    """The archive, a file or an element is larger than the limit, or unpacks to more than what can be honest."""


class WrongEncoding(ImportRefused):
    """A file isn't UTF-8."""


class NotReadable(ImportRefused):
    """A file isn't the JSON that it should be; the reason says where it stops being so."""


class TooMuchNotTaken(ImportRefused):
    """So much can't be taken that this can't be what it is said to be."""
