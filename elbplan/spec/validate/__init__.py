"""Checks of the long form: types first, then what several resources must agree on."""
