"""The IAM actions that each kind needs, one file for each kind, and the limits that AWS allows for them."""
