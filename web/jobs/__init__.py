"""Long work that outlives the process that asked for it: see `docs/jobs.md`."""
