"""The closing paragraph."""

from __future__ import annotations

from common import chinese
from reports.language.brief import Brief, Pieces, day_of
from reports.language.sentence import Sentences

sentences = Sentences()


@sentences.add("closing.outlook", "结束语", variants={"gap": "肯定成效、正视差距", "plain": "只写下一步"})
def outlook(b: Brief, variant: str) -> Pieces | None:
    if not b.figure("problems"):
        return None
    done = "取得了阶段性成效" if b.figure("closed") else "有序推进"
    end = day_of(b.scope["round_ends_on"])
    today = day_of(b.scope["as_of"])
    last = chinese.month_day(end) if end.year == today.year else chinese.full_date(end)
    until = f"，确保{last}前完成{b.round}{b.work}任务" if today < end else ""
    # A deadline after the end of the round, named a page before, would contradict the promise.
    open_ = [r for r in b.facts["problems"] if r["state"] != "closed" and r["deadline_kind"] == "date" and r["due_on"]]
    if until and any(day_of(r["due_on"]) > end for r in open_):
        until += "，届时未到期的问题接续办结"
    if variant == "plain":
        return [
            f"下一步，{b.we}将坚持问题导向，压紧责任、巩固成果{until}，不断提升村级党组织的组织力和服务群众的能力。"
        ]
    return [
        f"总的来看，{b.we}{b.round}{b.label}{b.work}{done}，但与上级要求和群众期盼相比还有差距。"
        f"下一步，{b.we}将坚持问题导向，压紧责任、巩固成果{until}，不断提升村级党组织的组织力和服务群众的能力。"
    ]
