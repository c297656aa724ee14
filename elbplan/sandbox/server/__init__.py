"""The HTTP server of the sandbox: protocols of AWS in, answers out."""
