"""Where heavy work runs: worker processes, tasks by name, jobs with progress and cancel."""
