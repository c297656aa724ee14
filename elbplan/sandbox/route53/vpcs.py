"""The VPCs of private hosted zones."""

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from .zones import new_change, zone_of


@rule(12)
def associate(context: CallContext, params: Params) -> Params:
    """Only a private zone gets VPCs, and a VPC has one zone of a name: API_AssociateVPCWithHostedZone.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html
    (PublicZoneVPCAssociation, ConflictingDomainExists)
    """
    zone, vpc = zone_of(context, params["HostedZoneId"]), params["VPC"]
    if not zone.private:
        raise AwsError("PublicZoneVPCAssociation", "You are trying to associate a VPC with a public hosted zone.")
    others = (other for other in context.account.dns.zones.values() if other.id != zone.id)
    if any(other.name == zone.name and vpc in other.vpcs for other in others):
        raise AwsError("ConflictingDomainExists", f"The VPC {vpc['VPCId']} has a zone named {zone.name} already.")
    if vpc not in zone.vpcs:
        zone.vpcs.append(vpc)
    return {"ChangeInfo": new_change(context, zone)}


@rule(12)
def disassociate(context: CallContext, params: Params) -> Params:
    """A zone keeps its last VPC: API_DisassociateVPCFromHostedZone (LastVPCAssociation, VPCAssociationNotFound)."""
    zone, vpc = zone_of(context, params["HostedZoneId"]), params["VPC"]
    if vpc not in zone.vpcs:
        raise AwsError("VPCAssociationNotFound", f"{vpc['VPCId']} is not associated with {zone.id}.", 404)
    if len(zone.vpcs) == 1:
        raise AwsError("LastVPCAssociation", "The VPC is the only one of this private hosted zone.")
    zone.vpcs.remove(vpc)
    return {"ChangeInfo": new_change(context, zone)}
