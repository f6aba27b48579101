"""The national code of an investment project (GB/T 40058-2021)."""


def check_project_code(code: str) -> None:
    """Raise InvalidInput for a code of the national form whose parts cannot be true."""
