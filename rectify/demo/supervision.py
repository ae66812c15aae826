"""Supervision in the demo township: five mornings of October as the nightly run leaves them, what the village answered, who urged."""

from __future__ import annotations

from datetime import date as D

from rectify.demo.base import SECRETARY, Demo, at
from rectify.demo.place import V3
from supervision.models import NightlyRun, Slip
from supervision.nightly import Night
from supervision.services import inbox, slips, urging

NIGHTS = (D(2026, 10, 9), D(2026, 10, 14), D(2026, 10, 16), D(2026, 10, 23), D(2026, 10, 30))
# problem, signed on, answered on, answer: after the night of that morning
ANSWERS = {
    D(2026, 10, 9): (16, D(2026, 10, 9), D(2026, 10, 12), "改造资金仍在市级审批，已请农业农村局催报；资金下达后一周内开工。"),
    D(2026, 10, 16): (16, D(2026, 10, 16), D(2026, 10, 20), "市级资金未下达，先由村集体垫付材料款，10月下旬勘测放样。"),
    D(2026, 10, 23): (16, D(2026, 10, 26), None, ""),
}  # fmt: skip
URGED = (16, "zhou", D(2026, 10, 27), "请镇水利站本周到村放样，11月上旬必须动工。")


def load(demo: Demo) -> None:
    secretary = demo.user[SECRETARY[V3]]
    for day in NIGHTS:
        if day == NIGHTS[-1]:
            number, who, when, text = URGED
            urging.urge(demo.problem[number], text=text, by=demo.user[who], at=at(when, 15))
        night = Night(day, now=lambda day=day: at(day, 0, 5))
        run = night.begin()
        while run.phase != NightlyRun.Phase.DONE:
            run = night.step()
        if day in ANSWERS:
            number, signed, answered, answer = ANSWERS[day]
            slip = Slip.objects.get(problem=demo.problem[number], closed_on=None)
            slips.sign_slip(slip, signed_on=signed, by=secretary, at=at(signed, 10))
            if answered:
                slips.answer_slip(slip, answered_on=answered, answer=answer, by=secretary, at=at(answered, 17))
    inbox.mark_read(user=demo.user["shen"], at=at(D(2026, 10, 30), 9))
