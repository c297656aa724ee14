"""Where AWS stands between the states that the files describe."""
