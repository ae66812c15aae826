"""What is done with the posts of a village's two committees: who takes one, who leaves it and why."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from audit import services as audit
from common.chinese import full_date
from common.errors import Refused
from common.models import RecordChanged, save_if_unchanged
from villages.models import Cadre, Post, PostTenure, Village
from villages.services.editing import change, unique_or_refused
from villages.services.people import add_cadre

POST_TAKEN = "这个村的这个班子已有同名岗位。"
VACANT = "（空缺）"


@transaction.atomic
def add_post(
    *,
    village: Village,
    title: str,
    committee: str = Post.Committee.PARTY,
    sort: int = 0,
    by: Any,
    at: datetime,
) -> Post:
    """Set up a post. It is vacant until somebody takes it."""
    with unique_or_refused(POST_TAKEN, field="title"):
        post = Post.objects.create(village=village, committee=committee, title=title, sort=sort)
    audit.record(post, "设立村班子岗位", by=by, at=at)
    return post


@transaction.atomic
def change_post(post: Post, *, committee: str, title: str, sort: int, base_version: int, by: Any, at: datetime) -> Post:
    """Rename or re-order a post that has not been changed since `base_version`."""
    with unique_or_refused(POST_TAKEN, field="title"):
        change(
            post,
            {"committee": committee, "title": title, "sort": sort},
            verb="修改村班子岗位",
            base_version=base_version,
            by=by,
            at=at,
        )
    return post


@transaction.atomic
def take_post(post: Post, *, cadre: Cadre, started_on: date, by: Any, at: datetime) -> PostTenure:
    """Let a person take a vacant post. Refused: the post is held, the person is not of this township, the days overlap."""
    last = PostTenure.objects.filter(post=post).order_by("-started_on", "-pk").select_related("cadre").first()
    held = f"这个岗位现由{last.cadre.name}担任，请先填写离任。" if last and last.ended_on is None else ""
    if held:
        raise Refused(held, field="cadre")
    if last and last.ended_on and started_on < last.ended_on:
        raise Refused(f"前任{full_date(last.ended_on)}离任，任职日期不能早于这一天。", field="started_on")
    if cadre.township_id and cadre.township_id != post.village.township_id:
        raise Refused(f"{cadre.name}不是本乡镇的干部。", field="cadre")
    if cadre.left_on:
        raise Refused(f"{cadre.name}已于{full_date(cadre.left_on)}离任。", field="cadre")
    with unique_or_refused("这个岗位刚刚已登记现任，请刷新后再看。", field="cadre"):
        tenure = PostTenure.objects.create(post=post, cadre=cadre, started_on=started_on)
    _touch(post)
    audit.record(
        post,
        "登记任职",
        by=by,
        at=at,
        changes=[_holder(VACANT, f"{cadre.name}（{full_date(started_on)}起）")],
    )
    return tenure


@transaction.atomic
def fill_post(
    post: Post,
    *,
    cadre: Cadre | None,
    name: str = "",
    started_on: date,
    base_version: int | None = None,
    by: Any,
    at: datetime,
) -> PostTenure:
    """Let a person take the post who may not be in the directory yet: `name` registers a cadre of the village first."""
    _unless_changed(post, base_version)
    if cadre is None:
        cadre = add_cadre(
            county=post.village.township.county,
            township=post.village.township,
            village=post.village,
            name=name,
            title=post.title,
            by=by,
            at=at,
        )
    return take_post(post, cadre=cadre, started_on=started_on, by=by, at=at)


@transaction.atomic
def leave_post(tenure: PostTenure, *, ended_on: date, reason: str, by: Any, at: datetime) -> PostTenure:
    """Note that the holder left on a day, and why; from that day the post is vacant."""
    if not reason:
        raise Refused("请填写离任原因，例如换届、辞职、免职。", field="reason")
    if ended_on < tenure.started_on:
        raise Refused(f"离任日期不能早于任职日期（{full_date(tenure.started_on)}）。", field="ended_on")
    if not PostTenure.objects.filter(pk=tenure.pk, ended_on=None).update(ended_on=ended_on, end_reason=reason):
        raise Refused("离任已经登记过了，请刷新后再看。")
    tenure.ended_on, tenure.end_reason = ended_on, reason
    _touch(tenure.post)
    audit.record(
        tenure.post,
        "登记离任",
        by=by,
        at=at,
        changes=[_holder(tenure.cadre.name, f"{VACANT}{full_date(ended_on)}起")],
        reason=reason,
    )
    return tenure


@transaction.atomic
def vacate_post(
    post: Post, *, ended_on: date, reason: str, base_version: int | None = None, by: Any, at: datetime
) -> PostTenure:
    """The present holder leaves."""
    _unless_changed(post, base_version)
    tenure = PostTenure.objects.filter(post=post, ended_on=None).select_related("post__village", "cadre").first()
    if tenure is None:
        raise Refused("这个岗位现在没有任职人。")
    return leave_post(tenure, ended_on=ended_on, reason=reason, by=by, at=at)


@transaction.atomic
def correct_tenure(
    tenure: PostTenure,
    *,
    started_on: date,
    ended_on: date | None,
    reason: str,
    base_version: int,
    by: Any,
    at: datetime,
) -> PostTenure:
    """Correct the days of a tenure that were noted wrongly; `reason` is why the holder left, when he has.

    The version is the post's, which guards its tenures too.
    """
    if ended_on and ended_on < started_on:
        raise Refused("离任日期不能早于任职日期。", field="ended_on")
    if ended_on and not reason:
        raise Refused("请填写离任原因，例如换届、辞职、免职。", field="reason")
    others = PostTenure.objects.filter(post=tenure.post_id).exclude(pk=tenure.pk).select_related("cadre")
    for other in others:
        if (ended_on is None or other.started_on < ended_on) and (
            other.ended_on is None or other.ended_on > started_on
        ):
            raise Refused(f"与{other.cadre.name}的任职时间重叠，请核对日期。", field="started_on")
    before = audit.snapshot(tenure, ["started_on", "ended_on", "end_reason"])
    tenure.started_on, tenure.ended_on = started_on, ended_on
    tenure.end_reason = reason if ended_on else ""
    changes = audit.changes_since(before, tenure)
    if changes:
        save_if_unchanged(tenure.post, expected_version=base_version, fields=[])
        with unique_or_refused("这个岗位已有现任，请核对日期。", field="ended_on"):
            tenure.save(update_fields=["started_on", "ended_on", "end_reason"])
        audit.record(tenure.post, f"更正{tenure.cadre.name}的任职", by=by, at=at, changes=changes)
    return tenure


def _touch(post: Post) -> None:
    """A change of holder is a new version of the post, so that a form opened before it is not taken for the new holder."""
    Post.objects.filter(pk=post.pk).update(version=F("version") + 1)
    post.version += 1


def _unless_changed(post: Post, base_version: int | None) -> None:
    if base_version is not None and post.version != base_version:
        raise RecordChanged(post)


def _holder(old: str, new: str) -> dict[str, str]:
    return {"field": "holder", "label": "任职人", "old": old, "new": new}
