"""Whether a stack answers: checks of AWS, of DNS, of TLS and of HTTP. Only reads."""
