"""Pure functions from values to verdicts: no disk, no clock, no network."""
