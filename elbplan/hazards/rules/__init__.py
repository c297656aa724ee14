"""The rules that find hazards, one file for each subject."""
