"""Rehearsals: migrations run on a local AWS simulator before they run on AWS."""
