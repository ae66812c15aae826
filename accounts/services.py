"""What an administrator does with accounts. Who an account stands for, and what it may do, is decided by the posts (villages)."""

import secrets
from datetime import datetime
from typing import Any

from axes.utils import reset as forget_failures
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from audit import services as audit
from common.errors import Refused

# Without letters and digits that look alike on paper: the first password is read out or written down once.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def first_password() -> str:
    """A random password of four groups, about 79 bits, easy to read out: k3mx-9qta-...."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


@transaction.atomic
def create_user(
    *,
    username: str,
    name: str,
    is_administrator: bool = False,
    password: str | None = None,
    must_change_password: bool = True,
    by: Any,
    at: datetime,
) -> tuple[User, str]:
    """Create an account and return it with its first password, which is stored nowhere and has to be changed at the first login."""
    password = password or first_password()
    user = User(
        username=username,
        name=name,
        is_administrator=is_administrator,
        must_change_password=must_change_password,
    )
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise Refused(sentences[0], field=field) from None
    if User.objects.filter(username__iexact=username).exists():
        raise Refused("这个账号已有人使用，请换一个。", field="username")
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise Refused("这个账号已有人使用，请换一个。", field="username") from None
    audit.record(user, "新建系统管理员账号" if is_administrator else "新建账号", by=by, at=at)
    return user, password


@transaction.atomic
def rename_user(user: User, *, name: str, by: Any, at: datetime) -> User:
    """Correct the person's name."""
    before = audit.snapshot(user, ["name"])
    user.name = name
    if changes := audit.changes_since(before, user):
        user.save(update_fields=["name"])
        audit.record(user, "修改账号", by=by, at=at, changes=changes)
    return user


@transaction.atomic
def reset_password(user: User, *, by: Any, at: datetime) -> str:
    """Give a new random password and return it. Every open session of the account ends; failed logins are forgotten."""
    password = first_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    forget_failures(username=user.username)
    audit.record(user, "重设密码", by=by, at=at)
    return password


@transaction.atomic
def disable_user(user: User, *, reason: str = "", by: Any, at: datetime) -> User:
    """Stop an account; its open sessions end at their next request. Refused for oneself and for the last administrator."""
    if by is not None and by.pk == user.pk:
        raise Refused("不能停用自己的账号。")
    # The rows are locked, so that two administrators cannot stop each other at the same moment.
    administrators = set(
        User.objects.select_for_update().filter(is_administrator=True, is_active=True).values_list("pk", flat=True)
    )
    if administrators == {user.pk}:
        raise Refused("这是最后一个启用的系统管理员账号，不能停用。请先另建一个。")
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        raise Refused("这个账号已经停用。")
    user.is_active = False
    audit.record(user, "停用账号", by=by, at=at, reason=reason)
    return user


@transaction.atomic
def enable_user(user: User, *, by: Any, at: datetime) -> User:
    """Let an account sign in again with its old password."""
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        raise Refused("这个账号已经是启用状态。")
    user.is_active = True
    audit.record(user, "启用账号", by=by, at=at)
    return user


@transaction.atomic
def unlock_user(user: User, *, by: Any, at: datetime) -> None:
    """Forget failed logins, so that the person need not wait."""
    if not forget_failures(username=user.username):
        raise Refused("这个账号没有因输错密码被锁定。")
    audit.record(user, "解除登录锁定", by=by, at=at)
