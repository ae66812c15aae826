"""One record of every kind at each place, each carrying a token that says where it belongs.

A token names the place and the layer: `V` what belongs to one village, `T` what the whole township may read, `N` names of people, places and
accounts. Where a token turns up tells what leaked. Rows are made directly: a cell of the table needs a record, not its story.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile

from acceptances.models import Acceptance, FollowUp, Recheck, Score, ScoreItem, ScoreSheet
from accounts.models import User
from accounts.roles import ROLE_LEVEL, Role
from archives import services as archives
from archives.services import request_archive
from audit import services as audit
from handovers.models import HandOver
from inspections.models import Bulletin, Finding, Inspection, Notice, NoticeFile, Survey, SurveyQuestion, Visit
from jobs.models import Job
from ledgers import files
from ledgers.definitions import LEDGERS
from ledgers.models import Import
from ledgers.services.exports import request_export
from ledgers.work import export_ledger
from meetings.models import AgendaItem, Commitment, Meeting
from otherwork.models import WorkEntry, WorkKind
from pairings.models import Activity, Pairing, PlanItem
from problems.models import (
    CloseCriterion,
    CloseRequest,
    Evidence,
    Extension,
    Instruction,
    KeyProject,
    Measure,
    Milestone,
    PlanVersion,
    Problem,
    ProgressEntry,
    Step,
    Upload,
    VillagePlan,
)
from problems.terms import State
from reports.models import IssuedFile, Part, PartVersion, Summary, SummaryFile
from reports.services import draft_summary, sign, submit_for_sign
from rounds.models import (
    CalendarItem,
    Criterion,
    Designation,
    DocumentFile,
    DocumentItem,
    GoodPractice,
    LeadingGroupSeat,
    LinkedCampaign,
    Round,
    RoundDocument,
    ScreeningVisit,
)
from supervision.models import Digest, Slip, SlipStep
from tests.access.table import COLUMNS
from tests.conftest import NOON, TODAY, World, make_world
from villages.models import (
    Absence,
    Assignment,
    Cadre,
    CadreTraining,
    County,
    EconomyPath,
    Post,
    PostTenure,
    Township,
    Unit,
    Village,
    VillageYear,
)

PLACES = ("own", "sibling", "foreign", "abroad")
MISSING = 987_654_321
_count = itertools.count(1)
SPRING = date(2026, 4, 1)
SOON = TODAY + timedelta(days=20)


def token(place: str, layer: str) -> str:
    """Plain letters, so that no escaping hides it."""
    return f"Qz{place}{layer}zQ"


@dataclass(frozen=True)
class Actor:
    """Somebody at the door: his role, the places whose village records and township records his post covers, the tokens he may read."""

    name: str
    user: User | None
    role: str = ""  # a column of the table; "" when he holds no post
    village: frozenset[str] = frozenset()
    township: frozenset[str] = frozenset()
    owns: frozenset[str] = frozenset()
    tokens: frozenset[str] = frozenset()
    signed_in: bool = True

    def __str__(self) -> str:
        return self.name

    def places(self, reach: str) -> frozenset[str]:
        return {
            "village": self.village,
            "township": self.township,
            "owner": self.owns,
            "everywhere": frozenset(PLACES) if self.role == "administrator" else frozenset(),
        }[reach]


@dataclass
class Scene:
    """Everything the table is tried on."""

    world: World
    records: dict[str, dict[str, Any]] = field(default_factory=dict)  # place → kind → record
    actors: dict[str, Actor] = field(default_factory=dict)

    def places_of(self, kind: str) -> list[str]:
        return [place for place in PLACES if kind in self.records[place]]


def make_scene() -> Scene:
    world = make_world()
    scene = Scene(world)
    other_county = County.objects.create(name=f"远山县{token('abroad', 'N')}")
    far = Township.objects.create(county=other_county, name=f"远山镇{token('abroad', 'N')}")
    far_village = Village.objects.create(township=far, name=f"远山村{token('abroad', 'N')}")
    far_round = Round.objects.create(
        township=far,
        campaign="两示范一整顿",
        year=2026,
        number=2,
        starts_on=date(2026, 3, 5),
        ends_on=date(2026, 11, 30),
    )
    abroad = User.objects.create_user("abroad", f"外县经办{token('abroad', 'N')}", "secret-abroad")
    _post(abroad, Role.OFFICE_CLERK, far, county=other_county)
    foreign_name = token("foreign", "N")
    _rename(world.other_township, f"白石镇{foreign_name}")
    _rename(world.foreign, f"白石村{foreign_name}")
    _rename(world.users["stranger"], f"外镇经办{foreign_name}")
    _rename(world.station, f"自然资源所{token('own', 'N')}")

    ours = {"township": world.township, "round": world.round, "user": world.office_clerk}
    build = scene.records.__setitem__
    build(
        "own",
        _records(
            "own", **ours, village=world.village, station=world.station, visitor=world.users["resident_cadre"].cadre
        ),
    )
    build("sibling", _records("sibling", **ours, village=world.sibling))
    build(
        "foreign",
        _records(
            "foreign", township=world.other_township, village=world.foreign, round=world.other_round,
            user=world.users["stranger"],
        ),
    )  # fmt: skip
    build("abroad", _records("abroad", township=far, village=far_village, round=far_round, user=abroad))
    scene.records["own"]["county"] = world.county
    scene.records["abroad"]["county"] = other_county
    scene.actors = {actor.name: actor for actor in _actors(world, abroad)}
    return scene


def _rename(record: Any, name: str) -> None:
    record.name = name
    record.save(update_fields=["name"])


def _post(user: User, role: str, place: Any, *, county: County, ends_on: date | None = None) -> Cadre:
    cadre = Cadre.objects.create(county=county, township=getattr(place, "township", place), name=user.name, user=user)
    Assignment.objects.create(
        cadre=cadre, role=role, starts_on=date(2025, 1, 1), ends_on=ends_on, **{ROLE_LEVEL[role]: place}
    )
    return cadre


def _tokens(*pairs: str) -> frozenset[str]:
    """ "own VT" → the tokens of those layers."""
    return frozenset(token(place, layer) for place, layers in (pair.split() for pair in pairs) for layer in layers)


def _actors(world: World, abroad: User) -> list[Actor]:
    users, own, both = world.users, frozenset({"own"}), frozenset({"own", "sibling"})
    county = both | {"foreign"}
    everybody = _tokens("own VTN")
    whole_township = everybody | _tokens("sibling V")
    scopes: dict[str, dict[str, Any]] = {
        "village": {"village": own, "township": both, "tokens": everybody},
        "unit": {"village": own, "township": both, "tokens": everybody},
        "township": {"village": both, "township": both, "tokens": whole_township},
        "county": {"village": county, "township": county, "tokens": whole_township | _tokens("foreign VTN")},
    }
    actors = []
    for role in map(str, COLUMNS[:-1]):
        owns = own if role == Role.OFFICE_CLERK else frozenset()
        actors.append(Actor(role, users[role], role, owns=owns, **scopes[ROLE_LEVEL[role]]))
    foreign, far = frozenset({"foreign"}), frozenset({"abroad"})
    ended = User.objects.create_user("ended", "卸任经办", "secret-ended")
    _post(ended, Role.OFFICE_CLERK, world.township, county=world.county, ends_on=TODAY - timedelta(days=1))
    disabled = User.objects.create_user("disabled", "停用经办", "secret-disabled", is_active=False)
    _post(disabled, Role.OFFICE_CLERK, world.township, county=world.county)
    names = _tokens("own N", "foreign N", "abroad N")
    return [
        *actors,
        Actor(
            "sibling_secretary", users["sibling_secretary"], Role.VILLAGE_SECRETARY, frozenset({"sibling"}), both,
            tokens=_tokens("sibling V", "own TN"),
        ),
        Actor(
            "stranger", users["stranger"], Role.OFFICE_CLERK, foreign, foreign, foreign, _tokens("foreign VTN")
        ),
        Actor("abroad", abroad, Role.OFFICE_CLERK, far, far, far, _tokens("abroad VTN")),
        Actor(
            "administrator", users["administrator"], "administrator", township=frozenset(PLACES), tokens=names
        ),
        Actor("ended", ended),
        Actor("disabled", disabled, signed_in=False),
        Actor("anonymous", None, signed_in=False),
    ]  # fmt: skip


def _records(
    place: str, *, township: Township, village: Village, round: Round, user: User, station: Unit | None = None,
    visitor: Cadre | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Every kind at one place; a sibling village has no records of the township, only those of a village."""
    v, t, n = (token(place, layer) for layer in "VTN")
    if place == "sibling":
        n = token("own", "N")  # people and units belong to the township, which both villages share
    at = SimpleNamespace(
        place=place, township=township, village=village, round=round, user=user, v=v, t=t, n=n, station=station
    )
    at.cadre = Cadre.objects.create(
        county=township.county, township=township, village=village, name=f"王岩{n}", title="副书记"
    )
    made: dict[str, Any] = {"village": village, "cadre": at.cadre}
    made["assignment"] = Assignment.objects.create(
        cadre=at.cadre, role=Role.RESIDENT_CADRE, village=village, starts_on=SPRING, note=n
    )
    made["absence"] = Absence.objects.create(  # lends nobody anything: neither has an account
        absent=at.cadre,
        substitute=Cadre.objects.create(county=township.county, township=township, name=f"代岩{n}"),
        starts_on=SPRING,
        ends_on=date(2099, 12, 31),
    )
    posts = {"handover": Assignment(cadre=Cadre.objects.create(county=township.county, township=township, name=f"交岩{n}"),
                                    role=Role.WORK_TEAM, village=village, starts_on=SPRING)}  # fmt: skip
    if place != "sibling":  # the clerk's own: he is asked to confirm it
        posts["handing"] = Assignment.objects.get(cadre__user=user, role=Role.OFFICE_CLERK)
    for kind, post in posts.items():
        post.save()
        made[kind] = HandOver.objects.create(
            township=township, year=2026, number=next(_count), assignment=post, giver=post.cadre, receiver=at.cadre,
            takes_effect_on=TODAY, reason=n, created_by=user, created_at=NOON,
        )  # fmt: skip
    if place != "sibling":
        made |= _township_records(at)
    else:
        at.unit = None
    made |= _village_records(at, visitor or at.cadre)
    made |= _problem_records(at)
    made |= _meeting_records(at, made["problem"])
    made |= _inspection_records(at, made["problem"], visitor or at.cadre)
    made |= _supervision_records(at, made["problem"])
    made |= _acceptance_records(at, made)
    if place != "sibling":
        made |= _summary_records(at)
        made |= {"export": _export(at), "import": _import(at), "archive": archive(at.user, village, round)}
    for record in made.values():
        with_history(record, at)
    return made


def with_history(record: Any, at: SimpleNamespace) -> None:
    """Each record has been changed once: the history below it is a place to leak as well."""
    layer = at.n if isinstance(record, Cadre | Assignment | Absence | HandOver | Unit | Township | User) else at.v
    if isinstance(
        record, Round | Summary | Part | RoundDocument | CalendarItem | Bulletin | LeadingGroupSeat | Criterion
    ):
        layer = at.t
    if isinstance(record, LinkedCampaign | GoodPractice | WorkKind | ScoreSheet):
        layer = at.t
    if not isinstance(
        record, Upload | Job | SummaryFile | IssuedFile | Evidence | DocumentFile | NoticeFile | SimpleNamespace
    ):
        audit.record(record, "修改", by=at.user, at=NOON, reason=layer)


def _township_records(at: SimpleNamespace) -> dict[str, Any]:
    round, township, t, n = at.round, at.township, at.t, at.n
    Round.objects.filter(pk=round.pk).update(campaign=f"两示范一整顿{t}", aim=t)
    round.refresh_from_db()
    county = township.county
    at.unit = at.station or Unit.objects.create(county=county, township=township, name=f"农技站{n}", handles=n)
    account = User.objects.create_user(f"account_{at.place}", f"新账号{n}", "secret-account")
    linked = User.objects.create_user(f"linked_{at.place}", f"有干部的账号{n}", "secret-linked")
    Cadre.objects.create(county=county, township=township, name=f"刘明{n}", user=linked)
    document = RoundDocument.objects.create(round=round, kind="plan", title=f"实施方案{t}", number=t, issued_on=SPRING)
    DocumentItem.objects.create(document=document, number=1, text=t)
    return {
        "township": township,
        "round": round,
        "unit": at.unit,
        "account": account,
        "linked_account": linked,
        "criterion": Criterion.objects.create(round=round, number=1, text=f"班子不团结{t}"),
        "seat": LeadingGroupSeat.objects.create(round=round, cadre=at.cadre, position="member", starts_on=SPRING),
        "document": document,
        "calendar": CalendarItem.objects.create(round=round, title=f"建立台账{t}", due_on=SPRING, owner=at.cadre),
        "campaign": LinkedCampaign.objects.create(round=round, name=f"换届{t}", note=t),
        "sheet": _sheet(round, t),
        "document_file": _document_file(document, at),
        "practice": GoodPractice.objects.create(round=round, name=f"书记议事日{t}", recorded_on=SPRING, result=t),
    }


def _document_file(document: RoundDocument, at: SimpleNamespace) -> DocumentFile:
    stored = DocumentFile(
        document=document,
        name=f"{at.t}.pdf",
        media_type="application/pdf",
        size=9,
        sha256="0" * 64,
        by=at.user,
        at=NOON,
    )
    stored.file.save("plan.pdf", ContentFile(at.t.encode()))
    return stored


def _sheet(round: Round, t: str) -> ScoreSheet:
    sheet = ScoreSheet.objects.create(round=round)
    ScoreItem.objects.create(sheet=sheet, number=1, name=f"班子建设{t}", standard=t, weight=100)
    return sheet


def _other(at: SimpleNamespace) -> User:
    """The author: somebody whom the table does not send, because an author may not sign."""
    return User.objects.create_user(f"author_{at.place}_{next(_count)}", f"起草人{at.n}", "secret-author")


def _summary_records(at: SimpleNamespace) -> dict[str, Any]:
    """A draft of everything above, one waiting for its signature, a file, and the jobs behind it."""
    round, township, t = at.round, at.township, at.t
    job: dict[str, Any] = {"by": at.user, "created_at": NOON, "township_id": township.pk, "kind": "render_summary"}
    done = Job.objects.create(title=f"生成PDF{t}", state="done", percent=100, result={"url": "/summaries/"}, **job)
    failed = Job.objects.create(title=f"生成PDF{t}", state="failed", error=t, **job)
    summary, review, signed = (
        draft_summary(round=round, kind="stage", starts_on=SPRING, ends_on=TODAY, as_of=TODAY, by=_other(at), at=NOON)
        for _ in range(3)
    )
    for each in (summary, review, signed):
        Part.objects.filter(summary=each, kind="title").update(own_text=f"工作总结{t}", is_own=True)
    submit_for_sign(review, base_version=review.version, by=review.author, at=NOON)
    submit_for_sign(signed, base_version=signed.version, by=signed.author, at=NOON)
    issue = sign(signed, base_version=signed.version, by=_other(at), at=NOON)
    issued = IssuedFile(
        issue=issue, number=1, name=f"{t}.docx", media_type="application/msword", size=9, sha256="0" * 64, by=at.user,
        at=NOON,
    )  # fmt: skip
    issued.file.save("final.docx", ContentFile(t.encode()))
    Summary.objects.filter(pk__in=[summary.pk, review.pk, signed.pk]).update(title=f"工作总结{t}")
    part = Part.objects.create(summary=summary, key="own.1", order=99, kind="paragraph", own_text=t, is_own=True)
    past = PartVersion.objects.create(
        summary=summary, key="own.2", kind="item", text=t, is_own=True, replaced="删除段落", replaced_by=at.user, replaced_at=NOON
    )  # fmt: skip
    file = SummaryFile(
        summary=summary, job=done, name=f"{t}.pdf", sha256="0" * 64, size=9, pages=1, made_at=NOON, summary_version=1
    )
    file.file.save("summary.pdf", ContentFile(f"%PDF-1.7 {t}".encode()))
    return {
        "summary": summary, "review": review, "signed": signed, "issued": issued, "part": part, "past": past, "outline": township, "file": file,
        "job": done, "own_job": failed,
    }  # fmt: skip


def export(user: User, code: str, rounds: list[Round]) -> SimpleNamespace:
    """One's own export of a ledger, written by the worker's function: its job and the token of its file."""
    job = request_export(LEDGERS[code], by=user, at=NOON, rounds=rounds)
    job.result = export_ledger(lambda *_: None, **job.arguments)
    job.state = Job.State.DONE
    job.save()
    return SimpleNamespace(job=job, token=job.arguments["token"], path=files.path_of(job.arguments["token"]))


def archive(user: User, village: Village, round: Round) -> SimpleNamespace:
    """One's own package of a village: its job and the token of its file; what is in it is read in test_canary.py."""
    job = request_archive(village, round=round, by=user, at=NOON)
    path = archives.path_of(job.arguments["token"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"PK")
    job.result, job.state = {"village": village.pk, "name": "一村一档.zip", "url": "/"}, Job.State.DONE
    job.save()
    return SimpleNamespace(job=job, token=job.arguments["token"], path=path)


def _export(at: SimpleNamespace) -> SimpleNamespace:
    return export(at.user, "B", [at.round])


def _import(at: SimpleNamespace) -> Import:
    record = Import(
        township=at.township, round=at.round, ledger="B", state=Import.State.UNREADABLE, refusal=at.t, size=9,
        name=f"{at.t}.xlsx", sha256="0" * 64, by=at.user, at=NOON,
    )  # fmt: skip
    record.file.save("ledger.xlsx", ContentFile(at.t.encode()))
    return record


def _village_records(at: SimpleNamespace, visitor: Cadre) -> dict[str, Any]:
    village, round, v = at.village, at.round, at.v
    post = Post.objects.create(village=village, title=f"副书记{v}")
    listed = Designation.objects.create(
        round=_earlier(round), village=village, facts=v, proposed_on=date(2025, 3, 1), approved_on=date(2025, 3, 5)
    )
    pairing = Pairing.objects.create(
        round=round, village=village, kind="cadre_pairing", helper_cadre=at.cadre, matters=v, starts_on=SPRING
    )
    kind, _ = WorkKind.objects.get_or_create(
        township=at.township,
        defaults={
            "name": f"三会一课{at.t}",
            "unit": "次",
            "wording": f"{at.t}{{数量}}次。",
            "hint": at.t,
            "starts_on": SPRING,
        },
    )
    return {
        **({"work_kind": kind} if at.place != "sibling" else {}),  # the township's: made once
        "work": WorkEntry.objects.create(
            kind=kind, village=village, happened_on=SPRING, quantity=1, note=v, created_by=at.user, created_at=NOON
        ),
        "year": VillageYear.objects.create(village=village, year=2026, income=Decimal(5), income_source=v),
        "economy": EconomyPath.objects.create(village=village, path="joint", industry=v, started_on=SPRING),
        "training": CadreTraining.objects.create(village=village, kind="course", name=v, chosen_on=SPRING, people=1),
        "post": post,
        "tenure": PostTenure.objects.create(post=post, cadre=at.cadre, started_on=SPRING),
        "designation": Designation.objects.create(round=round, village=village, facts=v, proposed_on=SPRING),
        "listed": listed,
        "screening": ScreeningVisit.objects.create(
            round=round, village=village, visited_on=SPRING, households=3, findings=v
        ),
        "pairing": pairing,
        "plan_item": PlanItem.objects.create(pairing=pairing, text=v, due_on=SPRING),
        "activity": Activity.objects.create(pairing=pairing, kind="guidance", held_on=SPRING, content=v),
        "plan": (plan := VillagePlan.objects.create(round=round, village=village, causes=v, goals=v)),
        "plan_version": PlanVersion.objects.create(
            plan=plan,
            number=1,
            causes=v,
            goals=v,
            lists={"problems": [{"title": v}], "tasks": [{"text": v}]},
            approved_on=SPRING,
            by=at.user,
            at=NOON,
        ),
    }


def _acceptance_records(at: SimpleNamespace, made: dict[str, Any]) -> dict[str, Any]:
    """One that waits for its verdict, and one of an earlier listing with what follows a verdict."""
    v, by = at.v, _other(at)
    ask = {"statement": v, "explanation": v, "gaps": [v], "asked_on": SPRING, "asked_by": by}
    check = {"checked_on": SPRING, "checkers": v, "check_remark": v, "checked_by": by}
    judged = {"judged_on": SPRING, "judged_body": v, "judged_remark": v, "judged_by": by, "survey": made["survey"]}
    waiting = Acceptance.objects.create(designation=made["designation"], state="judged", **ask, **check, **judged)
    item = ScoreItem.objects.get(sheet__round=at.round)
    for level in Score.Level.values:
        Score.objects.create(acceptance=waiting, level=level, item=item, weight=100, lost=9, reason=v)
    settled = Acceptance.objects.create(
        designation=made["listed"], state="settled", verdict="conditional", remaining=v, score=91, confirmed_on=SPRING,
        confirmed_by=by, **ask, **check, **judged,
    )  # fmt: skip
    return {
        "acceptance": waiting,
        "follow_up": FollowUp.objects.create(acceptance=settled, number=1, due_on=SOON, done_on=SPRING, findings=v),
        "recheck": Recheck.objects.create(
            acceptance=settled, held_on=SPRING, people=v, measures_kept="no", problems_gone="yes",
            people_satisfied="yes", findings=v, result="relapsed",
        ),
    }  # fmt: skip


def _earlier(round: Round) -> Round:
    found, _ = Round.objects.get_or_create(
        township=round.township, year=2025, number=1,
        defaults={"campaign": round.campaign, "starts_on": date(2025, 3, 1), "ends_on": date(2025, 11, 30)},
    )  # fmt: skip
    return found


def _problem(at: SimpleNamespace, state: str = State.RECTIFYING, **values: Any) -> Problem:
    closed = {"closed_on": SPRING, "degree": "full", "outcome": at.v} if state == State.CLOSED else {}
    problem = Problem.objects.create(
        **{
            "township": at.township, "village": at.village, "round": at.round, "number": next(_count),
            "category": "legacy", "title": f"历史遗留{at.v}", "description": at.v, "place": at.v, "target": at.v,
            "state": state, "discovered_on": SPRING, "due_on": SOON, "first_due_on": SOON, "started_on": SPRING,
            "queue_on": SOON, "yellow_on": SPRING, "created_by": at.user, "created_at": NOON, "updated_at": NOON,
            "search_text": at.v, "owner": at.cadre, "source_event": at.v,
        } | closed | values
    )  # fmt: skip
    standing = {name: getattr(problem, name) for name in ("degree", "due_on", "queue_on", "yellow_on", "closed_on")}
    Step.objects.create(
        problem=problem, action="accept", since=SPRING, by=at.user, at=NOON, state=state, reason=at.v, **standing
    )
    return problem


def _problem_records(at: SimpleNamespace) -> dict[str, Any]:
    project = None
    if at.place != "sibling":
        project = KeyProject.objects.create(township=at.township, name=f"高速公路{at.t}")
    problem = _problem(at, responsible_unit=at.station, key_project=project)
    by = {"by": at.user, "at": NOON}
    entry = ProgressEntry.objects.create(problem=problem, happened_on=SPRING, text=at.v, **by)
    Milestone.objects.create(problem=problem, kind="other", happened_on=SPRING, fact=at.v, **by)
    Instruction.objects.create(problem=problem, cadre=at.cadre, text=at.v, **by)
    ask = {"asked_by": _other(at), "asked_at": NOON}
    extension = _problem(at)
    Extension.objects.create(
        problem=extension, old_due_on=SOON, new_due_on=SOON + timedelta(days=9), reason=at.v, **ask
    )
    closing, checked = _problem(at, State.CLOSING), _problem(at, State.CLOSING)
    CloseRequest.objects.create(problem=closing, note=at.v, **ask)
    CloseRequest.objects.create(problem=checked, note=at.v, checked_by=_other(at), checked_at=NOON, **ask)
    made: dict[str, Any] = {
        "problem": problem,
        "draft": _problem(at, State.DRAFT),
        "submitted": _problem(at, State.SUBMITTED),
        "suspended": _problem(at, State.SUSPENDED),
        "closing": closing,
        "checked": checked,
        "closed": _problem(at, State.CLOSED),
        "extension": extension,
        "close_criterion": CloseCriterion.objects.create(problem=problem, number=1, text=at.v, wants_file=True),
        "measure": Measure.objects.create(problem=problem, number=1, text=at.v, due_on=SOON, owner=at.cadre),
        "evidence": _file(Evidence(problem=problem, progress=entry, **by), at),
    }
    if at.place != "sibling":
        made["upload"] = _file(Upload(token=f"upload-{at.place}", **by), at)
    return made


def _file(stored: Any, at: SimpleNamespace) -> Any:
    """The bytes carry the token; they need not be a picture, because they are only handed out."""
    stored.name, stored.media_type, stored.size, stored.sha256 = f"{at.v}.jpg", "image/jpeg", 9, "0" * 64
    stored.file.save("photo.jpg", ContentFile(at.v.encode()), save=False)
    stored.thumbnail.save("small.jpg", ContentFile(at.v.encode()), save=False)
    stored.save()
    return stored


def _meeting_records(at: SimpleNamespace, problem: Problem) -> dict[str, Any]:
    meeting = Meeting.objects.create(
        township=at.township, round=at.round, kind="coordination_meeting", name=f"协调会{at.v}", held_on=SPRING,
        subject=at.v, attendees=at.v, chair=at.cadre,
    )  # fmt: skip
    return {
        "meeting": meeting,
        "village_meeting": Meeting.objects.create(
            township=at.township,
            round=at.round,
            village=at.village,
            kind="village_mobilisation",
            level="village",
            name=f"部署会{at.v}",
            held_on=SPRING,
            subject=at.v,
        ),
        "agenda": AgendaItem.objects.create(
            meeting=meeting, number=1, problem=problem, matter=at.v, outcome="pending", decision=at.v
        ),
        "commitment": Commitment.objects.create(
            meeting=meeting, problem=problem, text=at.v, unit=at.station, lead_official=at.cadre, due_on=SOON, note=at.v
        ),
    }


def _supervision_records(at: SimpleNamespace, problem: Problem) -> dict[str, Any]:
    slip = Slip.objects.create(
        township=at.township, round=at.round, village=at.village, unit=at.station, year=2026, number=next(_count),
        kind="problem", problem=problem, subject=at.v, due_on=SOON, level="blue", issued_on=SPRING,
    )  # fmt: skip
    SlipStep.objects.create(slip=slip, level="blue", raised_on=SPRING, reply_due_on=SOON, answer=at.v)
    made: dict[str, Any] = {"slip": slip}
    if at.place != "sibling":
        lines = [
            {
                "kind": "problem",
                "id": problem.pk,
                "reason": "soon",
                "colour": "yellow",
                "text": at.v,
                "note": "",
                "url": "/",
                "new": True,
            }
        ]
        made["digest"] = Digest.objects.create(user=at.user, day=TODAY, lines=lines, total=1)
    return made


def _inspection_records(at: SimpleNamespace, problem: Problem, visitor: Cadre) -> dict[str, Any]:
    village, round, v = at.village, at.round, at.v
    inspection = Inspection.objects.create(
        township=at.township, round=round, mode="unannounced", held_on=SPRING, people=v, summary=v
    )
    inspection.villages.add(village)
    made: dict[str, Any] = {
        "inspection": inspection,
        "finding": Finding.objects.create(inspection=inspection, village=village, text=v, problem=problem),
        "notice": Notice.objects.create(
            township=at.township, inspection=inspection, village=village, year=2026, number=next(_count),
            requirement=v, issued_on=SPRING, reply_due_on=SOON,
        ),
        "free_finding": Finding.objects.create(inspection=inspection, village=village, text=v),
        "visit": Visit.objects.create(
            township=at.township, round=round, village=village, cadre=visitor, visited_on=SPRING, note=v
        ),
        "survey": Survey.objects.create(
            round=round, village=village, held_on=SPRING, issued=3, returned=3, valid=3, satisfied=3, mostly=0,
            dissatisfied=0, unknown=0,
        ),
    }  # fmt: skip
    SurveyQuestion.objects.create(
        survey=made["survey"], number=1, text=v, satisfied=2, mostly=0, dissatisfied=0, unknown=0
    )
    made["notice_file"] = _file(NoticeFile(notice=made["notice"], round_number=1, by=at.user, at=NOON), at)
    if at.place != "sibling":
        made["bulletin"] = Bulletin.objects.create(township=at.township, round=round, reported_on=SPRING, content=at.t)
        made["bulletin"].inspections.add(inspection)
    return made
