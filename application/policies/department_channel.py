"""Every department has a channel from the moment it is opened."""

from collections.abc import Iterator

from application.policies.declaration import policy
from domain.directory.events.department import DepartmentOpened
from domain.directory.ids import DepartmentId
from domain.kernel.events import Recorded
from domain.kernel.identifiers import derived
from domain.messaging.commands.channel import OpenDepartmentChannel
from domain.messaging.ids import ChannelId


@policy
def open_department_channel(opened: Recorded[DepartmentOpened]) -> Iterator[OpenDepartmentChannel]:
    """Its members are the department's, so nothing more has to follow."""
    department = DepartmentId(opened.thing)
    channel = ChannelId(derived("department channel", department))
    yield OpenDepartmentChannel(channel=channel, department=department, name=opened.event.name)
