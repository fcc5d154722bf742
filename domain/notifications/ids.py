"""Ids of notifications. All are derived: of one fact, of one reading, of one delivery there is one."""

from typing import NewType
from uuid import UUID

NotificationId = NewType("NotificationId", UUID)
ReadingId = NewType("ReadingId", UUID)
DeliveryId = NewType("DeliveryId", UUID)
