"""Facts in, lights out: the commands and the API, from files to evidence."""
