"""Control of the sandbox: verbs, fixtures, snapshots, the background process."""
