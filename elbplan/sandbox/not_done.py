"""Behaviour of AWS that the sandbox does not have, and why."""

NOT_DONE = {
    "EC2 paging (rule 26)": (
        "moto returns all security groups and addresses in one page whatever MaxResults says; "
        "the sandbox does not split moto's XML answers."
    ),
    "deleted resources in Describe calls (rule 27)": (
        "new resources can be hidden for some reads (`hide_new`), but deleted ones are never listed."
    ),
    "overlapping Route 53 changes (rule 13)": (
        "requests are served one at a time and cannot overlap; `zone_busy` gives each change a duration instead."
    ),
    "token buckets": (
        "throttling is injected (fault `throttle`), not counted per second: "
        "no test may depend on the speed of the machine."
    ),
    "new web ACLs (rule 30)": (
        "WAFUnavailableEntityException comes while the load balancer is provisioning, not for a new ACL."
    ),
    "tagging API": "GetResources and TagResources are refused; each service's own tag operations work.",
    "Service Quotas": "those of load balancers, groups, certificates and addresses; nobody can ask for more.",
    "signatures (rule 35)": "the sandbox accepts every access key, and does not compute signatures.",
    "pricing": "AWS Price List is not simulated: prices come from a dated table.",
    "trust store contents": "trust stores can be created, used and deleted, but no bundle is read from S3.",
    "CAA records (rule 9)": "a certificate never FAILS: it waits, is issued, or times out after 72 hours.",
    "IAM server certificates (rule 8)": "listeners accept only certificates of Certificate Manager.",
    "some conditions in traffic": (
        "a simulated request has no headers, query or source, so rules that ask for them never match."
    ),
    "Classic traffic (rule 34)": "Classic Load Balancers have health, but answer no request; use one of version 2.",
    "fail-open": "a group with only unhealthy targets counts as not answering, though AWS would try all of them.",
    "packets": "no packet is ever sent: addresses of instances and Elastic IPs lead nowhere.",
}
