"""The least IAM policy for a spec and a command, from what the kinds declare."""
