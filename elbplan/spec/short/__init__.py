"""The short form: the words a person writes, as models that also make the editor's schema."""
