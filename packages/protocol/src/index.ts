// What goes over the wire between an OpenClaw Gateway and its nodes and operators:
// names, shapes and schemas. No IO, no Node built-ins.
export { PROTOCOL_HISTORY, PROTOCOL_MAX, PROTOCOL_MIN, type ProtocolVersionNote } from "./version.ts";
export { LIMITS } from "./limits.ts";
export {
  CONNECT_ERROR_CODES,
  ProtocolError,
  WIRE_ERROR_CODES,
  type ConnectErrorCode,
  type ProtocolErrorCode,
  type WireErrorCode,
} from "./errors.ts";
export { exceedsBytes, parseJsonText, parseWith, utf8Length, type Parsed } from "./parse.ts";
export {
  encodeFrame,
  eventFrameSchema,
  parseFrame,
  requestFrameSchema,
  responseFrameSchema,
  type ErrorShape,
  type EventFrame,
  type Frame,
  type RequestFrame,
  type ResponseFrame,
} from "./frames.ts";
export {
  CLIENT_IDS,
  CLIENT_MODES,
  clientPlatform,
  OPERATOR_SCOPES,
  ROLES,
  type ClientId,
  type ClientMode,
  type ClientPlatform,
  type OperatorScope,
  type Role,
} from "./roles.ts";
export {
  connectChallengeSchema,
  helloOkSchema,
  PROTOCOL_RANGE,
  type ConnectAuth,
  type ConnectChallenge,
  type ConnectClient,
  type ConnectDevice,
  type ConnectParams,
  type HelloAuth,
  type HelloOk,
  type HelloPolicy,
} from "./handshake.ts";
export {
  deviceSignaturePayload,
  type DeviceSignatureInput,
  type SignatureVersion,
} from "./device-signature.ts";
export {
  invokeCancelSchema,
  invokeRequestSchema,
  invokeResultParamsSchema,
  pairResolvedSchema,
  shutdownNoticeSchema,
  type InvokeCancel,
  type InvokeError,
  type InvokeRequest,
  type InvokeResultParams,
  type PairResolved,
  type ShutdownNotice,
} from "./invoke.ts";
export {
  EXEC_DENIED_REASONS,
  nodeEventParamsSchema,
  type ExecDenied,
  type ExecDeniedReason,
  type ExecFinished,
  type NodeEventParams,
} from "./node-events.ts";
export { skillBinsResultSchema, type SkillBinsResult } from "./skill-bins.ts";
export { connectParamsSchema } from "./connect-params.ts";
export { type FileIdentity, type RunPlan } from "./run-plan.ts";
export {
  BROWSER_COMMAND,
  BROWSER_COMMANDS,
  NODE_COMMANDS,
  type BrowserCommand,
  type NodeCommand,
} from "./commands/names.ts";
export {
  systemRunParamsSchema,
  systemRunResultSchema,
  type ApprovalDecision,
  type SystemRunParams,
  type SystemRunResult,
} from "./commands/system-run.ts";
export {
  policySnapshotSchema,
  systemRunPlanSchema,
  type ExecAsk,
  type ExecSecurity,
  type MutableFileOperand,
  type PlanRule,
  type PolicySnapshot,
  type SystemRunPlan,
} from "./commands/system-run-plan.ts";
export {
  systemRunPrepareParamsSchema,
  systemRunPrepareResultSchema,
  type AllowAlwaysCoverage,
  type SystemRunPrepareParams,
  type SystemRunPrepareResult,
} from "./commands/system-run-prepare.ts";
export {
  systemWhichParamsSchema,
  systemWhichResultSchema,
  type SystemWhichParams,
  type SystemWhichResult,
} from "./commands/system-which.ts";
export {
  execApprovalsFileSchema,
  execApprovalsSetParamsSchema,
  execApprovalsSnapshotSchema,
  type AllowlistEntry,
  type ExecApprovalsAgent,
  type ExecApprovalsFile,
  type ExecApprovalsScope,
  type ExecApprovalsSetParams,
  type ExecApprovalsSnapshot,
} from "./commands/exec-approvals.ts";
export {
  NODE_METHODS,
  OPERATOR_METHODS,
  type ApprovalRequestParams,
  type NodeMethod,
  type OperatorMethod,
  type OperatorMethodParams,
} from "./operator/methods.ts";
export {
  devicePairListSchema,
  nodeInfoSchema,
  nodeInvokeAnswerSchema,
  nodeListSchema,
  nodePairListSchema,
  type DevicePairList,
  type DeviceRequest,
  type NodeInfo,
  type NodePairList,
  type PairedDevice,
  type PairedNode,
  type SurfaceRequest,
} from "./operator/results.ts";
export {
  approvalAnswerSchema,
  approvalListSchema,
  policySnapshotAnswerSchema,
  type ApprovalAnswer,
  type PendingApproval,
  type PolicySnapshotAnswer,
} from "./operator/approval-results.ts";
