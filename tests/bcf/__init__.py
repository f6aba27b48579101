"""Tests of BCF files, of where a clash is looked at from, and of its picture."""
