"""A rehearsal: migrations run against a simulated AWS before they meet the real one."""
