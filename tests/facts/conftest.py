"""A twin with two projects and their schedules."""

from tests.facts.files import twin

__all__ = ["twin"]
