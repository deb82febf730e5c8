// Declares each component of the package, and takes the stack through all of its life.
//
// Arguments: the folder of the policy pack, and the id of a VPC. Prints the stack's outputs as JSON.
import { LocalWorkspace } from "@pulumi/pulumi/automation";

import * as flowLogs from "./sdk";

const REGION = "eu-west-1";
const [policyPack, vpcId] = process.argv.slice(2);
let retentionInDays = 7;

async function program() {
    const shared = new flowLogs.SharedLogDestination("shared", { regions: [REGION], retentionInDays });
    const logs = new flowLogs.VpcFlowLogs("net", {
        vpcId,
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
    throw new Error("the gate let a short retention pass");
}

async function main() {
    const stack = await LocalWorkspace.createStack(
        { stackName: "test", projectName: "typescript", program },
        { workDir: __dirname }, // where Pulumi.yaml is
    );
    const gate = { policyPacks: [policyPack] };
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
