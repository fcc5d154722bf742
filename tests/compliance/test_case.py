"""Opening, closing and recording cases."""

from datetime import timedelta

from domain.compliance.case import (
    LONGEST,
    Case,
    CaseIsClosed,
    Concerned,
    EndsTooLate,
    ScopeIsEmpty,
)
from domain.compliance.commands import CloseCase, OpenCase, Reading, RecordCaseReads
from domain.compliance.events import CaseClosed, CaseId, CaseOpened, CaseRead, CaseReadingId, ReadUnderCase, Scope
from domain.directory.person import UnknownPeople
from domain.kernel.events import Authority
from domain.kernel.refusals import IdTaken, NotPermitted
from tests.directory.words import ANN, BO, CHEN, COMPANY, ROOT
from tests.story import NOON, OPERATOR, an_id, given, person

CASE = CaseId(an_id("case"))
TOMORROW = NOON + timedelta(days=1)
OPEN = OpenCase(case=CASE, purpose="complaint 17", people=(BO,), auditors=(ANN,), ends_at=TOMORROW)
OPENED = CaseOpened(case=CASE, by=ROOT, purpose="complaint 17", scope=Scope(people=(BO,)), auditors=(ANN,), ends_at=TOMORROW)
AUDITING = Authority("record of reads under a case")


def but(**other: object) -> OpenCase:
    return OPEN.model_copy(update=other)


def reading(who: str = "ann") -> RecordCaseReads:
    read = Reading(
        auditor=ANN if who == "ann" else person(who), at=NOON, document="0" * 64, variables="1" * 64, position=7, objects=3
    )
    return RecordCaseReads(case=CASE, case_reading=CaseReadingId(an_id("reading")), reads=(read,))


def test_a_case_is_opened_once_and_closed() -> None:
    (
        given(COMPANY)
        .when(OPEN, by=ROOT)
        .then(OPENED)
        .when(but(purpose="another"), by=ROOT)
        .refused(IdTaken(id=CASE))
        .when(CloseCase(case=CASE), by=ROOT)
        .then(CaseClosed(case=CASE, by=ROOT))
    )


def test_administrators_alone_open_and_close_them() -> None:
    story = given(COMPANY, Case.at(CASE).records(OPENED))
    for wish in (but(case=CaseId(an_id("another"))), CloseCase(case=CASE)):
        story.when(wish, by=ANN).refused(NotPermitted(authority="primary administrator"))


def test_it_names_somebody_or_somewhere_and_ends() -> None:
    story = given(COMPANY)
    story.when(but(people=()), by=ROOT).refused(ScopeIsEmpty())
    story.when(but(since=NOON, until=NOON), by=ROOT).refused(ScopeIsEmpty())
    for ends_at in (NOON, NOON + LONGEST + timedelta(seconds=1)):
        story.when(but(ends_at=ends_at), by=ROOT).refused(EndsTooLate(latest=NOON + LONGEST))
    nobody = person("nobody")
    story.when(but(auditors=(nobody,)), by=ROOT).refused(UnknownPeople(people=(nobody,)))


def test_nobody_reads_or_opens_what_concerns_themselves() -> None:
    given(COMPANY).when(but(people=(ANN, BO)), by=ROOT).refused(Concerned(person=ANN))
    given(COMPANY).when(but(people=(ROOT,)), by=ROOT).refused(Concerned(person=ROOT))


def test_what_is_read_is_recorded_only_while_it_may_be() -> None:
    read = ReadUnderCase(auditor=ANN, at=NOON, document="0" * 64, variables="1" * 64, position=7, objects=3)
    story = given(COMPANY, Case.at(CASE).records(OPENED))
    story.when(reading(), by=OPERATOR, authority=AUDITING).then(CaseRead(case=CASE, reads=(read,)))
    opened = given(COMPANY, Case.at(CASE).records(OPENED))
    opened.when(reading("chen"), by=OPERATOR, authority=AUDITING).refused(CaseIsClosed(case=CASE))
    opened.at(TOMORROW).when(reading(), by=OPERATOR, authority=AUDITING).refused(CaseIsClosed(case=CASE))
    closed = given(COMPANY, Case.at(CASE).records(OPENED, CaseClosed(case=CASE, by=ROOT)))
    closed.when(reading(), by=OPERATOR, authority=AUDITING).refused(CaseIsClosed(case=CASE))
    opened.at(NOON).when(reading(), by=CHEN).refused(NotPermitted(authority="part of the platform"))
