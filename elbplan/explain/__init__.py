"""Explanations: of reasons, codes, hazards, exit codes and errors, and of one resource or name."""
