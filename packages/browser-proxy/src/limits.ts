/** Every bound of this package: name, unit, default. */
export interface BrowserProxyLimits {
  /** Longest path, in characters. */
  readonly pathChars: number;
  /** Rounds of percent-decoding until a path has to be stable. */
  readonly decodeRounds: number;
  /** Query parameters of one call. */
  readonly queryEntries: number;
  /** Longest query value, in characters. */
  readonly queryValueChars: number;
  /** Longest browser profile name, in characters. */
  readonly profileChars: number;
  /** Time for a call that names none, in milliseconds. */
  readonly callTimeoutMs: number;
  /** Longest time that a call can ask for, in milliseconds. */
  readonly maxCallTimeoutMs: number;
  /** Entries of one of the owner's lists of hosts. */
  readonly hostRules: number;
  /** Longest page address, in characters. */
  readonly urlChars: number;
  /** Connections of the browser to our proxy at a time; further ones are dropped. */
  readonly proxyConnections: number;
  /** All headers of one request or answer through the proxy, in bytes. */
  readonly proxyHeaderBytes: number;
  /** Headers of one request through the proxy. */
  readonly proxyHeaders: number;
  /** Time to send the headers of a request to the proxy, in milliseconds. */
  readonly proxyHeaderMs: number;
  /** Time in which a name must be resolved, in milliseconds. */
  readonly resolveMs: number;
  /** Time for a connection to one address, in milliseconds. */
  readonly dialMs: number;
  /** Addresses of one name that are tried. */
  readonly dialAddresses: number;
  /** Time without a byte in either direction after which a tunnel ends, in milliseconds. */
  readonly tunnelIdleMs: number;
  /** The same for a plain request and its answer, in milliseconds. */
  readonly requestIdleMs: number;
  /** Longest file path, in characters. */
  readonly filePathChars: number;
  /** Longest name of a downloaded file, in bytes. */
  readonly fileNameBytes: number;
  /** Largest file that a page is given, in bytes. */
  readonly uploadBytes: number;
  /** Files that a page is given at once. */
  readonly uploadFiles: number;
  /** Largest file that is taken from a page, in bytes. */
  readonly downloadBytes: number;
  /** Largest file in an answer, in bytes. */
  readonly answerFileBytes: number;
  /** Files in one answer. */
  readonly answerFiles: number;
  /** All files of one answer, in bytes. */
  readonly answerFilesBytes: number;
  /** Files that our own routes made and that can still be asked for. */
  readonly issuedFiles: number;
  /** Time for asking the system which browser is its default, in milliseconds. */
  readonly defaultBrowserMs: number;
  /** Additional arguments for the browser. */
  readonly extraArguments: number;
  /** Calls that a driver process works on at the same time. */
  readonly driverCalls: number;
  /** Longest answer of a driver process, in UTF-16 units. */
  readonly driverAnswerChars: number;
  /** Longest sentence of a driver process for the log, in UTF-16 units. */
  readonly driverSentenceChars: number;
  /** Browsers of one driver process. */
  readonly driverBrowsers: number;
  /** Hosts that were refused to pages and are named in the log, for one driver process. */
  readonly driverRefusedHosts: number;
  /** How long a driver process stays without a browser, in milliseconds. */
  readonly driverLingerMs: number;
  /** What a call gets beyond its own time before its driver process counts as dead, in milliseconds. */
  readonly driverGuardMs: number;
  /** How long a driver process may take to close its browsers, in milliseconds. */
  readonly driverCloseMs: number;
  /** What is kept of what a driver process wrote last, in UTF-16 units. */
  readonly driverLastWords: number;
  /** Largest answer as a text inside of a frame, in bytes (browser proxy section 5.1). */
  readonly answerPayloadBytes: number;
  /** Largest file that comes with a call, in bytes. */
  readonly sentFileBytes: number;
  /** All files that come with a call, in bytes. */
  readonly sentFilesBytes: number;
  /** Longest text field of a call that has no limit of its own, in characters. */
  readonly fieldChars: number;
  /** Longest text that is typed or filled in, in characters. */
  readonly typedChars: number;
  /** Longest function or expression that a page evaluates, in characters. */
  readonly functionChars: number;
  /** Largest result of an evaluation as JSON, in characters. */
  readonly resultChars: number;
  /** Entries of a list in a call. */
  readonly listEntries: number;
  /** Actions of one batch, nested ones included. */
  readonly batchActions: number;
  /** Batches inside batches. */
  readonly batchDepth: number;
  /** Longest side of a viewport, in CSS pixels. */
  readonly viewportPixels: number;
  /** Longest snapshot for a call that names no limit, in characters. */
  readonly snapshotChars: number;
  /** The same in the efficient mode. */
  readonly efficientSnapshotChars: number;
  /** Longest snapshot that a call can ask for, in characters. */
  readonly maxSnapshotChars: number;
  /** Nodes of an accessibility tree for a call that names no limit. */
  readonly ariaNodes: number;
  /** Nodes of an accessibility tree that a call can ask for. */
  readonly maxAriaNodes: number;
  /** Links at the end of a snapshot. */
  readonly snapshotLinks: number;
  /** Longest text of one of them, in characters. */
  readonly linkChars: number;
  /** Elements that are marked in a picture. */
  readonly labelBoxes: number;
  /** Longest side of a picture, in pixels. */
  readonly pictureSide: number;
  /** Largest picture, in bytes. */
  readonly pictureBytes: number;
  /** Longest side of a page that is pictured as a whole, in CSS pixels. */
  readonly pagePixels: number;
  /** Longest response body for a call that names no limit, in characters. */
  readonly bodyChars: number;
  /** Longest response body that a call can ask for, in characters. */
  readonly maxBodyChars: number;
  /** Longest value for a page's storage, in characters. */
  readonly storageChars: number;
  /** Cookies that one call sets. */
  readonly cookies: number;
  /** Headers that are added to each request of the pages. */
  readonly extraHeaders: number;
  /** Time after which a trace that nobody has asked for is thrown away, in milliseconds. */
  readonly traceMs: number;
  /** Time without a call after which a browser is closed, in milliseconds. */
  readonly browserIdleMs: number;
  /** Longest such time that can be asked for, in milliseconds. */
  readonly maxIdleMs: number;
  /** Time for a browser to start, in milliseconds. */
  readonly launchMs: number;
  /** Time to attach to a browser elsewhere, in milliseconds. */
  readonly attachMs: number;
  /** Time for a browser to end by itself before it is killed, in milliseconds. */
  readonly closeMs: number;
  /** Time in which a browser says that it is there, in milliseconds. */
  readonly aliveMs: number;
  /** Time for another browser to leave the same user data directory, in milliseconds. */
  readonly profileWaitMs: number;
  /** How long a dialog stays open for an answer, in milliseconds. */
  readonly dialogHoldMs: number;
  /** Newest dialogs that are kept of one tab. */
  readonly recentDialogs: number;
  /** Longest text of a dialog, in characters. */
  readonly dialogChars: number;
  /** Time for a page to load, in milliseconds. */
  readonly navigateMs: number;
  /** How often a page is asked for when the one before it goes elsewhere at the same moment. */
  readonly navigateAttempts: number;
  /** Time that a page gets to arrive all the same when another one came in between, in milliseconds. */
  readonly crossedMs: number;
  /** Time that a new tab is given to get its content before the answer goes out, in milliseconds. */
  readonly openedContentMs: number;
  /** Tabs of one browser; further ones are closed at once. */
  readonly tabs: number;
  /** Newest console lines that are kept of one tab. */
  readonly consoleLines: number;
  /** Newest uncaught errors that are kept of one tab. */
  readonly pageErrors: number;
  /** Newest requests that are kept of one tab. */
  readonly requestLines: number;
  /** Longest text of a page in one of these lines, in characters. */
  readonly lineChars: number;
  /** Longest text of an error of a route, in characters. */
  readonly errorChars: number;
  /** Files that pages are downloading and that nobody has taken yet, of one browser, in bytes. */
  readonly scratchBytes: number;
  /** How often they are measured, in milliseconds. */
  readonly scratchCheckMs: number;
  /** What a trace says about requests and actions, unpacked, in bytes. */
  readonly traceTextBytes: number;
  /** Newest screenshots and documents that are kept on this machine. */
  readonly mediaFiles: number;
  /** Largest preferences file of a user data directory, in bytes. */
  readonly preferencesBytes: number;
  /** Hosts that were refused lately, of one browser. */
  readonly refusedHosts: number;
}

export const browserProxyLimits: BrowserProxyLimits = {
  pathChars: 2_048,
  decodeRounds: 4,
  queryEntries: 64,
  queryValueChars: 64 * 1024,
  profileChars: 64,
  callTimeoutMs: 20_000,
  maxCallTimeoutMs: 600_000,
  hostRules: 1_000,
  urlChars: 64 * 1024,
  proxyConnections: 512,
  proxyHeaderBytes: 64 * 1024,
  proxyHeaders: 200,
  proxyHeaderMs: 10_000,
  resolveMs: 10_000,
  dialMs: 5_000,
  dialAddresses: 4,
  tunnelIdleMs: 600_000,
  requestIdleMs: 120_000,
  filePathChars: 4_096,
  fileNameBytes: 160,
  uploadBytes: 50 * 1024 * 1024,
  uploadFiles: 64,
  downloadBytes: 1024 * 1024 * 1024,
  answerFileBytes: 10 * 1024 * 1024,
  answerFiles: 256,
  answerFilesBytes: 16 * 1024 * 1024,
  issuedFiles: 1_024,
  defaultBrowserMs: 2_000,
  extraArguments: 100,
  driverCalls: 64,
  driverAnswerChars: 32 * 1024 * 1024,
  driverSentenceChars: 1_000,
  driverBrowsers: 64,
  driverRefusedHosts: 100,
  driverLingerMs: 5_000,
  driverGuardMs: 2_000,
  driverCloseMs: 3_000,
  driverLastWords: 4_096,
  answerPayloadBytes: 24 * 1024 * 1024,
  sentFileBytes: 10 * 1024 * 1024,
  sentFilesBytes: 16 * 1024 * 1024,
  fieldChars: 8_192,
  typedChars: 1_000_000,
  functionChars: 256 * 1024,
  resultChars: 1_000_000,
  listEntries: 256,
  batchActions: 100,
  batchDepth: 4,
  viewportPixels: 8_192,
  snapshotChars: 80_000,
  efficientSnapshotChars: 10_000,
  maxSnapshotChars: 4_000_000,
  ariaNodes: 500,
  maxAriaNodes: 2_000,
  snapshotLinks: 100,
  linkChars: 120,
  labelBoxes: 150,
  pictureSide: 2_000,
  pictureBytes: 5 * 1024 * 1024,
  pagePixels: 16_384,
  bodyChars: 200_000,
  maxBodyChars: 5_000_000,
  storageChars: 1_000_000,
  cookies: 2_000,
  extraHeaders: 64,
  traceMs: 600_000,
  browserIdleMs: 900_000,
  maxIdleMs: 86_400_000,
  launchMs: 30_000,
  attachMs: 10_000,
  closeMs: 5_000,
  aliveMs: 5_000,
  profileWaitMs: 5_000,
  dialogHoldMs: 120_000,
  recentDialogs: 20,
  dialogChars: 1_000,
  navigateMs: 20_000,
  navigateAttempts: 3,
  crossedMs: 1_000,
  openedContentMs: 2_000,
  tabs: 50,
  consoleLines: 500,
  pageErrors: 200,
  requestLines: 500,
  lineChars: 8 * 1024,
  errorChars: 2_000,
  scratchBytes: 1024 * 1024 * 1024,
  scratchCheckMs: 1_000,
  traceTextBytes: 256 * 1024 * 1024,
  mediaFiles: 200,
  preferencesBytes: 16 * 1024 * 1024,
  refusedHosts: 256,
};
