"""People who sign in. Rights and scope come from the posts they hold (villages.Assignment), not from the account."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, name: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One account, one person. `is_administrator` marks an account for accounts and settings: it holds no post and sees no business data."""

    username = models.CharField(
        "账号",
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9_.\-]{2,40}$", "账号用2至40个字母、数字、点、横线或下划线。")],
        error_messages={"unique": "这个账号已有人使用。"},
    )
    name = models.CharField("姓名", max_length=60)
    is_active = models.BooleanField("启用", default=True)
    is_administrator = models.BooleanField("系统管理员", default=False)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "账号"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name
