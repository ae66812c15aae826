"""Rules for passwords in the portal's own words: Django says 你, or has no Chinese sentence."""

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
)


class MinimumLength(MinimumLengthValidator):
    """Django's rule. Its sentence was reworded in 5.2 and the new wording is not in the Chinese catalogue."""

    def get_error_message(self) -> str:
        return f"密码太短，至少{self.min_length}位。"

    def get_help_text(self) -> str:
        return f"密码至少{self.min_length}位。"


class NotLikeTheAccount(UserAttributeSimilarityValidator):
    def get_help_text(self) -> str:
        return "密码不能与您的账号、姓名相近。"


class NotCommon(CommonPasswordValidator):
    def get_help_text(self) -> str:
        return "密码不能是常见的密码。"


class NotOnlyDigits(NumericPasswordValidator):
    def get_help_text(self) -> str:
        return "密码不能全是数字。"
