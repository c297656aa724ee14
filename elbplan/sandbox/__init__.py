"""An embedded AWS that behaves like the real one where it matters to a load balancer.

It is the account of the demo, of every end-to-end test and of rehearsals. Elastic Load Balancing, ACM and
Route 53
are written here by AWS's documents; everything else (EC2, SSM, WAF, STS...) is moto's server with the
differences
put right. Importing this package, or `elbplan.sandbox.admin.daemon`, never imports moto: it is an optional extra
(`pip install 'elbplan[sandbox]'`).

    from elbplan.sandbox.box import Box            # in this process, for tests
    from elbplan.sandbox.admin.remote import RemoteBox   # the same methods on a sandbox in another process
    from elbplan.sandbox import daemon             # start, find and stop one in the background
"""
