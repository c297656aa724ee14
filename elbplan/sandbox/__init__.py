"""A local AWS simulator, as strict as AWS in everything that matters to a load balancer.

Demos, end-to-end tests and rehearsals run on it. Elastic Load Balancing, ACM and Route 53 are implemented here from
AWS's documentation. moto's server answers everything else (EC2, SSM, WAF, STS...), with corrections where it differs
from AWS. Importing this package or `elbplan.sandbox.admin.daemon` never imports moto, which is an optional extra
(`pip install 'elbplan[sandbox]'`).

    from elbplan.sandbox.box import Box                  # in this process, for tests
    from elbplan.sandbox.admin.remote import RemoteBox   # the same methods for a sandbox in another process
    from elbplan.sandbox.admin import daemon             # start, find and stop a sandbox in the background
"""
