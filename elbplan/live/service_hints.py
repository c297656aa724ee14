"""What to do after the error codes of single services, by code."""

from __future__ import annotations

from collections.abc import Mapping

AGAIN = "another program changes the same thing now: run the same command again"
GONE = "somebody deleted it: elbplan plan shows what is missing, elbplan apply creates it"
TAGS = "AWS allows 50 tags on a resource: write fewer tags"

ELB: Mapping[str, str] = {
    "ALPNPolicyNotFound": "write alpn: http1-only, http2-only, http2-optional, http2-preferred or none",
    "AvailabilityZoneNotSupported": "write other zones: this zone offers no load balancers of this type",
    "CaCertificatesBundleNotFound": "check bundle: of the trust store: the bucket, the key, the version and the region",
    "DuplicateListener": "the load balancer has another listener on this port: delete it, or write another port",
    "DuplicateLoadBalancerName": "another load balancer has the name: write another name:, or adopt it (adopt:)",
    "DuplicateTrustStoreName": "another trust store has the name: write another name: for it",
    "HealthUnavailable": "AWS cannot tell the health of the targets now: run the same command again",
    "IncompatibleProtocols": "the protocols of listener and target group do not fit: elbplan validate names what does",
    "InvalidCaCertificatesBundle": (
        "the bundle must be a PEM file of CA certificates that are valid now: "
        "openssl storeutl -noout -text -certs ca.pem"
    ),
    "InvalidConfigurationRequest": "the settings do not fit each other: AWS names them in its message",
    "InvalidLoadBalancerAction": "AWS does not allow this action on this listener: logins and tokens need HTTPS",
    "InvalidRevocationContent": "the file must be a revocation list (CRL) in PEM: openssl crl -in list.crl -text",
    "InvalidScheme": "write access: public or internal; a gateway load balancer has neither",
    "PriorityInUse": "others made a rule with this priority: elbplan plan shows it, and apply chooses another one",
    "RevocationContentNotFound": "check revocations: of the trust store: bucket, key, version and region",
    "RevocationIdNotFound": "somebody removed the revocation list: elbplan plan shows what is missing",
    "SubnetNotFound": "check the subnets and the region: aws ec2 describe-subnets",
    "TooManyTags": TAGS,
    "UnsupportedProtocol": "AWS does not know this protocol for this type of load balancer: elbplan validate",
}

ROUTE53: Mapping[str, str] = {
    "ConflictingDomainExists": (
        "the VPC has another private zone of this name, or of a name above it: use that one, "
        "or end its association first"
    ),
    "DelegationSetNotAvailable": "leave delegation_set: out: AWS has no such set of name servers for this name",
    "DelegationSetNotReusable": "delegation_set: must name a reusable set: aws route53 list-reusable-delegation-sets",
    "HealthCheckAlreadyExists": "an interrupted run created the check: run the same command again",
    "HealthCheckVersionMismatch": AGAIN,
    "HostedZoneAlreadyExists": "an interrupted run created the zone: run the same command again",
    "HostedZoneNotEmpty": "others have records in the zone: delete them, or leave the zone (a destroy names them)",
    "InvalidChangeBatch": "others changed a record of this name meanwhile: elbplan plan shows what is there now",
    "InvalidDomainName": "AWS allows no zone of this name: write the name of a domain, without protocol and path",
    "InvalidVPCId": "check the VPC and its region: aws ec2 describe-vpcs",
    "LastVPCAssociation": "a private zone keeps at least one VPC: write another one in vpc: first",
    "LimitsExceeded": "a quota of Route 53 is reached: ask AWS for a higher one (Service Quotas)",
    "NoSuchDelegationSet": "check delegation_set: aws route53 list-reusable-delegation-sets",
    "NoSuchHealthCheck": GONE,
    "NoSuchHostedZone": "the zone was deleted: aws route53 list-hosted-zones shows those of the account",
    "NotAuthorizedException": "the VPC is of another account, which must authorize the association first",
    "PublicZoneVPCAssociation": "only a private zone has VPCs: write private: true, or leave vpc: out",
    "TooManyHealthChecks": "a quota is reached: 200 health checks; delete unused ones, or ask AWS for more",
    "TooManyHostedZones": "a quota is reached: 500 hosted zones; delete unused ones, or ask AWS for more",
    "VPCAssociationNotFound": "somebody ended the association: elbplan plan shows what is there now",
}

EDGE: Mapping[str, str] = {
    "BucketAlreadyExists": "another account has a bucket of this name: write s3://BUCKET/PREFIX of your own in logs:",
    "BucketAlreadyOwnedByYou": "an interrupted run created the bucket: run the same command again",
    "InvalidOperationException": "shield: needs a subscription of Shield Advanced, which the account does not have",
    "InvalidResourceException": "Shield Advanced cannot protect it: only internet-facing load balancers, Elastic IPs",
    "LimitsExceededException": "a quota of Shield Advanced is reached: ask AWS for a higher one (Service Quotas)",
    "OptimisticLockException": AGAIN,
    "ResourceAlreadyExistsException": "it is protected already, by others: elbplan plan shows it and leaves it alone",
    "WAFFeatureNotIncludedInPricingPlanException": "the web ACL belongs to a plan without load balancers: use another",
    "WAFInvalidOperationException": "AWS does not allow this now: Firewall Manager may own the web ACL of the resource",
    "WAFLimitsExceededException": "a quota of AWS WAF is reached: ask AWS for a higher one (Service Quotas)",
    "WAFNonexistentItemException": "check web_acl: the name, and that the web ACL is of this region (not CLOUDFRONT)",
    "WAFUnavailableEntityException": (
        "the load balancer or the web ACL is new, and AWS WAF does not know it yet: run the same command in a minute"
    ),
}

OTHERS: Mapping[str, str] = {
    "ConflictException": AGAIN,
    "InvalidDomainValidationOptionsException": "validation: {email: DOMAIN} must be the name or a domain above it",
    "RequestInProgressException": "AWS is still issuing the certificate: run the same command in some minutes",
    "TagPolicyException": "a tag policy of the organization forbids a tag: the message names it",
    "TooManyTagsException": TAGS,
    "InstanceRefreshInProgress": "wait until the instance refresh of the Auto Scaling group is over",
    "ServiceLinkedRoleFailure": "create the role: aws iam create-service-linked-role with autoscaling.amazonaws.com",
    "PolicyLengthExceededException": "the policy of the function is full: remove statements that nobody needs",
    "PreconditionFailedException": AGAIN,
    "PublicPolicyException": "the account blocks public policies of functions: allow the one for load balancers",
    "ResourceConflictException": AGAIN,
    "ParameterLimitExceeded": "a quota is reached: 10,000 parameters in a region; delete unused ones",
    "ParameterNotFound": "check the reference to the secret: ssm:/PATH, in the region of the stack",
    "ParameterVersionNotFound": "the parameter has no such version: leave :VERSION out for the newest",
    "TooManyUpdates": AGAIN,
    "InvalidKeyId": "the key that encrypts the parameter is deleted or disabled: aws kms describe-key",
    "DecryptionFailure": "the key that encrypts the secret is not usable: aws kms describe-key",
    "InvalidRequestException": "the secret is marked for deletion: restore it, or name another one",
}

SERVICE_HINTS: Mapping[str, str] = {**ELB, **ROUTE53, **EDGE, **OTHERS}
"""By error code: what to do."""
