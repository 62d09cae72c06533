import { actRoute } from "./act/act-route.ts";
import { highlightRoute } from "./capture/highlight.ts";
import { pdfRoute, screenshotRoute } from "./capture/screenshot.ts";
import { consoleRoute, errorsRoute, requestsRoute } from "./network/page-logs.ts";
import { responseBodyRoute } from "./network/response-body.ts";
import { asPageRoute } from "./page-error.ts";
import type { PageRoute } from "./page-route.ts";
import { snapshotRoute } from "./snapshot/snapshot-route.ts";
import { clearCookiesRoute, cookiesRoute, setCookieRoute } from "./state/cookies.ts";
import {
  setDeviceRoute,
  setGeolocationRoute,
  setLocaleRoute,
  setMediaRoute,
  setTimezoneRoute,
} from "./state/emulation.ts";
import { setCredentialsRoute, setHeadersRoute, setOfflineRoute } from "./state/request-headers.ts";
import { clearStorageRoute, setStorageRoute, storageRoute } from "./state/storage.ts";
import { downloadRoute, waitDownloadRoute } from "./transfer/downloads.ts";
import { dialogHookRoute, fileChooserHookRoute } from "./transfer/hooks.ts";
import { traceStartRoute, traceStopRoute } from "./transfer/trace.ts";

const routes: Readonly<Record<string, PageRoute>> = {
  "GET /snapshot": snapshotRoute,
  "POST /act": actRoute,
  "POST /screenshot": screenshotRoute,
  "POST /pdf": pdfRoute,
  "POST /highlight": highlightRoute,
  "GET /console": consoleRoute,
  "GET /errors": errorsRoute,
  "GET /requests": requestsRoute,
  "POST /response/body": responseBodyRoute,
  "POST /hooks/dialog": dialogHookRoute,
  "POST /hooks/file-chooser": fileChooserHookRoute,
  "POST /download": downloadRoute,
  "POST /wait/download": waitDownloadRoute,
  "GET /cookies": cookiesRoute,
  "POST /cookies/set": setCookieRoute,
  "POST /cookies/clear": clearCookiesRoute,
  "GET /storage/:kind": storageRoute,
  "POST /storage/:kind/set": setStorageRoute,
  "POST /storage/:kind/clear": clearStorageRoute,
  "POST /set/offline": setOfflineRoute,
  "POST /set/headers": setHeadersRoute,
  "POST /set/credentials": setCredentialsRoute,
  "POST /set/geolocation": setGeolocationRoute,
  "POST /set/media": setMediaRoute,
  "POST /set/timezone": setTimezoneRoute,
  "POST /set/locale": setLocaleRoute,
  "POST /set/device": setDeviceRoute,
  "POST /trace/start": traceStartRoute,
  "POST /trace/stop": traceStopRoute,
};

/** The routes that work on one page, by method and pattern of the route table. */
export const pageRoutes: Readonly<Record<string, PageRoute>> = Object.fromEntries(
  Object.entries(routes).map(([name, route]) => [name, asPageRoute(route)]),
);
