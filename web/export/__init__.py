"""A static copy of the city as of a day: what the server would answer, as files."""
