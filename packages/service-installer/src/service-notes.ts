/** What a person should know beside the result. Closed: a new note gets a new code. */
export type ServiceNoteCode =
  | "linger-off"
  | "runs-as-root"
  | "no-notify"
  | "no-watchdog"
  | "temporary-path"
  | "runtime-missing"
  | "entry-missing"
  | "unreadable-definition"
  | "differs"
  | "official-service"
  | "foreign-service"
  | "legacy-service"
  | "replaced-service"
  | "drop-ins"
  | "startup-folder"
  | "stop-needs-pid"
  | "undo-failed"
  | "state-kept";

export interface ServiceNote {
  readonly code: ServiceNoteCode;
  /** A sentence for a person. */
  readonly text: string;
  /** A command that mends it, ready to be typed. */
  readonly command?: string;
}
