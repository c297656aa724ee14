"""The state of each service: plain data, and the rules that need nothing else."""
