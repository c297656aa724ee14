"""What AWS does and this sandbox does not, and why."""

NOT_DONE = {
    "EC2 paging (rule 26)": (
        "moto shows security groups and addresses in one page whatever MaxResults says; "
        "EC2's answers are moto's XML and are not cut up here."
    ),
    "ghosts in Describe calls (rule 27)": (
        "new things can be hidden for some reads (`hide_new`), but what is deleted is never listed."
    ),
    "overlapping Route 53 changes (rule 13)": (
        "requests are served one at a time and cannot overlap; `zone_busy` gives each change a length instead."
    ),
    "token buckets": (
        "throttling is injected (fault `throttle`), not counted per second: "
        "no test may depend on how fast the machine is."
    ),
    "new web ACLs (rule 30)": (
        "WAFUnavailableEntityException comes while the load balancer is provisioning, not for a new ACL."
    ),
    "tagging API": "GetResources and TagResources are refused; each service's own tag operations work.",
    "Service Quotas": "refused; DescribeAccountLimits of Elastic Load Balancing works.",
    "pricing": "AWS Price List has no double here: prices come from a dated table.",
    "trust store contents": "trust stores live and die as in AWS, but no bundle is read from S3.",
    "CAA records (rule 9)": "a certificate never FAILS: it waits, is issued, or times out after 72 hours.",
    "IAM server certificates (rule 8)": "only certificates of Certificate Manager can be used on listeners.",
    "some conditions in traffic": (
        "a modelled request has no headers, query or source, so rules that ask for them never match."
    ),
    "fail-open": "a group of unhealthy targets counts as not answering, though AWS would try them all.",
    "packets": "none is ever sent: addresses of instances and Elastic IPs lead nowhere.",
}
