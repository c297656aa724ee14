"""The HTTP server of the sandbox: reads requests in AWS's protocols and answers them."""
