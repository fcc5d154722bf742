"""The sample company: nobody says anything where they aren't, and it comes into a log with its own times."""

from collections import Counter

from application.imports.bring import Importer
from application.imports.records.channels import Archived, Channel, Joined, Left
from application.imports.records.messages import Edited, Pinned, Reacted, Retracted, Said
from application.imports.records.organisation import Person, Placed, Removed
from infra.samples.history import SampleCompany, person_id
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.organisations import everything


def test_it_is_the_same_every_time() -> None:
    assert list(SampleCompany().records()) == list(SampleCompany().records())


def test_everybody_is_a_member_where_they_act() -> None:
    members: dict[str, set[str]] = {}
    departments: dict[str, str] = {}
    bots: set[str] = set()
    archived: set[str] = set()
    said: dict[tuple[str, str], Said] = {}
    for record in SampleCompany().records():
        match record:
            case Person(key=key, kind="bot"):
                bots.add(key)
            case Placed(department=where, person=who):
                members.setdefault(f"department {where}", set()).add(who)
            case Removed(department=where, person=who):
                members[f"department {where}"].remove(who)
            case Channel(key=key, department=str(department)):
                departments[key] = f"department {department}"
            case Channel(key=key, members=among):
                members[key] = set(among)
            case Joined(channel=key, person=who):
                assert who not in members[key], record
                members[key].add(who)
            case Left(channel=key, person=who):
                members[key].remove(who)
            case Archived(channel=key):
                archived.add(key)
            case Said() | Reacted() | Pinned() | Edited() | Retracted():
                who = (
                    record.author
                    if isinstance(record, Said)
                    else record.person
                    if isinstance(record, Reacted)
                    else record.by or ""
                )
                assert who in bots | members[departments.get(record.channel, record.channel)], record
                assert record.channel not in archived, record
                if isinstance(record, Said):
                    said[record.channel, record.key] = record
                    assert record.thread is None or said[record.channel, record.thread].thread is None, record
                else:
                    assert (record.channel, record.message) in said, record
            case _:
                pass


async def test_it_comes_into_a_log_with_its_own_times_once(organisation: OpenOrganisation) -> None:
    report = await Importer(organisation.bulk, organisation.pseudonyms, 500).bring(SampleCompany())
    assert report.not_taken == []
    rows = await everything(organisation)
    assert 2_000 < len(rows) < 5_000
    assert [row.effective_at for row in rows] == sorted(row.effective_at for row in rows)
    kinds = Counter(row.type for row in rows)
    for kind in ("message_edited", "message_retracted", "message_pinned", "reaction_added", "channel_archived", "member_removed"):
        assert kinds[f"messaging.{kind}.v1"], kind
    for kind in ("notice_set", "poll_opened", "channel_settings_changed"):
        assert kinds[f"messaging.{kind}.v1"], kind
    for kind in ("department_moved", "department_merged", "person_offboarded", "post_opened", "post_assigned", "post_withdrawn",
                 "manager_changed", "dotted_line_drawn", "dotted_line_erased"):  # fmt: skip
        assert kinds[f"directory.{kind}.v1"], kind
    assert kinds["messaging.channel_handed_over.v1"] == 1
    assert kinds["messaging.poll_answered.v2"]
    assert kinds["access.module_switched.v2"] == 2
    assert f"directory.person/{person_id('wei')}" in {row.stream for row in rows}
    again = await Importer(organisation.bulk, organisation.pseudonyms).bring(SampleCompany())
    assert (again.events, await organisation.log.reader.head()) == (0, len(rows))
