"""The files of a migrations folder: read, written, ordered and checked."""
