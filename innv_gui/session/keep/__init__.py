"""What outlives a session: its file, records of runs, lists of images."""
