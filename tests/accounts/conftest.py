"""The pages about accounts are filled in like those of the registry."""

from tests.villages.conftest import send

__all__ = ["send"]
