"""The network of the sandbox: DNS, and what load balancers and servers answer over real sockets.

Nothing here is imported before the verb `network` asks for it. The addresses of load balancers and servers exist only
inside the sandbox: a client reaches them through the proxy, which listens on the loopback interface.
"""
