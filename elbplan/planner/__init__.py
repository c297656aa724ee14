"""From the difference between spec and AWS to an ordered plan."""
