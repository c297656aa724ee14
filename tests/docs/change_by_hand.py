"""Plays somebody who changes the health check of the first stack in the console."""

from __future__ import annotations

import json
import sys

import boto3


def main(status: str) -> None:
    """`status` is the document of `elbplan sandbox status --json`."""
    session = boto3.Session("somebody", "else", region_name="ap-northeast-2")
    elbv2 = session.client("elbv2", endpoint_url=json.loads(status)["url"])
    groups = elbv2.describe_target_groups()["TargetGroups"]
    (arn,) = [group["TargetGroupArn"] for group in groups if group["TargetGroupName"].startswith("my-web")]
    elbv2.modify_target_group(TargetGroupArn=arn, HealthCheckPath="/other")


if __name__ == "__main__":
    main(sys.argv[1])
