"""What kinds of jobs there are, and what does each."""

# kind of a job → "module:function": (store, job, advance) -> JSON of what came of it, run in the job's own process
KINDS = {
    "import": "web.jobs.importing:import_model",
    "examine": "web.uploads.examining:examine",
    "clash": "web.jobs.clashing:check_clashes",
}
