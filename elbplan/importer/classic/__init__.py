"""Translates a Classic load balancer into a new load balancer of version 2.

AWS cannot turn one into the other, so nothing is adopted: the spec makes a new one beside it.
https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/migrate-classic-load-balancer.html
"""
