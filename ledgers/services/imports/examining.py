"""What a workbook would do: questions to the clerk, or a plan, or why nothing could be read. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ledgers.importing.context import Context, Pending, Question
from ledgers.importing.importers import Importer, importer_of
from ledgers.importing.plan import Field, Plan, make_plan, wanted
from ledgers.importing.table import SKIP, Table, Unsure, read_table
from ledgers.importing.values import Fault
from ledgers.models import LearnedName
from rounds.models import Round
from villages.models import Township


@dataclass
class Checked:
    """What a check found: questions to the clerk, or a plan, or why nothing could be read."""

    context: Context
    importer: Importer
    plan: Plan | None = None
    questions: list[dict[str, Any]] = field(default_factory=list)
    refusal: str = ""
    lacking: str = ""  # required columns nobody found, one of the questions may bring them


def learned_names(township: Township, ledger: str) -> dict[tuple[str, str], str]:
    rows = LearnedName.objects.filter(township=township, ledger=ledger)
    return {(kind, text): meaning for kind, text, meaning in rows.values_list("kind", "text", "meaning")}


def examine(
    workbook: Mapping[str, Any],
    *,
    ledger: str,
    township: Township,
    round: Round | None,
    answers: Mapping[str, str],
    by: Any,
    at: datetime,
    history: bool = False,
    source: str = "",
) -> Checked:
    """Everything a check does after the workbook was read. Writes nothing that stays."""
    importer = importer_of(ledger, history=history)
    learned = learned_names(township, ledger)
    ctx = Context(
        township=township,
        round=round,
        at=at,
        by=by,
        answers=dict(answers),
        learned=learned,
        date1904=bool(workbook.get("date1904")),
        source=source,
    )
    known = wanted(importer)
    columns = {text: meaning for (kind, text), meaning in learned.items() if kind == "column"}
    columns |= {key.partition(":")[2]: value for key, value in answers.items() if key.startswith("column:")}
    table, rivals = read_table(workbook, known, answers=columns, sheet=answers.get("sheet", ""))
    checked = Checked(context=ctx, importer=importer)
    if table is None:
        checked.refusal = (
            f"没有找到{importer.ledger.name}的表头。表头应有“{'”“'.join(w.label for w in known if w.required)}”等列；"
            "可以下载模板对照。"
        )
        return checked
    if len(rivals) > 1 and "sheet" not in answers:
        checked.questions.append(
            {
                "key": "sheet", "label": "工作簿里有几个工作表都像这种台账，导入哪一个？", "prompt": "工作表",
                "options": [[title, title] for title in rivals], "suggested": table.sheet, "rows": 0, "samples": [],
            }
        )  # fmt: skip
    labels = {w.key: w.label for w in known}
    unsure = [u for u in table.unsure if u.heading not in columns]
    lacking = list(table.missing)
    if table.missing:
        unsure = _stretch(table, columns, ctx, importer)
        offered = {key for one in unsure for key in one.likely}
        if gone := [key for key in table.missing if key not in offered]:  # no answer about a column could bring it
            if not checked.questions:  # another sheet may have it
                checked.refusal = _lacks(table, labels, gone)
            return checked
    checked.questions += [_column_question(u, table, labels) for u in unsure]
    if unsure:  # go on as if the likeliest answers were given, so that everything is asked on one page
        provisional = columns | {u.heading: u.suggested for u in unsure}
        table = read_table(workbook, known, answers=provisional, sheet=answers.get("sheet", ""))[0] or table
        if still := [key for key in lacking if key in table.missing]:
            checked.lacking = "”“".join(labels[key] for key in still)
    if len(table.lines) > importer.max_rows:
        checked.refusal = f"工作表“{table.sheet}”有{len(table.lines)}行，{importer.ledger.name}一次最多导入{importer.max_rows}行，请分成几个文件。"
        return checked
    ctx.title = table.title
    if not table.missing:
        checked.plan = make_plan(importer, table, ctx)
        checked.questions += [_question(q) for q in ctx.questions.values()]
    return checked


def _lacks(table: Table, labels: Mapping[str, str], keys: list[str]) -> str:
    missing = "”“".join(labels[key] for key in keys)
    return f"工作表“{table.sheet}”中没有找到“{missing}”列。请补上这一列，或下载模板对照后再传。"


def _stretch(table: Table, columns: Mapping[str, str], ctx: Context, importer: Importer) -> list[Unsure]:
    """A required column is missing: every column nobody knows might be it, when what stands in it can be read as that."""
    unsure = [u for u in table.unsure if u.heading not in columns]
    asked = {u.heading for u in unsure}
    by_heading = {heading: column for column, heading in table.headings.items()}
    for heading in table.unknown:
        if heading not in asked and heading not in columns:
            column = by_heading.get(heading, 0)
            unsure.append(Unsure(column, heading, [], SKIP, table.samples.get(heading, [])))
    fields = {one.key: one for one in importer.fields}
    for one in unsure:
        fitting = [key for key in table.missing if _fits(fields[key], one.samples, ctx)]
        one.likely = list(dict.fromkeys([*one.likely, *fitting]))
    for key in importer.strict_lists & set(table.missing):  # words of a list do not stand in a column by chance
        able = [one for one in unsure if key in one.likely]
        if len(able) == 1 and able[0].suggested == SKIP:
            able[0].suggested = key
    return [one for one in unsure if one.likely]


def _fits(one: Field, samples: list[str], ctx: Context) -> bool:
    """Could a column with these cells be this one? A category or a village is one of a known list."""
    if one.parse is None or not samples:
        return True
    for sample in samples:
        with ctx.quietly():
            try:
                one.parse(sample, ctx)
            except Fault:
                continue
            except Pending:
                return True
            return True
    return False


def _column_question(unsure: Unsure, table: Table, labels: Mapping[str, str]) -> dict[str, Any]:
    used = set(table.columns.values())
    rest = [key for key in labels if key not in used and key not in unsure.likely and key not in ("identity", "reason")]
    options = [[key, labels[key]] for key in [*unsure.likely, *rest]]
    return {
        "key": f"column:{unsure.heading}",
        "label": f"“{unsure.heading}”这一列是什么？",
        "prompt": "列",
        "options": [*options, [SKIP, "不导入这一列"]],
        "suggested": unsure.suggested,
        "rows": 0,
        "samples": unsure.samples,
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        "key": question.key,
        "label": question.label,
        "prompt": question.prompt,
        "options": [list(option) for option in question.options],
        "suggested": question.suggested,
        "rows": question.rows,
        "samples": question.samples,
        "links": [list(link) for link in question.links],
    }
