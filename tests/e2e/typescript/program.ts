// Declares a VPC and each component of the package, and takes the stack through all of its life.
//
// Argument: the folder of the policy pack. Prints the stack's outputs as JSON.
import { Vpc } from "@pulumi/aws/ec2/vpc"; // from there, so that tsc reads the types of no other service
import { LocalWorkspace } from "@pulumi/pulumi/automation";

import * as flowLogs from "./sdk";

const REGION = "eu-west-1";
const [policyPack] = process.argv.slice(2);
let retentionInDays = 42;

async function program() {
    const vpc = new Vpc("net", { cidrBlock: "10.0.0.0/16", region: REGION });
    const shared = new flowLogs.SharedLogDestination("shared", { regions: [REGION], retentionInDays });
    const logs = new flowLogs.VpcFlowLogs("net", {
        vpcId: vpc.id,
        logGroupArn: shared.logGroupArns.apply((arns) => arns[REGION]),
        roleArn: shared.roleArn,
    });
    const compliance = new flowLogs.FlowLogsCompliance("compliance", { regions: [REGION] });
    return { flowLogId: logs.flowLogId, ruleArn: compliance.ruleArns.apply((arns) => arns[REGION]) };
}

async function refusal(preview: Promise<unknown>): Promise<string> {
    try {
        await preview;
    } catch (error) {
        return String(error);
    }
    throw new Error("a retention that is wrong passed");
}

async function main() {
    const stack = await LocalWorkspace.createStack(
        { stackName: "test", projectName: "typescript", program },
        { workDir: __dirname }, // where Pulumi.yaml is
    );
    const wrong = await refusal(stack.preview());
    if (!wrong.includes("property retentionInDays") || /Traceback|retention_in_days/.test(wrong)) {
        throw new Error(wrong);
    }
    const gate = { policyPacks: [policyPack] };
    retentionInDays = 7;
    const refused = await refusal(stack.preview(gate));
    if (!refused.includes("log-group-has-retention")) {
        throw new Error(refused);
    }
    retentionInDays = 365;
    await stack.preview(gate);
    const { outputs } = await stack.up(gate);
    await stack.preview({ expectNoChanges: true });
    await stack.destroy();
    console.log(JSON.stringify({ flowLogId: outputs.flowLogId.value, ruleArn: outputs.ruleArn.value }));
}

main().catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
