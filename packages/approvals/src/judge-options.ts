/** What the owner set outside of the policy file, for one decision. */
export interface JudgeOptions {
  /**
   * Programs that are covered without an entry while they read their input only, out of
   * the built-in profiles. Default: `cut`, `uniq`, `head`, `tail`, `tr` and `wc`.
   */
  readonly safeBins?: readonly string[] | undefined;
  /** Programs of skills: name and the real path that it had when the list was fetched. */
  readonly skillBins?: ReadonlyMap<string, string> | undefined;
  /** Code in arguments (`python3 -c …`) always needs an approval. Default false. */
  readonly strictInlineEval?: boolean | undefined;
  /** Whether an operator's "allow always" may add entries to the policy. Default true. */
  readonly alwaysGrants?: boolean | undefined;
}
