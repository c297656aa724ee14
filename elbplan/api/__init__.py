"""What a Python program calls, and what the command line is made of. Programs import the names from `elbplan`."""
