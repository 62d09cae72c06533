import packageJson from "../package.json" with { type: "json" };

/** The version of this package, as it goes into connect frames, logs and `--version`. */
export const VERSION: string = packageJson.version;
