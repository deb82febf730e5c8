"""The stand-in under the real Pulumi CLI: what the engine and it make of each other."""

import json
from pathlib import Path
from typing import Any

import pytest

from localcloud import LocalCloud
from localcloud.provider.functions import FUNCTIONS
from localcloud.provider.types import RESOURCE_TYPES

from .cases import make_recorder, make_vpc
from .conftest import Project

# One of each type, with every input that can change in place taken from the configuration.
EVERY_TYPE = """
config = pulumi.Config()
days, team = config.get_int("days") or 365, config.get("team") or "network"
trust = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow",
        "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }],
})

def allow(resource, **more):
    statement = {"Effect": "Allow", "Action": config.get("action") or "s3:PutObject", **more}
    return resource.apply(
        lambda arn: json.dumps(
            {"Version": "2012-10-17", "Statement": [{**statement, "Resource": arn}]}, indent=2
        )
    )

tags = {"team": team}
aws.ec2.DefaultVpc("default", tags=tags)
vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", tags=tags)
subnet = aws.ec2.Subnet("net", vpc_id=vpc.id, cidr_block="10.0.0.0/24", tags=tags)
key = aws.kms.Key("logs", description=f"of {team}", tags=tags)
group = aws.cloudwatch.LogGroup("logs", retention_in_days=days, kms_key_id=key.arn, tags=tags)
role = aws.iam.Role("delivery", assume_role_policy=trust, description=f"of {team}", tags=tags)
policy = aws.iam.RolePolicy("write", role=role.name, policy=allow(group.arn))
boundary = config.get("boundary")
if boundary:
    aws.iam.RolePolicyAttachment("managed", role=role.name, policy_arn=boundary)
flow_log = aws.ec2.FlowLog(
    "reject",
    vpc_id=vpc.id,
    traffic_type=config.get("traffic") or "REJECT",
    log_destination=group.arn,
    iam_role_arn=role.arn,
    tags=tags,
)
bucket = aws.s3.Bucket("logs", tags=tags)
aws.s3.BucketPolicy(
    "logs",
    bucket=bucket.bucket,
    policy=allow(bucket.arn.apply("{}/*".format), Principal={"Service": "logs.amazonaws.com"}),
)
aws.cfg.Rule(
    "logged",
    source={"owner": "AWS", "source_identifier": "VPC_FLOW_LOGS_ENABLED"},
    input_parameters=json.dumps({"trafficType": config.get("traffic") or "REJECT"}),
    description=f"of {team}",
    tags=tags,
)
for name, value in {"flowLog": flow_log.id, "group": group.name, "bucket": bucket.bucket}.items():
    pulumi.export(name, value)
pulumi.export("tagsAll", flow_log.tags_all)
"""


def resources(project: Project) -> dict[str, dict[str, Any]]:
    """Return the resources in the state, by type and name."""
    state = json.loads(project.pulumi("stack", "export"))
    return {"::".join(one["urn"].split("::")[2:]): one for one in state["deployment"]["resources"]}


@pytest.fixture
def every_type(cloud: LocalCloud, project: Project) -> Project:
    """A project with one of each type."""
    policy = cloud.client("iam").create_policy(
        PolicyName="by-hand",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*",'
        '"Resource":"*"}]}',
    )["Policy"]["Arn"]
    make_recorder(cloud)
    project.write(EVERY_TYPE)
    project.configure(boundary=policy)
    return project


def test_the_life_of_a_stack_with_every_type(cloud: LocalCloud, every_type: Project) -> None:
    printed = every_type.pulumi("preview", "--diff")
    assert all(token in printed for token in RESOURCE_TYPES)
    changing = ("Create", "Put", "PUT", "Attach", "Tag", "Modify")
    made = [call.operation for call in cloud.calls if call.operation.startswith(changing)]
    assert made == ["CreateKey", "CreatePolicy", "PutConfigurationRecorder"]  # none of the CLI's
    (own_key,) = cloud.client("kms").list_keys()["Keys"]

    every_type.pulumi("up", "--yes", "--skip-preview")
    before = resources(every_type)
    assert {one["type"] for one in before.values()} >= set(RESOURCE_TYPES)
    every_type.pulumi("refresh", "--yes", "--skip-preview")
    every_type.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")

    every_type.configure(days=30, team="security", action="s3:GetObject")
    printed = every_type.pulumi("up", "--yes", "--skip-preview")
    assert "replace" not in printed
    after = resources(every_type)
    assert {key: one.get("id") for key, one in after.items()} == {
        key: one.get("id") for key, one in before.items()
    }
    group = cloud.client("logs").describe_log_groups()["logGroups"][0]
    assert group["retentionInDays"] == 30
    every_type.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")

    printed = every_type.pulumi("destroy", "--yes", "--skip-preview")
    ec2 = cloud.client("ec2")
    assert ec2.describe_flow_logs()["FlowLogs"] == []
    assert [vpc["IsDefault"] for vpc in ec2.describe_vpcs()["Vpcs"]] == [True]
    assert cloud.client("logs").describe_log_groups()["logGroups"] == []
    assert cloud.client("iam").list_roles()["Roles"] == []
    assert cloud.client("s3").list_buckets()["Buckets"] == []
    assert cloud.client("config").describe_config_rules()["ConfigRules"] == []
    (key,) = [key for key in cloud.client("kms").list_keys()["Keys"] if key != own_key]
    state = cloud.client("kms").describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"]
    assert state == "PendingDeletion"


def test_a_change_by_hand_is_found_and_undone(cloud: LocalCloud, every_type: Project) -> None:
    every_type.pulumi("up", "--yes", "--skip-preview")
    outputs = json.loads(every_type.pulumi("stack", "output", "--json"))
    cloud.client("ec2").delete_flow_logs(FlowLogIds=[outputs["flowLog"]])
    logs = cloud.client("logs")
    logs.put_retention_policy(logGroupName=outputs["group"], retentionInDays=1)
    arn = f"arn:aws:logs:eu-west-1:123456789012:log-group:{outputs['group']}"
    logs.tag_resource(resourceArn=arn, tags={"team": "nobody"})
    cloud.client("s3").delete_bucket_policy(Bucket=outputs["bucket"])

    found = every_type.pulumi("refresh", "--yes", "--skip-preview", "--diff")
    assert "- aws:ec2/flowLog:FlowLog" in found
    assert "- aws:s3/bucketPolicy:BucketPolicy" in found
    assert "retentionInDays: 365 => 1" in found
    assert '"network" => "nobody"' in found

    every_type.pulumi("up", "--yes", "--skip-preview")
    assert len(cloud.client("ec2").describe_flow_logs()["FlowLogs"]) == 1
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 365
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "network"}
    every_type.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_every_type_is_imported_by_its_id(
    cloud: LocalCloud, every_type: Project, tmp_path: Path
) -> None:
    every_type.pulumi("up", "--yes", "--skip-preview")
    made = {key: one for key, one in resources(every_type).items() if one["type"] in RESOURCE_TYPES}
    # Everything is forgotten, but not deleted.
    state = json.loads(every_type.pulumi("stack", "export"))
    state["deployment"]["resources"] = []
    state["deployment"].pop("pending_operations", None)
    (tmp_path / "empty.json").write_text(json.dumps(state))
    every_type.pulumi("stack", "import", "--file", str(tmp_path / "empty.json"))

    listing = [
        {"type": one["type"], "name": one["urn"].rsplit("::", 1)[-1], "id": one["id"]}
        for one in made.values()
    ]
    (tmp_path / "import.json").write_text(json.dumps({"resources": listing}))
    every_type.pulumi(
        *("import", "--file", str(tmp_path / "import.json"), "--yes", "--skip-preview"),
        *("--protect=false", "--generate-code=false"),
    )
    imported = resources(every_type)
    assert {key: imported[key]["id"] for key in made} == {key: made[key]["id"] for key in made}
    assert {key: imported[key]["outputs"].get("arn") for key in made} == {
        key: made[key]["outputs"].get("arn") for key in made
    }


def test_secrets_stay_secret_in_the_state(project: Project) -> None:
    project.write(
        'tags = {"note": pulumi.Output.secret("what-is-secret")}\n'
        'group = aws.cloudwatch.LogGroup("logs", tags=tags)\n'
        'pulumi.export("tags", group.tags)\n'
    )
    assert "what-is-secret" not in project.pulumi("up", "--yes", "--skip-preview", "--diff")
    assert "what-is-secret" not in project.pulumi("stack", "export")
    assert "what-is-secret" in project.pulumi("stack", "export", "--show-secrets")
    project.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_what_half_failed_is_kept_and_completed_by_an_up_that_looks(
    cloud: LocalCloud, project: Project
) -> None:
    project.write('aws.cloudwatch.LogGroup("logs", name="logs", retention_in_days=7)')
    cloud.fail_next("PutRetentionPolicy", code="AccessDeniedException", message="not today")
    printed = project.pulumi("up", "--yes", "--skip-preview", exit_code=1)
    assert "not today" in printed
    (kept,) = [one for key, one in resources(project).items() if "LogGroup" in key]
    assert (kept["id"], len(kept["initErrors"])) == ("logs", 1)

    # As with the real provider, the state says that all was done; so only a refresh finds out.
    project.pulumi("up", "--yes", "--skip-preview", "--refresh")
    (group,) = cloud.client("logs").describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 7
    project.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")


@pytest.mark.own_plugins  # each provider has a plugin's process of its own
def test_providers_of_the_program_s_own(cloud: LocalCloud, project: Project) -> None:
    project.write(
        """
elsewhere = aws.Provider(
    "elsewhere",
    region="us-east-1",
    allowed_account_ids=["123456789012"],
    default_tags={"tags": {"team": "network"}},
)
opts = pulumi.ResourceOptions(provider=elsewhere)
vpc = aws.ec2.Vpc("there", cidr_block="10.0.0.0/16", tags={"stage": "test"}, opts=opts)
aws.ec2.Vpc("third", cidr_block="10.0.0.0/16", region="eu-central-1", opts=opts)
aws.ec2.Vpc("home", cidr_block="10.0.0.0/16")
pulumi.export("tagsAll", vpc.tags_all)
pulumi.export("region", aws.get_region(opts=pulumi.InvokeOptions(provider=elsewhere)).region)
"""
    )
    project.pulumi("up", "--yes", "--skip-preview")
    for region in ("us-east-1", "eu-central-1", "eu-west-1"):
        vpcs = cloud.client("ec2", region).describe_vpcs()["Vpcs"]
        assert [vpc["IsDefault"] for vpc in vpcs].count(False) == 1
    assert json.loads(project.pulumi("stack", "output", "--json")) == {
        "region": "us-east-1",
        "tagsAll": {"stage": "test", "team": "network"},
    }


def test_a_property_that_the_stand_in_lacks_is_previewed_and_not_deployed(
    cloud: LocalCloud, project: Project
) -> None:
    project.write('aws.ec2.Vpc("v", cidr_block="10.0.0.0/16", ipv4_netmask_length=20)')
    lacking = "does not have ipv4NetmaskLength on aws:ec2/vpc:Vpc"
    assert lacking in project.pulumi("preview")
    assert lacking in project.pulumi("up", "--yes", "--skip-preview", exit_code=1)
    made = {call.operation for call in cloud.calls if call.operation.startswith("Create")}
    assert made == {"CreateKey"}  # the CLI's own


def test_a_stack_whose_configuration_has_a_profile_can_be_previewed(project: Project) -> None:
    project.write('aws.ec2.Vpc("v", cidr_block="10.0.0.0/16")')
    project.pulumi("config", "set", "aws:profile", "prod")
    assert "+ 2 to create" in project.pulumi("preview")


def test_functions_answer_in_a_program(cloud: LocalCloud, project: Project) -> None:
    vpc_id = make_vpc(cloud)
    project.write(
        """
answers = {
    "account": aws.get_caller_identity().account_id,
    "partition": aws.get_partition().partition,
    "region": aws.get_region().region,
    "regions": len(aws.get_regions().names),
    "vpc": aws.ec2.get_vpc(cidr_block="10.0.0.0/16").id,
    "vpcs": aws.ec2.get_vpcs().ids,
    "document": aws.iam.get_policy_document(statements=[{"actions": ["s3:*"]}]).json,
}
for name, value in answers.items():
    pulumi.export(name, value)
"""
    )
    assert len(FUNCTIONS) == 7
    project.pulumi("up", "--yes", "--skip-preview")
    answers = json.loads(project.pulumi("stack", "output", "--json"))
    assert (answers["account"], answers["partition"]) == ("123456789012", "aws")
    assert (answers["region"], answers["vpc"]) == ("eu-west-1", vpc_id)
    assert answers["regions"] > 10
    assert vpc_id in answers["vpcs"]
    assert json.loads(answers["document"])["Statement"] == [{"Effect": "Allow", "Action": "s3:*"}]
