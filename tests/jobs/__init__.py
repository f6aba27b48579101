"""Tests of long work: jobs, runners, a Dask cluster."""
