"""What the page believes the server answers is what the server says that it answers."""

from tests.page_types import TARGET, page_types


def test_the_types_of_the_page_are_up_to_date() -> None:
    assert TARGET.read_text("utf-8") == page_types(), "run `python -m tests.page_types`"
