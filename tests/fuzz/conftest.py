"""The twin that the tests of the HTTP app read, too."""

from tests.web.conftest import twin_folder

__all__ = ["twin_folder"]
