"""Refusals: what a service says when a rule forbids what was asked."""


class Refused(Exception):
    """A rule forbids this. The message is a Chinese sentence for the person; `field` names the form field it belongs to, if any."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        self.field = field
        super().__init__(message)
