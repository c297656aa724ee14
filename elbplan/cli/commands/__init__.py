"""The commands, one file each. LazyGroup imports a command when it runs."""
