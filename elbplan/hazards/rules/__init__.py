"""What each rule looks for: one file a subject."""
