"""Tests of pure judgements."""
