"""A twin with two projects and their schedules."""

from tests.facts.files import prepared, twin

__all__ = ["prepared", "twin"]
