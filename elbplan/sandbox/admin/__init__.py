"""Running the sandbox and setting its scene: commands, fixtures, snapshots, the background process."""
