"""What happens to codes with which a guest signs in again."""

from datetime import datetime

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId


class SignInOffered(Event, wire="access.sign_in_offered.v1"):
    """Whoever shows a code, until a moment and once, is this guest. The stream is named by the code's digest."""

    person: PersonId
    until: datetime
    by: PersonId


class SignInUsed(Event, wire="access.sign_in_used.v1"):
    """The code was shown, and is worth nothing more."""

    person: PersonId


SignInEvent = SignInOffered | SignInUsed

catalogue(SignInOffered, SignInUsed)
