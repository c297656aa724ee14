"""What several kinds share about AWS: actions, attributes, tags, gates and queries."""
