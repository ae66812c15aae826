"""The forms of an import: the file, the answers, the application."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from common.forms import CleanTextField, PortalForm
from ledgers.importing import limits
from ledgers.importing.importers import HISTORIES, IMPORTERS
from rounds.models import Round


class UploadForm(PortalForm):
    """Which ledger, which round, which file. Its content is looked at by the job, never here."""

    ledger = forms.ChoiceField(label="台账")
    round = forms.ModelChoiceField(
        label="轮次", queryset=Round.objects.none(), required=False, empty_label=None, help_text="村情档案不分轮次。"
    )
    history = forms.BooleanField(
        label="补录：连同进展情况、化解程度、销号时间一并导入",
        required=False,
        help_text="只用于问题清单，把已经办过的问题补进系统。由经办上传，检查后须由组织委员核对确认；每个问题都注明补录和来源文件。不勾选时，新增的问题送审核，这几列不导入。",
    )
    file = forms.FileField(
        label="文件",
        help_text=f"xlsx 格式，不超过{limits.FILE_BYTES // 1024 // 1024}MB、{limits.ROWS}行。先检查，不写入；核对预览后再导入。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。", "missing": "请选择文件。"},
    )

    def __init__(self, *args: Any, rounds: QuerySet[Round], codes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ledger"].choices = [  # type: ignore[attr-defined]
            (code, f"{code} {importer().ledger.name}") for code, importer in IMPORTERS.items() if code in codes
        ]
        field: Any = self.fields["round"]
        field.queryset = rounds
        several = len({r.township_id for r in rounds}) > 1
        field.label_from_instance = lambda r: f"{r.township}{r}" if several else str(r)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("ledger") and IMPORTERS[data["ledger"]].needs_round and not data.get("round"):
            self.add_error("round", "请选择轮次。")
        if data.get("history") and data.get("ledger") and data["ledger"] not in HISTORIES:
            self.add_error("history", "只有问题清单可以补录，其他台账请不要勾选。")
        return data


class ApplyForm(PortalForm):
    """The last page before writing: a reason where the rules want one, and a clear word about rows left out."""

    reason = CleanTextField(
        label="修改原因", max_length=200, help_text="随每一处修改记入办理记录，例如：按9月例会核对结果更正。"
    )
    skip_refused = forms.BooleanField(label="先导入其余的行，退回的行改正后再传", required=False)

    def __init__(self, *args: Any, needs_reason: bool, refused: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_reason:
            del self.fields["reason"]
        else:
            self.fields["reason"].error_messages["required"] = "请写明修改原因。"
        if not refused:
            del self.fields["skip_refused"]
        else:
            self.fields["skip_refused"].label = f"先导入其余的行，退回的{refused}行改正后再传"
