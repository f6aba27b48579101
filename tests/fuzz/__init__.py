"""Mutated files of every kind the program reads, by the thousand, through the real commands."""
