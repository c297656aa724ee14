"""What the sandbox keeps for each service: plain data, and the rules that need nothing else."""
