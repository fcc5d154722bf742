"""Every kind of record there is."""

from application.imports.records.channels import Announcing, Archived, Channel, Described, HandedOver, Joined, Left, Renamed
from application.imports.records.messages import (
    Chosen,
    Edited,
    Noticed,
    Pinned,
    Polled,
    PollEnded,
    Reacted,
    Retracted,
    Said,
    Unpinned,
)
from application.imports.records.organisation import (
    Appointed,
    Departed,
    Department,
    Dotted,
    Held,
    Merged,
    Moved,
    Person,
    Placed,
    Post,
    Removed,
    Reported,
    Switched,
)
from application.imports.records.record import NotTaken

AnyRecord = (
    Person
    | Departed
    | Department
    | Placed
    | Removed
    | Moved
    | Merged
    | Post
    | Held
    | Reported
    | Dotted
    | Appointed
    | Switched
    | Channel
    | Renamed
    | Described
    | Archived
    | Joined
    | Left
    | HandedOver
    | Said
    | Edited
    | Retracted
    | Reacted
    | Pinned
    | Unpinned
    | Noticed
    | Polled
    | Chosen
    | PollEnded
    | Announcing
    | NotTaken
)
