/** Every bound of this package: name, unit, default. */
export interface ServiceLimits {
  /** Words of the command line, the program included. */
  readonly commandWords: number;
  /** Variables in the definition, and again in the secrets file. */
  readonly variables: number;
  /** Longest argument or value, in bytes (the kernel takes 128 KiB for one string). */
  readonly textBytes: number;
  /** Largest definition that is written or read, in bytes (systemd stops at 1 MiB for a line). */
  readonly definitionBytes: number;
  /** Longest state profile name, in characters. */
  readonly profileChars: number;
  /** A secret this short may appear in other text by chance, in characters. */
  readonly shortSecretChars: number;
}

export const serviceLimits: ServiceLimits = {
  commandWords: 256,
  variables: 256,
  textBytes: 32 * 1024,
  definitionBytes: 512 * 1024,
  profileChars: 64,
  shortSecretChars: 8,
};
