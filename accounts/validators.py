"""Rules for passwords whose sentences Django does not have in Chinese."""

from django.contrib.auth.password_validation import MinimumLengthValidator


class MinimumLength(MinimumLengthValidator):
    """Django's rule. Its sentence was reworded in 5.2 and the new wording is not in the Chinese catalogue."""

    def get_error_message(self) -> str:
        return f"密码太短，至少{self.min_length}位。"

    def get_help_text(self) -> str:
        return f"密码至少{self.min_length}位。"
