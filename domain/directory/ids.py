"""What names the things of the directory."""

from typing import NewType
from uuid import UUID

DepartmentId = NewType("DepartmentId", UUID)
PostId = NewType("PostId", UUID)
OrganisationImportId = NewType("OrganisationImportId", UUID)
