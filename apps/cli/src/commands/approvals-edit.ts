import { stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { askLine, isConversation } from "../operator/ask-line.ts";
import { showDifference } from "../operator/difference-screen.ts";
import { openDraft, type EditDraft } from "../operator/edit-draft.ts";
import { editableText, type EditableText } from "../operator/edit-text.ts";
import { chooseEditor, runEditor } from "../operator/editor.ts";
import type { WrittenPolicy } from "../operator/policy-text.ts";
import { withPolicy, type PolicyTarget } from "../operator/policy-target.ts";
import { screenFor, type Screen } from "../output/screen.ts";

/** `openclaw approvals edit`: the policy in the owner's editor, checked before it counts. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  if (!isConversation(io)) {
    throw new CliError("usage", "approvals edit needs a terminal", [
      "in a script: openclaw approvals get --json, then openclaw approvals set --file <file>",
    ]);
  }
  const editor = chooseEditor(io.env);
  const agent = stringOption(input, "agent");
  return await withPolicy(input, io, async (target) => {
    const editable = editableText(await target.inspect(), target.label, agent);
    const draft = openDraft(editable.text, "exec-approvals.json5");
    const screen = screenFor(input, io);
    const written = await editUntilReadable({ editor, draft, editable, io, screen });
    if (typeof written === "number") return written;
    return await store({ written, target, editable, draft, io, screen });
  });
}

interface Session {
  readonly draft: EditDraft;
  readonly editable: EditableText;
  readonly io: CommandIo;
  readonly screen: Screen;
}

type Readable = Extract<WrittenPolicy, { ok: true }>;

/** The document, or the exit code when there is none to store. */
async function editUntilReadable(session: Session & { readonly editor: string }): Promise<Readable | number> {
  const { editor, draft, editable, io, screen } = session;
  for (;;) {
    await runEditor(editor, draft.path, io.env);
    const text = draft.read();
    if (text === editable.text) {
      draft.remove();
      screen.line("Nothing was changed.");
      return EXIT.ok;
    }
    const written = editable.read(text);
    if (written.ok) return written;
    const { message, line, column } = written;
    screen.line(
      `This cannot be a policy${line === undefined ? "" : ` (line ${line}, column ${column ?? 1})`}: ${message}`,
    );
    screen.line(`Your text is in ${draft.path}`);
    const answer = await askLine(io, "Edit it again? [Y/n, d to discard it]");
    if (answer === "d") {
      draft.remove();
      screen.line("The draft was discarded; nothing was changed.");
      return EXIT.failure;
    }
    if (answer === undefined || /^n(o)?$/u.test(answer)) {
      screen.line(`Nothing was changed. The draft stays in ${draft.path}`);
      return EXIT.failure;
    }
  }
}

async function store({
  written,
  target,
  editable,
  draft,
  io,
  screen,
}: Session & { readonly written: Readable; readonly target: PolicyTarget }): Promise<number> {
  try {
    const planned = await target.plan({ file: written.file, whole: true, baseHash: editable.baseHash });
    showDifference(screen, io, target, planned);
    if (planned.changed) {
      await planned.write();
      screen.line("Written.");
    }
    draft.remove();
    return EXIT.ok;
  } catch (error) {
    screen.line(`Your text is in ${draft.path}`);
    throw error;
  }
}
