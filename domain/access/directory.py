"""Who may change the directory. The directory's decisions know nothing of administrators, so it is said here."""

from domain.access.administration import Administration, administrator, administrator_of, department_administrator_of
from domain.access.holding import granted
from domain.directory import department, leaving, membership, person, post, reporting
from domain.directory.commands.membership import JoinDepartment
from domain.directory.commands.person import OffboardPerson, RemovePerson, SuspendPerson
from domain.directory.person import Person
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.rules import Check, Rule
from domain.kernel.states import Maybe


def _another(command: SuspendPerson | RemovePerson | OffboardPerson, actor: PersonId) -> bool:
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


def _of_leavers() -> Rule:
    return administrator() | (granted(PEOPLE, on="person", within="person.primary") & no_administrator)


decides(allowed=administrator() | granted(PEOPLE))(person.add)
decides(allowed=_of_their_people())(person.rename)
decides(allowed=_of_their_people())(person.change_profile)
decides(allowed=_of_their_people())(person.change_kind)
decides(allowed=_of_their_people() & another)(leaving.suspend)
decides(allowed=_of_their_people())(leaving.reinstate)
decides(allowed=_of_leavers() & another)(leaving.remove)
decides(allowed=_of_leavers() & another)(leaving.offboard)
decides(allowed=_of_leavers())(leaving.undo)

decides(allowed=_of_department(DEPARTMENTS, "command.parent"))(department.open_one)
decides(allowed=_of_department(DEPARTMENTS, "command.department"))(department.rename)
# Moves and merges change who administers what: department administrators could reach past their scope with them.
decides(allowed=administrator())(department.move)
decides(allowed=administrator())(department.merge)
decides(allowed=_of_department(DEPARTMENTS, "command.department"))(department.close)

decides(
    allowed=administrator()
    | (department_administrator_of("command.department") & no_other_primary)
    | (granted(MEMBERS, on="department", within="command.department") & no_other_primary)
)(membership.join)
decides(allowed=_of_department(MEMBERS, "command.department"))(membership.leave)
decides(allowed=administrator())(membership.follow_merge)
decides(allowed=_of_department(MEMBERS, "command.department"))(membership.appoint_leader)
decides(allowed=_of_department(MEMBERS, "command.department"))(membership.dismiss_leader)

decides(allowed=_of_department(DEPARTMENTS, "command.department"))(post.open_one)
decides(allowed=administrator_of("post.department"))(post.rename)
decides(allowed=administrator_of("post.department"))(post.close)
decides(allowed=administrator_of("post.department"))(post.assign)
decides(allowed=administrator_of("post.department"))(post.withdraw)

decides(allowed=_of_their_people())(reporting.change_manager)
decides(allowed=_of_their_people())(reporting.draw_dotted)
decides(allowed=_of_their_people())(reporting.erase_dotted)
