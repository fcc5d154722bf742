"""Who may change the directory. The directory's decisions know nothing of administrators, so it is said here."""

from domain.access.administration import Administration, administrator, administrator_of, department_administrator_of
from domain.access.holding import granted
from domain.directory import department, membership, person
from domain.directory.commands import JoinDepartment, RemovePerson, SuspendPerson
from domain.directory.person import Person
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.rules import Check, Rule
from domain.kernel.states import Maybe


def _another(command: SuspendPerson | RemovePerson, actor: PersonId) -> bool:
    return command.person != actor


def _no_other_primary(command: JoinDepartment, person: Person) -> bool:
    return not command.primary or person.primary in (None, command.department)


def _administers_nothing(theirs: Maybe[Administration] = by("command.person")) -> bool:
    return not theirs.primary and not theirs.departments


another = Check("another person", _another)
"""Nobody suspends or removes themselves: so an administrator who can act always remains."""
no_other_primary = Check("no other primary department", _no_other_primary)
"""Taking somebody out of another department is beyond a department's administrator."""

no_administrator = Check("somebody who administers nothing", _administers_nothing)
"""Whoever administers is beyond the scope of another department's administrator, even where they belong to that department."""

PEOPLE, DEPARTMENTS, MEMBERS = "directory.person.manage", "directory.department.manage", "directory.membership.manage"


def _of_their_people() -> Rule:
    within = department_administrator_of("person.primary") | granted(PEOPLE, on="person", within="person.primary")
    return administrator() | (within & no_administrator)


def _of_department(action: str, department: str) -> Rule:
    return administrator_of(department) | granted(action, on=department, within=department)


decides(allowed=administrator() | granted(PEOPLE))(person.add)
decides(allowed=_of_their_people())(person.rename)
decides(allowed=_of_their_people())(person.change_profile)
decides(allowed=_of_their_people() & another)(person.suspend)
decides(allowed=_of_their_people())(person.reinstate)
decides(allowed=(administrator() | (granted(PEOPLE, on="person", within="person.primary") & no_administrator)) & another)(
    person.remove
)

decides(allowed=_of_department(DEPARTMENTS, "command.parent"))(department.open_one)
decides(allowed=_of_department(DEPARTMENTS, "command.department"))(department.rename)
# A move changes who administers what is moved: department administrators could reach past their scope with it.
decides(allowed=administrator())(department.move)
decides(allowed=_of_department(DEPARTMENTS, "command.department"))(department.close)

decides(
    allowed=administrator()
    | (department_administrator_of("command.department") & no_other_primary)
    | (granted(MEMBERS, on="department", within="command.department") & no_other_primary)
)(membership.join)
decides(allowed=_of_department(MEMBERS, "command.department"))(membership.leave)
decides(allowed=_of_department(MEMBERS, "command.department"))(membership.appoint_leader)
decides(allowed=_of_department(MEMBERS, "command.department"))(membership.dismiss_leader)
