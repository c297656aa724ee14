"""Reads, writes, orders and checks the files of a migrations folder."""
