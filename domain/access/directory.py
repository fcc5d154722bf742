"""Who may change the directory. The directory's decisions know nothing of administrators, so it is said here."""

from domain.access.administration import administrator, administrator_of, department_administrator_of
from domain.directory import department, membership, person
from domain.directory.commands import JoinDepartment, RemovePerson, SuspendPerson
from domain.directory.person import Person
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.rules import Check


def _another(command: SuspendPerson | RemovePerson, actor: PersonId) -> bool:
    return command.person != actor


def _no_other_primary(command: JoinDepartment, person: Person) -> bool:
    return not command.primary or person.primary in (None, command.department)


another = Check("another person", _another)
"""Nobody suspends or removes themselves: so an administrator who can act always remains."""
no_other_primary = Check("no other primary department", _no_other_primary)
"""Taking somebody out of another department is beyond a department's administrator."""

decides(allowed=administrator())(person.add)
decides(allowed=administrator())(person.rename)
decides(allowed=administrator())(person.change_profile)
decides(allowed=administrator() & another)(person.suspend)
decides(allowed=administrator())(person.reinstate)
decides(allowed=administrator() & another)(person.remove)

decides(allowed=administrator_of("command.parent"))(department.open_one)
decides(allowed=administrator_of("command.department"))(department.rename)
# A move changes who administers what is moved: department administrators could reach past their scope with it.
decides(allowed=administrator())(department.move)
decides(allowed=administrator_of("command.department"))(department.close)

decides(allowed=administrator() | (department_administrator_of("command.department") & no_other_primary))(membership.join)
decides(allowed=administrator_of("command.department"))(membership.leave)
decides(allowed=administrator_of("command.department"))(membership.appoint_leader)
decides(allowed=administrator_of("command.department"))(membership.dismiss_leader)
