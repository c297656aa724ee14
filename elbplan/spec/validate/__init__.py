"""Builds and checks the resources of the long form: first each model, then the resources together."""
