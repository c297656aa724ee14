"""One file for each kind of leftovers: the calls that it needs, and the rule by which something counts as left over."""
