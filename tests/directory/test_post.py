"""Posts: the positions that people hold."""

from domain.directory.commands.post import AssignPost, ClosePost, OpenPost, RenamePost, WithdrawPost
from domain.directory.department import DepartmentIsClosed
from domain.directory.events.post import PostAssigned, PostClosed, PostOpened, PostRenamed, PostWithdrawn
from domain.directory.ids import PostId
from domain.directory.person import HasLeft
from domain.directory.post import PostIsClosed
from domain.kernel.refusals import IdTaken, NotPermitted
from tests.directory.words import ANN, BO, COMPANY, EAST, PLANT, ROOT, SALES, administrator, closed, left
from tests.story import an_id, given

BUYER = PostId(an_id("buyer"))
OPEN = OpenPost(post=BUYER, name="采购员 Buyer", department=EAST)


def test_a_post_is_opened_renamed_and_closed() -> None:
    story = given(COMPANY).when(OPEN, by=ROOT).then(PostOpened(name="采购员 Buyer", department=EAST))
    story.when(OpenPost(post=BUYER, name="Cook"), by=ROOT).refused(IdTaken(id=BUYER))
    story.when(RenamePost(post=BUYER, name="Buyer"), by=ROOT).then(PostRenamed(name="Buyer"))
    story.when(ClosePost(post=BUYER), by=ROOT).then(PostClosed())
    story.when(RenamePost(post=BUYER, name="Cook"), by=ROOT).refused(PostIsClosed(post=BUYER))


def test_several_hold_it_until_it_is_withdrawn() -> None:
    story = given(COMPANY).when(OPEN, by=ROOT)
    for who in (ANN, BO):
        story.when(AssignPost(post=BUYER, person=who), by=ROOT).then(PostAssigned(post=BUYER, person=who))
    story.when(ClosePost(post=BUYER), by=ROOT)
    story.when(WithdrawPost(post=BUYER, person=ANN), by=ROOT).then(PostWithdrawn(post=BUYER, person=ANN))
    story.when(AssignPost(post=BUYER, person=ANN), by=ROOT).refused(PostIsClosed(post=BUYER))


def test_nobody_who_left_and_no_closed_department() -> None:
    story = given(COMPANY, left(BO)).when(OPEN, by=ROOT)
    story.when(AssignPost(post=BUYER, person=BO), by=ROOT).refused(HasLeft(person=BO))
    other = OpenPost(post=PostId(an_id("cook")), name="Cook", department=PLANT)
    story.given(closed(PLANT)).when(other, by=ROOT).refused(DepartmentIsClosed(department=PLANT))


def test_a_departments_administrator_gives_its_posts() -> None:
    story = given(COMPANY, administrator(ANN, SALES))
    story.when(OPEN, by=ANN).allowed_by("active person and administrator of the department")
    story.when(AssignPost(post=BUYER, person=BO), by=ANN).then(PostAssigned(post=BUYER, person=BO))
    everywhere = OpenPost(post=PostId(an_id("auditor")), name="Auditor")
    lacking = NotPermitted(
        authority="primary administrator or administrator of the department or grant of directory.department.manage"
    )
    story.when(everywhere, by=ANN).refused(lacking)
