"""The short form: models of its keys, which also give the JSON schema for editors."""
