"""The permissions for associations of web ACLs.

https://docs.aws.amazon.com/waf/latest/developerguide/waf-api-permissions-ref.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html
"""

from __future__ import annotations

from ...core.permission import Permission, arn
from .elb_reads import READ_PERMISSIONS
from .limits import BALANCERS, ELB, own, untagged

APPLICATION = arn(ELB, "loadbalancer/app/*")
WEB_ACLS = arn("wafv2", "regional/webacl/*")
OF_OTHERS = "others made the web ACL, and AWS WAF knows no tag of the load balancer"

PERMISSIONS = (
    *READ_PERMISSIONS,
    *(
        Permission(action, ("read",), (WEB_ACLS, APPLICATION), why=OF_OTHERS)
        for action in ("wafv2:GetWebACL", "wafv2:GetWebACLForResource")
    ),
    untagged(("create", "update"), "wafv2:AssociateWebACL", WEB_ACLS, APPLICATION, why=OF_OTHERS),
    untagged(("delete",), "wafv2:DisassociateWebACL", WEB_ACLS, APPLICATION, why=OF_OTHERS),
    *own(("create", "update", "delete"), BALANCERS, f"{ELB}:SetWebACL"),
    *own(("create", "update"), BALANCERS, f"{ELB}:AddTags"),
    *own(("update", "delete"), BALANCERS, f"{ELB}:RemoveTags"),
)
